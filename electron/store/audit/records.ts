import { createHash } from 'node:crypto';
import { z } from 'zod';
import { decodeEntry, type LedgerEntry } from '../../ledger/entry.ts';
import type { Db } from '../db.ts';
import { missingAnchors } from './anchors.ts';
import { assessmentFaults } from './assessments.ts';

export type RecordProblem = {
  readonly code:
    | 'record-changed'
    | 'record-missing'
    | 'record-not-entered'
    | 'confirmations-changed'
    | 'manifest-changed'
    | 'anchor-missing'
    | 'database-damaged';
  readonly seq?: number;
  readonly sentence: string;
  readonly next: string;
};

export type RecordReport = {
  readonly problems: readonly RecordProblem[];
  /** Spans and confirmations that were held against their entry. */
  readonly spans: number;
  readonly confirmations: number;
  /** Batches of confirmations that an entry covers and that are not kept any more. */
  readonly purged: number;
};

const MAX_PROBLEMS = 100;
const NEXT = 'What screens show is not what was signed. Compare with a backup, and find out who could write to the database.';

const maybe = z.string().nullable();
/** What an entry says of a host, and what the span that it was written with says. */
const shownSchema = z.object({
  name: maybe,
  verdict: z.string(),
  verified: maybe,
  reported: z.string(),
  brokenLink: maybe,
  reason: z.string(),
  chain: maybe,
  country: maybe,
  subdivision: maybe,
  site: maybe,
  assurance: maybe,
  policyClass: maybe,
  covered: z.number(),
  required: z.number(),
});
type Shown = z.output<typeof shownSchema>;
const spanSchema = shownSchema.extend({ id: z.number(), hostId: z.string(), seq: z.number().nullable() });
const enteredSchema = z.object({ after: shownSchema });
const confirmedSchema = z.object({ batches: z.object({ from: z.number(), to: z.number() }), root: z.string() });
const batchSchema = z.array(z.object({ id: z.number(), at_ms: z.number(), count: z.number(), rows: z.instanceof(Uint8Array) }));
const hostSchema = z.object({ id: z.string(), name: z.string(), verdict: z.string(), shown: z.string(), spanSays: z.string() });
const versionSchema = z.object({ number: z.number(), sha256: z.string(), text: z.string() });
const checkSchema = z.object({ quick_check: z.string() });
const bytesSchema = z.object({ bytes: z.string() }).optional();
const rowSchema = z.object({ seq: z.number(), bytes: z.string() });

const COLUMNS = `name, verdict, verified, reported, broken_link AS brokenLink, reason, chain, country, subdivision, site, assurance,
  policy_class AS policyClass, covered, required`;
/** The same columns as one text, of a host and of its open span. */
const asText = (table: string): string =>
  `json_array(${['name', 'verdict', 'verified', 'reported', 'broken_link', 'chain', 'country', 'subdivision', 'site', 'assurance', 'policy_class', 'covered', 'required'].map((column) => `${table}.${column}`).join(', ')})`;

const hash = (...parts: Uint8Array[]): Buffer => {
  const made = createHash('sha256');
  for (const part of parts) made.update(part);
  return made.digest();
};
/** MTH of RFC 6962 §2.1, by its definition. */
const treeRoot = (leaves: readonly Buffer[]): Buffer => {
  const [only] = leaves;
  if (only === undefined) return hash();
  if (leaves.length === 1) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return hash(Buffer.of(1), treeRoot(leaves.slice(0, split)), treeRoot(leaves.slice(split)));
};

/** Long texts are cut in an entry. */
const cut = (value: unknown): unknown => (typeof value === 'string' ? value.slice(0, 3_000).toWellFormed() : value);

const differs = (span: Shown, entry: Shown): string | null => {
  for (const key of Object.keys(shownSchema.shape)) {
    const [a, b] = [cut(Reflect.get(span, key)), cut(Reflect.get(entry, key))];
    if (a !== b) return key;
  }
  return null;
};

/**
 * Holds what screens read against what the ledger says: every span and what hosts are shown as now, every manifest, every batch of confirmations.
 * It does not look at what hangs on a host besides: the text of its page, its findings, its history of places.
 */
