import { z } from 'zod';
import type { Db } from './db.ts';

export type Settings = {
  /** What was set under a name, by its schema; null where nothing was, or what is there is of another version. */
  readonly read: <T>(name: string, schema: z.ZodType<T>) => T | null;
  readonly write: (name: string, value: unknown) => void;
};

const rowSchema = z.object({ value: z.string() }).optional();

export const createSettings = (db: Db): Settings => {
  const read = db.prepare('SELECT value FROM setting WHERE name = ?');
  const write = db.prepare('INSERT INTO setting (name, value) VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = @value');
  return {
    read: (name, schema) => {
      const row = rowSchema.parse(read.get(name));
      if (row === undefined) return null;
      try {
        return schema.safeParse(JSON.parse(row.value)).data ?? null;
      } catch {
        return null;
      }
    },
    write: (name, value) => {
      write.run({ name, value: JSON.stringify(value) });
    },
  };
};
