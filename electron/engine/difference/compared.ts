import type { DifferenceCell, DifferencePair, DifferenceState, DifferenceTally } from '../../../shared/contract/difference-schemas.ts';
import type { Bank, BootEvent, EventLogFacts, ImaEntry, PcrValues } from '../../evidence/types.ts';
import type { Cause } from '../../evidence/difference/index.ts';

/** Two logs or lists side by side. Lines are made only when they are looked at: there may be a hundred thousand. */
export type Compared = {
  readonly length: number;
  readonly stateAt: (position: number) => DifferenceState;
  readonly pairAt: (position: number) => DifferencePair;
  /** Index of the line in the host's own log; null where only the other side has it. */
  readonly ownIndexAt: (position: number) => number | null;
  /** Where a line is, for the words of a folded stretch: "PCR 4", "file 1,204". */
  readonly placeAt: (position: number) => string;
  readonly tally: DifferenceTally;
  readonly identical: boolean;
  readonly causes: readonly Cause[];
  readonly notes: readonly string[];
};

/** What vouches for the measurements of one side. */
export type Proof = {
  /** Register values that a quote covers; null where it is not kept any more. */
  readonly quoted: PcrValues | null;
  /** Entries of the list that reproduce the quoted register; null where not known. */
  readonly provenIma: number | null;
};

export const bankOf = (log: EventLogFacts): Bank => (log.algorithms.includes('sha256') ? 'sha256' : 'sha1');

/** Whether the log replays to the quoted value of this event's register; null where nothing covers it. */
const provenOf = (event: BootEvent, log: EventLogFacts, { quoted }: Proof): boolean | null => {
  const bank = bankOf(log);
  const [value, replayed] = [quoted?.[bank]?.[event.pcr], log.pcrs[bank]?.[event.pcr]];
  return value === undefined || replayed === undefined || event.claimedType === 'EV_NO_ACTION' ? null : value === replayed;
};

export const eventCell = (event: BootEvent, log: EventLogFacts, proof: Proof): DifferenceCell => {
  const bank = bankOf(log);
  return {
    index: event.index,
    claimed: event.summary,
    claimedType: event.claimedType,
    digest: event.digests[bank] ?? '',
    alternatives: 0,
    bank,
    data: event.data,
    proven: provenOf(event, log, proof),
  };
};

export const fileCell = (entry: ImaEntry, { provenIma }: Proof): DifferenceCell => ({
  index: entry.index,
  claimed: entry.path,
  claimedType: entry.template,
  digest: entry.violation ? 'violation' : entry.fileDigest,
  alternatives: 0,
  bank: entry.fileAlg === '' ? null : entry.fileAlg,
  // Path and digest are both in the template hash, which is what was extended.
  data: entry.templateHashOk === null ? null : entry.templateHashOk ? 'verified' : 'mismatch',
  proven: provenIma === null ? null : entry.index < provenIma,
});

/** A value that a reference expects, or the first of several. */
export const expectedCell = (claimed: string, digests: readonly string[], bank: string | null): DifferenceCell | null =>
  digests[0] === undefined
    ? null
    : {
        index: null,
        claimed,
        claimedType: null,
        digest: digests[0],
        alternatives: digests.length - 1,
        bank,
        data: null,
        proven: null,
      };

export const tallyOf = (length: number, stateAt: (position: number) => DifferenceState): DifferenceTally => {
  const tally = { same: 0, changed: 0, added: 0, removed: 0, moved: 0, notJudged: 0 };
  for (let at = 0; at < length; at += 1) {
    const state = stateAt(at);
    tally[state === 'not-judged' ? 'notJudged' : state] += 1;
  }
  return tally;
};

export const isChange = (state: DifferenceState): boolean => state !== 'same' && state !== 'not-judged';
