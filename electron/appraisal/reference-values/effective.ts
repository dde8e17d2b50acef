import { createHash } from 'node:crypto';
import type { ReferenceItem, ReferenceSet } from '../../../shared/model/reference-set.ts';
import type {
  MeasuredBootReference,
  ReferenceSource,
  ReferenceValues,
  RuntimeReference,
  SignatureReference,
} from '../../../shared/model/reference-values.ts';
import type { HostFacts } from '../facts-schema.ts';
import { itemKey } from './items.ts';
import { setsFor } from './scope.ts';

export type SourceOf = ReferenceSource & { readonly kind: 'measured-boot' | 'runtime' };
/** What a host is judged by, and everybody whose word that is. */
export type Effective = { readonly reference: ReferenceValues; readonly sources: readonly SourceOf[] };

type Boot = Exclude<ReferenceItem, { kind: 'file' | 'exclude' }>;
const isBoot = (item: ReferenceItem): item is Boot => item.kind !== 'file' && item.kind !== 'exclude';

/** Sets that count, parted by what they speak of. */
type Parted = { readonly set: ReferenceSet; readonly boot: readonly Boot[]; readonly runtime: readonly ReferenceItem[] };
const part = (set: ReferenceSet): Parted => ({
  set,
  boot: set.items.filter(isBoot),
  runtime: set.items.filter((item) => !isBoot(item)),
});

/** How a set is named among the sources of whoever was judged by it. */
export const sourceOfSet = ({ name, id, provenance, proposedAtMs }: ReferenceSet): ReferenceSource => ({
  provenance: `Own reference set ${id} “${name}”: ${provenance.words}`,
  sha256: provenance.sha256,
  obtainedAtMs: proposedAtMs,
});

/** One source that names all; its digest changes with any of them. */
const joined = (sources: readonly ReferenceSource[]): ReferenceSource => {
  const [first, ...more] = sources;
  if (first === undefined) throw new Error('a reference has at least one source');
  if (more.length === 0) return first;
  return {
    provenance: sources.map((source) => source.provenance).join('; '),
    sha256: createHash('sha256')
      .update(JSON.stringify(sources.map((source) => source.sha256)))
      .digest('hex'),
    obtainedAtMs: Math.min(...sources.map((source) => source.obtainedAtMs)),
  };
};

const texts = (endpoint: readonly string[] | null, own: readonly string[]): readonly string[] | null =>
  endpoint === null && own.length === 0 ? null : [...new Set([...(endpoint ?? []), ...own])];

const keys = (endpoint: readonly SignatureReference[] | null, own: readonly SignatureReference[]): readonly SignatureReference[] | null => {
  if (endpoint === null && own.length === 0) return null;
  const all = [...(endpoint ?? []), ...own];
  return [...new Map(all.map((key) => [`${key.owner} ${key.sha256}`, key])).values()];
};

const withBoot = (endpoint: MeasuredBootReference | null, sets: readonly Parted[]): MeasuredBootReference | null => {
  const speaking = sets.filter((one) => one.boot.length > 0);
  if (speaking.length === 0) return endpoint;
  const items = [...new Map(speaking.flatMap((one) => one.boot).map((item) => [itemKey(item), item])).values()];
  const of = <K extends Boot['kind']>(kind: K): Extract<Boot, { kind: K }>[] =>
    items.filter((item): item is Extract<Boot, { kind: K }> => item.kind === kind);
  const own = (database: 'pk' | 'kek' | 'db' | 'dbx'): SignatureReference[] =>
    of('secure-boot-key')
      .filter((key) => key.database === database)
      .map(({ owner, sha256 }) => ({ owner, sha256 }));
  const list = (name: 'mokList' | 'mokListX'): string[] =>
    of('owner-key')
      .filter((key) => key.list === name)
      .map((key) => key.sha256);
  const known = endpoint?.secureBootKeys ?? { pk: null, kek: null, db: null, dbx: null };
  return {
    source: joined([...(endpoint === null ? [] : [endpoint.source]), ...speaking.map((one) => sourceOfSet(one.set))]),
    bank: 'sha256',
    secureBoot: (endpoint?.secureBoot ?? true) && of('secure-boot-off').length === 0,
    firmware: [...(endpoint?.firmware ?? []), ...of('firmware').map(({ crtm, platformFirmware }) => ({ crtm, platformFirmware }))],
    secureBootKeys: {
      pk: keys(known.pk, own('pk')),
      kek: keys(known.kek, own('kek')),
      db: keys(known.db, own('db')),
      // Revocations are demanded, not allowed: more of them would fail hosts that the endpoint's list accepts, and fewer would excuse some.
      dbx: known.dbx ?? keys(null, own('dbx')),
    },
    bootChains: [...(endpoint?.bootChains ?? []), ...of('boot-chain').map(({ kind: _kind, ...chain }) => chain)],
    machineOwnerKeys: {
      mokList: texts(endpoint?.machineOwnerKeys.mokList ?? null, list('mokList')),
      mokListX: texts(endpoint?.machineOwnerKeys.mokListX ?? null, list('mokListX')),
    },
    notJudged: endpoint?.notJudged ?? [],
  };
};

