import type { EventRow, PcrRow } from '../../../shared/contract/schemas.ts';
import { count, plural } from '../../ui/words.ts';

/** `event` null: the register that the events below it were measured into. */
export type BootNode = {
  readonly depth: number;
  readonly label: string;
  readonly value: string;
  readonly pcr: number;
  readonly event: number | null;
};

const LAST_PCR = 23;

const provenWords = (events: readonly EventRow[]): string => {
  const proven = events[0]?.replayProven ?? null;
  if (proven === null) return 'not quoted';
  return proven ? 'replays to the quoted value' : 'does not replay to the quoted value';
};

/** Events under their registers, each in the order in which it was measured. What was never measured stands last. */
export const treeOf = (events: readonly EventRow[], pcrs: readonly PcrRow[]): readonly BootNode[] => {
  const groups = new Map<number, EventRow[]>();
  for (const event of events) groups.set(event.pcr, [...(groups.get(event.pcr) ?? []), event]);
  return [...groups]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([pcr, group]): BootNode[] => {
      const meaning = pcrs.find((row) => row.index === pcr)?.meaning;
      const broke = group.filter((event) => event.broke !== null).length;
      const said = [
        plural(group.length, 'event', 'events'),
        meaning,
        pcr > LAST_PCR ? null : provenWords(group),
        broke > 0 ? `${count(broke)} broke trust` : null,
      ];
      return [
        {
          depth: 0,
          label: pcr > LAST_PCR ? 'Never measured' : `PCR ${pcr}`,
          value: said.filter((part) => part !== null && part !== undefined).join('; '),
          pcr,
          event: null,
        },
        ...group.map(
          (event): BootNode => ({
            depth: 1,
            label: `${count(event.index)} ${event.claimedType.replace(/^EV_/u, '')}`,
            value: event.broke === null ? event.summary : `broke trust: ${event.summary}`,
            pcr,
            event: event.index,
          }),
        ),
      ];
    });
};
