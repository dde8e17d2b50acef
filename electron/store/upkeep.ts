import { existsSync, renameSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../shared/model/result.ts';
import type { Db } from './db.ts';

export type Progress = (done: number, total: number) => void;

export type Upkeep = {
  /** Copies the database as it is at one moment to a file, page by page, while recording goes on. The key of the ledger is not part of it. */
  readonly backup: (file: string, onProgress: Progress, signal: AbortSignal) => Promise<Result<{ readonly pages: number }>>;
  /** Gives space that nothing uses back to the disk, in steps; it may be stopped between any two. */
  readonly compact: () => Generator<{ readonly left: number }, { readonly pages: number }>;
};

const PAGES_AT_A_TIME = 200;
const COMPACT_PAGES = 500;
const numberSchema = z.number().int();

export const createUpkeep = (db: Db): Upkeep => {
  const free = (): number => numberSchema.parse(db.pragma('freelist_count', { simple: true }));
  return {
    backup: async (file, onProgress, signal) => {
      const name = visibleText(file, 300);
      if (existsSync(file)) return fail('backup-exists', `${name} is there already.`, 'Name another file; none is written over.');
      const part = `${file}.part`;
      try {
        const { totalPages } = await db.backup(part, {
          progress: ({ totalPages: total, remainingPages }) => {
            if (signal.aborted) throw new Error('stopped');
            onProgress(total - remainingPages, total);
            return PAGES_AT_A_TIME;
          },
        });
        renameSync(part, file);
        return ok({ pages: totalPages });
      } catch (error) {
        rmSync(part, { force: true });
        if (signal.aborted) return fail('stopped', 'The backup was stopped.', 'Nothing was left behind; begin again when you like.');
        const why = visibleText(error instanceof Error ? error.message : String(error), 200);
        return fail('backup-failed', `The backup to ${name} failed: ${why}.`, 'Check the folder, its rights and its free space.');
      }
    },
    *compact() {
      const before = free();
      for (let left = before; left > 0; ) {
        db.pragma(`incremental_vacuum(${COMPACT_PAGES})`);
        const now = free();
        yield { left: now };
        // A database of an earlier version cannot give pages back step by step.
        if (now >= left) break;
        left = now;
      }
      return { pages: before - free() };
    },
  };
};
