import { hexDigest, shortHex } from '../hashing.ts';
import type { ImaEntry, ImaFacts } from '../types.ts';
import { causeList } from './causes.ts';
import { belonging, namesOf, sightingOf } from './details.ts';
import type { DifferenceOptions, FileChange, ImaDifference } from './types.ts';

const MAX_CHANGES = 1000;
const MAX_DIGESTS = 8;
const VIOLATION = 'violation';

type Times = { count: number; readonly first: number };
/** Nearly every file has one content, which is kept without a map of its own. */
type Versions = Times & { readonly content: string; readonly pcr: number; more: Map<string, Times> | null };

/** What one list has of each path: every content it was measured with, how often, and where first. */
const versionsOf = (facts: ImaFacts): Map<string, Versions> => {
  const versions = new Map<string, Versions>();
  let index = 0;
  for (const entry of facts.entries) {
    const path = keyOf(entry);
    const known = versions.get(path);
    const content = contentOf(entry);
    if (known === undefined) versions.set(path, { content, count: 1, first: index, pcr: entry.pcr, more: null });
    else if (known.content === content) known.count += 1;
    else {
      known.more ??= new Map();
      const times = known.more.get(content);
      if (times === undefined) known.more.set(content, { count: 1, first: index });
      else times.count += 1;
    }
    index += 1;
  }
  return versions;
};

const timesOf = (versions: Versions | undefined, content: string): Times | undefined =>
  versions?.content === content ? versions : versions?.more?.get(content);

const contentsOf = (versions: Versions): readonly string[] =>
  versions.more === null ? [versions.content] : [versions.content, ...versions.more.keys()];

const ESCAPED = '\n';

/** A path that had to be escaped must not pass for one that holds the escape itself; no visible path holds a line break. */
const keyOf = (entry: ImaEntry): string => (entry.plainPath ? entry.path : `${ESCAPED}${entry.path}`);
const pathOf = (key: string): string => (key.startsWith(ESCAPED) ? key.slice(1) : key);

/** Digest of the file, then what else was measured with it: the template, and its signature or buffer by their hash. */
const contentOf = (entry: ImaEntry): string => {
  if (entry.violation) return VIOLATION;
  const digest = `${entry.fileAlg === '' ? entry.template : entry.fileAlg}:${entry.fileDigest}`;
  if (entry.template === 'ima-ng') return digest;
  return entry.extra === undefined ? `${digest} ${entry.template}` : `${digest} ${entry.template} ${hexDigest('sha256', entry.extra)}`;
};
const fileOf = (content: string): string => content.split(' ')[0] ?? content;

/** Whether both have the same files, whatever else was measured with them. */
const isSameFile = (a: Versions, b: Versions): boolean => {
  const [before, after] = [new Set(contentsOf(a).map(fileOf)), new Set(contentsOf(b).map(fileOf))];
  return before.size === after.size && [...after].every((file) => before.has(file));
};

const same = (a: Versions, b: Versions): boolean => {
  if (a.more === null && b.more === null) return a.content === b.content && a.count === b.count;
  return (
    (a.more?.size ?? 0) === (b.more?.size ?? 0) &&
    contentsOf(b).every((content) => timesOf(a, content)?.count === timesOf(b, content)?.count)
  );
};

/** Where the first content stands that the other list does not have. */
const divergesAt = (versions: Versions, other: Versions | undefined): number => {
  const content = contentsOf(versions).find((one) => timesOf(other, one) === undefined);
  return content === undefined ? versions.first : (timesOf(versions, content)?.first ?? versions.first);
};

type Placed = readonly [place: number, path: string];

/** Paths that only A has, each just before the next of A's paths that B has as well; in the order of A. */
const placesOfGone = (
  before: ReadonlyMap<string, Versions>,
  after: ReadonlyMap<string, Versions>,
  paired: ReadonlySet<string>,
): readonly Placed[] => {
  const places: Placed[] = [];
  let next = Number.MAX_SAFE_INTEGER;
  for (const path of [...before.keys()].reverse()) {
    const is = after.get(path);
    if (is !== undefined) next = is.first;
    else if (!paired.has(path)) places.push([next - 0.5, path]);
  }
  return places.reverse();
};

