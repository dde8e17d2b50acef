import type { MeasuredBootReference } from '../../../shared/model/reference-values.ts';
import type { BootEvent, EvidenceResult } from '../../evidence/types.ts';
import { judgeBoot } from './boot-stages.ts';
import { brokenEvent, byFirmware, digestOf, judgeLogIntegrity, NO_REFERENCE, replayBasis } from './boot-log.ts';
import { judgement, type LinkJudgement, short } from './link.ts';
import { judgeSecureBoot } from './secure-boot.ts';

const MAX_BROKEN = 50;
const FIRMWARE_BLOBS = new Set(['EV_EFI_PLATFORM_FIRMWARE_BLOB', 'EV_EFI_PLATFORM_FIRMWARE_BLOB2']);

type FirmwareReference = MeasuredBootReference['firmware'][number];
const expectedOf = (entry: FirmwareReference): string[] => [...(entry.crtm === null ? [] : [entry.crtm]), ...entry.platformFirmware];
export const isFirmware = (event: BootEvent): boolean => event.claimedType === 'EV_S_CRTM_VERSION' || FIRMWARE_BLOBS.has(event.claimedType);

const strangerWords = (event: BootEvent): string => {
  const what = event.claimedType === 'EV_S_CRTM_VERSION' ? 'its version' : 'a firmware volume';
  return `Firmware changed: ${what} measures ${short(digestOf(event))}, which is not in the reference values.`;
};

/**
 * Firmware: every digest of one reference entry must be among those that the firmware measured into PCR 0 before its separator. Expected
 * digests are looked for, never labels: a changed volume cannot hide behind another event type.
 */
const judgeFirmware = (events: readonly BootEvent[], reference: MeasuredBootReference, basis: string[]): LinkJudgement => {
  const known = reference.firmware.filter((entry) => expectedOf(entry).length > 0);
  const notEvaluated = ['PCR 1, 2, 3 and 6 (configuration, option ROMs): replayed, but without reference values.'];
  if (known.length === 0) return judgement('firmware', 'inconclusive', NO_REFERENCE, { cause: 'no-reference', basis, notEvaluated });
  const measured = byFirmware(events, 0);
  if (measured === null) {
    return judgement('firmware', 'inconclusive', 'The event log does not say where the firmware phase ends in PCR 0.', {
      basis,
      notEvaluated,
    });
  }
  const present = new Set(measured.map(digestOf));
  const missingOf = (entry: FirmwareReference): string[] => expectedOf(entry).filter((digest) => !present.has(digest));
  const best = known.toSorted((a, b) => missingOf(a).length - missingOf(b).length)[0];
  if (!best) throw new Error('a non-empty list of entries has a first element');
  const wanted = new Set(known.flatMap(expectedOf));
  const strangers = measured.filter((event) => isFirmware(event) && !wanted.has(digestOf(event)));
  const [stranger] = strangers;
  if (stranger || missingOf(best).length > 0) {
    const reason = stranger
      ? strangerWords(stranger)
      : `Firmware changed: ${short(missingOf(best)[0] ?? '')} of the reference values was not measured.`;
    const broken = strangers.slice(0, MAX_BROKEN).map((event) => brokenEvent(event, 'firmware', strangerWords(event), missingOf(best)));
    return judgement('firmware', 'failed', reason, { cause: 'differs', basis, notEvaluated, brokenEvents: broken });
  }
  const others = measured.filter((event) => !wanted.has(digestOf(event))).length;
  if (others > 0)
    notEvaluated.unshift(`${others} further ${others === 1 ? 'event' : 'events'} of the firmware in PCR 0: no reference values.`);
  return judgement('firmware', 'trusted', 'The firmware is the one in the reference values.', {
    basis: [...basis, `${expectedOf(best).length} firmware measurements equal the reference`],
    notEvaluated,
  });
};

/** Firmware, secure boot, boot loader and kernel from the event log, held against reference values. Order across PCRs is not provable. */
export const judgeMeasuredBoot = (evidence: EvidenceResult, reference: MeasuredBootReference | null): LinkJudgement[] => {
  const links = ['firmware', 'secure-boot', 'boot-loader', 'kernel'] as const;
  const integrity = links.map((link) => judgeLogIntegrity(link, evidence, reference !== null));
  const events = evidence.eventLog?.events ?? [];
  const judged = (): LinkJudgement[] => {
    if (reference === null)
      return links.map((link) =>
        judgement(link, 'inconclusive', NO_REFERENCE, { cause: 'no-reference', basis: replayBasis(link, evidence) }),
      );
    return [
      judgeFirmware(events, reference, replayBasis('firmware', evidence)),
      judgeSecureBoot(evidence, reference, replayBasis('secure-boot', evidence)),
      ...judgeBoot(events, reference, { 'boot-loader': replayBasis('boot-loader', evidence), kernel: replayBasis('kernel', evidence) }),
    ];
  };
  const content = evidence.eventLog ? judged() : [];
  return links.flatMap((_link, index) => integrity[index] ?? content[index] ?? []);
};
