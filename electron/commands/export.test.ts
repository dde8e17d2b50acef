import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { exportHere } from '../engine/exports/run.ts';
import { exportInThread } from '../engine/exports/thread.ts';
import { openStore, type Store } from '../store/store.ts';
import { hostRecord } from '../store/testing/host-record.ts';
import { auditVerifyCommand } from './audit-verify.ts';
import { createExportCommand } from './export.ts';

const inThread = exportInThread(new URL('../engine/exports/worker.ts', import.meta.url));
const here = createExportCommand(exportHere(Date.now));

let data: string;
let outside: string;
const open = (): Store => {
  const store = openStore(data);
  if (!store.ok) throw new Error(store.problem.message);
  return store.value;
};
beforeEach(() => {
  data = mkdtempSync(path.join(tmpdir(), 'plumbline-export-data-'));
  outside = mkdtempSync(path.join(tmpdir(), 'plumbline-export-out-'));
  const store = open();
  const atMs = Date.now();
  store.write.recordHosts(
    Array.from({ length: 300 }, (_, n) =>
      hostRecord({ id: `dc/${n}`, name: `host-${n}`, verdict: n % 3 === 0 ? 'failed' : 'trusted', seenAtMs: atMs, evidenceAtMs: atMs }),
    ),
  );
  store.close();
});
afterEach(() => {
  for (const folder of [data, outside]) rmSync(folder, { recursive: true, force: true });
});

const file = (name: string): string => path.join(outside, name);
const run = async (command: typeof here, args: readonly string[], signal = new AbortController().signal, isTty = false) => {
  let [out, err] = ['', ''];
  const io = { stdout: (text: string) => void (out += text), stderr: (text: string) => void (err += text), isTty, signal };
  const status = await command.run(args, io);
  return { status, out, err };
};
const exportTo = (name: string, ...args: readonly string[]) => run(here, ['--data', data, '--out', file(name), ...args]);
const answerSchema = z.object({ file: z.string(), sha256: z.string(), bytes: z.number(), rows: z.number(), entry: z.number().nullable() });
const answer = (out: string) => answerSchema.parse(JSON.parse(out));
const entered = () => {
  const store = open();
  try {
    return store.ledger.list({ kind: 'export' }, 0, 10).rows;
  } finally {
    store.close();
  }
};

