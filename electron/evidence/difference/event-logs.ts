import { listOf } from '../report.ts';
import type { BootEvent, EventLogFacts } from '../types.ts';
import { isWhole } from '../event-log/facts.ts';
import { programOf } from '../event-log/meaning/boot-files.ts';
import { causesOf } from './causes.ts';
import { belonging, comparableDigests, detailsOf, digestOf, namesOf, sightingOf } from './details.ts';
import { type Pair, type Reading, alignPcr, commonBanks, hasUnknownDigests } from './events.ts';
import type { AlignedEvent, DifferenceOptions, EventChange, LogDifference, PcrSummary } from './types.ts';

const MAX_CHANGES = 1000;

const byPcr = (events: readonly BootEvent[]): ReadonlyMap<number, BootEvent[]> => {
  const groups = new Map<number, BootEvent[]>();
  for (const event of events) {
    const group = groups.get(event.pcr);
    if (group === undefined) groups.set(event.pcr, [event]);
    else group.push(event);
  }
  return groups;
};

const KIND_WORDS: ReadonlyMap<string, string> = new Map([
  ['boot-application', 'boot program'],
  ['driver', 'driver'],
  ['boot-command', 'boot loader command'],
  ['file-read', 'file'],
  ['initial-ram-disk', 'initial RAM disk'],
  ['firmware-volume', 'firmware'],
]);

const shorten = (text: string): string => (text.length > 120 ? `${text.slice(0, 119)}…` : text);

/** What the event is, for a sentence. Its name is a claim. */
const nameOf = (event: BootEvent): string => {
  const path = event.meaning.facts.find((fact) => fact.label === 'path')?.value;
  const program = path === undefined ? undefined : programOf(path);
  const word = KIND_WORDS.get(event.meaning.kind);
  const subject = shorten(path ?? event.meaning.subject);
  if (program !== undefined) return `${program} (${subject})`;
  return word === undefined || subject.startsWith(word) ? subject : `${word} ${subject}`;
};

const sentence = (pair: Pair, details: readonly string[], options: DifferenceOptions): string => {
  const event = pair.b ?? pair.a;
  if (event === null) return '';
  const what = nameOf(event);
  const names = namesOf(options);
  const seen = pair.status === 'added' ? sightingOf(digestOf(event), options) : null;
  if (event.claimedType === 'EV_NO_ACTION' && pair.status !== 'changed')
    return `${what} (never measured) is ${pair.status === 'moved' ? 'at another place in the log' : `only in the log of ${pair.status === 'added' ? names.b : names.a}`}.`;
  if (pair.status === 'added') return `PCR ${event.pcr}: ${what} is measured only in ${names.b}${seen === null ? '' : `; ${seen}`}.`;
  if (pair.status === 'removed') return `PCR ${event.pcr}: ${what} is measured only in ${names.a}.`;
  if (pair.status === 'moved') return `PCR ${event.pcr}: ${what} is measured at another place in the order.`;
  const [before, after] = pair.a === null || pair.b === null ? ['', ''] : comparableDigests(pair.a, pair.b);
  if (before === after && after !== '' && event.claimedType !== 'EV_NO_ACTION')
    return `PCR ${event.pcr}: ${what} has the same digest but another description; its text or type was edited, or no digest covers it.`;
  return `PCR ${event.pcr}: ${what} differs${details.length === 0 ? '' : `: ${details.slice(0, 3).map(shorten).join('; ')}`}.`;
};

const changeOf = (pair: Pair & { readonly status: EventChange['change'] }, options: DifferenceOptions): EventChange | null => {
  const event = pair.b ?? pair.a;
  if (event === null) return null;
  const details = pair.a !== null && pair.b !== null && pair.status === 'changed' ? detailsOf(pair.a, pair.b, options) : [];
  return {
    what: 'event',
    change: pair.status,
    pcr: event.pcr,
    indexA: pair.a?.index ?? null,
    indexB: pair.b?.index ?? null,
    claimedType: event.claimedType,
    subject: event.meaning.subject,
    reason: sentence(pair, details, options),
    details,
  };
};

const isChange = (pair: Pair): pair is Pair & { readonly status: EventChange['change'] } => pair.status !== 'same';

const valueDiffers = (pcr: number, reading: Reading): boolean | null => {
  let compared: boolean | null = null;
  for (const bank of reading.banks) {
    const [a, b] = [reading.a.pcrs[bank]?.[pcr], reading.b.pcrs[bank]?.[pcr]];
    if (reading.a.pcrs[bank] === undefined || reading.b.pcrs[bank] === undefined) continue;
    compared = (compared ?? false) || a !== b;
  }
  return compared;
};

const summaryOf = (pcr: number, pairs: readonly Pair[], first: string | null, reading: Reading): PcrSummary => {
  const count = (status: Pair['status']): number => pairs.filter((pair) => pair.status === status).length;
  return {
    pcr,
    same: count('same'),
    changed: count('changed'),
    added: count('added'),
    removed: count('removed'),
    moved: count('moved'),
    valueDiffers: valueDiffers(pcr, reading),
    firstDivergence: first,
  };
};

