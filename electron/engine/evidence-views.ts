import type { CallInput, CallOutput } from '../../shared/contract/contract.ts';
import type { EventRow, ImaRow } from '../../shared/contract/schemas.ts';
import { imaJudge } from '../appraisal/chain/runtime-entries.ts';
import type { EventLogFacts } from '../evidence/types.ts';
import type { HostReaders } from '../store/host-readers.ts';
import { breath } from './breath.ts';
import { type KeptDetail, readKeptDetail } from './kept-detail.ts';
import type { ParsedEvidence } from './parsed-evidence.ts';

const matches = (words: readonly string[], ...fields: string[]): boolean => {
  const text = fields.join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
};

type View = {
  readonly text?: string | undefined;
  readonly onlyBroken?: boolean | undefined;
  readonly offset: number;
  readonly limit: number;
};

/** Rows looked at before whoever else waits is answered. */
const ROWS_AT_A_TIME = 1_000;

/** One window of the rows that match. Rows are made only when they are looked at: all of them for a search, those shown otherwise. */
const page = async <T extends { broke: unknown }>(
  source: { readonly length: number; readonly row: (position: number) => T | undefined },
  view: View,
  fields: (row: T) => string[],
): Promise<{ total: number; rows: T[] }> => {
  const words = (view.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const rows: T[] = [];
  if (words.length === 0 && view.onlyBroken !== true) {
    for (let at = view.offset; at < Math.min(view.offset + view.limit, source.length); at += 1) {
      const row = source.row(at);
      if (row !== undefined) rows.push(row);
    }
    return { total: source.length, rows };
  }
  let total = 0;
  for (let at = 0; at < source.length; at += 1) {
    if (at % ROWS_AT_A_TIME === ROWS_AT_A_TIME - 1) await breath();
    const row = source.row(at);
    if (row === undefined || (view.onlyBroken === true && row.broke === null) || !matches(words, ...fields(row))) continue;
    if (total >= view.offset && rows.length < view.limit) rows.push(row);
    total += 1;
  }
  return { total, rows };
};

const bankOf = (log: EventLogFacts): 'sha256' | 'sha1' => (log.algorithms.includes('sha256') ? 'sha256' : 'sha1');

const eventRows = (log: EventLogFacts, kept: KeptDetail): EventRow[] => {
  const bank = bankOf(log);
  const pcrs = new Map(kept.detail.pcrs.filter((row) => row.bank === bank).map((row) => [row.index, row]));
  const broken = new Map(kept.brokenEvents.map((one) => [one.index, one]));
  return log.events.map((event): EventRow => {
    const pcr = pcrs.get(event.pcr);
    const broke = broken.get(event.index);
    return {
      index: event.index,
      pcr: event.pcr,
      claimedType: event.claimedType,
      digest: event.digests[bank] ?? '',
      bank,
      data: event.data,
      replayProven: pcr?.quoted && pcr.replayed !== null ? pcr.replayed === pcr.value : null,
      summary: event.summary,
      broke: broke ? { link: broke.link, reason: broke.reason, expected: broke.expected } : null,
    };
  });
};

export type EvidenceViews = {
  readonly events: (input: CallInput<'hosts.events'>) => Promise<CallOutput<'hosts.events'>>;
  readonly ima: (input: CallInput<'hosts.ima'>) => Promise<CallOutput<'hosts.ima'>>;
};

const NOTHING = { total: 0, rows: [] };

/** Boot events and measured programs of a host, parsed from the evidence as it was received. */
export const createEvidenceViews = (hosts: HostReaders, parsed: ParsedEvidence): EvidenceViews => {
  const keptOf = (id: string): KeptDetail | null => {
    const host = hosts.get(id);
    return host === null ? null : readKeptDetail(host.detail, host.pulse);
  };
  return {
    events: async (input) => {
      const kept = keptOf(input.id);
      const found = hosts.packedEvidence(input.id, 'event-log');
      const log = found === null ? null : await parsed.log(found);
      if (kept === null || log === null) return NOTHING;
      const rows = eventRows(log, kept);
      return page({ length: rows.length, row: (at) => rows[at] }, input, (row) => [
        row.summary,
        row.claimedType,
        row.digest,
        `pcr ${row.pcr}`,
      ]);
    },
    ima: async (input) => {
      const kept = keptOf(input.id);
      const found = hosts.packedEvidence(input.id, 'ima');
      const reference = hosts.packedEvidence(input.id, 'runtime-reference');
      // Both are taken out of the database before anything is waited for: what is replaced meanwhile is deleted.
      const [list, expected] = await Promise.all([
        found === null ? null : parsed.ima(found),
        reference === null ? null : parsed.reference(reference),
      ]);
      if (kept === null || list === null) return NOTHING;
      const judge = imaJudge(expected, list.entries.at(0));
      const broken = new Map(kept.brokenIma.map((one) => [one.index, one]));
      const row = (at: number): ImaRow | undefined => {
        const entry = list.entries.at(at);
        if (entry === undefined) return undefined;
        const broke = broken.get(entry.index);
        return {
          index: entry.index,
          template: entry.template,
          fileDigest: entry.fileDigest,
          path: entry.path,
          judged: judge(entry),
          proven: entry.index < (kept.provenIma ?? 0),
          broke: broke ? { link: broke.link, reason: broke.reason, expected: broke.expected } : null,
        };
      };
      return page({ length: list.entries.length, row }, input, (shown) => [shown.path, shown.fileDigest, shown.judged]);
    },
  };
};