export function* auditRecords(db: Db): Generator<void, RecordReport> {
  const problems: RecordProblem[] = [];
  const add = (code: RecordProblem['code'], sentence: string, seq?: number): void => {
    if (problems.length < MAX_PROBLEMS) problems.push({ code, ...(seq !== undefined && { seq }), sentence, next: NEXT });
  };
  const entryAt = db.prepare('SELECT bytes FROM ledger_entry WHERE seq = ?');
  const read = (seq: number): LedgerEntry | null => {
    const row = bytesSchema.parse(entryAt.get(seq));
    const entry = row === undefined ? null : decodeEntry(Buffer.from(row.bytes));
    return entry?.ok === true ? entry.value : null;
  };

  for (const raw of db.prepare('PRAGMA quick_check(10)').all()) {
    const said = checkSchema.parse(raw).quick_check;
    if (said !== 'ok') add('database-damaged', `The database is damaged: ${said}`);
  }
  yield;

  let spans = 0;
  const page = db.prepare(`SELECT id, host_id AS hostId, entry_seq AS seq, ${COLUMNS} FROM span WHERE id > ? ORDER BY id LIMIT 500`);
  const firstEntered = z
    .object({ id: z.number().nullable() })
    .parse(db.prepare('SELECT min(id) AS id FROM span WHERE entry_seq IS NOT NULL').get()).id;
  for (let after = 0, rows = page.all(after); rows.length > 0; rows = page.all(after)) {
    for (const raw of rows) {
      const { id, hostId, seq, ...span } = spanSchema.parse(raw);
      after = id;
      // Before there was a ledger, spans had no entries; after it, none goes without.
      if (seq === null && firstEntered !== null && id > firstEntered)
        add('record-not-entered', `A span of host ${hostId} has no entry in the ledger.`);
      if (seq === null) continue;
      spans += 1;
      const entry = read(seq);
      const entered = enteredSchema.safeParse(entry?.body);
      if (entry?.subject !== `host ${hostId}` || !entered.success)
        add('record-not-entered', `Entry ${seq} does not speak of host ${hostId}.`, seq);
      else {
        const what = differs(span, entered.data.after);
        if (what !== null) add('record-changed', `Host ${hostId}: the record says another ${what} than entry ${seq}.`, seq);
      }
    }
    yield;
  }

  const kept = db.prepare('SELECT 1 FROM span WHERE entry_seq = ?');
  const changes = db.prepare(
    "SELECT seq, bytes FROM ledger_entry WHERE kind IN ('verdict.changed', 'host.changed') AND seq > ? ORDER BY seq LIMIT 500",
  );
  for (let after = -1, rows = changes.all(after); rows.length > 0; rows = changes.all(after)) {
    for (const raw of rows) {
      const { seq } = rowSchema.parse(raw);
      after = seq;
      if (kept.get(seq) === undefined) add('record-missing', `What entry ${seq} says of a host is not in its history.`, seq);
    }
    yield;
  }

  const hosts = db.prepare(`
    SELECT h.id, h.name, h.verdict, ${asText('h')} AS shown, ${asText('s')} AS spanSays FROM host h
    JOIN pulse p ON p.host_id = h.id JOIN span s ON s.id = p.span_id WHERE s.entry_seq IS NOT NULL AND shown <> spanSays LIMIT ${MAX_PROBLEMS}`);
  for (const raw of hosts.all()) {
    const { id } = hostSchema.parse(raw);
    add('record-changed', `Host ${id} is shown otherwise than its history and the ledger say.`);
  }
  yield;

  for (const raw of db.prepare('SELECT number, sha256, text FROM manifest_version ORDER BY number').iterate()) {
    const { number, sha256, text } = versionSchema.parse(raw);
    if (hash(Buffer.from(text)).toString('hex') !== sha256)
      add('manifest-changed', `The text of manifest version ${number} is not what was decided on.`);
  }

  for (const { seq, size } of missingAnchors(db))
    add('anchor-missing', `The anchor at ${size} entries that entry ${seq} tells of is not kept, or is another one.`, seq);
  yield;

  for (const fault of assessmentFaults(db)) {
    if (fault === null) yield;
    else if (fault.what === 'changed')
      add('record-changed', `What is shown of a person's judgement is not what entry ${fault.seq} says.`, fault.seq);
    else add('record-missing', `The judgement that entry ${fault.seq} tells of is not shown.`, fault.seq);
  }
  yield;

  let confirmations = 0;
  let purged = 0;
  const purgedTo =
    z
      .object({ id: z.number().nullable() })
      .parse(
        db.prepare("SELECT max(json_extract(bytes, '$.body.confirmationsTo')) AS id FROM ledger_entry WHERE kind = 'store.purged'").get(),
      ).id ?? 0;
  const covering = db.prepare("SELECT seq, bytes FROM ledger_entry WHERE kind = 'sweep.confirmed' AND seq > ? ORDER BY seq LIMIT 100");
  const batches = db.prepare('SELECT id, at_ms, count, rows FROM confirmation WHERE id BETWEEN ? AND ? ORDER BY id');
  for (let after = -1, rows = covering.all(after); rows.length > 0; rows = covering.all(after)) {
    for (const raw of rows) {
      const { seq } = rowSchema.parse(raw);
      after = seq;
      const body = confirmedSchema.safeParse(read(seq)?.body);
      if (!body.success) continue;
      const { from, to } = body.data.batches;
      const there = batchSchema.parse(batches.all(from, to));
      if (there.length === 0 && to <= purgedTo) {
        purged += to - from + 1;
        continue;
      }
      const leaves = there.map((batch) => hash(Buffer.of(0), Buffer.from(`${batch.id}\n${batch.at_ms}\n${batch.count}\n`), batch.rows));
      confirmations += there.reduce((sum, batch) => sum + batch.count, 0);
      if (treeRoot(leaves).toString('hex') !== body.data.root)
        add('confirmations-changed', `The confirmations that entry ${seq} covers are not those that were noted.`, seq);
    }
    yield;
  }
  return { problems, spans, confirmations, purged };
}
