import Database from 'better-sqlite3';
import path from 'node:path';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../shared/model/result.ts';
import { type LedgerFile, ledgerFile } from './audit/ledger-file.ts';
import type { Freshness } from './freshness.ts';
import { SCHEMA_VERSION } from './migrations.ts';
import { BUSY_MS, DATABASE, versionOf } from './open.ts';
import { createPeriodFacts, type PeriodFacts } from './period-facts.ts';
import { createReaders, type Readers } from './readers.ts';
import { createReportFacts, type ReportFacts } from './report-facts.ts';

/** One moment of a data folder, whole. It is held until it is closed, and the write-ahead log grows so long. */
export type ExportStore = {
  readonly readers: Omit<Readers, 'judgeFreshness'>;
  readonly ledgerFile: LedgerFile;
  readonly facts: (nowMs: number) => ReportFacts;
  readonly period: PeriodFacts;
  readonly close: () => void;
};

const CACHE_KIB = 32 * 1024;

/**
 * A connection that cannot write, fixed to the moment of opening; another process may have the folder in use. Problems: export-database.
 * `freshness`: its clock is asked after the moment is fixed, so that nothing in it is later than the clock says.
 */
export const openExportStore = (folder: string, freshness: Freshness): Result<ExportStore> => {
  let db: Database.Database | null = null;
  try {
    db = new Database(path.join(folder, DATABASE), { readonly: true, fileMustExist: true, timeout: BUSY_MS });
    const opened = db;
    const version = versionOf(opened);
    if (version !== SCHEMA_VERSION) throw new Error(`it is of schema ${version}, and ${SCHEMA_VERSION} is read`);
    const { judgeFreshness, ...readers } = createReaders(opened, CACHE_KIB, 'FILE');
    const file = ledgerFile(opened);
    opened.exec('BEGIN');
    // A transaction has its moment from the first time that it reads.
    file.size();
    judgeFreshness(freshness);
    const facts = createReportFacts(opened, readers.findings);
    const period = createPeriodFacts(opened, readers.asOf);
    return ok({ readers, ledgerFile: file, facts, period, close: () => void opened.close() });
  } catch (error) {
    db?.close();
    const why = visibleText(error instanceof Error ? error.message : String(error), 300);
    return fail(
      'export-database',
      `The database of ${visibleText(folder, 300)} cannot be read: ${why}.`,
      'Start the version that wrote it, or restore a backup (plumbline data restore FILE --data DIR).',
    );
  }
};
