import type { ExportFormat } from '../../shared/contract/export-schemas.ts';
import { csv } from './csv.ts';
import { jsonLines } from './json-lines.ts';
import { oscal } from './oscal/oscal.ts';
import type { Format } from './port.ts';

/** Every format that there is. */
export const FORMATS: Readonly<Record<ExportFormat, Format>> = { csv, 'json-lines': jsonLines, oscal };
