import type { ExportFormat } from '../../shared/contract/export-schemas.ts';
import { FORMAT_WORDS } from '../../shared/contract/format-words.ts';

/** What each is good for, in a sentence. */
export const FORMAT_MEANING: Readonly<Record<ExportFormat, string>> = {
  csv: 'For spreadsheets. What would be a formula begins with an apostrophe, and what cannot be seen is written as an escape.',
  'json-lines': 'For programs: one object a line, every value as it was recorded.',
  oscal: 'For assessors: assessment results with the controls that the evidence supports. It never says that a control is satisfied.',
  'pdf-board': 'For whoever answers for the fleet: two pages on how it stands, what changed, and what is not covered.',
  pdf: 'For auditors: scope, method and its limits, every host of the list, findings, controls, and how to check it.',
  'pdf-dossier': 'For one host: all that is known of it. The list must hold exactly one host.',
  pack: 'For auditors: a zip with the evidence itself, signatures and proofs, and what checks them without Plumbline.',
};

/** Where a format is unknown, of a later version, its own name is said. */
export const formatWord = (format: string): string =>
  new Map<string, { readonly word: string }>(Object.entries(FORMAT_WORDS)).get(format)?.word ?? format;

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;
/** `1.2 MB`, in thousands. */
export const sizeWords = (bytes: number): string => {
  const at = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** at;
  return `${at === 0 ? value : value.toFixed(1)} ${UNITS[at] ?? ''}`;
};
