import type { HostRow } from '../../shared/contract/schemas.ts';
import { type Assurance, ASSURANCES, type Link, LINKS, type Verdict, VERDICTS } from '../../shared/model/verdict.ts';

export type LinkCount = {
  readonly link: Link;
  readonly trusted: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly notRequired: number;
  /** Hosts whose chain first breaks here. */
  readonly firstBroken: number;
};
export type PlaceCount = {
  /** ISO 3166-1 alpha-2; null = not known. */
  readonly country: string | null;
  readonly hosts: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly assurances: Readonly<Record<Assurance, number>>;
};
export type SubdivisionCount = { readonly code: string; readonly hosts: number };
/** Hosts by age of their newest evidence; null = older than the last bound, or never. */
export type AgeCount = { readonly upToMs: number | null; readonly hosts: number };

export type HostCounts = {
  readonly hosts: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly disagreements: number;
  readonly demo: number;
  readonly withoutEvidence: number;
  readonly newestEvidenceAtMs: number | null;
  readonly links: readonly LinkCount[];
  /** Where most are not trusted first, then where most are. */
  readonly places: readonly PlaceCount[];
  /** Hosts by subdivision (ISO 3166-2), where one is known. */
  readonly subdivisions: readonly SubdivisionCount[];
  readonly ages: readonly AgeCount[];
};

const AGES = [60_000, 300_000, 900_000, 3_600_000, 86_400_000] as const;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Place = { country: string | null; hosts: number; verdicts: Record<Verdict, number>; assurances: Record<Assurance, number> };

const verdictsOf = (): Record<Verdict, number> => ({ failed: 0, inconclusive: 0, stale: 0, trusted: 0 });
const assurancesOf = (): Record<Assurance, number> => ({ 'tpm-certified': 0, 'issuer-signed': 0, reported: 0, declared: 0, unknown: 0 });
/** There are some 5,000 in all; more than that are no codes. */
const MOST_SUBDIVISIONS = 6_000;
const troubled = ({ hosts, verdicts }: PlaceCount): number => hosts - verdicts.trusted;
const byName = (a: string | null, b: string | null): number => {
  if (a === b) return 0;
  return (a ?? '') < (b ?? '') ? -1 : 1;
};

/** Counts hosts one by one; nothing of a host is held. */
export const countHosts = (cutOffMs: number): { readonly add: (row: HostRow) => void; readonly result: () => HostCounts } => {
  const verdicts = verdictsOf();
  const links: Mutable<LinkCount>[] = LINKS.map((link) => ({
    link,
    trusted: 0,
    failed: 0,
    inconclusive: 0,
    notRequired: 0,
    firstBroken: 0,
  }));
  const ages = [...AGES.map((upToMs) => ({ upToMs, hosts: 0 })), { upToMs: null, hosts: 0 }];
  const places = new Map<string | null, Place>();
  const subdivisions = new Map<string, number>();
  let [hosts, disagreements, demo, withoutEvidence] = [0, 0, 0, 0];
  let newest: number | null = null;
  const addChain = ({ chain, brokenLink }: HostRow): void => {
    for (const [index, slot] of links.entries()) {
      const verdict = chain[index] ?? 'inconclusive';
      slot[verdict === 'not-required' ? 'notRequired' : verdict] += 1;
      if (slot.link === brokenLink) slot.firstBroken += 1;
    }
  };
  const addPlace = ({ location: { country, subdivision, assurance }, verdict }: HostRow): void => {
    const place = places.get(country) ?? { country, hosts: 0, verdicts: verdictsOf(), assurances: assurancesOf() };
    place.hosts += 1;
    place.verdicts[verdict] += 1;
    place.assurances[assurance] += 1;
    places.set(country, place);
    if (subdivision !== null && (subdivisions.size < MOST_SUBDIVISIONS || subdivisions.has(subdivision)))
      subdivisions.set(subdivision, (subdivisions.get(subdivision) ?? 0) + 1);
  };
  return {
    add: (row) => {
      hosts += 1;
      verdicts[row.verdict] += 1;
      disagreements += row.disagreement ? 1 : 0;
      demo += row.demo ? 1 : 0;
      addChain(row);
      addPlace(row);
      const { evidenceAtMs: atMs } = row;
      withoutEvidence += atMs === null ? 1 : 0;
      newest = atMs === null ? newest : Math.max(newest ?? atMs, atMs);
      const age = ages.find(({ upToMs }) => upToMs === null || (atMs !== null && cutOffMs - atMs <= upToMs));
      if (age !== undefined) age.hosts += 1;
    },
    result: () => ({
      hosts,
      verdicts,
      disagreements,
      demo,
      withoutEvidence,
      newestEvidenceAtMs: newest,
      links,
      places: [...places.values()].toSorted((a, b) => troubled(b) - troubled(a) || b.hosts - a.hosts || byName(a.country, b.country)),
      subdivisions: [...subdivisions].map(([code, of]) => ({ code, hosts: of })).toSorted((a, b) => byName(a.code, b.code)),
      ages,
    }),
  };
};

/** How far a verdict is from trust: a change to a higher number is for the better. */
export const rankOf = (verdict: Verdict): number => VERDICTS.indexOf(verdict);
export const assurancesIn = (counts: Readonly<Record<Assurance, number>>): readonly (readonly [Assurance, number])[] =>
  ASSURANCES.flatMap((one) => (counts[one] === 0 ? [] : [[one, counts[one]] as const]));
