import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ExportFormat } from '../../../shared/contract/export-schemas.ts';
import { openStore } from '../../store/store.ts';
import { hostRecord } from '../../store/testing/host-record.ts';
import { runExport } from './run.ts';

const TOOLS = ['pdfinfo', 'pdftotext', 'pdfdetach', 'qpdf'] as const;
const missing = TOOLS.filter((name) => !existsSync(`/usr/bin/${name}`));
const without = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', ')}; Debian: apt-get install poppler-utils qpdf)`;
const tool = (name: (typeof TOOLS)[number], ...args: readonly string[]): string =>
  execFileSync(`/usr/bin/${name}`, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 });

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const HOSTS = 120;
const RIGHT_TO_LEFT = 'web\u202egnp.exe';
const LONG = 'x'.repeat(10_000);
const NAMES = new Map([
  [1, RIGHT_TO_LEFT],
  [2, LONG],
  [3, 'Żółć-Ελλάδα-Привет'],
  [4, '漢字-😀'],
  [5, '</rdf:li>\n) Tj (%PDF'],
]);

let folder: string;
let made = 0;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-pdf-'));
  const store = openStore(folder);
  if (!store.ok) throw new Error(store.problem.message);
  const host = (n: number, atMs: number, broken: boolean) =>
    hostRecord({
      id: `dc/${n}`,
      name: NAMES.get(n) ?? `host-${n}`,
      verdict: broken ? 'failed' : 'trusted',
      verified: broken ? 'failed' : 'trusted',
      brokenLink: broken ? 'boot-loader' : null,
      reason: broken ? 'Boot loader changed: shim 15.7 instead of 15.8.' : 'Every link is true.',
      chain: hostRecord().chain.map((verdict, at) =>
        broken && at === 3 ? 'failed' : broken && at > 3 && verdict === 'trusted' ? 'inconclusive' : verdict,
      ),
      location: {
        country: n % 3 === 0 ? null : 'DE',
        subdivision: null,
        site: null,
        assurance: n % 3 === 0 ? 'unknown' : 'reported',
        source: null,
      },
      evidenceAtMs: atMs,
      seenAtMs: atMs,
      demo: true,
    });
  const all = Array.from({ length: HOSTS }, (_, n) => n);
  // Ten days ago every tenth was broken, now the first five are: some became better and some worse.
  store.value.write.recordHosts(all.map((n) => host(n, NOW - 10 * DAY, n % 10 === 0)));
  store.value.write.recordHosts(all.map((n) => host(n, NOW - 60_000, n < 5)));
  store.value.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Made = { readonly file: string; readonly sha256: string; readonly bytes: Buffer };
const exportTo = async (format: ExportFormat, filter = '', sinceMs?: number, nowMs = NOW) => {
  made += 1;
  const file = path.join(folder, `made-${made}`);
  const written = await runExport(
    {
      dataFolder: folder,
      file,
      ask: {
        rows: 'hosts',
        format,
        query: {},
        filter,
        sort: { by: 'verdict', descending: false },
        ...(sinceMs !== undefined && { sinceMs }),
      },
      version: '1.2.3',
      who: { kind: 'os-user', name: 'ann' },
      notRecorded: [],
    },
    { nowMs: () => nowMs, onProgress: () => {}, isStopped: () => false },
  );
  return { file, written };
};
const make = async (...args: Parameters<typeof exportTo>): Promise<Made> => {
  const { file, written } = await exportTo(...args);
  if (!written.ok) throw new Error(written.problem.message);
  return { file, sha256: written.value.sha256, bytes: readFileSync(file) };
};
const textOf = (file: string): string => tool('pdftotext', '-layout', file, '-');
const flat = (text: string): string => text.replaceAll(/\s+/gu, ' ');
const attached = (file: string, name: string): string => {
  const out = `${file}.attached`;
  tool('pdfdetach', '-savefile', name, '-o', out, file);
  return readFileSync(out, 'utf8');
};

describe.skipIf(without !== '')(`reports as PDF${without}`, () => {
  const kinds = [
    ['pdf-board', ''],
    ['pdf', ''],
    ['pdf-dossier', 'id = "dc/1"'],
  ] as const;

  it.each(kinds)(
    '%s is whole, tagged, has a title, a language and bookmarks, and says demo and page x of y on every page',
    async (format, filter) => {
      const { file } = await make(format, filter);
      expect(tool('qpdf', '--check', file)).toContain('No syntax or stream encoding errors');
      const info = tool('pdfinfo', file);
      expect(info).toMatch(/Tagged: +yes/u);
      expect(info).toMatch(/Title: +\S/u);
      expect(info).toMatch(/Producer: +Plumbline 1\.2\.3/u);
      const pages = Number(/Pages: +(\d+)/u.exec(info)?.[1]);
      const text = textOf(file);
      for (let page = 1; page <= pages; page += 1) expect(flat(text)).toContain(`Page ${page} of ${pages}`);
      expect(text.match(/DEMO DATA: simulated hosts/gu)).toHaveLength(pages);
      expect(text.match(/Cut-off 2027-01-15 08:00 UTC/gu)).toHaveLength(pages);
      const structure = tool('pdfinfo', '-struct', file);
      for (const name of ['Document', 'H1', 'H2', 'Table', 'TR', 'TD', 'Figure']) expect(structure).toContain(name);
      const inside = tool('qpdf', '--qdf', '--object-streams=disable', file, '-');
      for (const words of [
        '/Outlines',
        '/Lang (en-GB)',
        '<pdfaid:part>3</pdfaid:part>',
        '<pdfaid:conformance>A</pdfaid:conformance>',
        '/AFRelationship /Data',
      ])
        expect(inside).toContain(words);
      expect(inside).not.toContain('/BaseFont /Helvetica');
    },
  );

  it.each(kinds)('%s has the same bytes for the same data and moment', async (format, filter) => {
    const first = await make(format, filter);
    expect((await make(format, filter)).sha256).toBe(first.sha256);
    expect((await make(format, filter, undefined, NOW + 60_000)).sha256).not.toBe(first.sha256);
  });

  it('a board summary has two pages: the answer, what changed since a moment, and what is not covered', async () => {
    const { file } = await make('pdf-board', '', NOW - 10 * DAY + 60_000);
    expect(tool('pdfinfo', file)).toMatch(/Pages: +2/u);
    const text = flat(textOf(file));
    expect(text).toContain(`${HOSTS - 5} of ${HOSTS} hosts are true to their hardware root; 5 are not.`);
    expect(text).toContain('Worse since 2027-01-05 4 hosts');
    expect(text).toContain('Better since 2027-01-05 11 hosts');
    expect(text).toContain('What is not covered');
    expect(text).toContain('On no host is this asked for, so it was not evaluated: container engine, orchestrator and workloads.');
    const posture = z
      .object({
        posture: z.object({ counts: z.object({ hosts: z.number() }), changes: z.object({ better: z.number(), worse: z.number() }) }),
      })
      .parse(JSON.parse(attached(file, 'evidence.json')));
    expect(posture.posture).toEqual({ counts: { hosts: HOSTS }, changes: { better: 11, worse: 4 } });
  });

  it('a board summary of nothing is two pages as well, and says so', async () => {
    const { file } = await make('pdf-board', 'name = nobody');
    expect(tool('pdfinfo', file)).toMatch(/Pages: +2/u);
    expect(flat(textOf(file))).toContain('There is no host here to judge.');
  });

  it('a detailed report has every host of the query, and carries the very lines of the export as JSON Lines', async () => {
    const { file } = await make('pdf', 'name like host-*');
    const text = textOf(file);
    const hosts = Array.from({ length: HOSTS }, (_, n) => n).filter((n) => !NAMES.has(n));
    for (const n of hosts) expect(text).toContain(`host-${n}`);
    const lines = await make('json-lines', 'name like host-*');
    expect(attached(file, 'hosts.jsonl')).toBe(lines.bytes.toString('utf8'));
    for (const words of ['Method', 'What this method cannot show', 'Evidence and controls', 'How', 'plumbline audit verify'])
      expect(text).toContain(words);
    expect(text).not.toMatch(/\bcompliant\b/iu);
  });

  it('shows names that hide something, cuts those without end, and says by its number what it has no letter for', async () => {
    const { file } = await make('pdf');
    const text = textOf(file);
    expect(text).toContain('web\\u{202e}gnp.exe');
    expect(text).not.toContain('\u202e');
    expect(text).toContain('Żółć-Ελλάδα-Привет');
    expect(text).toContain('\\u{6f22}\\u{5b57}-\\u{1f600}');
    expect(text).toMatch(/x{10,}…/u);
    expect(text).not.toContain('x'.repeat(500));
    expect(tool('qpdf', '--check', file)).toContain('No syntax or stream encoding errors');
  });

  it('a dossier has all of one host, and is refused in words for any other number', async () => {
    const { file } = await make('pdf-dossier', 'id = "dc/0"');
    const text = flat(textOf(file));
    for (const words of [
      'The chain of trust',
      'Boot loader changed: shim 15.7 instead of 15.8.',
      'can no longer be believed',
      'History',
      'Who it is',
    ])
      expect(text).toContain(words);
    const refused = await exportTo('pdf-dossier');
    expect(refused.written).toMatchObject({
      ok: false,
      problem: { code: 'export-format', message: expect.stringContaining('exactly one host') },
    });
    expect(existsSync(refused.file)).toBe(false);
  });
});
