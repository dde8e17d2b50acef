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
