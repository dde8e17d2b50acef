import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AnchorKind } from '../ledger/recheck/source.ts';
import type { Problem } from '../../shared/model/result.ts';
import { BY_ITSELF, type LedgerWriter } from './ledger-writer.ts';
import type { Db } from './db.ts';

/** Which anchor: what is known of one is kept under both. */
export type AnchorId = { readonly kind: AnchorKind; readonly target: string };

/** What came back from outside, verified, and is kept to be verified again. */
export type AnchorMade = {
  /** The signed checkpoint; with the cosignatures of a witness, where one made them. */
  readonly note: string;
  readonly token: Buffer | null;
  /** Who made it, and when by their clock; null for a folder. */
  readonly by: string | null;
  readonly at: string | null;
};

export type AnchorMemory = {
  readonly last: { readonly size: number; readonly atMs: number } | null;
  /** What failed since then: each code once, oldest first. */
  readonly problems: readonly Problem[];
};

export type AnchorStore = {
  /** Keeps an anchor and enters it, both or neither. */
  readonly made: (id: AnchorId, size: number, atMs: number, made: AnchorMade) => void;
  /** Keeps and enters that it fails, and why. The caller does so once for each reason, not for each attempt. */
  readonly failed: (id: AnchorId, size: number, atMs: number, problem: Problem) => void;
  readonly memory: (id: AnchorId) => AnchorMemory;
  /** Whether anything was entered from `size` on but that anchors were made: they must not be what the next one is for. */
  readonly hasNews: (size: number) => boolean;
  /** Everything recorded is on the disk before this returns: after a power cut, nothing outside may know more than the database. */
  readonly harden: () => void;
};

const MAX_PROBLEMS = 20;
const lastSchema = z.object({ id: z.number(), size: z.number(), atMs: z.number() }).optional();
const problemsSchema = z.array(z.object({ problem: z.string() }));
const problemSchema = z.object({ code: z.string(), message: z.string(), nextStep: z.string() });

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

const problemOf = (text: string): readonly Problem[] => {
  try {
    const parsed = problemSchema.safeParse(JSON.parse(text));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
};

const WORDS = { file: 'put into the folder', witness: 'cosigned by the witness', 'time-stamp': 'stamped by the authority' } as const;

export const createAnchorStore = (db: Db, ledger: LedgerWriter): AnchorStore => {
  const sql = {
    insert: db.prepare(`INSERT INTO ledger_anchor (kind, target, size, at_ms, note, token, problem)
      VALUES (@kind, @target, @size, @atMs, @note, @token, @problem)`),
    last: db.prepare(`SELECT id, size, at_ms AS atMs FROM ledger_anchor
      WHERE kind = @kind AND target = @target AND problem IS NULL ORDER BY id DESC LIMIT 1`),
    problems: db.prepare(`SELECT problem FROM ledger_anchor
      WHERE id > @after AND kind = @kind AND target = @target AND problem IS NOT NULL ORDER BY id LIMIT ${MAX_PROBLEMS}`),
    news: db.prepare("SELECT 1 FROM ledger_entry WHERE seq >= ? AND kind <> 'anchor.made' LIMIT 1"),
  };
  const made = db.transaction((id: AnchorId, size: number, atMs: number, { note, token, by, at }: AnchorMade): void => {
    sql.insert.run({ ...id, size, atMs, note, token, problem: null });
    const digests = { note: sha256(note), token: token === null ? null : sha256(token) };
    const detail = `The first ${size} entries were ${WORDS[id.kind]} ${by ?? id.target}.`;
    ledger.append({
      who: BY_ITSELF,
      kind: 'anchor.made',
      subject: `anchor ${id.target}`,
      body: { kind: id.kind, size, by, at, sha256: digests, detail },
    });
  });
  const failed = db.transaction((id: AnchorId, size: number, atMs: number, problem: Problem): void => {
    sql.insert.run({ ...id, size, atMs, note: null, token: null, problem: JSON.stringify(problem) });
    const { code, message } = problem;
    ledger.append({
      who: BY_ITSELF,
      kind: 'anchor.failed',
      subject: `anchor ${id.target}`,
      body: { kind: id.kind, size, code, detail: message },
    });
  });
  return {
    made,
    failed,
    memory: (id) => {
      const last = lastSchema.parse(sql.last.get(id));
      const rows = problemsSchema.parse(sql.problems.all({ ...id, after: last?.id ?? 0 }));
      return {
        last: last === undefined ? null : { size: last.size, atMs: last.atMs },
        problems: rows.flatMap(({ problem }) => problemOf(problem)),
      };
    },
    hasNews: (size) => sql.news.get(size) !== undefined,
    harden: () => {
      db.pragma('wal_checkpoint(PASSIVE)');
    },
  };
};