const withRuntime = (endpoint: RuntimeReference | null, sets: readonly Parted[]): RuntimeReference | null => {
  const speaking = sets.filter((one) => one.runtime.length > 0);
  if (speaking.length === 0) return endpoint;
  const digests = new Map(endpoint?.digests);
  const excludes = new Set(endpoint?.excludes);
  for (const item of speaking.flatMap((one) => one.runtime)) {
    if (item.kind === 'exclude') excludes.add(item.pattern);
    if (item.kind !== 'file') continue;
    const known = digests.get(item.path);
    if (known?.includes(item.digest) !== true) digests.set(item.path, [...(known ?? []), item.digest]);
  }
  return {
    source: joined([...(endpoint === null ? [] : [endpoint.source]), ...speaking.map((one) => sourceOfSet(one.set))]),
    digests,
    excludes: [...excludes],
    notJudged: endpoint?.notJudged ?? [],
  };
};

const sourcesOf = (endpoint: ReferenceValues, sets: readonly Parted[]): readonly SourceOf[] => [
  ...(endpoint.measuredBoot === null ? [] : [{ kind: 'measured-boot' as const, ...endpoint.measuredBoot.source }]),
  ...sets.filter((one) => one.boot.length > 0).map((one) => ({ kind: 'measured-boot' as const, ...sourceOfSet(one.set) })),
  ...(endpoint.runtime === null ? [] : [{ kind: 'runtime' as const, ...endpoint.runtime.source }]),
  ...sets.filter((one) => one.runtime.length > 0).map((one) => ({ kind: 'runtime' as const, ...sourceOfSet(one.set) })),
];

/** Keeps what was made for an object of the endpoint and a choice of sets, so that hosts that share both share the result. */
const remember = <T extends object>(make: (endpoint: T | null, sets: readonly Parted[]) => T | null) => {
  const nobody = {};
  const made = new WeakMap<object, Map<string, T | null>>();
  return (endpoint: T | null, sets: readonly Parted[]): T | null => {
    if (sets.length === 0) return endpoint;
    const known = made.get(endpoint ?? nobody) ?? new Map<string, T | null>();
    made.set(endpoint ?? nobody, known);
    const choice = sets.map((one) => one.set.id).join();
    const kept = known.get(choice);
    if (kept !== undefined) return kept;
    const value = make(endpoint, sets);
    known.set(choice, value);
    return value;
  };
};

export type Judging = (endpoint: ReferenceValues, facts: HostFacts, atMs: number) => Effective;

/** As `withOwn`, for many hosts: equal choices give the same objects, which compiled patterns and kept copies go by. */
export const createJudging = (sets: readonly ReferenceSet[]): Judging => {
  const parted = new Map(sets.map((set) => [set.id, part(set)]));
  const boot = remember(withBoot);
  const runtime = remember(withRuntime);
  return (endpoint, facts, atMs) => {
    const chosen = setsFor(sets, facts, atMs).flatMap(({ id }) => parted.get(id) ?? []);
    return {
      reference: { measuredBoot: boot(endpoint.measuredBoot, chosen), runtime: runtime(endpoint.runtime, chosen) },
      sources: sourcesOf(endpoint, chosen),
    };
  };
};

/**
 * The reference values of a host: own sets that are approved, valid and meant for it are accepted in addition to the endpoint's, or alone
 * where the endpoint gives none. The order of sets does not matter.
 */
export const withOwn = (endpoint: ReferenceValues, sets: readonly ReferenceSet[], facts: HostFacts, atMs: number): Effective =>
  createJudging(sets)(endpoint, facts, atMs);
