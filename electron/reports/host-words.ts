import { z } from 'zod';
import { type HostDetail, type HostRow, hostDetailSchema } from '../../shared/contract/schemas.ts';
import { chainEnd } from '../../shared/drawing/chain-line.ts';
import { LINKS } from '../../shared/model/verdict.ts';
import type { ExportStore } from '../store/export-store.ts';

export type KeptWords = Omit<HostDetail, 'row'>;
const keptSchema = z.object({ detail: hostDetailSchema.omit({ row: true }) });

/** What was kept of the last appraisal of a host, in words; null where an earlier version wrote it in another form. */
export const readHostWords = (store: ExportStore, id: string): KeptWords | null => {
  const kept = store.readers.hosts.get(id);
  if (kept === null) return null;
  try {
    const parsed = keptSchema.safeParse(JSON.parse(kept.detail));
    if (!parsed.success) return null;
    const { detail } = parsed.data;
    const { quotedAtMs, evidenceAtMs } = kept.pulse;
    // What every confirmation moves on is kept beside the words.
    const clocks = {
      ...detail.clocks,
      quotedAtMs: quotedAtMs ?? detail.clocks.quotedAtMs,
      receivedAtMs: evidenceAtMs ?? detail.clocks.receivedAtMs,
    };
    return { ...detail, clocks };
  } catch {
    return null;
  }
};

/** The links of a host: as they were kept, or as far as its row tells. */
export const linksOf = ({ chain, reason, brokenLink }: HostRow, words: KeptWords | null): KeptWords['chain'] => {
  if (words !== null) return words.chain;
  const end = chainEnd(chain);
  return LINKS.map((link, index) => ({
    link,
    verdict: chain[index] ?? 'inconclusive',
    reason: link === brokenLink ? reason : '',
    basis: [],
    notEvaluated: [],
    believable: end.how !== 'broken' || index <= end.at,
  }));
};