/** What keeps two logs from being called identical although no event differs. */
const gaps = (reading: Reading, names: ReturnType<typeof namesOf>): readonly string[] => {
  const { a, b, banks } = reading;
  const notes: string[] = [];
  const only = (name: string, facts: EventLogFacts, other: EventLogFacts): void => {
    const lone = facts.algorithms.filter((bank) => !other.algorithms.includes(bank));
    if (lone.length > 0) notes.push(`The digests of ${lone.join(', ')} are only in ${name} and were not compared.`);
  };
  only(names.a, a, b);
  only(names.b, b, a);
  if (hasUnknownDigests(a) || hasUnknownDigests(b)) notes.push('Digests of algorithms that are not known here were not compared.');
  if (banks.length === 0) notes.push('The logs have no hash algorithm in common, so no event could be compared by its digest.');
  for (const [name, facts] of [
    [names.a, a],
    [names.b, b],
  ] as const)
    if (!isWhole(facts)) notes.push(`The log ${belonging(name)} cannot be read to its end; what follows was not compared.`);
  const changedValues = Object.keys({ ...a.pcrs[banks[0] ?? 'sha256'], ...b.pcrs[banks[0] ?? 'sha256'] });
  if (a.startupLocality !== b.startupLocality && changedValues.length > 0)
    notes.push(`PCR 0 starts at another locality (${a.startupLocality ?? 'none said'} and ${b.startupLocality ?? 'none said'}).`);
  return notes;
};

/**
 * Place of a change in B's order. What is gone stands where the next event of its PCR is, just before it; behind the last one of its PCR
 * its own index in A tells, because everything before the first divergence has the same index in both.
 */
const placed = (pairs: readonly Pair[]): readonly { readonly pair: Pair; readonly place: number }[] => {
  const last = pairs.findLast((pair) => pair.b !== null)?.b?.index ?? -1;
  let next: number | null = null;
  const out: { pair: Pair; place: number }[] = [];
  for (const pair of pairs.toReversed()) {
    if (pair.b !== null) next = pair.b.index;
    const gone = next ?? Math.max(last + 1, pair.a?.index ?? 0);
    out.push({ pair, place: pair.b === null ? gone - 0.5 : pair.b.index });
  }
  return out.reverse();
};

/**
 * Event-level difference of two logs. Pure and bounded. Events are aligned within each PCR, because the order of events in different
 * PCRs is not evidence: two logs that differ only in that are identical. Says what was measured differently, never who did it or why;
 * names and types of events are claims, as in the logs themselves. Neither log is proven by this: hold both against their quotes.
 */
export const diffEventLogs = (a: EventLogFacts, b: EventLogFacts, options: DifferenceOptions = {}): LogDifference => {
  const reading: Reading = { banks: commonBanks(a, b), a, b, raw: options.raw };
  const [groupsA, groupsB] = [byPcr(a.events), byPcr(b.events)];
  const pcrs = [...new Set([...groupsA.keys(), ...groupsB.keys()])].sort((x, y) => x - y);
  const summaries: PcrSummary[] = [];
  const everything: { readonly pair: Pair; readonly place: number }[] = [];
  for (const pcr of pcrs) {
    const pairs = alignPcr(groupsA.get(pcr) ?? [], groupsB.get(pcr) ?? [], reading);
    const first = pairs.find(isChange);
    summaries.push(summaryOf(pcr, pairs, first === undefined ? null : (changeOf(first, options)?.reason ?? null), reading));
    everything.push(...placed(pairs));
  }
  everything.sort((x, y) => x.place - y.place);
  const pairs = everything.map(({ pair }) => pair);
  const changed = pairs.filter(isChange);
  const changes = changed.slice(0, options.limit ?? MAX_CHANGES).flatMap((pair) => changeOf(pair, options) ?? []);
  const notCompared = [...gaps(reading, namesOf(options))];
  if (changed.length > changes.length) notCompared.push(`${changed.length - changes.length} further changes are counted but not listed.`);
  const strange = summaries.filter(
    (summary) =>
      summary.valueDiffers === true && summary.same > 0 && summary.changed + summary.added + summary.removed + summary.moved === 0,
  );
  if (strange.length > 0)
    notCompared.push(`PCRs ${listOf(strange.map((summary) => summary.pcr))} replay to other values although no event differs.`);
  return {
    identical: changed.length === 0 && notCompared.length === 0,
    firstDivergence: changes[0] ?? null,
    changes,
    aligned: everything.map(
      ({ pair }): AlignedEvent => ({
        status: pair.status,
        pcr: (pair.b ?? pair.a)?.pcr ?? 0,
        indexA: pair.a?.index ?? null,
        indexB: pair.b?.index ?? null,
      }),
    ),
    pcrs: summaries,
    causes: causesOf(pairs),
    notCompared,
  };
};
