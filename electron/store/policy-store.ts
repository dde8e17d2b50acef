import { z } from 'zod';
import { createJournalWriter, type WriteJournal } from './journal.ts';
import type { LedgerWriter } from './ledger-writer.ts';
import type { Db } from './db.ts';

export const VERSION_STATES = ['proposed', 'active', 'replaced', 'withdrawn'] as const;

/** One version of the manifest. `text` is the file as it was given, comments included. */
export type ManifestVersion = {
  readonly number: number;
  readonly sha256: string;
  readonly name: string;
  readonly author: string;
  readonly reason: string;
  readonly proposedAtMs: number;
  readonly approvedBy: string | null;
  readonly state: (typeof VERSION_STATES)[number];
  readonly activeFromMs: number | null;
  readonly activeToMs: number | null;
};

export type NewVersion = Pick<ManifestVersion, 'sha256' | 'name' | 'author' | 'reason'> & { readonly text: string };

export type PolicyReader = {
  readonly versions: (offset: number, limit: number) => readonly ManifestVersion[];
  readonly version: (number: number) => (ManifestVersion & { readonly text: string }) | null;
  readonly active: () => (ManifestVersion & { readonly text: string }) | null;
  /** The version that was in force at a moment; null before the first. */
  readonly activeAt: (atMs: number) => (ManifestVersion & { readonly text: string }) | null;
};

export type PolicyStore = PolicyReader & {
  readonly propose: (version: NewVersion, atMs: number) => number;
  /** Replaces the active version by a proposed one, in one transaction with its journal entry. */
  readonly activate: (number: number, approvedBy: string | null, who: string, atMs: number, detail: string) => void;
  readonly withdraw: (number: number, who: string, detail: string) => void;
  /** Adds one step to the journal; inside the caller's transaction where there is one. */
  readonly note: WriteJournal;
};

const COLUMNS =
  'number, sha256, name, author, reason, proposed_at_ms AS proposedAtMs, approved_by AS approvedBy, state, active_from_ms AS activeFromMs, active_to_ms AS activeToMs';
const versionSchema = z.object({
  number: z.number(),
  sha256: z.string(),
  name: z.string(),
  author: z.string(),
  reason: z.string(),
  proposedAtMs: z.number(),
  approvedBy: z.string().nullable(),
  state: z.enum(VERSION_STATES),
  activeFromMs: z.number().nullable(),
  activeToMs: z.number().nullable(),
});
const withText = versionSchema.extend({ text: z.string() }).optional();

const subjectOf = (number: number): string => `manifest version ${number}`;

export const createPolicyReader = (db: Db): PolicyReader => {
  const sql = {
    list: db.prepare(`SELECT ${COLUMNS} FROM manifest_version ORDER BY number DESC LIMIT ? OFFSET ?`),
    one: db.prepare(`SELECT ${COLUMNS}, text FROM manifest_version WHERE number = ?`),
    active: db.prepare(`SELECT ${COLUMNS}, text FROM manifest_version WHERE state = 'active'`),
    activeAt: db.prepare(
      `SELECT ${COLUMNS}, text FROM manifest_version WHERE active_from_ms <= @at AND (active_to_ms IS NULL OR active_to_ms > @at) ORDER BY number DESC LIMIT 1`,
    ),
  };
  return {
    versions: (offset, limit) => sql.list.all(limit, offset).map((raw) => versionSchema.parse(raw)),
    version: (number) => withText.parse(sql.one.get(number)) ?? null,
    active: () => withText.parse(sql.active.get()) ?? null,
    activeAt: (at) => withText.parse(sql.activeAt.get({ at })) ?? null,
  };
};

/** Versions of the manifest. */
export const createPolicyStore = (db: Db, ledger: LedgerWriter): PolicyStore => {
  const sql = {
    insert: db.prepare(
      "INSERT INTO manifest_version (sha256, name, text, author, reason, proposed_at_ms, state) VALUES (@sha256, @name, @text, @author, @reason, @atMs, 'proposed')",
    ),
    replace: db.prepare("UPDATE manifest_version SET state = 'replaced', active_to_ms = ? WHERE state = 'active'"),
    activate: db.prepare(
      "UPDATE manifest_version SET state = 'active', active_from_ms = @at, approved_by = @approvedBy WHERE number = @number AND state = 'proposed'",
    ),
    withdraw: db.prepare("UPDATE manifest_version SET state = 'withdrawn' WHERE number = ? AND state = 'proposed'"),
  };
  const write = createJournalWriter(ledger);
  return {
    ...createPolicyReader(db),
    propose: db.transaction((version: NewVersion, atMs: number) => {
      const number = Number(sql.insert.run({ ...version, atMs }).lastInsertRowid);
      write({ who: version.author, kind: 'manifest.proposed', subject: subjectOf(number), detail: version.reason, sha256: version.sha256 });
      return number;
    }),
    activate: db.transaction((number: number, approvedBy: string | null, who: string, at: number, detail: string) => {
      sql.replace.run(at);
      if (sql.activate.run({ number, approvedBy, at }).changes !== 1) throw new Error(`manifest version ${number} is not proposed`);
      write({ who, kind: 'manifest.activated', subject: subjectOf(number), detail });
    }),
    withdraw: db.transaction((number: number, who: string, detail: string) => {
      if (sql.withdraw.run(number).changes !== 1) throw new Error(`manifest version ${number} is not proposed`);
      write({ who, kind: 'manifest.withdrawn', subject: subjectOf(number), detail });
    }),
    note: write,
  };
};
