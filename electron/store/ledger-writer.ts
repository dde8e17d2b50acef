import { z } from 'zod';
import type { JsonValue } from '../ledger/canonical-json.ts';
import { encodeEntryText, type Who } from '../ledger/entry.ts';
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

/** An entry as it is kept. Kind and subject are said beside its text, so that finding it needs no reading of texts; the re-check compares. */
export type KeptEntry = {
  readonly seq: number;
  readonly text: string;
  readonly leaf: Uint8Array;
  readonly kind: string;
  readonly subject: string;
};

/**
 * Subjects are numbered, because most entries are about one that was there before: an index over small numbers in the order in which subjects
 * came is a third as large as one over their texts, and what is about many hosts in turn goes to pages beside each other.
 */
const createKeeping = (db: Db): ((entry: KeptEntry) => void) => {
  const known = db.prepare('SELECT id FROM ledger_subject WHERE subject = ?').pluck();
  const add = db.prepare('INSERT INTO ledger_subject (subject) VALUES (?)');
  const insert = db.prepare('INSERT INTO ledger_entry (seq, bytes, leaf, kind, subject_id) VALUES (?, ?, ?, ?, ?)');
  return ({ seq, text, leaf, kind, subject }) => {
    // Asked each time and not remembered: the transaction that a number was given in may have been taken back.
    insert.run(seq, text, leaf, kind, known.get(subject) ?? add.run(subject).lastInsertRowid);
  };
};

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
/** Texts of hosts may hold anything and have any length; an entry is bounded and well-formed. Keys in their order are encoded in one step. */
const bounded = (value: JsonValue): JsonValue => {
  if (typeof value === 'string') return cut(value, MAX_TEXT);
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(bounded);
  const members: Record<string, JsonValue> = {};
  for (const key of Object.keys(value).sort()) {
    const member = bounded(value[key] ?? null);
    // Assigning this one would not make a member of it.
    if (key === '__proto__') Object.defineProperty(members, key, { value: member, enumerable: true, configurable: true, writable: true });
    else members[key] = member;
  }
  return members;
};

/** The end of the ledger: the place of the next entry, and the time of the one before it; null where there is none. */
type End = { readonly seq: number; readonly beforeMs: number | null };

/** `keep` is only another one where the schema is an earlier one. */
export const createLedgerWriter = (db: Db, keep: (entry: KeptEntry) => void = createKeeping(db)): LedgerWriter => {
  const size = db.prepare('SELECT coalesce(max(seq), -1) + 1 AS size FROM ledger_entry');
  const momentOf = db.prepare("SELECT json_extract(bytes, '$.at') AS at FROM ledger_entry WHERE seq = ?");
  let clock = Date.now;
  /** The entry written last, if it is still there: its transaction may have failed since. */
  let newest = { seq: -1, atMs: 0 };
  const lastAtMs = (seq: number): number => (newest.seq === seq ? newest.atMs : Date.parse(momentSchema.parse(momentOf.get(seq)).at));
  const end = (): End => {
    const { size: seq } = sizeSchema.parse(size.get());
    return { seq, beforeMs: seq === 0 ? null : lastAtMs(seq - 1) };
  };
  const write = (seq: number, atMs: number, draft: LedgerDraft): End => {
    const { who, kind, body } = draft;
    const subject = cut(draft.subject, MAX_SUBJECT);
    const entry = {
      at: new Date(atMs).toISOString(),
      body: bounded(body),
      kind,
      seq,
      subject,
      v: 1,
      who: { kind: who.kind, name: cut(who.name, 250) },
    } as const;
    const text = encodeEntryText(entry);
    if (!text.ok) throw new Error(text.problem.message);
    keep({ seq, text: text.value, leaf: leafHash(text.value), kind, subject });
    newest = { seq, atMs };
    return { seq: seq + 1, beforeMs: atMs };
  };
  const appendAt = ({ seq, beforeMs: lastMs }: End, draft: LedgerDraft): End => {
    const atMs = clock();
    const beforeMs = lastMs ?? atMs;
    if (atMs >= beforeMs) return write(seq, atMs, draft);
    const backMs = beforeMs - atMs;
    // Readings of one clock by several threads; time in the ledger does not run backwards for that.
    if (backMs < SET_BACK_MS) return write(seq, atMs + backMs, draft);
    const body = { from: new Date(beforeMs).toISOString(), to: new Date(atMs).toISOString() };
    write(seq, atMs, { who: BY_ITSELF, kind: 'clock.jumped', subject: 'clock', body });
    return write(seq + 1, atMs, draft);
  };
  return {
    append: (draft) => appendAt(end(), draft).seq - 1,
    appendAll: db.transaction((drafts: readonly LedgerDraft[]) => {
      // Within the transaction nobody else moves the end.
      let at = end();
      for (const draft of drafts) at = appendAt(at, draft);
    }),
    useClock: (nowMs) => {
      clock = nowMs;
    },
  };
};
