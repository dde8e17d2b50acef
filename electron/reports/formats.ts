import type { ExportFormat } from '../../shared/contract/export-schemas.ts';
import { csv } from './csv.ts';
import { jsonLines } from './json-lines.ts';
import { oscal } from './oscal/oscal.ts';
import { pdfBoard } from './pdf/board.ts';
import { pdfDetailed } from './pdf/detailed.ts';
import { pdfDossier } from './pdf/dossier.ts';
import type { Format } from './port.ts';

/** Every format that there is. */
export const FORMATS: Readonly<Record<ExportFormat, Format>> = {
  csv,
  'json-lines': jsonLines,
  oscal,
  'pdf-board': pdfBoard,
  pdf: pdfDetailed,
  'pdf-dossier': pdfDossier,
};
