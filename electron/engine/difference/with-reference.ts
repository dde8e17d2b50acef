import type { DifferencePair, DifferenceState } from '../../../shared/contract/difference-schemas.ts';
import type { RuntimeReference } from '../../../shared/model/reference-values.ts';
import { type ImaJudgement, imaJudge } from '../../appraisal/chain/runtime-entries.ts';
import type { EventLogFacts, ImaFacts } from '../../evidence/types.ts';
import { breath } from '../breath.ts';
import type { KeptDetail } from '../kept-detail.ts';
import { bankOf, type Compared, eventCell, expectedCell, fileCell, type Proof, tallyOf } from './compared.ts';

const STOPS =
  'Of secure boot, boot loader and kernel each, the appraisal stops at the first difference: what was started above it was not held against a reference value.';
const UNJUDGED = 'Events that no reference value speaks of are neither equal nor different, and are shown as not judged.';

type Known = ReadonlyMap<string, string>;

const CHAIN_WORDS = { shim: 'shim', bootLoader: 'boot loader', kernel: 'kernel', initrd: 'initial RAM disk' } as const;
const CHAIN_PARTS = ['shim', 'bootLoader', 'kernel', 'initrd'] as const;

/** Digests of the boot chains that the host was held against, with what each is of. */
const digestsOf = (chains: KeptDetail['knownChains']): Known => {
  const known = new Map<string, string>();
  for (const chain of chains)
    for (const part of CHAIN_PARTS) {
      const digest = chain[part];
      if (digest !== null) known.set(digest, CHAIN_WORDS[part]);
    }
  return known;
};

/** A boot event log against the reference values by which the newest appraisal judged it. */
export const compareLogWithReference = (log: EventLogFacts, kept: KeptDetail, proof: Proof): Compared => {
  const broken = new Map(kept.brokenEvents.map((one) => [one.index, one]));
  const known = digestsOf(kept.knownChains);
  const bank = bankOf(log);
  const stateAt = (at: number): DifferenceState => {
    const event = log.events[at];
    const broke = broken.get(event?.index ?? -1);
    if (broke !== undefined) return broke.expected.length === 0 ? 'added' : 'changed';
    return bank === 'sha256' && known.has(event?.digests.sha256 ?? '') ? 'same' : 'not-judged';
  };
  const tally = tallyOf(log.events.length, stateAt);
  return {
    length: log.events.length,
    stateAt,
    ownIndexAt: (at) => log.events[at]?.index ?? null,
    placeAt: (at) => {
      const pcr = log.events[at]?.pcr ?? 0;
      return pcr > 23 ? 'never measured' : `PCR ${pcr}`;
    },
    pairAt: (at): DifferencePair => {
      const event = log.events[at];
      const broke = broken.get(event?.index ?? -1);
      const word = known.get(event?.digests.sha256 ?? '');
      const equal = stateAt(at) === 'same' && event?.digests.sha256 !== undefined ? [event.digests.sha256] : [];
      return {
        kind: 'pair',
        state: stateAt(at),
        pcr: event?.pcr ?? 0,
        a: expectedCell(broke === undefined ? `reference value: ${word ?? ''}` : 'reference value', broke?.expected ?? equal, 'sha256'),
        b: event === undefined ? null : eventCell(event, log, proof),
        reason: broke?.reason ?? null,
        details: [],
      };
    },
    tally,
    identical: false,
    causes: [],
    notes: tally.notJudged === 0 ? [] : kept.brokenEvents.length > 0 ? [UNJUDGED, STOPS] : [UNJUDGED],
  };
};

const STATE_OF: Readonly<Record<ImaJudgement, DifferenceState>> = {
  allowed: 'same',
  'unknown-path': 'added',
  changed: 'changed',
  violation: 'changed',
  excluded: 'not-judged',
  'no-reference': 'not-judged',
};
const LETTERS = ['allowed', 'unknown-path', 'changed', 'violation', 'excluded', 'no-reference'] as const;
const JUDGED_AT_A_TIME = 1_000;

const reasonOf = (path: string, judged: ImaJudgement): string | null => {
  if (judged === 'unknown-path') return `${path} is not in the reference.`;
  if (judged === 'changed') return `${path} has other content than the reference allows.`;
  return judged === 'violation' ? `${path} was changed while it was measured.` : null;
};

/** A list of measured programs against the runtime reference that the host is judged by; every entry is judged once, in steps. */
export const compareListWithReference = async (list: ImaFacts, reference: RuntimeReference, proof: Proof): Promise<Compared> => {
  const judge = imaJudge(reference, list.entries.at(0));
  const judged = new Uint8Array(list.entries.length);
  let position = 0;
  for (const entry of list.entries) {
    judged[position] = LETTERS.indexOf(judge(entry));
    position += 1;
    if (position % JUDGED_AT_A_TIME === 0) await breath();
  }
  const judgementAt = (at: number): ImaJudgement => LETTERS[judged[at] ?? 0] ?? 'no-reference';
  const stateAt = (at: number): DifferenceState => STATE_OF[judgementAt(at)];
  const tally = tallyOf(judged.length, stateAt);
  return {
    length: judged.length,
    stateAt,
    ownIndexAt: (at) => at,
    placeAt: (at) => `file ${at}`,
    pairAt: (at): DifferencePair => {
      const entry = list.entries.at(at);
      const path = entry?.path ?? '';
      // A path that had to be escaped to be shown equals no path of a policy.
      const expected = entry?.plainPath === true ? (reference.digests.get(path) ?? []) : [];
      return {
        kind: 'pair',
        state: stateAt(at),
        pcr: entry?.pcr ?? 10,
        a: judgementAt(at) === 'excluded' ? null : expectedCell(path, expected, null),
        b: entry === undefined ? null : fileCell(entry, proof),
        reason: reasonOf(path, judgementAt(at)),
        details: [],
      };
    },
    tally,
    identical: tally.same === judged.length,
    causes: [],
    notes: tally.notJudged === 0 ? [] : ['Files that the reference leaves out on purpose, and measured buffers, are shown as not judged.'],
  };
};
