import { z } from 'zod';
import { decodeEntry, type LedgerEntry } from '../ledger/entry.ts';
import type { Db } from './db.ts';

export type LedgerQuery = {
  /** Beginning of the kind, up to a dot: `finding` for all of findings. */
  readonly kind?: string | undefined;
  readonly subject?: string | undefined;
};

export type LedgerReader = {
  /** Newest first. An entry that cannot be read is left out here; the independent check names it. */
  readonly list: (query: LedgerQuery, offset: number, limit: number) => { readonly total: number; readonly rows: readonly LedgerEntry[] };
  readonly size: () => number;
  readonly lastAtMs: () => number | null;
};

const countSchema = z.object({ n: z.number() });
const bytesSchema = z.object({ bytes: z.string() });
const atSchema = z.object({ at: z.string() }).optional();

/** What entries are read from, and the values it asks for: along the index by subject where one is given, else along the one by kind. */
export type LedgerSearch = {
  readonly from: string;
  readonly parts: readonly string[];
  readonly values: readonly string[];
  readonly clause: string;
};
export const ledgerSearch = ({ kind, subject }: LedgerQuery): LedgerSearch => {
  const from = subject === undefined ? 'ledger_entry e' : 'ledger_subject s JOIN ledger_entry e ON e.subject_id = s.id';
  const parts: string[] = [];
  const values: string[] = [];
  if (subject !== undefined) {
    parts.push('s.subject = ?');
    values.push(subject);
  }
  if (kind !== undefined) {
    // All that begins with "kind.": the slash is the character behind the dot.
    parts.push('e.kind > ? AND e.kind < ?');
    values.push(`${kind}.`, `${kind}/`);
  }
  return { from, parts, values, clause: parts.length === 0 ? from : `${from} WHERE ${parts.join(' AND ')}` };
};

export const createLedgerReader = (db: Db): LedgerReader => {
  const size = db.prepare('SELECT coalesce(max(seq), -1) + 1 AS n FROM ledger_entry');
  const lastAt = db.prepare("SELECT json_extract(bytes, '$.at') AS at FROM ledger_entry ORDER BY seq DESC LIMIT 1");
  return {
    list: (query, offset, limit) => {
      const { clause, values } = ledgerSearch(query);
      const total =
        values.length === 0
          ? countSchema.parse(size.get()).n
          : countSchema.parse(db.prepare(`SELECT count(*) AS n FROM ${clause}`).get(...values)).n;
      const rows = db
        .prepare(`SELECT e.bytes FROM ${clause} ORDER BY e.seq DESC LIMIT ? OFFSET ?`)
        .all(...values, limit, offset)
        .flatMap((raw) => {
          const entry = decodeEntry(Buffer.from(bytesSchema.parse(raw).bytes));
          return entry.ok ? [entry.value] : [];
        });
      return { total, rows };
    },
    size: () => countSchema.parse(size.get()).n,
    lastAtMs: () => {
      const row = atSchema.parse(lastAt.get());
      return row === undefined ? null : Date.parse(row.at);
    },
  };
};
