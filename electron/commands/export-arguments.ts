import { lstatSync } from 'node:fs';
import path from 'node:path';
import {
  EXPORT_ROWS,
  FORMATS_OF,
  type ExportAsk,
  type ExportFormat,
  exportAskSchema,
  type ExportPeriod,
  SAMPLE_MOST,
  SAMPLE_SEED,
  type SampleAsk,
  SAMPLED_FORMATS,
} from '../../shared/contract/export-schemas.ts';
import { loadControls, loadLogo } from '../engine/load-config.ts';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { HOST_LIST_FIELDS } from '../../shared/query/host-fields.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import { endOf, timeOf } from '../../shared/query/values.ts';
import { parseCommandLine, textValue } from './arguments.ts';
import { dataFolderOf } from './layout.ts';
import { fromCaller } from './read-file.ts';

export type ExportArguments =
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly message: string }
  | {
      readonly kind: 'export';
      readonly ask: ExportAsk;
      readonly out: string;
      readonly dataFolder: string;
      /** Text of an organisation's own mapping of controls, where one is given. */
      readonly controls?: string;
      /** What a PDF is to be signed with: the file, and its password out of the environment. */
      readonly sign?: { readonly file: string; readonly password: string };
      /** Bytes of a logo that has been read without problems. */
      readonly logo?: Uint8Array;
      readonly force: boolean;
      readonly json: boolean;
    };

const FORMAT: ReadonlyMap<string, ExportFormat> = new Map([
  ['csv', 'csv'],
  ['json', 'json-lines'],
  ['oscal', 'oscal'],
  ['pdf', 'pdf'],
  ['pack', 'pack'],
]);
const REPORTS: ReadonlyMap<string, ExportFormat> = new Map([
  ['detailed', 'pdf'],
  ['board', 'pdf-board'],
  ['dossier', 'pdf-dossier'],
]);

const refused = (message: string): ExportArguments => ({ kind: 'refused', message });
const named = (text: string): string => `"${visibleText(text, 80)}"`;

/** A whole day or minute is meant to its end. */
const momentOf = (text: string, end: boolean): number | null => {
  const value = timeOf(text);
  if (value?.kind !== 'time') return null;
  return end && value.precision === 'day' ? endOf(value.atMs, value.precision) : value.atMs;
};

const periodOf = (from: string | undefined, to: string | undefined): ExportPeriod | string => {
  const fromMs = from === undefined ? null : momentOf(from, false);
  const toMs = to === undefined ? null : momentOf(to, true);
  if (from !== undefined && fromMs === null) return `--from ${named(from)} is no time in UTC, such as 2026-01-05 or 2026-01-05T12:30Z`;
  if (to !== undefined && toMs === null) return `--to ${named(to)} is no time in UTC, such as 2026-01-05 or 2026-01-05T12:30Z`;
  return fromMs !== null && toMs !== null && fromMs >= toMs ? '--from is not before --to' : { fromMs, toMs };
};

/** What is wrong with it, in a sentence; null where no sample is asked for. */
const sampleAsked = (size: string | undefined, seed: string | undefined): SampleAsk | string | null => {
  if (size === undefined) return seed === undefined ? null : '--seed goes with --sample N';
  if (!/^[1-9]\d{0,5}$/u.test(size) || Number(size) > SAMPLE_MOST) return `--sample ${named(size)} is no number from 1 to ${SAMPLE_MOST}`;
  if (seed !== undefined && !SAMPLE_SEED.test(seed))
    return `--seed ${named(seed)} is none; it is one word of at most 128 letters, digits and . _ : - that begins with a letter or a digit`;
  return { size: Number(size), ...(seed !== undefined && { seed }) };
};

/** A password is never an argument: others on the machine see those. An empty one is given by an empty variable. */
const signOf = (
  file: string | undefined,
  variable: string | undefined,
  format: string,
): { readonly file: string; readonly password: string } | string | null => {
  if (file === undefined) return variable === undefined ? null : '--password-env goes with --sign';
  if (format !== 'pdf') return '--sign goes with --format pdf';
  if (variable === undefined) return '--sign needs --password-env NAME, the variable of the environment that has the password of the file';
  const password = process.env[variable];
  if (password === undefined) return `the environment has no variable ${named(variable)}; set it to the password of the file`;
  return { file, password };
};

/** Nothing that is no file is ever written over, and no file without being told to. */
const placeProblem = (out: string, force: boolean): string | null => {
  const name = visibleText(out, 300);
  try {
    const there = lstatSync(out);
    if (!there.isFile()) return `${name} is no file; give another one with --out`;
    return force ? null : `${name} is there already; give another file with --out, or --force to write over it`;
  } catch {
    return null;
  }
};

