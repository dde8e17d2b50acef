import type { DifferencePair, DifferenceState } from '../../../shared/contract/difference-schemas.ts';
import { alignFiles, diffEventLogs, diffIma, type EventChange } from '../../evidence/difference/index.ts';
import type { BootEvent, EventLogFacts, ImaFacts } from '../../evidence/types.ts';
import { type Compared, eventCell, fileCell, type Proof, tallyOf } from './compared.ts';

/** Sentences of so many changes are made; beyond it a line says that it differs and no more. */
const MAX_SENTENCES = 20_000;

type Names = { readonly a: string; readonly b: string };
type Logs = {
  readonly a: EventLogFacts;
  readonly b: EventLogFacts;
  readonly raw: { readonly a: Uint8Array; readonly b: Uint8Array };
};
type Proofs = { readonly a: Proof; readonly b: Proof };

const byIndex = (events: readonly BootEvent[]): ReadonlyMap<number, BootEvent> => new Map(events.map((event) => [event.index, event]));
const keyOf = (a: number | null, b: number | null): string => `${a ?? '-'} ${b ?? '-'}`;
const UNSAID = 'It differs; of so many changes the sentences are not made.';

/** Two boot event logs. `a` is what was before, or is held for right. */
export const compareLogs = ({ a, b, raw }: Logs, names: Names, proofs: Proofs): Compared => {
  const difference = diffEventLogs(a, b, { raw, names, limit: MAX_SENTENCES });
  const { aligned, causes, identical, notCompared } = difference;
  const said = new Map(difference.changes.map((change): [string, EventChange] => [keyOf(change.indexA, change.indexB), change]));
  const [eventsA, eventsB] = [byIndex(a.events), byIndex(b.events)];
  const stateAt = (at: number): DifferenceState => aligned[at]?.status ?? 'same';
  return {
    length: aligned.length,
    stateAt,
    ownIndexAt: (at) => aligned[at]?.indexB ?? null,
    placeAt: (at) => {
      const pcr = aligned[at]?.pcr ?? 0;
      return pcr > 23 ? 'never measured' : `PCR ${pcr}`;
    },
    pairAt: (at): DifferencePair => {
      const row = aligned[at];
      const [eventA, eventB] = [eventsA.get(row?.indexA ?? -1), eventsB.get(row?.indexB ?? -1)];
      const state = stateAt(at);
      const change = said.get(keyOf(row?.indexA ?? null, row?.indexB ?? null));
      return {
        kind: 'pair',
        state,
        pcr: row?.pcr ?? 0,
        a: eventA === undefined ? null : eventCell(eventA, a, proofs.a),
        b: eventB === undefined ? null : eventCell(eventB, b, proofs.b),
        reason: change?.reason ?? (state === 'same' ? null : UNSAID),
        details: [...(change?.details ?? [])],
      };
    },
    tally: tallyOf(aligned.length, stateAt),
    identical,
    causes,
    notes: notCompared,
  };
};

/** Two lists of measured programs, by path. Files that were used in another order are no difference. */
export const compareLists = (a: ImaFacts, b: ImaFacts, names: Names, proofs: Proofs): Compared => {
  // Every change has its line, so every one is asked for.
  const difference = diffIma(a, b, { names, limit: Number.MAX_SAFE_INTEGER });
  const aligned = alignFiles(a, b, difference.changes);
  const stateAt = (at: number): DifferenceState => aligned[at]?.change?.change ?? 'same';
  const { counts } = difference;
  return {
    length: aligned.length,
    stateAt,
    ownIndexAt: (at) => aligned[at]?.indexB ?? null,
    placeAt: (at) => `file ${aligned[at]?.indexB ?? aligned[at]?.indexA ?? 0}`,
    pairAt: (at): DifferencePair => {
      const file = aligned[at];
      const entryA = file?.indexA === null || file === undefined ? undefined : a.entries.at(file.indexA);
      const entryB = file?.indexB === null || file === undefined ? undefined : b.entries.at(file.indexB);
      return {
        kind: 'pair',
        state: stateAt(at),
        pcr: (entryB ?? entryA)?.pcr ?? 10,
        a: entryA === undefined ? null : fileCell(entryA, proofs.a),
        b: entryB === undefined ? null : fileCell(entryB, proofs.b),
        reason: file?.change?.reason ?? null,
        details: [],
      };
    },
    tally: { same: counts.same, changed: counts.changed, added: counts.added, removed: counts.removed, moved: 0, notJudged: 0 },
    identical: difference.identical,
    causes: difference.causes,
    notes: difference.notCompared,
  };
};
