import { z } from 'zod';
import type { JsonValue } from '../ledger/canonical-json.ts';
import { encodeEntry, type Who } from '../ledger/entry.ts';
import { leafHash } from '../ledger/hashing.ts';
import type { Db } from './open.ts';

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
  /** From now on entries carry the time of this clock. */
  readonly useClock: (nowMs: () => number) => void;
};

/** A clock that was set back by less than this is two clocks, or one that was corrected. */
const SET_BACK_MS = 2_000;
const MAX_TEXT = 4_000;
const MAX_SUBJECT = 1_000;

const lastSchema = z.object({ seq: z.number(), at: z.string() }).optional();

const cut = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max - 1)}…` : text).toWellFormed();

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
/** Texts of hosts may hold anything and have any length; an entry is bounded and well-formed. */
const bounded = (value: JsonValue): JsonValue => {
  if (typeof value === 'string') return cut(value, MAX_TEXT);
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(bounded);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bounded(inner)]));
};

export const createLedgerWriter = (db: Db): LedgerWriter => {
  const last = db.prepare('SELECT seq, at FROM ledger_entry ORDER BY seq DESC LIMIT 1');
  const insert = db.prepare('INSERT INTO ledger_entry (seq, bytes, leaf) VALUES (?, ?, ?)');
  let clock = Date.now;
  const write = (seq: number, atMs: number, { who, kind, subject, body }: LedgerDraft): number => {
    const entry = {
      v: 1,
      seq,
      at: new Date(atMs).toISOString(),
      who: { kind: who.kind, name: cut(who.name, 250) },
      kind,
      subject: cut(subject, MAX_SUBJECT),
      body: bounded(body),
    } as const;
    const bytes = encodeEntry(entry);
    if (!bytes.ok) throw new Error(bytes.problem.message);
    insert.run(seq, bytes.value.toString('utf8'), leafHash(bytes.value));
    return seq;
  };
  return {
    append: (draft) => {
      const before = lastSchema.parse(last.get());
      const atMs = clock();
      const seq = before === undefined ? 0 : before.seq + 1;
      if (before === undefined || atMs >= Date.parse(before.at)) return write(seq, atMs, draft);
      const backMs = Date.parse(before.at) - atMs;
      // Readings of one clock by several threads; time in the ledger does not run backwards for that.
      if (backMs < SET_BACK_MS) return write(seq, atMs + backMs, draft);
      const body = { from: before.at, to: new Date(atMs).toISOString() };
      write(seq, atMs, { who: BY_ITSELF, kind: 'clock.jumped', subject: 'clock', body });
      return write(seq + 1, atMs, draft);
    },
    useClock: (nowMs) => {
      clock = nowMs;
    },
  };
};
