import type { HostDetail } from '../../shared/contract/schemas.ts';
import type { HostReaders } from '../store/host-readers.ts';
import { readKeptDetail } from './kept-detail.ts';
import { headline, utc } from './sentences.ts';

/** Grown stale by the clock alone: the words of the last appraisal no longer hold, and nothing may look trusted. */
const staleDetail = (detail: HostDetail): HostDetail => ({
  ...detail,
  sentence: headline(detail.row.name, 'stale', detail.row.reason),
  verifiedSentence: `Our last verification was at ${utc(detail.row.evidenceAtMs ?? detail.row.lastSeenAtMs)}; it no longer counts.`,
  disagreementSentence: null,
  chain: detail.chain.map((link) =>
    link.verdict === 'trusted' ? { ...link, verdict: 'inconclusive', reason: `Too old to count. Last known: ${link.reason}` } : link,
  ),
});

/** What the page of a host shows; null where there is none. */
export const hostDetailOf = (hosts: Pick<HostReaders, 'get'>, id: string): HostDetail | null => {
  const host = hosts.get(id);
  const kept = host === null ? null : readKeptDetail(host.detail, host.pulse);
  if (host === null || kept === null) return null;
  const { row } = host;
  const detail = { ...kept.detail, row, identity: { ...kept.detail.identity, akPinnedAtMs: host.akPinnedAtMs } };
  if (row.verdict !== 'stale' || detail.evidenceProblem !== null) return detail;
  return staleDetail(detail);
};
