import type { ExportFormat } from '../../shared/contract/export-schemas.ts';

/** What files of each format are called and are: known without loading what writes them. `extension`: without the dot. */
export const FILE_KINDS: Readonly<Record<ExportFormat, { readonly extension: string; readonly mediaType: string }>> = {
  csv: { extension: 'csv', mediaType: 'text/csv; charset=utf-8' },
  'json-lines': { extension: 'jsonl', mediaType: 'application/jsonl' },
  oscal: { extension: 'json', mediaType: 'application/json' },
  'pdf-board': { extension: 'pdf', mediaType: 'application/pdf' },
  pdf: { extension: 'pdf', mediaType: 'application/pdf' },
  'pdf-dossier': { extension: 'pdf', mediaType: 'application/pdf' },
  pack: { extension: 'zip', mediaType: 'application/zip' },
};
