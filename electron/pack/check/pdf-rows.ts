import { z } from 'zod';
import type { LedgerEntry } from '../../ledger/entry.ts';
import type { PdfProof } from '../proof-schema.ts';
import type { Findings } from './findings.ts';
import { bodySchema, cut, type Entered } from './hosts.ts';

/** What a report says of a host, as far as an entry of the ledger says it, too. */
const rowSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  verdict: z.string(),
  reported: z.string(),
  brokenLink: z.string().nullable(),
  reason: z.string(),
});
export type Row = z.output<typeof rowSchema>;
const dossierSchema = z.looseObject({ report: z.literal('dossier'), head: z.unknown(), host: z.looseObject({ row: rowSchema }) });
const boardSchema = z.looseObject({ report: z.literal('board'), head: z.unknown() });

/** The rows that a report carries, and the head that stands with them; null where they cannot be read. */
export type CarriedRows = { readonly head: unknown; readonly rows: readonly Row[] };

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The first line of JSON Lines says when they were made in three more ways; without them it is the head. */
const headOfLine = (line: string): unknown => {
  const parsed = z.looseObject({ v: z.literal(1), cutOff: z.string(), timeZone: z.string() }).safeParse(json(line));
  if (!parsed.success) return null;
  const { v: _v, cutOff: _cutOff, timeZone: _zone, ...head } = parsed.data;
  return head;
};

export const readCarried = (report: PdfProof['report'], bytes: Buffer): CarriedRows | null => {
  const text = bytes.toString('utf8');
  if (report === 'board') {
    const parsed = boardSchema.safeParse(json(text));
    return parsed.success ? { head: parsed.data.head, rows: [] } : null;
  }
  if (report === 'dossier') {
    const parsed = dossierSchema.safeParse(json(text));
    return parsed.success ? { head: parsed.data.head, rows: [parsed.data.host.row] } : null;
  }
  const [first = '', ...lines] = text.trimEnd().split('\n');
  const rows = lines.map((line) => rowSchema.safeParse(json(line)).data ?? null);
  const read = rows.filter((row) => row !== null);
  return read.length === rows.length ? { head: headOfLine(first), rows: read } : null;
};

/** What the proven entries say that each host is. Of one host there is one; two would leave open which of them holds. */
const enteredOf = (proven: ReadonlyMap<number, LedgerEntry>, { wrong }: Findings): ReadonlyMap<string, Entered> => {
  const entered = new Map<string, Entered>();
  for (const { seq, kind, subject, body } of proven.values()) {
    const parsed = bodySchema.safeParse(body);
    if (!/^(?:verdict|host)\.changed$/u.test(kind) || !subject.startsWith('host ') || !parsed.success || entered.has(subject))
      wrong('entry-not-proven', `Entry ${seq} speaks of no host of this report, or of one that another entry speaks of.`);
    else entered.set(subject, parsed.data);
  }
  return entered;
};

/** Each row against the entry that says what its host is. Trust that has aged is stale, and no entry is made for that. */
export const checkRowsByEntries = (rows: readonly Row[], proven: ReadonlyMap<number, LedgerEntry>, findings: Findings): void => {
  const { wrong } = findings;
  const entered = enteredOf(proven, findings);
  const seen = new Set<string>();
  for (const row of rows) {
    const after = entered.get(`host ${row.id}`)?.after;
    if (seen.has(row.id)) wrong('record-differs', `${row.id} is in the report twice.`);
    seen.add(row.id);
    if (after === undefined) {
      wrong('entry-missing', `${row.id}: no signed entry of the file says what it says of this host.`);
      continue;
    }
    const aged = row.verdict === 'stale' && after.verdict === 'trusted';
    const isSteady = after.verdict === 'trusted' || after.verdict === 'stale';
    const pairs = [
      ['name', row.name, after.name],
      ['verdict', aged ? 'trusted' : row.verdict, after.verdict],
      ['answer of the endpoint', row.reported, after.reported],
      ['broken link', row.brokenLink ?? '', after.brokenLink ?? ''],
      ...(isSteady ? [] : [['reason', row.reason, after.reason] as const]),
    ] as const;
    for (const [what, said, signed] of pairs)
      if (cut(said) !== cut(signed)) wrong('record-differs', `${row.id}: the report says another ${what} than the ledger.`);
  }
  if (entered.size > seen.size) wrong('record-differs', 'The file has entries of hosts that are not in the report.');
};
