import { SAMPLED_FORMATS, type ExportAsk, type Sample } from '../../../shared/contract/export-schemas.ts';
import { askedWords, findingQueryWords } from '../../../shared/contract/finding-query-words.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import type { Query } from '../../../shared/query/ast.ts';
import { HOST_LIST_FIELDS } from '../../../shared/query/host-fields.ts';
import { wholeHostQuery } from '../../../shared/query/host-query.ts';
import { parseQuery } from '../../../shared/query/parse.ts';
import { printQuery } from '../../../shared/query/print.ts';
import { decodeEntry } from '../../ledger/entry.ts';
import type { EntryRow, Rows } from '../../reports/port.ts';
import { drawSample } from '../../reports/sample.ts';
import type { EntryBytes, ReadAll } from '../../store/export-rows.ts';
import { sentenceOf } from '../ledger/sentence.ts';

/** What was asked, in words for the head, and its rows. */
export type Question = { readonly query: string; readonly sort: string; readonly total: number; readonly rows: Rows };

const toEntryRow = ({ seq, bytes }: EntryBytes): EntryRow => {
  const entry = decodeEntry(bytes);
  return entry.ok
    ? { seq, bytes, entry: entry.value, sentence: sentenceOf(entry.value) }
    : { seq, bytes, entry: null, sentence: `This entry cannot be read. ${entry.problem.message}` };
};

function* each<From, To>(rows: Iterable<From>, to: (row: From) => To): Generator<To> {
  for (const row of rows) yield to(row);
}

const filterOf = (filter: string | undefined): Result<Query> => {
  const parsed = parseQuery(filter ?? '', HOST_LIST_FIELDS);
  return parsed.ok
    ? parsed
    : fail('export-query', `The query cannot be read: ${visibleText(parsed.problem.message)}`, parsed.problem.nextStep);
};

/** The sample that is asked for, of all hosts that are meant; null where none is. Problems: export-query, export-sample. */
export const sampleOf = (
  all: ReadAll,
  ask: ExportAsk,
  nowMs: number,
  goOn: () => void,
): Result<{ readonly ids: readonly string[]; readonly sample: Sample } | null> => {
  if (ask.rows !== 'hosts' || ask.sample === undefined) return ok(null);
  if (!SAMPLED_FORMATS.includes(ask.format))
    return fail('export-sample', 'A summary of the fleet and the dossier of one host are made of no sample.', 'Choose another format.');
  const parsed = filterOf(ask.filter);
  return parsed.ok ? ok(drawSample(all.hostIds(ask.query, parsed.value, nowMs), ask.sample, goOn)) : parsed;
};

/** Asks the store what the lists ask it; of hosts those of a sample, where one was drawn. Problems: export-query, where a filter cannot be read. */
export const askStore = (all: ReadAll, ask: ExportAsk, nowMs: number, sample: readonly string[] | null = null): Result<Question> => {
  if (ask.rows === 'hosts') {
    const parsed = filterOf(ask.filter);
    if (!parsed.ok) return parsed;
    const { total, rows } = sample === null ? all.hosts(ask.query, parsed.value, ask.sort, nowMs) : all.hostsOf(sample, ask.sort);
    const query = printQuery(wholeHostQuery(ask.query, parsed.value));
    return ok({ query, sort: `${ask.sort.by}${ask.sort.descending ? ', descending' : ''}`, total, rows: { of: 'hosts', each: rows } });
  }
  if (ask.rows === 'findings') {
    const { query: asked } = ask;
    const { total, rows } = all.findings(asked, ask.sort, ask.period, nowMs);
    const query = findingQueryWords(asked);
    return ok({ query, sort: ask.sort, total, rows: { of: 'findings', each: rows } });
  }
  const { total, rows } = all.ledger({ kind: ask.kind, subject: ask.subject }, ask.period);
  const query = askedWords([
    ['kind', ask.kind],
    ['subject', ask.subject],
  ]);
  return ok({ query, sort: 'newest', total, rows: { of: 'ledger', each: each(rows, toEntryRow) } });
};
