import type { Link } from '../../../shared/model/verdict.ts';
import type { BootEvent, EvidenceResult } from '../../evidence/types.ts';
import { type Broken, judgement, type LinkJudgement, short } from './link.ts';

/** Which PCRs carry which link (TCG PC Client PFP §2.3.4; 8, 9 and 14 by GRUB and shim convention). */
export const LINK_PCRS = {
  firmware: [0, 1, 2, 3, 6],
  'secure-boot': [7],
  'boot-loader': [4, 5, 14],
  kernel: [8, 9, 11, 12, 13],
} as const;
export type BootLink = keyof typeof LINK_PCRS;

/** PCRs that only firmware, shim and GRUB extend. 11 to 13 are extended after boot too, without an event in this log. */
const ALWAYS_LOGGED: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 14]);

export const linkOfPcr = (pcr: number): BootLink | null => {
  for (const link of ['firmware', 'secure-boot', 'boot-loader', 'kernel'] as const) {
    if (LINK_PCRS[link].some((index) => index === pcr)) return link;
  }
  return null;
};

export const EDITED_LOG =
  'Treat the host as not trusted: its event log was edited, cut, or is of another boot. Fetch it again; if it still disagrees with the TPM, isolate the host.';

/**
 * What must hold before the events of a link mean anything: a log that parses, replays to the quoted PCRs,
 * and whose data matches its digests where it must. Null = it holds.
 */
export const judgeLogIntegrity = (link: BootLink, evidence: EvidenceResult, required: boolean): LinkJudgement | null => {
  const log = evidence.eventLog;
  const failed = (code: string): string | undefined =>
    evidence.checks.find((check) => check.code === code && check.outcome === 'fail')?.message;
  if (!log) {
    const unreadable = failed('log-parse');
    if (unreadable)
      return judgement(link, 'failed', 'The event log cannot be read to its end.', { basis: [unreadable], nextStep: EDITED_LOG });
    return required
      ? judgement(link, 'failed', 'The host sent no event log although its measured boot is to be judged.', {
          cause: 'absent',
          basis: [failed('log-missing') ?? 'log-missing'],
        })
      : judgement(link, 'inconclusive', 'The host sent no event log.', { cause: 'absent', notEvaluated: ['Measured boot: no event log.'] });
  }
  const quoted = evidence.quotedPcrs.sha256 ?? {};
  const replayed = log.pcrs.sha256 ?? {};
  if (!log.algorithms.includes('sha256')) {
    return judgement(link, 'inconclusive', 'The event log has no SHA-256 digests, so it cannot be held against the quote.', {
      notEvaluated: ['Event log against the quoted SHA-256 registers.'],
    });
  }
  for (const pcr of LINK_PCRS[link]) {
    const value = replayed[pcr];
    const signed = quoted[pcr];
    if (value === undefined) {
      // Events that were measured and are not in the log: someone took them out.
      if (signed === undefined || /^0+$/.test(signed) || !ALWAYS_LOGGED.has(pcr)) continue;
      return judgement(
        link,
        'failed',
        `The event log is not what was measured: the TPM signed ${short(signed)} for PCR ${pcr}, and the log has no event for it.`,
        {
          cause: 'race',
          basis: [failed('log-replay') ?? `PCR ${pcr} has no events.`],
          nextStep: EDITED_LOG,
        },
      );
    }
    if (signed === undefined) {
      return judgement(link, 'inconclusive', `PCR ${pcr} is not in the signed quote, so the events measured into it prove nothing.`, {
        notEvaluated: [`PCR ${pcr}: not quoted.`],
      });
    }
    if (value === signed && evidence.provenLogPcrs.includes(pcr)) continue;
    const how =
      value === signed ? 'does not replay in every quoted bank' : `replays to ${short(value)}, and the TPM signed ${short(signed)}`;
    return judgement(link, 'failed', `The event log is not what was measured: PCR ${pcr} ${how}.`, {
      cause: 'race',
      // No event is named: when the log and the TPM disagree, any of them may be the false one.
      basis: [failed('log-replay') ?? `PCR ${pcr} does not replay.`],
      nextStep: EDITED_LOG,
    });
  }
  const unparsed = failed('log-parse');
  if (unparsed) return judgement(link, 'failed', 'The event log cannot be read to its end.', { basis: [unparsed], nextStep: EDITED_LOG });
  if (failed('event-data-digest')) {
    const lying = log.events.filter((event) => event.data === 'mismatch' && linkOfPcr(event.pcr) === link);
    const first = lying[0];
    if (first) {
      return judgement(link, 'failed', `An event describes something else than was measured: ${first.summary}.`, {
        basis: [failed('event-data-digest') ?? ''],
        nextStep: EDITED_LOG,
        brokenEvents: lying.slice(0, 50).map((event) => ({
          index: event.index,
          link,
          reason: 'The data of this event does not hash to the digest that was measured.',
          expected: [digestOf(event)],
        })),
      });
    }
  }
  return null;
};

export const NO_REFERENCE = 'No reference values: what was measured is authentic, but nobody has said that it is good.';

/** SHA-256 of four zero bytes: the separator. Known by its digest, because the type of an event is only claimed. */
const SEPARATOR_DIGEST = 'df3f619804a92fdb4057192dc43dd748ea778adc52bc498ce80524c014b81119';
export const isSeparator = (event: BootEvent): boolean => event.claimedType === 'EV_SEPARATOR' || digestOf(event) === SEPARATOR_DIGEST;

/** Events of one PCR in the order in which they were extended. */
export const extendedIn = (events: readonly BootEvent[], pcr: number): BootEvent[] =>
  events.filter((event) => event.pcr === pcr && event.claimedType !== 'EV_NO_ACTION');

/**
 * What the firmware itself measured into a PCR: everything before the first separator. What follows can be extended by whoever runs
 * later, so it says nothing about the firmware. Null when there is no separator.
 */
export const byFirmware = (events: readonly BootEvent[], pcr: number): BootEvent[] | null => {
  const extended = extendedIn(events, pcr);
  const end = extended.findIndex(isSeparator);
  return end === -1 ? null : extended.slice(0, end);
};

export const digestOf = (event: BootEvent): string => event.digests.sha256 ?? '';

export const replayBasis = (link: BootLink, evidence: EvidenceResult): string[] => {
  const extended = LINK_PCRS[link].filter((pcr) => evidence.eventLog?.pcrs.sha256?.[pcr] !== undefined);
  return extended.length === 0 ? [] : [`PCR ${extended.join(', ')}: the event log replays to the quoted value`];
};

export const brokenEvent = (event: BootEvent, link: Link, reason: string, expected: readonly (string | null)[]): Broken => ({
  index: event.index,
  link,
  reason,
  expected: expected.filter((value) => value !== null),
  digest: digestOf(event),
});