describe('plumbline export', () => {
  it('explains itself', async () => {
    const { status, out } = await run(here, ['--help']);
    expect(status).toBe(0);
    for (const words of ['Usage: plumbline export', 'Example: plumbline', 'Exit status:', 'Bounds:']) expect(out).toContain(words);
  });

  it('writes the hosts of a query, tells their digest, and enters it into the ledger, which still holds', async () => {
    const { status, out, err } = await exportTo('failed.csv', '--format', 'csv', '--query', 'VERDICT = failed', '--json');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const said = answer(out);
    const bytes = readFileSync(file('failed.csv'));
    expect(said).toMatchObject({ rows: 100, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
    expect(
      bytes
        .toString('utf8')
        .split('\r\n')
        .filter((line) => line.startsWith('dc/')),
    ).toHaveLength(100);
    expect(statSync(file('failed.csv')).mode & 0o777).toBe(0o600);
    expect(readdirSync(outside)).toEqual(['failed.csv']);
    expect(entered()).toMatchObject([
      {
        seq: said.entry,
        kind: 'export.made',
        who: { kind: 'os-user' },
        body: { sha256: said.sha256, query: 'verdict = failed', count: 100 },
      },
    ]);
    const verified = await run({ ...auditVerifyCommand }, ['--data', data]);
    expect(verified.status).toBe(0);
  });

  it('draws a sample by the seed that is given, or by one of its own, and tells which', async () => {
    const first = await exportTo(
      'a.csv',
      '--format',
      'csv',
      '--sample',
      '9',
      '--seed',
      'dice:4-6',
      '--query',
      'verdict = failed',
      '--json',
    );
    const drawn = z.object({ rows: z.number(), sample: z.object({ seed: z.string(), seedBy: z.string(), population: z.number() }) });
    const said = drawn.parse(JSON.parse(first.out));
    expect(said).toMatchObject({ rows: 9, sample: { seed: 'dice:4-6', seedBy: 'given', population: 100 } });
    const own = await exportTo('b.csv', '--format', 'csv', '--sample', '9');
    const [, seed = ''] = /a sample of 300 by the seed ([0-9a-f]{32}),/u.exec(own.out) ?? [];
    expect(entered()[0]).toMatchObject({ body: { sample: { seed, seedBy: 'made', population: 300, size: 9 } } });
    const again = await exportTo('c.csv', '--format', 'csv', '--sample', '9', '--seed', seed);
    expect(again.status).toBe(0);
    const idsOf = (name: string) =>
      readFileSync(file(name), 'utf8')
        .split('\r\n')
        .flatMap((line) => /^dc\/\d+/u.exec(line) ?? []);
    expect(idsOf('c.csv')).toEqual(idsOf('b.csv'));
  });

  it('writes entries of a kind and of a time, and findings', async () => {
    await exportTo('first.csv', '--format', 'csv');
    const { out } = await exportTo('ledger.jsonl', '--format', 'json', '--rows', 'ledger', '--kind', 'export', '--json');
    expect(answer(out).rows).toBe(1);
    const before = await exportTo('old.jsonl', '--format', 'json', '--rows', 'ledger', '--to', '2020-01-01', '--json');
    expect(answer(before.out).rows).toBe(0);
    const findings = await exportTo('findings.csv', '--format', 'csv', '--rows', 'findings', '--from', '2026-01-01', '--json');
    expect(findings.status).toBe(0);
  });

  it('writes each report as PDF, and enters which', async () => {
    const wanted = [
      ['board', 'pdf-board', ''],
      ['detailed', 'pdf', ''],
      ['dossier', 'pdf-dossier', 'name = host-7'],
    ] as const;
    for (const [report, , query] of wanted) {
      const from = report === 'board' ? ['--from', '2026-01-01'] : [];
      const { status } = await exportTo(`${report}.pdf`, '--format', 'pdf', '--report', report, '--query', query, ...from);
      expect(status).toBe(0);
      expect(
        readFileSync(file(`${report}.pdf`))
          .subarray(0, 8)
          .toString('latin1'),
      ).toBe('%PDF-1.7');
    }
    expect(entered().map(({ body }) => z.object({ format: z.string(), detail: z.string() }).parse(body))).toMatchObject(
      wanted.toReversed().map(([, format]) => ({ format, detail: expect.stringContaining('as PDF, ') })),
    );
  });

  it('beside a Plumbline that runs makes the file, and says plainly that it is not entered', async () => {
    const store = open();
    try {
      const { status, out, err } = await exportTo('beside.csv', '--format', 'csv', '--json');
      expect(status).toBe(0);
      expect(answer(out)).toMatchObject({ rows: 300, entry: null });
      expect(err).toContain('this export is not entered');
    } finally {
      store.close();
    }
    expect(entered()).toEqual([]);
  });

  it('overwrites no file unless it is told to, and nothing that is no file', async () => {
    writeFileSync(file('mine.csv'), 'mine');
    const { status, err } = await exportTo('mine.csv', '--format', 'csv');
    expect(status).toBe(2);
    expect(err).toContain('--force');
    expect(readFileSync(file('mine.csv'), 'utf8')).toBe('mine');
    expect((await exportTo('mine.csv', '--format', 'csv', '--force')).status).toBe(0);
    expect(readFileSync(file('mine.csv'), 'utf8')).not.toBe('mine');
    mkdirSync(file('folder'));
    expect((await exportTo('folder', '--format', 'csv', '--force')).status).toBe(2);
  });

  it('that is stopped leaves nothing, neither file nor entry', async () => {
    const abort = new AbortController();
    const stopping = run(
      createExportCommand((asked, onProgress, signal) => {
        abort.abort();
        return inThread(asked, onProgress, signal);
      }),
      ['--data', data, '--out', file('x.csv'), '--format', 'csv'],
      abort.signal,
    );
    const { status, err } = await stopping;
    expect(status).toBe(2);
    expect(err).toContain('Stopped');
    expect(readdirSync(outside)).toEqual([]);
    expect(entered()).toEqual([]);
  });

  it('tells a terminal how far it is', async () => {
    const { err } = await run(here, ['--data', data, '--out', file('x.csv'), '--format', 'csv'], new AbortController().signal, true);
    expect(err).toContain('256 of 300 rows');
  });

  it.each([
    [[], /--format and --out/u],
    [['--format', 'csv'], /--out/u],
    [['--format', 'csv', '--out', 'x', '--sample', '0'], /--sample "0" is no number from 1 to 100000/u],
    [['--format', 'csv', '--out', 'x', '--sample', '100001'], /is no number from 1/u],
    [['--format', 'csv', '--out', 'x', '--seed', 'a'], /--seed goes with --sample/u],
    [['--format', 'csv', '--out', 'x', '--sample', '5', '--seed', 'two words'], /--seed "two words" is none/u],
    [['--format', 'csv', '--out', 'x', '--rows', 'findings', '--sample', '5'], /--sample draws hosts/u],
    [['--format', 'pdf', '--report', 'board', '--out', 'x', '--sample', '5'], /--sample draws hosts/u],
    [['--format', 'pdf', '--out', 'x', '--report', 'poster'], /there are detailed, board, dossier/u],
    [['--format', 'csv', '--out', 'x', '--report', 'board'], /goes with --format pdf/u],
    [['--format', 'pdf', '--out', 'x', '--rows', 'ledger'], /of hosts only/u],
    [['--format', 'pdf', '--out', 'x', '--to', '2026-01-01'], /hosts are exported as they are/u],
    [['--format', 'pdf', '--out', 'x', '--report', 'dossier'], /exactly one host/u],
    [['--format', 'oscal', '--out', 'x', '--rows', 'ledger'], /of hosts only/u],
    [['--format', 'pack', '--out', 'x', '--rows', 'ledger'], /of hosts only/u],
    [['--format', 'xls', '--out', 'x'], /there are csv, json, oscal, pdf, pack/u],
    [['--format', 'csv', '--out', 'x', '--rows', 'all'], /there are hosts, findings, ledger/u],
    [['--format', 'csv', '--out', 'x', '--query', 'verdict = '], /at character/u],
    [['--format', 'csv', '--out', 'x', '--query', 'verdict = failed', '--rows', 'ledger'], /--query chooses hosts/u],
    [['--format', 'csv', '--out', 'x', '--from', '2026-01-01'], /hosts are exported as they are/u],
    [['--format', 'csv', '--out', 'x', '--rows', 'ledger', '--from', 'yesterday'], /no time in UTC/u],
    [['--format', 'csv', '--out', 'x', '--rows', 'ledger', '--from', '2026-01-02', '--to', '2026-01-01'], /not before/u],
    [['--format', 'csv', '--out', 'x', 'y'], /takes no FILE/u],
    [['--format', 'csv', '--out', 'x', '--what'], /what/u],
  ] as const)('refuses %j in one line', async (args, words) => {
    const { status, out, err } = await run(here, [...args, '--data', data]);
    expect({ status, out, lines: err.split('\n').length }).toEqual({ status: 2, out: '', lines: 2 });
    expect(err).toMatch(words);
    expect(existsSync('x')).toBe(false);
  });

  it('refuses a folder in which nothing is recorded, and one that cannot be written to', async () => {
    const nothing = await run(here, ['--data', file('none'), '--out', file('x'), '--format', 'csv']);
    expect(nothing).toMatchObject({ status: 2, out: '' });
    expect(existsSync(file('none'))).toBe(false);
    const nowhere = await run(here, ['--data', data, '--out', file('no/such/folder.csv'), '--format', 'csv']);
    expect(nowhere).toMatchObject({ status: 2, err: expect.stringContaining('could not be written') });
    expect(entered()).toEqual([]);
  });
});
