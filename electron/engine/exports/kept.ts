import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { sampleSchema, type ExportAsk, type KeptExport, type Sample } from '../../../shared/contract/export-schemas.ts';
import { FORMAT_WORDS } from '../../../shared/contract/format-words.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { LedgerEntry, Who } from '../../ledger/entry.ts';
import { FILE_KINDS } from '../../reports/file-kinds.ts';
import type { LedgerReader } from '../../store/ledger-reader.ts';
import type { LedgerDraft } from '../../store/ledger-writer.ts';
import type { ExportWritten } from './asked.ts';

/** Names of our own making, so that none of them leads out of the folder or says anything that a host said. */
export const EXPORT_NAME = /^plumbline-[a-z]{1,20}-\d{8}T\d{6}Z(?:-\d{1,4})?\.[a-z]{1,8}$/u;
const PARTIAL = '.partial';
const MOST = 500;

export const exportsFolder = (dataFolder: string): string => path.join(dataFolder, 'exports');
const subjectOf = (name: string): string => `export ${name}`;

/** What a killed process left half is gone. Only where nothing is being written. */
export const dropPartials = (folder: string): void => {
  try {
    for (const name of readdirSync(folder)) if (name.endsWith(PARTIAL)) rmSync(path.join(folder, name), { force: true });
  } catch {
    // There is no folder before the first export; one that cannot be read is said at the next.
  }
};

/** The folder, made where it is not there. Throws where the disk does. */
export const prepareFolder = (folder: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Windows has no such bits; there the folder's rights hold.
  if (process.platform !== 'win32') chmodSync(folder, 0o700);
  dropPartials(folder);
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).filter((name) => EXPORT_NAME.test(name));
  } catch {
    // There is no folder before the first export.
    return [];
  }
};

/** `plumbline-hosts-20261121T171500Z.csv`; with a number behind it where there is one of this second. */
export const freeName = (folder: string, ask: ExportAsk, atMs: number): string => {
  const taken = new Set(namesIn(folder));
  const at = `${new Date(atMs).toISOString().slice(0, 19).replaceAll(/[:-]/gu, '')}Z`;
  const { extension } = FILE_KINDS[ask.format];
  for (let number = 1; ; number += 1) {
    const name = `plumbline-${FORMAT_WORDS[ask.format].file ?? ask.rows}-${at}${number === 1 ? '' : `-${number}`}.${extension}`;
    if (!taken.has(name)) return name;
  }
};

export const partialOf = (file: string): string => `${file}${PARTIAL}`;

const bodySchema = z.object({
  file: z.string(),
  format: z.string(),
  rows: z.string(),
  count: z.number(),
  bytes: z.number(),
  sha256: z.string(),
  query: z.string(),
  sample: sampleSchema.optional(),
  cutOff: z.string(),
});

const WORDS = { hosts: 'hosts', findings: 'findings', ledger: 'entries of the ledger' } as const;
const iso = (ms: number | null | undefined): string | null => (ms === null || ms === undefined ? null : new Date(ms).toISOString());

const sampleWords = (sample: Sample | undefined): string =>
  sample === undefined
    ? ''
    : ` A sample of ${Math.min(sample.size, sample.population)} of ${sample.population}, seed ${sample.seed} (${sample.seedBy === 'given' ? 'given' : 'made at random'}).`;

/** How a browser is told what a file is. */
export const mediaTypeOf = (format: string): string =>
  Object.entries(FILE_KINDS).find(([id]) => id === format)?.[1].mediaType ?? 'application/octet-stream';

/** The entry that says what went out: who, what, by which query, and the digest of every byte of it. */
export const exportEntry = (
  name: string,
  ask: ExportAsk,
  who: Who,
  written: ExportWritten,
  report: { readonly id: number; readonly name: string } | null = null,
): LedgerDraft => {
  const { count, bytes, sha256, query, sample, sort, cutOffMs, checkpointSize, demo, signedBy } = written;
  const asked = query === '' ? 'all' : visibleText(query, 500);
  const from = report === null ? '' : ` From the report ${visibleText(report.name, 200)}.`;
  const signed = signedBy === null ? '' : ` Signed by ${signedBy.subject}.`;
  const period = ask.rows === 'hosts' ? null : ask.period;
  return {
    who,
    kind: 'export.made',
    subject: subjectOf(visibleText(name, 255)),
    body: {
      file: visibleText(name, 255),
      format: ask.format,
      rows: ask.rows,
      count,
      bytes,
      sha256,
      query,
      ...(sample !== undefined && { sample }),
      sort,
      from: iso(period?.fromMs),
      to: iso(period?.toMs),
      cutOff: new Date(cutOffMs).toISOString(),
      checkpoint: checkpointSize,
      demo,
      ...(signedBy !== null && { signature: signedBy }),
      ...(report !== null && { report: { id: report.id, name: report.name } }),
      detail: `${count} ${WORDS[ask.rows]} as ${FORMAT_WORDS[ask.format].said}, query: ${asked}.${sampleWords(sample)} SHA-256 ${sha256}.${signed}${from}`,
    },
  };
};

export const deletedEntry = ({ name, sha256 }: KeptExport, who: Who): LedgerDraft => ({
  who,
  kind: 'export.deleted',
  subject: subjectOf(name),
  body: { file: name, sha256, detail: `${name} is deleted from the data folder.` },
});

const keptOf = (entry: LedgerEntry): KeptExport | null => {
  const body = bodySchema.safeParse(entry.body);
  if (!body.success) return null;
  const { file, query, cutOff, ...said } = body.data;
  return {
    ...said,
    id: entry.seq,
    name: file,
    query: visibleText(query, 5_000),
    cutOffMs: Date.parse(cutOff),
    madeAtMs: Date.parse(entry.at),
    who: visibleText(entry.who.name),
  };
};

/** Every file that is there under a name of ours, as the ledger tells of it; one that the ledger does not know is none of ours. Newest first. */
export const keptExports = (folder: string, ledger: Pick<LedgerReader, 'list'>): readonly KeptExport[] =>
  namesIn(folder)
    .toSorted()
    .slice(-MOST)
    .flatMap((name) => {
      const made = ledger.list({ subject: subjectOf(name) }, 0, 10).rows.find(({ kind }) => kind === 'export.made');
      const kept = made === undefined ? null : keptOf(made);
      return kept === null || kept.name !== name ? [] : [kept];
    })
    .toSorted((a, b) => b.id - a.id);

/**
 * The ledger says it first, then the file gets its name: whatever is there under it was entered. A crash in between leaves an entry of a file
 * that nobody got, and the half file goes at the next start. Gives the number of the entry.
 */
export const enterAndPlace = (
  ledger: { readonly append: (draft: LedgerDraft) => number },
  draft: LedgerDraft,
  place: () => void,
): number => {
  const id = ledger.append(draft);
  place();
  return id;
};