const only = (versions: Versions | undefined, other: Versions | undefined): readonly string[] =>
  versions === undefined
    ? []
    : contentsOf(versions)
        .filter((content) => timesOf(other, content) === undefined)
        .slice(0, MAX_DIGESTS);

const words = (contents: readonly string[]): string =>
  contents
    .slice(0, 2)
    .map((content) => (content === VIOLATION ? 'a violation' : shortHex(fileOf(content).split(':')[1] ?? content)))
    .join(', ');

/** Kernel release in a path: /lib/modules/6.1.0-13-amd64/, vmlinuz-6.1.0-13-amd64. */
const RELEASE = /(\/lib\/modules\/|\/usr\/src\/[^/]*?-|\/boot\/[^/]*?-)(\d+\.\d+[\w.+~-]*)/u;
const releaseOf = (path: string): string | undefined => RELEASE.exec(path)?.[2];
const withoutRelease = (path: string): string => path.replace(RELEASE, '$1*');

const reasonOf = (
  path: string,
  a: Versions | undefined,
  b: Versions | undefined,
  former: string | null,
  options: DifferenceOptions,
): string => {
  const names = namesOf(options);
  if (a === undefined) return `${path} is measured only in ${names.b}.`;
  if (b === undefined) return `${path} is measured only in ${names.a}.`;
  const [gone, come] = [only(a, b), only(b, a)];
  if (gone.length === 0 && come.length === 0) return `${path} has the same contents, measured another number of times.`;
  if (come.includes(VIOLATION)) return `${path} was changed while it was measured (violation in ${names.b}).`;
  if (isSameFile(a, b)) return `${path} has the same content, measured with another signature or template.`;
  const seen = sightingOf(fileOf(come[0] ?? '').split(':')[1] ?? '', options);
  const suffix = seen === null ? '' : `; ${seen}`;
  if (former !== null) return `${path} stands for ${former} of another kernel release${suffix}.`;
  if (gone.length === 0) return `${path} was also measured with other content: ${words(come)}${suffix}.`;
  return `${path} has other content: from ${words(gone)} to ${come.length === 0 ? words(contentsOf(b)) : words(come)}${suffix}.`;
};

/** Files that only one list has, but the other has for another kernel release, are one change and not two. */
const pairReleases = (added: readonly string[], removed: readonly string[]): ReadonlyMap<string, string> => {
  const gone = new Map<string, string>();
  for (const path of removed) if (releaseOf(path) !== undefined) gone.set(withoutRelease(path), path);
  const pairs = new Map<string, string>();
  for (const path of added) {
    const key = withoutRelease(path);
    const former = releaseOf(path) === undefined ? undefined : gone.get(key);
    if (former === undefined) continue;
    gone.delete(key);
    pairs.set(path, former);
  }
  return pairs;
};

const suggestCauses = (
  changes: readonly FileChange[],
  pairs: ReadonlyMap<string, string>,
  nameB: string,
): ReturnType<ReturnType<typeof causeList>['causes']> => {
  const { suggest, causes } = causeList();
  const releases = new Map<string, number>();
  for (const [path, former] of pairs) {
    const step = `${releaseOf(former) ?? '?'} → ${releaseOf(path) ?? '?'}`;
    releases.set(step, (releases.get(step) ?? 0) + 1);
  }
  for (const [step, count] of releases) suggest('kernel update', 'likely-benign', `${count} files moved from release ${step}`);
  const changed = changes.filter((change) => change.change === 'changed' && !change.violation && change.formerPath === null);
  const programs = changed.filter((change) => /^\/(?:usr\/)?(?:s?bin|lib)/u.test(change.path));
  if (programs.length > 0) suggest('package update', 'likely-benign', `${programs.length} of the listed files lie where packages install`);
  if (changes.some((change) => change.path === 'boot_aggregate'))
    suggest('another boot', 'look', 'boot_aggregate differs: firmware, boot loader or kernel were measured differently');
  const violations = changes.filter((change) => change.violation).length;
  if (violations > 0)
    suggest('files were changed while being measured', 'look', `${violations} of the listed files have violations in ${nameB}`);
  return causes();
};

