import { z } from 'zod';
import type { Overview, Tally } from '../../shared/contract/schemas.ts';
import { LINKS, VERDICTS } from '../../shared/model/verdict.ts';
import { unpackChain } from './records.ts';

/** Hosts that the overview cannot tell apart, counted: a large fleet has a few hundred of these. */
export const groupsSql = (source: string): string =>
  `SELECT verdict, country, chain, broken_link AS brokenLink, disagreement, count(*) AS n FROM ${source} GROUP BY verdict, country, chain, broken_link, disagreement`;

const groupSchema = z.object({
  verdict: z.enum(VERDICTS),
  country: z.string().nullable(),
  chain: z.string(),
  brokenLink: z.string().nullable(),
  disagreement: z.number(),
  n: z.number(),
});
export const groupsSchema = z.array(groupSchema);
export type Group = z.output<typeof groupSchema>;

type Counted = { inventory: number; trusted: number; failed: number; stale: number; inconclusive: number };
const nobody = (): Counted => ({ inventory: 0, trusted: 0, failed: 0, stale: 0, inconclusive: 0 });
const add = (counted: Counted, { verdict, n }: Group): void => {
  counted.inventory += n;
  counted[verdict] += n;
};

export const tallyOf = (groups: readonly Group[]): Tally => {
  const tally = nobody();
  for (const group of groups) add(tally, group);
  return tally;
};

export const linksOf = (groups: readonly Group[]): Overview['links'] => {
  const result = LINKS.map((link) => ({ link, trusted: 0, failed: 0, inconclusive: 0, notRequired: 0, firstBroken: 0 }));
  for (const { chain, brokenLink, n } of groups)
    unpackChain(chain).forEach((verdict, index) => {
      const slot = result[index];
      if (!slot) return;
      slot[verdict === 'not-required' ? 'notRequired' : verdict] += n;
      if (slot.link === brokenLink) slot.firstBroken += n;
    });
  return result;
};

const byCountry = (a: string | null, b: string | null): number => {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
};

/** Where most failed first, then where most are. */
export const placesOf = (groups: readonly Group[]): Overview['places'] => {
  const places = new Map<string | null, Counted>();
  for (const group of groups) {
    const place = places.get(group.country) ?? nobody();
    add(place, group);
    places.set(group.country, place);
  }
  return [...places]
    .sort(([a, inA], [b, inB]) => inB.failed - inA.failed || inB.inventory - inA.inventory || byCountry(a, b))
    .map(([country, { inventory, ...counted }]) => ({ country, hosts: inventory, ...counted }));
};

export const disagreementsOf = (groups: readonly Group[]): number =>
  groups.reduce((sum, { disagreement, n }) => sum + (disagreement === 1 ? n : 0), 0);