/** Reads the arguments of `plumbline export`; every mistake becomes one line. */
export const readExportArguments = (args: readonly string[]): ExportArguments => {
  const text = { type: 'string' } as const;
  const yes = { type: 'boolean' } as const;
  const parsed = parseCommandLine(args, {
    format: text,
    report: text,
    out: text,
    rows: text,
    query: text,
    kind: text,
    from: text,
    to: text,
    data: text,
    controls: text,
    sample: text,
    seed: text,
    sign: text,
    'password-env': text,
    logo: text,
    force: yes,
    json: yes,
  });
  if (!parsed.ok) return refused(parsed.message);
  const { values, files } = parsed;
  if (values['help'] === true) return { kind: 'help' };
  const given = (name: string): string | undefined => textValue(values[name]);
  const [wanted, out, query, kind, from, to] = ['format', 'out', 'query', 'kind', 'from', 'to'].map(given);
  const rows = EXPORT_ROWS.find((one) => one === (given('rows') ?? 'hosts'));
  if (files.length > 0) return refused('takes no FILE but with --out (see --help)');
  if (wanted === undefined || out === undefined || out === '') return refused('--format and --out FILE are needed (see --help)');
  const report = given('report');
  const format = wanted === 'pdf' ? REPORTS.get(report ?? 'detailed') : FORMAT.get(wanted);
  if (wanted === 'pdf' && format === undefined)
    return refused(`--report ${named(report ?? '')} is none; there are ${[...REPORTS.keys()].join(', ')}`);
  if (wanted !== 'pdf' && report !== undefined) return refused('--report goes with --format pdf');
  if (format === undefined) return refused(`--format ${named(wanted)} is none; there are ${[...FORMAT.keys()].join(', ')}`);
  if (rows === undefined) return refused(`--rows ${named(given('rows') ?? '')} are none; there are ${EXPORT_ROWS.join(', ')}`);
  if (!FORMATS_OF[rows].includes(format)) return refused(`--format ${wanted} is written of hosts only`);
  if (rows !== 'hosts' && query !== undefined) return refused('--query chooses hosts; leave it out, or --rows');
  if (rows !== 'ledger' && kind !== undefined) return refused('--kind chooses entries; it goes with --rows ledger');
  if (rows === 'hosts' && (to !== undefined || (from !== undefined && wanted !== 'pdf')))
    return refused(
      'hosts are exported as they are at this moment; --from and --to go with --rows findings or ledger, and --from with --format pdf',
    );
  const period = periodOf(from, to);
  if (typeof period === 'string') return refused(period);
  const sample = sampleAsked(given('sample'), given('seed'));
  if (typeof sample === 'string') return refused(sample);
  if (sample !== null && (rows !== 'hosts' || !SAMPLED_FORMATS.includes(format)))
    return refused('--sample draws hosts, and goes with csv, json, oscal, pack, and the detailed report as pdf');
  const filter = parseQuery(query ?? '', HOST_LIST_FIELDS);
  if (!filter.ok) return refused(`--query, at character ${filter.problem.at + 1}: ${filter.problem.message} ${filter.problem.nextStep}`);
  const ask = exportAskSchema.safeParse(
    rows === 'hosts'
      ? {
          rows,
          format,
          query: {},
          filter: query ?? '',
          sort: { by: 'verdict', descending: false },
          ...(sample !== null && { sample }),
          ...(period.fromMs !== null && { sinceMs: period.fromMs }),
        }
      : rows === 'findings'
        ? { rows, format, query: {}, sort: 'newest', period }
        : { rows, format, ...(kind !== undefined && { kind }), period },
  );
  if (!ask.success) return refused('the query is too long, or the times are (see --help)');
  const force = values['force'] === true;
  const ownFile = given('controls');
  const controls = ownFile === undefined ? null : loadControls(path.resolve(fromCaller(ownFile)));
  if (controls?.ok === false) return refused(`--controls: ${controls.problem.message}`);
  const signing = signOf(given('sign'), given('password-env'), wanted);
  if (typeof signing === 'string') return refused(signing);
  const logoFile = given('logo');
  if (logoFile !== undefined && wanted !== 'pdf' && wanted !== 'pack') return refused('--logo goes with --format pdf and pack');
  const logo = logoFile === undefined ? null : loadLogo(path.resolve(fromCaller(logoFile)));
  if (logo?.ok === false) return refused(`--logo: ${logo.problem.message} ${logo.problem.nextStep}`);
  const file = path.resolve(fromCaller(out));
  const problem = placeProblem(file, force);
  if (problem !== null) return refused(problem);
  const own = { ...(controls !== null && { controls: controls.value }), ...(logo !== null && { logo: logo.value }) };
  return {
    kind: 'export',
    ask: ask.data,
    ...own,
    ...(signing !== null && { sign: signing }),
    out: file,
    dataFolder: dataFolderOf(given('data')),
    force,
    json: values['json'] === true,
  };
};
