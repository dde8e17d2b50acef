import { z } from 'zod';
import { ASSURANCES, LINKS, REPORTED_VERDICTS, VERDICTS } from '../../shared/model/verdict.ts';
import type { HostRow } from '../../shared/contract/schemas.ts';
import { unpackChain } from './records.ts';

export const HOST_COLUMNS =
  'id, agent_id, name, endpoint, host_class, verdict, verified, reported, disagreement, broken_link, reason, chain, country, subdivision, site, assurance, evidence_at_ms, changed_at_ms, last_seen_ms, demo';

const dbHost = z.object({
  id: z.string(),
  agent_id: z.string(),
  name: z.string(),
  endpoint: z.string(),
  host_class: z.string().nullable(),
  verdict: z.enum(VERDICTS),
  verified: z.enum(VERDICTS),
  reported: z.enum(REPORTED_VERDICTS),
  disagreement: z.number(),
  broken_link: z.enum(LINKS).nullable(),
  reason: z.string(),
  chain: z.string(),
  country: z.string().nullable(),
  subdivision: z.string().nullable(),
  site: z.string().nullable(),
  assurance: z.enum(ASSURANCES),
  evidence_at_ms: z.number().nullable(),
  changed_at_ms: z.number(),
  last_seen_ms: z.number(),
  demo: z.number(),
});

const KEPT_CHAINS = 1_000;
const chains = new Map<string, HostRow['chain']>();
/** Chains repeat: of a million hosts there are a few. */
const chainOf = (packed: string): HostRow['chain'] => {
  const before = chains.get(packed);
  if (before !== undefined) return [...before];
  const chain = unpackChain(packed);
  if (chains.size < KEPT_CHAINS) chains.set(packed, chain);
  return [...chain];
};

export type StoredHost = { readonly row: HostRow; readonly agentId: string; readonly verified: HostRow['verdict'] };

/** A host row of the database, checked column by column. Throws on a damaged database: that is not an expected failure here. */
export const toStoredHost = (raw: unknown): StoredHost => {
  const host = dbHost.parse(raw);
  return {
    agentId: host.agent_id,
    verified: host.verified,
    row: {
      id: host.id,
      name: host.name,
      endpoint: host.endpoint,
      hostClass: host.host_class,
      verdict: host.verdict,
      reported: host.reported,
      disagreement: host.disagreement === 1,
      brokenLink: host.broken_link,
      reason: host.reason,
      chain: chainOf(host.chain),
      location: { country: host.country, subdivision: host.subdivision, site: host.site, assurance: host.assurance },
      evidenceAtMs: host.evidence_at_ms,
      changedAtMs: host.changed_at_ms,
      lastSeenAtMs: host.last_seen_ms,
      demo: host.demo === 1,
    },
  };
};

/** The columns of an export: what no row of it says is not read. */
export const EXPORTED_COLUMNS =
  'id, name, endpoint, host_class, verdict, reported, disagreement, broken_link, reason, chain, country, subdivision, site, assurance, evidence_at_ms, changed_at_ms, last_seen_ms, demo';

const damaged = (column: string): never => {
  throw new Error(`the database holds something else than a host has: ${column}`);
};
const textAt = (raw: readonly unknown[], at: number): string => {
  const value = raw[at];
  return typeof value === 'string' ? value : damaged(`column ${at}`);
};
const numberAt = (raw: readonly unknown[], at: number): number => {
  const value = raw[at];
  return typeof value === 'number' ? value : damaged(`column ${at}`);
};
const maybeTextAt = (raw: readonly unknown[], at: number): string | null => (raw[at] === null ? null : textAt(raw, at));
/** A word of a list, as the list itself has it. */
const wordOf = <Word extends string>(words: readonly Word[]): ((raw: readonly unknown[], at: number) => Word) => {
  const known = new Map<unknown, Word>(words.map((word) => [word, word]));
  return (raw, at) => known.get(raw[at]) ?? damaged(`column ${at}`);
};
const verdictAt = wordOf(VERDICTS);
const reportedAt = wordOf(REPORTED_VERDICTS);
const linkAt = wordOf(LINKS);
const assuranceAt = wordOf(ASSURANCES);

/**
 * A row of EXPORTED_COLUMNS as an array, checked column by column. The same as `toStoredHost`, in a third of the time: of a million hosts that
 * is what an export takes. Throws on a damaged database.
 */
export const toExportedHost = (raw: unknown): HostRow => {
  if (!Array.isArray(raw)) return damaged('a row');
  const row: readonly unknown[] = raw;
  return {
    id: textAt(row, 0),
    name: textAt(row, 1),
    endpoint: textAt(row, 2),
    hostClass: maybeTextAt(row, 3),
    verdict: verdictAt(row, 4),
    reported: reportedAt(row, 5),
    disagreement: numberAt(row, 6) === 1,
    brokenLink: row[7] === null ? null : linkAt(row, 7),
    reason: textAt(row, 8),
    chain: chainOf(textAt(row, 9)),
    location: {
      country: maybeTextAt(row, 10),
      subdivision: maybeTextAt(row, 11),
      site: maybeTextAt(row, 12),
      assurance: assuranceAt(row, 13),
    },
    evidenceAtMs: row[14] === null ? null : numberAt(row, 14),
    changedAtMs: numberAt(row, 15),
    lastSeenAtMs: numberAt(row, 16),
    demo: numberAt(row, 17) === 1,
  };
};
