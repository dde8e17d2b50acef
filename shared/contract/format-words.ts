import type { ExportFormat } from './export-schemas.ts';

type Words = {
  /** On a button. */
  readonly word: string;
  /** In a sentence. */
  readonly said: string;
  /** In the name of a file, where it is not named after its rows. */
  readonly file?: string;
};

/** What each format is called, on screens, in entries of the ledger and in names of files. */
export const FORMAT_WORDS: Readonly<Record<ExportFormat, Words>> = {
  csv: { word: 'CSV', said: 'CSV' },
  'json-lines': { word: 'JSON Lines', said: 'JSON Lines' },
  oscal: { word: 'OSCAL', said: 'OSCAL' },
  'pdf-board': { word: 'Board PDF', said: 'PDF, board summary', file: 'board' },
  pdf: { word: 'Report PDF', said: 'PDF, detailed report', file: 'report' },
  'pdf-dossier': { word: 'Host PDF', said: 'PDF, host dossier', file: 'dossier' },
  pack: { word: 'Evidence pack', said: 'evidence pack' },
};
