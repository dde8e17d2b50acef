import { z } from 'zod';
import type { Filing, LedgerSource, SourceEntry } from '../../ledger/recheck/source.ts';
import type { Db } from '../db.ts';

const BLOCK = 2_000;
const bytes = z.instanceof(Uint8Array);
const countSchema = z.object({ n: z.number() });
const checkpointSchema = z.array(z.object({ size: z.number(), note: z.string() }));
const anchorSchema = z.array(z.object({ kind: z.enum(['file', 'witness', 'time-stamp']), note: z.string(), token: bytes.nullable() }));
const tileSchema = z.object({ hashes: bytes }).optional();

type Row = {
  readonly seq: number;
  readonly content: string | Uint8Array;
  /** Hexadecimal: texts come over to here for a third of the price of as many small buffers. */
  readonly leaf: string;
  readonly filed: Filing | null;
};

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** By hand, because there may be a million of them. */
const rowOf = (raw: unknown): Row => {
  const row: readonly unknown[] = Array.isArray(raw) ? raw : [];
  const [seq, content, leaf, kind, subject] = row;
  if (typeof seq !== 'number' || typeof leaf !== 'string' || !(typeof content === 'string' || content instanceof Uint8Array))
    throw new Error('a row of the ledger has another shape');
  return { seq, content, leaf, filed: row.length === FILED ? { kind: textOrNull(kind), subject: textOrNull(subject) } : null };
};

const entriesOf = (rows: readonly Row[]): readonly SourceEntry[] => {
  const leaves = Buffer.from(rows.map(({ leaf }) => leaf).join(''), 'hex');
  let end = 0;
  return rows.map(({ seq, content, leaf, filed }) => {
    const from = end;
    end += leaf.length / 2;
    const entry = { seq, bytes: content, storedLeafHash: leaves.subarray(from, end) };
    return filed === null ? entry : { ...entry, filed };
  });
};

/** Columns of a row that also says what the entry is found by. */
const FILED = 5;
/** Before version 110 there is nothing beside the bytes to find an entry by: indexes are over what the bytes say. */
const entriesSql = (db: Db): string => {
  const has = db.prepare("SELECT count(*) AS n FROM pragma_table_info('ledger_entry') WHERE name = 'subject_id'");
  return countSchema.parse(has.get()).n === 0
    ? 'SELECT seq, bytes, hex(leaf) FROM ledger_entry WHERE seq > ? ORDER BY seq LIMIT ?'
    : `SELECT e.seq, e.bytes, hex(e.leaf), e.kind, s.subject FROM ledger_entry e LEFT JOIN ledger_subject s ON s.id = e.subject_id
       WHERE e.seq > ? ORDER BY e.seq LIMIT ?`;
};

/** What a database holds of its ledger, as it stands there: nothing of it is believed. Throws where a page cannot be read. */
export const auditSource = (db: Db): LedgerSource => {
  const entries = db.prepare(entriesSql(db)).raw();
  const checkpoints = db.prepare('SELECT size, note FROM ledger_checkpoint WHERE size > ? ORDER BY size LIMIT ?');
  const tile = db.prepare('SELECT hashes FROM ledger_tile WHERE level = ? AND place = ? AND length(hashes) = 8192');
  const anchors = db.prepare('SELECT kind, note, token FROM ledger_anchor WHERE note IS NOT NULL ORDER BY id');
  return {
    *entries() {
      for (let after = Number.MIN_SAFE_INTEGER; ; ) {
        const rows = entries.all(after, BLOCK).map(rowOf);
        const last = rows.at(-1);
        if (last === undefined) return;
        yield entriesOf(rows);
        after = last.seq;
      }
    },
    *checkpoints() {
      for (let after = Number.MIN_SAFE_INTEGER; ; ) {
        const rows = checkpointSchema.parse(checkpoints.all(after, BLOCK));
        const last = rows.at(-1);
        if (last === undefined) return;
        yield* rows;
        after = last.size;
      }
    },
    anchors: () => anchorSchema.parse(anchors.all()),
    tile: (level, index) => tileSchema.parse(tile.get(level, index))?.hashes ?? null,
  };
};
