import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Db } from '../db.ts';

const enteredSchema = z.object({ size: z.number(), sha256: z.object({ note: z.string(), token: z.string().nullable() }) });
const entrySchema = z.object({ seq: z.number(), body: z.string().nullable() });
const keptSchema = z.object({ note: z.string(), token: z.instanceof(Uint8Array).nullable() });

export type MissingAnchor = { readonly seq: number; readonly size: number };

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const read = (body: string | null): z.output<typeof enteredSchema> | null => {
  try {
    return enteredSchema.safeParse(JSON.parse(body ?? '')).data ?? null;
  } catch {
    return null;
  }
};

/** Anchors that the ledger says were made, and that are not kept as they were: somebody took away what could be held against the entries. */
export const missingAnchors = (db: Db): readonly MissingAnchor[] => {
  const kept = new Set<string>();
  for (const raw of db.prepare('SELECT note, token FROM ledger_anchor WHERE note IS NOT NULL').iterate()) {
    const { note, token } = keptSchema.parse(raw);
    kept.add(`${sha256(note)} ${token === null ? '' : sha256(token)}`);
  }
  const missing: MissingAnchor[] = [];
  const entered = db.prepare("SELECT seq, json_extract(bytes, '$.body') AS body FROM ledger_entry WHERE kind = 'anchor.made' ORDER BY seq");
  for (const raw of entered.iterate()) {
    const { seq, body } = entrySchema.parse(raw);
    const made = read(body);
    if (made !== null && !kept.has(`${made.sha256.note} ${made.sha256.token ?? ''}`)) missing.push({ seq, size: made.size });
  }
  return missing;
};
