import { deflateSync, inflateSync } from 'node:zlib';
import { z } from 'zod';
import { REFERENCE_ORIGINS, REFERENCE_STATES, referenceItemSchema, type ReferenceSet } from '../../shared/model/reference-set.ts';
import type { Db } from './db.ts';

export type NewReferenceSet = Omit<ReferenceSet, 'id' | 'state' | 'approvedBy' | 'decidedAtMs' | 'withdrawnBy'>;

export type ReferenceStore = {
  /** Sets in this state, or all, newest first. */
  readonly list: (
    state: ReferenceSet['state'] | null,
    offset: number,
    limit: number,
  ) => { readonly total: number; readonly rows: readonly ReferenceSet[] };
  readonly get: (id: number) => ReferenceSet | null;
  /** Sets that are approved, whether or not they are valid now. */
  readonly approved: () => readonly ReferenceSet[];
  /** Here and below, `note` runs in the same transaction. */
  readonly propose: (set: NewReferenceSet, note: (id: number) => void) => number;
  /** Also withdraws the set that this one replaces. */
  readonly approve: (id: number, who: string, atMs: number, note: () => void) => void;
  readonly withdraw: (id: number, who: string, atMs: number, note: () => void) => void;
};

const MAX_ITEMS_BYTES = 256 * 1024 * 1024;
const itemsSchema = z.array(referenceItemSchema);
const rowSchema = z.object({
  id: z.number(),
  name: z.string(),
  scope: z.string().nullable(),
  items: z.instanceof(Uint8Array),
  how: z.enum(REFERENCE_ORIGINS),
  words: z.string(),
  sha256: z.string(),
  from_ms: z.number(),
  to_ms: z.number().nullable(),
  state: z.enum(REFERENCE_STATES),
  author: z.string(),
  reason: z.string(),
  proposed_at_ms: z.number(),
  approved_by: z.string().nullable(),
  decided_at_ms: z.number().nullable(),
  withdrawn_by: z.string().nullable(),
  replaces: z.number().nullable(),
});

const countSchema = z.object({ n: z.number() });

type ItemsOf = (id: number, packed: Uint8Array) => ReferenceSet['items'];
const KEPT_SETS = 64;

/** Items are never edited, so those read lately need not be unpacked again. */
const createItems = (): ItemsOf => {
  const kept = new Map<number, ReferenceSet['items']>();
  return (id, packed) => {
    const known = kept.get(id);
    if (known !== undefined) return known;
    const text = inflateSync(packed, { maxOutputLength: MAX_ITEMS_BYTES }).toString('utf8');
    const items = itemsSchema.parse(JSON.parse(text));
    const oldest = kept.keys().next().value;
    if (kept.size >= KEPT_SETS && oldest !== undefined) kept.delete(oldest);
    kept.set(id, items);
    return items;
  };
};

const toSetWith = (itemsOf: ItemsOf, raw: unknown): ReferenceSet => {
  const row = rowSchema.parse(raw);
  return {
    id: row.id,
    name: row.name,
    scope: row.scope,
    items: itemsOf(row.id, row.items),
    provenance: { how: row.how, words: row.words, sha256: row.sha256 },
    fromMs: row.from_ms,
    toMs: row.to_ms,
    state: row.state,
    author: row.author,
    reason: row.reason,
    proposedAtMs: row.proposed_at_ms,
    approvedBy: row.approved_by,
    decidedAtMs: row.decided_at_ms,
    withdrawnBy: row.withdrawn_by,
    replaces: row.replaces,
  };
};

export type ReferenceReader = Pick<ReferenceStore, 'approved'>;

/** On a connection that cannot write. */
export const createReferenceReader = (db: Db): ReferenceReader => {
  const itemsOf = createItems();
  const approved = db.prepare("SELECT * FROM reference_set WHERE state = 'approved' ORDER BY id");
  return { approved: () => approved.all().map((raw) => toSetWith(itemsOf, raw)) };
};

/** Reference values of our own. What a set says is never edited; only its state changes, forward. */
export const createReferenceStore = (db: Db): ReferenceStore => {
  const itemsOf = createItems();
  const toSet = (raw: unknown): ReferenceSet => toSetWith(itemsOf, raw);
  const page = db.prepare(
    'SELECT * FROM reference_set WHERE @state IS NULL OR state = @state ORDER BY id DESC LIMIT @limit OFFSET @offset',
  );
  const count = db.prepare('SELECT count(*) AS n FROM reference_set WHERE @state IS NULL OR state = @state');
  const one = db.prepare('SELECT * FROM reference_set WHERE id = ?');
  const approved = db.prepare("SELECT * FROM reference_set WHERE state = 'approved' ORDER BY id");
  const insert = db.prepare(
    "INSERT INTO reference_set (name, scope, items, how, words, sha256, from_ms, to_ms, state, author, reason, proposed_at_ms, replaces) VALUES (@name, @scope, @items, @how, @words, @sha256, @fromMs, @toMs, 'proposed', @author, @reason, @proposedAtMs, @replaces)",
  );
  const approve = db.prepare(
    "UPDATE reference_set SET state = 'approved', approved_by = @who, decided_at_ms = @atMs WHERE id = @id AND state = 'proposed'",
  );
  const withdraw = db.prepare(
    "UPDATE reference_set SET state = 'withdrawn', withdrawn_by = @who, decided_at_ms = @atMs WHERE id = @id AND state <> 'withdrawn'",
  );
  return {
    list: (state, offset, limit) => ({
      total: countSchema.parse(count.get({ state })).n,
      rows: page.all({ state, offset, limit }).map(toSet),
    }),
    get: (id) => {
      const raw = one.get(id);
      return raw === undefined ? null : toSet(raw);
    },
    approved: () => approved.all().map(toSet),
    propose: db.transaction(({ items, provenance, ...set }: NewReferenceSet, note: (id: number) => void) => {
      const id = Number(insert.run({ ...set, ...provenance, items: deflateSync(JSON.stringify(items)) }).lastInsertRowid);
      note(id);
      return id;
    }),
    approve: db.transaction((id: number, who: string, atMs: number, note: () => void) => {
      if (approve.run({ id, who, atMs }).changes !== 1) throw new Error(`reference set ${id} is not proposed`);
      const { replaces } = toSet(one.get(id));
      if (replaces !== null) withdraw.run({ id: replaces, who, atMs });
      note();
    }),
    withdraw: db.transaction((id: number, who: string, atMs: number, note: () => void) => {
      if (withdraw.run({ id, who, atMs }).changes !== 1) throw new Error(`reference set ${id} is withdrawn already`);
      note();
    }),
  };
};
