import { createHash } from 'node:crypto';
import type { Handlers } from '../../../shared/contract/contract.ts';
import type { FindingSet } from '../../../shared/contract/finding-bulk-schemas.ts';
import type { FindingCluster } from '../../../shared/contract/finding-schemas.ts';
import type { FindingReaders, StoredCluster } from '../../store/finding-readers.ts';
import { clusterSentence } from './cause.ts';

export type FindingLists = Pick<Handlers, 'findings.list' | 'findings.clusters' | 'findings.preview'>;

export const withSentence = (cluster: StoredCluster): FindingCluster => {
  const { title, findings, hosts, firstAtMs, lastAtMs } = cluster;
  return { ...cluster, sentence: clusterSentence(title, findings, hosts, firstAtMs, lastAtMs) };
};

/** Names a set of findings, whose numbers are in order, so that another one is not taken for it. */
export const setOf = (ids: readonly number[]): FindingSet => ({
  count: ids.length,
  sha256: createHash('sha256').update(JSON.stringify(ids)).digest('hex'),
});

/** Findings as they are shown, one by one and by what broke. */
export const createFindingLists = (findings: FindingReaders, nowMs: () => number): FindingLists => ({
  'findings.list': ({ offset, limit, sort, ...query }) => ({
    ...findings.list(query, sort ?? 'newest', offset, limit, nowMs()),
    counts: findings.counts(nowMs()),
  }),
  'findings.preview': ({ query, act }) => {
    const { matching, ids, hosts, critical } = findings.meant(query, act, nowMs());
    return { matching, meant: setOf(ids), hosts, critical };
  },
  'findings.clusters': ({ offset, limit, minFindings, kind }) => {
    const { total, rows } = findings.clusters({ minFindings: minFindings ?? 1, kind: kind ?? null }, offset, limit, nowMs());
    return { total, rows: rows.map(withSentence) };
  },
});
