import { BANK_PREFERENCE, shortHex } from '../hashing.ts';
import type { BootEvent, SignatureEntry } from '../types.ts';
import type { DifferenceOptions } from './types.ts';

const MAX_NAMED = 8;

export const namesOf = (options: DifferenceOptions): { readonly a: string; readonly b: string } => options.names ?? { a: 'A', b: 'B' };

/** "The log A", as long as it is called by a letter; "the log of the previous boot". */
export const belonging = (name: string): string => (name.length === 1 ? name : `of ${name}`);

export const digestOf = (event: BootEvent): string =>
  event.digests.sha256 ?? event.digests.sha384 ?? event.digests.sha512 ?? event.digests.sm3 ?? event.digests.sha1 ?? '';

/** Digests of two events by one algorithm, by one that tells them apart where there is such; empty where they share none. */
export const comparableDigests = (a: BootEvent, b: BootEvent): readonly [a: string, b: string] => {
  const shared = BANK_PREFERENCE.flatMap((bank): (readonly [string, string])[] => {
    const [before, after] = [a.digests[bank], b.digests[bank]];
    return before === undefined || after === undefined ? [] : [[before, after]];
  });
  return shared.find(([before, after]) => before !== after) ?? shared[0] ?? ['', ''];
};

const nameOf = (entry: SignatureEntry): string => {
  const owner = entry.ownerName === undefined ? '' : ` of ${entry.ownerName}`;
  return entry.kind === 'x509'
    ? `certificate “${entry.subject ?? 'without a name'}”${owner} (${shortHex(entry.sha256)})`
    : `hash ${shortHex(entry.sha256)}${owner}`;
};

const named = (entries: readonly SignatureEntry[], verb: string): readonly string[] => {
  const shown = entries.slice(0, MAX_NAMED).map((entry) => `${nameOf(entry)} ${verb}`);
  return entries.length > MAX_NAMED ? [...shown, `${entries.length - MAX_NAMED} more entries ${verb}`] : shown;
};

const keyOf = (entry: SignatureEntry): string => `${entry.owner} ${entry.kind} ${entry.sha256}`;

export type EntryChanges = { readonly added: readonly SignatureEntry[]; readonly removed: readonly SignatureEntry[] };

/** Entries of a key database that came and went. */
export const entryChanges = (a: BootEvent, b: BootEvent): EntryChanges | null => {
  const [before, after] = [a.variable?.signatures, b.variable?.signatures];
  if (before === undefined || after === undefined) return null;
  const had = new Set(before.map(keyOf));
  const has = new Set(after.map(keyOf));
  return { added: after.filter((entry) => !had.has(keyOf(entry))), removed: before.filter((entry) => !has.has(keyOf(entry))) };
};

export type ParameterChanges = { readonly added: readonly string[]; readonly removed: readonly string[] };

const missingFrom = (list: readonly string[], other: readonly string[]): readonly string[] => {
  const left = new Map<string, number>();
  for (const item of other) left.set(item, (left.get(item) ?? 0) + 1);
  return list.filter((item) => {
    const count = left.get(item) ?? 0;
    left.set(item, count - 1);
    return count <= 0;
  });
};

/** Parameters of a kernel command line that came and went; counted, because a parameter may stand twice. */
export const parameterChanges = (a: BootEvent, b: BootEvent): ParameterChanges | null => {
  const [before, after] = [a.meaning.parameters, b.meaning.parameters];
  if (before === undefined || after === undefined) return null;
  return { added: missingFrom(after, before), removed: missingFrom(before, after) };
};

const valuesOf = (event: BootEvent): ReadonlyMap<string, string> => new Map(event.meaning.facts.map((fact) => [fact.label, fact.value]));

/** Facts whose value is another one; labels that repeat (modules, certificates) are not told apart. */
export const factChanges = (a: BootEvent, b: BootEvent): readonly string[] => {
  const before = valuesOf(a);
  const after = valuesOf(b);
  const lines: string[] = [];
  for (const [label, value] of after) {
    const was = before.get(label);
    if (was === undefined) lines.push(`${label} is new: ${value}`);
    else if (was !== value) lines.push(`${label} from ${was} to ${value}`);
  }
  for (const [label, value] of before) if (!after.has(label)) lines.push(`${label} is gone: ${value}`);
  return lines.length > MAX_NAMED ? [...lines.slice(0, MAX_NAMED), `${lines.length - MAX_NAMED} more facts differ`] : lines;
};

/** "seen on 37 other hosts since 2026-11-03", where somebody remembers. */
export const sightingOf = (digest: string, options: DifferenceOptions): string | null => {
  const seen = digest === '' ? null : (options.seenOn?.(digest) ?? null);
  if (seen === null || seen.hosts <= 0) return null;
  const hosts = `${seen.hosts} other ${seen.hosts === 1 ? 'host' : 'hosts'}`;
  const since =
    Number.isFinite(seen.sinceMs) && Math.abs(seen.sinceMs) < 8.64e15 ? ` since ${new Date(seen.sinceMs).toISOString().slice(0, 10)}` : '';
  return `the new digest was seen on ${hosts}${since}`;
};

/** What differs between two events that are the same thing, in plain words, most telling first. */
export const detailsOf = (a: BootEvent, b: BootEvent, options: DifferenceOptions): readonly string[] => {
  const lines: string[] = [];
  const [before, after] = comparableDigests(a, b);
  if (a.claimedType !== b.claimedType) lines.push(`type from ${a.claimedType} to ${b.claimedType}`);
  const entries = entryChanges(a, b);
  if (entries !== null) {
    lines.push(...named(entries.added, 'added'), ...named(entries.removed, 'removed'));
    if (entries.added.length === 0 && entries.removed.length === 0 && before !== after)
      lines.push('the same entries in another order or form');
  }
  const parameters = parameterChanges(a, b);
  if (parameters !== null) {
    lines.push(...parameters.added.slice(0, MAX_NAMED).map((one) => `parameter ${one} added`));
    lines.push(...parameters.removed.slice(0, MAX_NAMED).map((one) => `parameter ${one} removed`));
  }
  if (entries === null && parameters === null) lines.push(...factChanges(a, b));
  if (before !== after) lines.push(`digest from ${shortHex(before)} to ${shortHex(after)}`);
  const seen = sightingOf(after, options);
  if (seen !== null && before !== after) lines.push(seen);
  return lines;
};
