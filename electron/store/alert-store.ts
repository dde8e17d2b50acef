import { z } from 'zod';
import type { Problem } from '../../shared/model/result.ts';
import { decodeEntry, type LedgerEntry } from '../ledger/entry.ts';
import { BY_ITSELF, type LedgerWriter } from './ledger-writer.ts';
import type { Db } from './db.ts';

export type AlertMemory = {
  /** Entries before this one were told, or were not to be told. */
  readonly seq: number;
  /** How many alerts were sent in all, and when the last ones. */
  readonly sent: number;
  readonly sentAtMs: number | null;
  /** What failed since it last worked: each code once, oldest first. */
  readonly problems: readonly Problem[];
};

export type AlertStore = {
  /** A place that is new is told of what happens from now on. */
  readonly memory: (name: string) => AlertMemory;
  /** Entries from `seq` on, oldest first, and where to go on; one that cannot be read is left out, which the re-check tells. */
  readonly entries: (seq: number, limit: number) => { readonly entries: readonly LedgerEntry[]; readonly next: number };
  /** There was nothing to tell before `seq`. */
  readonly passed: (name: string, seq: number) => void;
  /** Notes that so many were sent and enters it, both or neither. */
  readonly sent: (
    name: string,
    who: string,
    told: { readonly from: number; readonly to: number; readonly count: number },
    next: number,
    atMs: number,
  ) => void;
  /** Notes and enters that it fails, and why. The caller does so once for each reason, not for each attempt. */
  readonly failed: (name: string, who: string, problem: Problem) => void;
};

const rowSchema = z.object({ seq: z.number(), sent: z.number(), sentAtMs: z.number().nullable(), problems: z.string() }).optional();
const problemsSchema = z.array(z.object({ code: z.string(), message: z.string(), nextStep: z.string() }));
const sizeSchema = z.object({ n: z.number() });
const entriesSchema = z.array(z.object({ seq: z.number(), bytes: z.string() }));

const problemsOf = (text: string): readonly Problem[] => {
  try {
    return problemsSchema.safeParse(JSON.parse(text)).data ?? [];
  } catch {
    return [];
  }
};

export const createAlertStore = (db: Db, ledger: LedgerWriter): AlertStore => {
  const sql = {
    read: db.prepare('SELECT seq, sent, sent_at_ms AS sentAtMs, problems FROM alert_place WHERE name = ?'),
    begin: db.prepare('INSERT INTO alert_place (name, seq) VALUES (@name, @seq)'),
    size: db.prepare('SELECT coalesce(max(seq), -1) + 1 AS n FROM ledger_entry'),
    entries: db.prepare('SELECT seq, bytes FROM ledger_entry WHERE seq >= ? ORDER BY seq LIMIT ?'),
    passed: db.prepare('UPDATE alert_place SET seq = @seq WHERE name = @name AND seq < @seq'),
    sent: db.prepare("UPDATE alert_place SET seq = @seq, sent = sent + @count, sent_at_ms = @atMs, problems = '[]' WHERE name = @name"),
    failed: db.prepare('UPDATE alert_place SET problems = @problems WHERE name = @name'),
  };
  const memory = (name: string): AlertMemory => {
    const row = rowSchema.parse(sql.read.get(name));
    if (row !== undefined) return { ...row, problems: problemsOf(row.problems) };
    const { n } = sizeSchema.parse(sql.size.get());
    sql.begin.run({ name, seq: n });
    return { seq: n, sent: 0, sentAtMs: null, problems: [] };
  };
  return {
    memory: db.transaction(memory),
    entries: (seq, limit) => {
      const rows = entriesSchema.parse(sql.entries.all(seq, limit));
      const entries = rows.flatMap(({ bytes }) => {
        const entry = decodeEntry(Buffer.from(bytes, 'utf8'));
        return entry.ok ? [entry.value] : [];
      });
      return { entries, next: (rows.at(-1)?.seq ?? seq - 1) + 1 };
    },
    passed: (name, seq) => void sql.passed.run({ name, seq }),
    sent: db.transaction((name, who, { from, to, count }, next, atMs) => {
      sql.sent.run({ name, seq: next, count, atMs });
      const detail = `${count} ${count === 1 ? 'alert' : 'alerts'} sent to ${who}, of entries ${from} to ${to}.`;
      ledger.append({ who: BY_ITSELF, kind: 'alert.sent', subject: `alert ${name}`, body: { from, to, count, detail } });
    }),
    failed: db.transaction((name, who, problem) => {
      const problems = [...memory(name).problems, problem];
      sql.failed.run({ name, problems: JSON.stringify(problems) });
      const detail = `Alerts cannot be sent to ${who}. ${problem.message}`;
      ledger.append({ who: BY_ITSELF, kind: 'alert.failed', subject: `alert ${name}`, body: { code: problem.code, detail } });
    }),
  };
};
