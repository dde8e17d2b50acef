import { existsSync } from 'node:fs';
import path from 'node:path';
import { EVIDENCE_STATES, type EvidenceState, ITEM_KINDS, type ItemKind, STATE_WORD } from '../../shared/contract/assessment-schemas.ts';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { createItemLists } from '../engine/reports/run-items.ts';
import { shownReport } from '../engine/reports/reports.ts';
import type { StoredReport } from '../store/report-store.ts';
import { openReadOnlyStore, type Store } from '../store/store.ts';
import { type ExitStatus, parseCommandLine, refuse, textValue } from './arguments.ts';
import type { Command, CommandIo } from './command.ts';
import { dataFolderOf } from './layout.ts';

const SHARED = `  --data DIR      data folder (default: $PLUMBLINE_DATA or ~/.local/share/plumbline); it may be in use, and nothing of it is changed
  --json          one JSON document on stdout

Exit status: 0 done; 2 bad usage, or it could not be read.`;

const LIST_HELP = `Usage: plumbline report list [--data DIR] [--json]

Reports that are kept: what each is of, its last run, how it differs from the run before, and what was flagged before.

${SHARED}

Example: plumbline report list --json
`;
const ITEMS_HELP = `Usage: plumbline report items NAME [--kind host|control] [--state STATE] [--data DIR] [--json]

What people said of each item of the last run of a report: each host of its rows, or each control that its file says something of. What they
said is a judgement and no measurement; it is bound to the run and to the SHA-256 of its file (docs/reports.md).

  NAME            of the report, or its number
  --kind KIND     host (default) or control
  --state STATE   only those that are ready, approved, flagged or not-applicable
${SHARED}
Bounds: at most 100,000 items are written.

Example: plumbline report items 'failed hosts' --state flagged
`;

const MOST = 100_000;
type Opened = { readonly store: Store; readonly close: () => void };

const open = (given: string | undefined): Opened | string => {
  const folder = dataFolderOf(given);
  if (!existsSync(path.join(folder, 'plumbline.db')))
    return `there is nothing recorded in ${visibleText(folder, 300)}; name the data folder with --data`;
  const opened = openReadOnlyStore(folder);
  if (!opened.ok) return `${opened.problem.message} ${opened.problem.nextStep}`;
  return { store: opened.value.store, close: () => opened.value.store.close() };
};

const listText = ({ definition, lastRun }: StoredReport): string => {
  const name = visibleText(definition.name, 200);
  if (lastRun === null) return `${name}: never made\n`;
  const flagged = lastRun.flagged.count === 0 ? '' : `; ${lastRun.flagged.count} flagged before`;
  return `${name}: ${lastRun.count} rows as of ${new Date(lastRun.cutOffMs).toISOString()}, entry ${lastRun.entry}${flagged}\n`;
};

const list = (store: Store, json: boolean, io: CommandIo): ExitStatus => {
  const reports = store.reports.list();
  if (json) io.stdout(`${JSON.stringify(reports.map(shownReport))}\n`);
  else io.stdout(reports.length === 0 ? 'No report is defined.\n' : reports.map(listText).join(''));
  return 0;
};

type Asked = { readonly name: string; readonly kind: ItemKind; readonly state: EvidenceState | undefined; readonly json: boolean };

const items = async (store: Store, { name, kind, state, json }: Asked, io: CommandIo): Promise<ExitStatus> => {
  const reports = store.reports.list();
  const report = reports.find((one) => one.definition.name === name) ?? reports.find(({ id }) => String(id) === name);
  if (report === undefined)
    return refuse(io, `report items: there is no report ${visibleText(name, 100)}; plumbline report list has their names`);
  const ask = { id: report.id, kind, ...(state !== undefined && { state }), offset: 0, limit: MOST };
  const found = await createItemLists(store.assessments)['reports.items'](ask);
  if (found === null) return refuse(io, `report items: the report has no run whose items can be judged; make it again`);
  const { run, counts, total, rows } = found;
  if (json) {
    io.stdout(`${JSON.stringify({ report: { id: report.id, name: report.definition.name }, ...found })}\n`);
    return 0;
  }
  io.stdout(`Run of entry ${run.entry}, as of ${new Date(run.cutOffMs).toISOString()}, SHA-256 ${run.sha256}\n`);
  io.stdout(`${EVIDENCE_STATES.map((one) => `${counts[one]} ${STATE_WORD[one].toLowerCase()}`).join(', ')}\n\n`);
  for (const { id, name: shown, standing, state: now, said, former } of rows) {
    io.stdout(`${STATE_WORD[now]}: ${visibleText(shown, 200)} (${visibleText(id, 300)}), ${standing}\n`);
    if (said !== null) io.stdout(`  ${said.who}, ${new Date(said.atMs).toISOString()}: ${said.comment || 'no comment'}\n`);
    if (former !== null)
      io.stdout(
        `  before, run of entry ${former.run}: ${STATE_WORD[former.state].toLowerCase()}, by ${former.who}: ${former.comment || 'no comment'}\n`,
      );
  }
  if (total > rows.length) io.stdout(`${total - rows.length} more are not written.\n`);
  return 0;
};

export const reportListCommand: Command = {
  name: 'report list',
  summary: 'reports that are made again, with their last run',
  help: LIST_HELP,
  run: async (args, io) => {
    const parsed = parseCommandLine(args, { data: { type: 'string' }, json: { type: 'boolean' } });
    if (!parsed.ok) return refuse(io, `report list: ${parsed.message}`);
    if (parsed.values['help'] === true) {
      io.stdout(LIST_HELP);
      return 0;
    }
    if (parsed.files.length > 0) return refuse(io, 'report list: takes no FILE (see --help)');
    const opened = open(textValue(parsed.values['data']));
    if (typeof opened === 'string') return refuse(io, `report list: ${opened}`);
    try {
      return list(opened.store, parsed.values['json'] === true, io);
    } finally {
      opened.close();
    }
  },
};

export const reportItemsCommand: Command = {
  name: 'report items',
  summary: 'what people said of the items of a report: ready, approved, flagged, not applicable',
  help: ITEMS_HELP,
  run: async (args, io) => {
    const text = { type: 'string' } as const;
    const parsed = parseCommandLine(args, { data: text, kind: text, state: text, json: { type: 'boolean' } });
    if (!parsed.ok) return refuse(io, `report items: ${parsed.message}`);
    const { values, files } = parsed;
    if (values['help'] === true) {
      io.stdout(ITEMS_HELP);
      return 0;
    }
    const [name, ...others] = files;
    if (name === undefined || others.length > 0) return refuse(io, 'report items: give one NAME of a report (see --help)');
    const kind = ITEM_KINDS.find((one) => one === (textValue(values['kind']) ?? 'host'));
    if (kind === undefined) return refuse(io, `report items: --kind is one of ${ITEM_KINDS.join(', ')}`);
    const wanted = textValue(values['state']);
    const state = EVIDENCE_STATES.find((one) => one === wanted);
    if (wanted !== undefined && state === undefined) return refuse(io, `report items: --state is one of ${EVIDENCE_STATES.join(', ')}`);
    const opened = open(textValue(values['data']));
    if (typeof opened === 'string') return refuse(io, `report items: ${opened}`);
    try {
      return await items(opened.store, { name, kind, state, json: values['json'] === true }, io);
    } finally {
      opened.close();
    }
  },
};
