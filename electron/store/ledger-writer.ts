import { z } from 'zod';
import type { JsonValue } from '../ledger/canonical-json.ts';
import { encodeEntry, type Who } from '../ledger/entry.ts';
import { leafHash } from '../ledger/hashing.ts';
import type { Db } from './db.ts';

/** Who acts where nobody does: the clock and the evidence. */
export const BY_ITSELF: Who = { kind: 'system', name: 'Plumbline' };

export type LedgerDraft = {
  readonly who: Who;
  readonly kind: string;
  readonly subject: string;
  readonly body: JsonValue;
};

/** Adds entries to the ledger, each inside the transaction that changes what the entry speaks of: neither is ever there alone. */
export type LedgerWriter = {
  /** Gives the place of the entry. Throws only where the disk does, or for a draft that is a bug. */
  readonly append: (draft: LedgerDraft) => number;
  /** Several of one moment: all or none. */
  readonly appendAll: (drafts: readonly LedgerDraft[]) => void;
  /** From now on entries carry the time of this clock. */
  readonly useClock: (nowMs: () => number) => void;
};

/** A clock that was set back by less than this is two clocks, or one that was corrected. */
const SET_BACK_MS = 2_000;
const MAX_TEXT = 4_000;
const MAX_SUBJECT = 1_000;

const sizeSchema = z.object({ size: z.number() });
const momentSchema = z.object({ at: z.string() });

const cut = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max - 1)}…` : text).toWellFormed();

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
/** Texts of hosts may hold anything and have any length; an entry is bounded and well-formed. Keys in their order are encoded in one step. */
const bounded = (value: JsonValue): JsonValue => {
  if (typeof value === 'string') return cut(value, MAX_TEXT);
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(bounded);
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, bounded(value[key] ?? null)]),
  );
};

export const createLedgerWriter = (db: Db): LedgerWriter => {
  const size = db.prepare('SELECT coalesce(max(seq), -1) + 1 AS size FROM ledger_entry');
  const momentOf = db.prepare('SELECT at FROM ledger_entry WHERE seq = ?');
  const insert = db.prepare('INSERT INTO ledger_entry (seq, bytes, leaf) VALUES (?, ?, ?)');
  let clock = Date.now;
  /** The entry written last, if it is still there: its transaction may have failed since. */
  let newest = { seq: -1, atMs: 0 };
  const lastAtMs = (seq: number): number => (newest.seq === seq ? newest.atMs : Date.parse(momentSchema.parse(momentOf.get(seq)).at));
  const write = (seq: number, atMs: number, { who, kind, subject, body }: LedgerDraft): number => {
    const entry = {
      at: new Date(atMs).toISOString(),
      body: bounded(body),
      kind,
      seq,
      subject: cut(subject, MAX_SUBJECT),
      v: 1,
      who: { kind: who.kind, name: cut(who.name, 250) },
    } as const;
    const bytes = encodeEntry(entry);
    if (!bytes.ok) throw new Error(bytes.problem.message);
    insert.run(seq, bytes.value.toString('utf8'), leafHash(bytes.value));
    newest = { seq, atMs };
    return seq;
  };
  const append = (draft: LedgerDraft): number => {
    const { size: seq } = sizeSchema.parse(size.get());
    const atMs = clock();
    const beforeMs = seq === 0 ? atMs : lastAtMs(seq - 1);
    if (atMs >= beforeMs) return write(seq, atMs, draft);
    const backMs = beforeMs - atMs;
    // Readings of one clock by several threads; time in the ledger does not run backwards for that.
    if (backMs < SET_BACK_MS) return write(seq, atMs + backMs, draft);
    const body = { from: new Date(beforeMs).toISOString(), to: new Date(atMs).toISOString() };
    write(seq, atMs, { who: BY_ITSELF, kind: 'clock.jumped', subject: 'clock', body });
    return write(seq + 1, atMs, draft);
  };
  return {
    append,
    appendAll: db.transaction((drafts: readonly LedgerDraft[]) => {
      for (const draft of drafts) append(draft);
    }),
    useClock: (nowMs) => {
      clock = nowMs;
    },
  };
};
