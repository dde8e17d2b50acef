import type { MeasuredBootReference } from '../../../shared/model/reference-values.ts';
import type { BootEvent, EvidenceResult } from '../../evidence/types.ts';
import { judgeBoot } from './boot-stages.ts';
import { brokenEvent, digestOf, judgeLogIntegrity, NO_REFERENCE, replayBasis } from './boot-log.ts';
import { judgement, type LinkJudgement, short } from './link.ts';
import { judgeSecureBoot } from './secure-boot.ts';

const FIRMWARE_BLOBS = new Set(['EV_EFI_PLATFORM_FIRMWARE_BLOB', 'EV_EFI_PLATFORM_FIRMWARE_BLOB2']);

const judgeFirmware = (events: readonly BootEvent[], reference: MeasuredBootReference, basis: string[]): LinkJudgement => {
  const crtm = events.find((event) => event.pcr === 0 && event.claimedType === 'EV_S_CRTM_VERSION');
  const blobs = events.filter((event) => event.pcr === 0 && FIRMWARE_BLOBS.has(event.claimedType));
  const notEvaluated = ['PCR 1, 2, 3 and 6 (configuration, option ROMs): replayed, but without reference values.'];
  if (reference.firmware.length === 0) return judgement('firmware', 'inconclusive', NO_REFERENCE, { basis, notEvaluated });
  if (!crtm && blobs.length === 0) {
    return judgement('firmware', 'inconclusive', 'The event log names no firmware.', {
      basis,
      notEvaluated: ['Firmware: no event describes it.'],
    });
  }
  const unknownIn = (entry: MeasuredBootReference['firmware'][number]): BootEvent | undefined =>
    (entry.crtm !== null && crtm && digestOf(crtm) !== entry.crtm ? crtm : undefined) ??
    blobs.find((event) => !entry.platformFirmware.includes(digestOf(event)));
  if (reference.firmware.some((entry) => unknownIn(entry) === undefined)) {
    return judgement('firmware', 'trusted', 'The firmware is the one in the reference values.', {
      basis: [
        ...basis,
        `${blobs.length} firmware ${blobs.length === 1 ? 'volume' : 'volumes'} and the firmware version equal the reference`,
      ],
      notEvaluated,
    });
  }
  const entry = reference.firmware[0];
  const first = entry && unknownIn(entry);
  if (!first) return judgement('firmware', 'failed', 'The firmware is not in the reference values.', { basis, notEvaluated });
  const isVersion = first === crtm;
  const expected = isVersion
    ? reference.firmware.map((known) => known.crtm)
    : reference.firmware.flatMap((known) => known.platformFirmware);
  const reason = `Firmware changed: ${isVersion ? 'its version' : 'a firmware volume'} measures ${short(digestOf(first))}, which is not in the reference values.`;
  return judgement('firmware', 'failed', reason, { basis, notEvaluated, brokenEvents: [brokenEvent(first, 'firmware', reason, expected)] });
};

/** Firmware, secure boot, boot loader and kernel from the event log, held against reference values. Order across PCRs is not provable. */
export const judgeMeasuredBoot = (evidence: EvidenceResult, reference: MeasuredBootReference | null): LinkJudgement[] => {
  const links = ['firmware', 'secure-boot', 'boot-loader', 'kernel'] as const;
  const integrity = links.map((link) => judgeLogIntegrity(link, evidence, reference !== null));
  const events = evidence.eventLog?.events ?? [];
  const judged = (): LinkJudgement[] => {
    if (reference === null)
      return links.map((link) => judgement(link, 'inconclusive', NO_REFERENCE, { basis: replayBasis(link, evidence) }));
    return [
      judgeFirmware(events, reference, replayBasis('firmware', evidence)),
      judgeSecureBoot(events, reference, replayBasis('secure-boot', evidence)),
      ...judgeBoot(events, reference, { 'boot-loader': replayBasis('boot-loader', evidence), kernel: replayBasis('kernel', evidence) }),
    ];
  };
  const content = evidence.eventLog ? judged() : [];
  return links.flatMap((_link, index) => integrity[index] ?? content[index] ?? []);
};
