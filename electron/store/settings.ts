import { z } from 'zod';
import type { LedgerDraft, LedgerWriter } from './ledger-writer.ts';
import type { Db } from './db.ts';

/** What was set under a name, by its schema; null where nothing was, or what is there is of another version. */
export type ReadSetting = <T>(name: string, schema: z.ZodType<T>) => T | null;
export type Settings = {
  readonly read: ReadSetting;
  readonly write: (name: string, value: unknown) => void;
  /** What somebody sets, and its entry: both or neither. */
  readonly change: (name: string, value: unknown, entry: LedgerDraft) => void;
};

const rowSchema = z.object({ value: z.string() }).optional();

export const createReadSetting = (db: Db): ReadSetting => {
  const read = db.prepare('SELECT value FROM setting WHERE name = ?');
  return (name, schema) => {
    const row = rowSchema.parse(read.get(name));
    if (row === undefined) return null;
    try {
      return schema.safeParse(JSON.parse(row.value)).data ?? null;
    } catch {
      return null;
    }
  };
};

export const createSettings = (db: Db, ledger: Pick<LedgerWriter, 'append'>): Settings => {
  const write = db.prepare('INSERT INTO setting (name, value) VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = @value');
  return {
    read: createReadSetting(db),
    write: (name, value) => {
      write.run({ name, value: JSON.stringify(value) });
    },
    change: db.transaction((name: string, value: unknown, entry: LedgerDraft): void => {
      write.run({ name, value: JSON.stringify(value) });
      ledger.append(entry);
    }),
  };
};
