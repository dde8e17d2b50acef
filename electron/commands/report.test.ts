import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ReportDefinition } from '../../shared/contract/report-schemas.ts';
import { packStood } from '../engine/exports/standing.ts';
import { openStore, type Store } from '../store/store.ts';
import type { Command } from './command.ts';
import { reportItemsCommand, reportListCommand } from './report.ts';

const T0 = Date.parse('2026-11-21T06:00:00.000Z');
const DEFINITION: ReportDefinition = {
  name: 'failed hosts',
  note: '',
  of: { rows: 'hosts', query: {}, sort: { by: 'name', descending: false } },
  format: 'csv',
  schedule: null,
};
const who = { kind: 'os-user', name: 'ann' } as const;

let data: string;
let store: Store;
beforeAll(() => {
  data = mkdtempSync(path.join(tmpdir(), 'plumbline-report-command-'));
  const opened = openStore(data);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
  const id = store.reports.save(null, DEFINITION, who, T0);
  store.reports.save(null, { ...DEFINITION, name: 'never' }, who, T0);
  const rows = packStood(
    new Map([
      ['dc/1', { name: 'one', verdict: 'failed' }],
      ['dc/2', { name: 'two\u202e', verdict: 'trusted' }],
    ]),
  );
  const sha256 = 'a'.repeat(64);
  store.reports.ran(
    id,
    { entry: 7, cutOffMs: T0, count: 2, difference: null, flagged: { count: 0, first: [] } },
    { sha256, rows, controls: [['sp800-53r5 SI-7', 'Software integrity', 'against']] },
  );
  const of = { report: id, name: DEFINITION.name, run: 7, sha256 };
  store.assessments.assess(of, [{ kind: 'host', id: 'dc/1', name: 'one', standing: 'failed' }], 'flagged', 'Ask the vendor.', who, T0);
});
afterAll(() => {
  store.close();
  rmSync(data, { recursive: true, force: true });
});

const run = async (command: Command, ...args: readonly string[]) => {
  let [out, err] = ['', ''];
  const io = {
    stdout: (text: string) => void (out += text),
    stderr: (text: string) => void (err += text),
    isTty: false,
    signal: new AbortController().signal,
  };
  return { status: await command.run([...args, '--data', data], io), out, err };
};

describe('plumbline report, while Plumbline has the folder in use', () => {
  it('lists reports with their last run', async () => {
    const { status, out } = await run(reportListCommand);
    expect(status).toBe(0);
    expect(out).toBe('failed hosts: 2 rows as of 2026-11-21T06:00:00.000Z, entry 7\nnever: never made\n');
    const json = z
      .array(z.object({ definition: z.object({ name: z.string() }) }))
      .parse(JSON.parse((await run(reportListCommand, '--json')).out));
    expect(json.map(({ definition }) => definition.name)).toEqual(['failed hosts', 'never']);
  });

  it('tells what was said of each host, by whom and when', async () => {
    const { out } = await run(reportItemsCommand, 'failed hosts');
    expect(out).toContain('1 ready, 0 approved, 1 flagged, 0 not applicable');
    expect(out).toContain('Flagged: one (dc/1), failed\n  ann, 2026-11-21T06:00:00.000Z: Ask the vendor.');
    expect(out).toContain('Ready: two\\u{202e} (dc/2), trusted');
  });

  it('tells it of one state and of controls, also as JSON', async () => {
    expect((await run(reportItemsCommand, 'failed hosts', '--state', 'flagged')).out).not.toContain('dc/2');
    const { out } = await run(reportItemsCommand, '1', '--kind', 'control', '--json');
    expect(JSON.parse(out)).toMatchObject({
      report: { name: 'failed hosts' },
      rows: [{ id: 'sp800-53r5 SI-7', standing: 'against', state: 'ready' }],
    });
  });

  it.each([
    [['nobody'], 'there is no report'],
    [['never'], 'no run whose items'],
    [[], 'one NAME'],
    [['failed hosts', '--state', 'lost'], '--state is one of'],
    [['failed hosts', '--kind', 'lost'], '--kind is one of'],
  ] as const)('%j is refused in words', async (args, words) => {
    expect(await run(reportItemsCommand, ...args)).toMatchObject({ status: 2, out: '', err: expect.stringContaining(words) });
  });
});