/** Entries of which more was measured than is compared here: an appended signature, metadata of the file. */
const UNSEEN = /^(?:ima-modsig|evm-sig)$/u;

const gapsOf = (a: ImaFacts, b: ImaFacts, names: ReturnType<typeof namesOf>): string[] => {
  const notes: string[] = [];
  for (const [name, facts] of [
    [names.a, a],
    [names.b, b],
  ] as const)
    if (facts.problems.some((problem) => problem.code === 'ima-parse'))
      notes.push(`The list ${belonging(name)} cannot be read to its end; what follows was not compared.`);
  const equalPcr = Object.entries(a.pcr10).some(([bank, value]) => b.pcr10[bank] === value);
  const unseen = [...Object.keys(a.templates), ...Object.keys(b.templates)].some((template) => UNSEEN.test(template));
  if (unseen && !equalPcr) notes.push('Appended signatures and metadata of files inside the entries were not compared; PCR 10 differs.');
  if (a.templateHashMismatches > 0 || b.templateHashMismatches > 0)
    notes.push('Some entries do not hash to what was measured, so their text may not be what it was.');
  return notes;
};

/**
 * Difference of two IMA lists by path and content. The order in which files happened to be used is no difference; only boot_aggregate
 * is looked at where it stands. Linear in the number of entries. Does not say whether any of the contents is good.
 */
export const diffIma = (a: ImaFacts, b: ImaFacts, options: DifferenceOptions = {}): ImaDifference => {
  const [before, after] = [versionsOf(a), versionsOf(b)];
  const added: string[] = [];
  const changed: string[] = [];
  let unchanged = 0;
  for (const [path, versions] of after) {
    const was = before.get(path);
    if (was === undefined) added.push(path);
    else if (same(was, versions)) unchanged += 1;
    else changed.push(path);
  }
  const removed = [...before.keys()].filter((path) => !after.has(path));
  const pairs = pairReleases(added, removed);
  const paired = new Set(pairs.values());
  const limit = options.limit ?? MAX_CHANGES;
  const changeOf = (path: string): FileChange => {
    const former = pairs.get(path) ?? null;
    const [was, is] = [before.get(former ?? path), after.get(path)];
    const [digestsA, digestsB] = [only(was, is), only(is, was)];
    return {
      what: 'file',
      change: was === undefined ? 'added' : is === undefined ? 'removed' : 'changed',
      pcr: is?.pcr ?? was?.pcr ?? 10,
      indexA: was?.first ?? null,
      indexB: is === undefined ? null : divergesAt(is, was),
      path: pathOf(path),
      formerPath: former === null ? null : pathOf(former),
      digestsA,
      digestsB,
      violation: digestsB.includes(VIOLATION),
      reason: reasonOf(pathOf(path), was, is, former === null ? null : pathOf(former), options),
    };
  };
  const gone = removed.filter((path) => !paired.has(path));
  const place = (path: string): number => {
    const is = after.get(path);
    return is === undefined ? Number.MAX_SAFE_INTEGER : divergesAt(is, before.get(pairs.get(path) ?? path));
  };
  const listed = [...placesOfGone(before, after, paired), ...[...added, ...changed].map((path): Placed => [place(path), path])]
    .sort(([x], [y]) => x - y)
    .map(([, path]) => path);
  const changes = listed.slice(0, limit).map(changeOf);
  const total = listed.length;
  const notCompared = gapsOf(a, b, namesOf(options));
  if (total > changes.length) notCompared.push(`${total - changes.length} further changes are counted but not listed.`);
  const [firstA, firstB] = [a.entries.at(0), b.entries.at(0)];
  if (total === 0 && firstA?.path !== firstB?.path && (firstA?.path === 'boot_aggregate' || firstB?.path === 'boot_aggregate'))
    notCompared.push('boot_aggregate is the first entry of only one list.');
  return {
    identical: total === 0 && notCompared.length === 0,
    firstDivergence: changes[0] ?? null,
    changes,
    counts: {
      same: unchanged,
      added: added.length - pairs.size,
      changed: changed.length + pairs.size,
      removed: gone.length,
      violations: b.violations - a.violations,
    },
    causes: suggestCauses(changes, pairs, namesOf(options).b),
    notCompared,
  };
};
