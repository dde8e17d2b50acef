import { z } from 'zod';
import { decodeEntry } from '../../ledger/entry.ts';
import type { Db } from '../db.ts';

export type AssessmentFault = { readonly seq: number; readonly what: 'changed' | 'missing' };

const rowSchema = z.object({
  entry: z.number(),
  reportId: z.number(),
  run: z.number(),
  sha256: z.string(),
  kind: z.string(),
  item: z.string(),
  name: z.string(),
  standing: z.string(),
  state: z.string(),
  comment: z.string(),
  who: z.string(),
  bytes: z.string().nullable(),
});
const bodySchema = z.object({
  run: z.number(),
  sha256: z.string(),
  item: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  standing: z.string(),
  state: z.string(),
  comment: z.string(),
});
const seqSchema = z.object({ seq: z.number() });
const tableSchema = z.object({ n: z.number() });

const agrees = ({ bytes, entry: _entry, ...row }: z.output<typeof rowSchema>): boolean => {
  const entry = bytes === null ? null : decodeEntry(Buffer.from(bytes));
  if (entry?.ok !== true || entry.value.kind !== 'report.assessed' || entry.value.subject !== `report ${row.reportId}`) return false;
  const body = bodySchema.safeParse(entry.value.body);
  if (!body.success) return false;
  const { run, sha256, item, standing, state, comment } = body.data;
  const entered = [run, sha256, item.kind, item.id, item.name, standing, state, comment, entry.value.who.name];
  const kept = [row.run, row.sha256, row.kind, row.item, row.name, row.standing, row.state, row.comment, row.who];
  return entered.every((one, at) => one === kept[at]);
};

/** What screens show of people's judgements against what was entered, both ways. A database from before there were any has none. */
export function* assessmentFaults(db: Db): Generator<AssessmentFault | null> {
  const there = db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table' AND name = 'assessment'").get();
  if (tableSchema.parse(there).n === 0) return;
  const page = db.prepare(`
    SELECT a.id, a.entry, a.report_id AS reportId, a.run, a.sha256, a.kind, a.item, a.name, a.standing, a.state, a.comment, a.who, e.bytes
    FROM assessment a LEFT JOIN ledger_entry e ON e.seq = a.entry WHERE a.id > ? ORDER BY a.id LIMIT 500`);
  const idSchema = z.object({ id: z.number() });
  for (let after = -1, rows = page.all(after); rows.length > 0; rows = page.all(after)) {
    for (const raw of rows) {
      after = idSchema.parse(raw).id;
      const row = rowSchema.parse(raw);
      if (!agrees(row)) yield { seq: row.entry, what: 'changed' };
    }
    yield null;
  }
  const lost = db.prepare(`
    SELECT seq FROM ledger_entry WHERE kind = 'report.assessed' AND seq NOT IN (SELECT entry FROM assessment) ORDER BY seq LIMIT 100`);
  for (const raw of lost.all()) yield { seq: seqSchema.parse(raw).seq, what: 'missing' };
}
