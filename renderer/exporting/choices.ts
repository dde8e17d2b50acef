import { type ExportAsk, type ExportFormat, SAMPLE_MOST, SAMPLE_SEED, SAMPLED_FORMATS } from '../../shared/contract/export-schemas.ts';
import { endOf, timeOf } from '../../shared/query/values.ts';

/** What is typed into the dialog, as it is typed. */
export type Typed = { readonly from: string; readonly to: string; readonly size: string; readonly seed: string };
export const NOTHING_TYPED: Typed = { from: '', to: '', size: '', seed: '' };
export type Wrong = Partial<Record<keyof Typed, string>>;

const SINCE: readonly ExportFormat[] = ['pdf-board', 'pdf', 'pdf-dossier', 'pack'];

/** Which of the fields a format makes use of. */
export const fieldsOf = (rows: ExportAsk['rows'], format: ExportFormat) => ({
  from: rows !== 'hosts' || SINCE.includes(format),
  to: rows !== 'hosts',
  sample: rows === 'hosts' && SAMPLED_FORMATS.includes(format),
});

/** A day is meant to its end. */
const momentOf = (text: string, end: boolean): number | null => {
  const value = timeOf(text.trim());
  if (value?.kind !== 'time') return null;
  return end && value.precision === 'day' ? endOf(value.atMs, value.precision) : value.atMs;
};
const NO_TIME = 'Give a day such as 2026-01-05, or a time such as 2026-01-05T12:30Z.';

/** The question with what was typed, or what is wrong with it, field by field. What a format makes no use of is left out, whatever it says. */
export const completed = (ask: ExportAsk, typed: Typed): { readonly ask: ExportAsk } | { readonly wrong: Wrong } => {
  const used = fieldsOf(ask.rows, ask.format);
  const wrong: Record<string, string> = {};
  const fromText = used.from ? typed.from.trim() : '';
  const toText = used.to ? typed.to.trim() : '';
  const fromMs = fromText === '' ? null : momentOf(fromText, false);
  const toMs = toText === '' ? null : momentOf(toText, true);
  if (fromText !== '' && fromMs === null) wrong['from'] = NO_TIME;
  if (toText !== '' && toMs === null) wrong['to'] = NO_TIME;
  else if (fromMs !== null && toMs !== null && fromMs >= toMs) wrong['to'] = 'The end is not after the beginning.';
  const size = used.sample ? typed.size.trim() : '';
  const seed = used.sample ? typed.seed.trim() : '';
  if (size !== '' && (!/^[1-9]\d{0,5}$/u.test(size) || Number(size) > SAMPLE_MOST))
    wrong['size'] = `Give a number from 1 to ${SAMPLE_MOST}, or nothing for all.`;
  if (seed !== '' && size === '') wrong['size'] = 'A seed draws a sample: say of how many hosts.';
  if (seed !== '' && !SAMPLE_SEED.test(seed))
    wrong['seed'] = 'Give one word of letters, digits and . _ : - that begins with a letter or a digit.';
  if (Object.keys(wrong).length > 0) return { wrong };
  if (ask.rows !== 'hosts') return { ask: { ...ask, period: fromMs === null && toMs === null ? ask.period : { fromMs, toMs } } };
  return {
    ask: {
      ...ask,
      ...(fromMs !== null && { sinceMs: fromMs }),
      ...(size !== '' && { sample: { size: Number(size), ...(seed !== '' && { seed }) } }),
    },
  };
};

/** Why a format cannot be made of so many rows; undefined where it can. */
export const unfitFor = (format: ExportFormat, total: number): string | undefined =>
  format === 'pdf-dossier' && total !== 1 ? 'It is of exactly one host. Filter the list to that one first.' : undefined;
