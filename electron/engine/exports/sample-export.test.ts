import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ExportAsk, ExportFormat, Sample } from '../../../shared/contract/export-schemas.ts';
import { filesOf } from '../../pack/testing/change-pack.ts';
import { drawSample } from '../../reports/sample.ts';
import { openStore, type Store } from '../../store/store.ts';
import { hostRecord } from '../../store/testing/host-record.ts';
import { createExports, type Exports } from './exports.ts';
import { exportHere } from './run.ts';

const T0 = Date.parse('2026-11-21T06:00:00.000Z');
const HOSTS = 400;
const ids = Array.from({ length: HOSTS }, (_, n) => `dc/${n}`);
/** Those that the filter below means. */
const inGermany = ids.filter((_, n) => n % 2 === 0);
const SIZE = 12;
const SEED = 'dice:4-6-1';

let folder: string;
let store: Store;
let exports: Exports;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-sampled-'));
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
  store.ledger.useClock(() => T0);
  store.write.recordHosts(
    ids.map((id, n) =>
      hostRecord({
        id,
        name: `host-${HOSTS - n}`,
        verdict: n % 10 === 0 ? 'failed' : 'trusted',
        location: { country: n % 2 === 0 ? 'DE' : 'FR', subdivision: null, site: null, assurance: 'reported', source: null },
        seenAtMs: T0,
        // Some have aged, so that the order by verdict is not that of an index.
        evidenceAtMs: n % 20 === 2 ? T0 - 3_600_000 : T0,
      }),
    ),
  );
  exports = createExports({
    store,
    dataFolder: folder,
    version: '1.2.3',
    signature: null,
    nowMs: () => T0,
    who: { kind: 'os-user', name: 'ann' },
    notRecorded: () => [],
    run: exportHere(() => T0),
  });
});
afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const ASK: Extract<ExportAsk, { rows: 'hosts' }> = {
  rows: 'hosts',
  format: 'json-lines',
  query: {},
  filter: 'country = DE',
  sort: { by: 'name', descending: false },
  sample: { size: SIZE, seed: SEED },
};
const wanted = drawSample(inGermany.toSorted(), { size: SIZE, seed: SEED });
const make = async (ask: Partial<typeof ASK>) => {
  const made = await exports.make({ ...ASK, ...ask }, () => {}, new AbortController().signal);
  if (!made.ok) throw new Error(`${made.problem.code}: ${made.problem.message}`);
  return { kept: made.value, bytes: readFileSync(path.join(folder, 'exports', made.value.name)) };
};
const rowSchema = z.object({ id: z.string(), name: z.string(), verdict: z.string() });
const linesOf = (bytes: Buffer) => bytes.toString('utf8').trimEnd().split('\n');
const rowsOf = (bytes: Buffer) =>
  linesOf(bytes)
    .slice(1)
    .map((line) => rowSchema.parse(JSON.parse(line)));

const PDFTOTEXT = '/usr/bin/pdftotext';
const pdfText = (bytes: Buffer): string => {
  const file = path.join(folder, 'sampled.pdf');
  writeFileSync(file, bytes);
  return execFileSync(PDFTOTEXT, ['-layout', file, '-'], { encoding: 'utf8' }).replaceAll(/\s+/gu, ' ');
};

describe('an export of a sample', () => {
  it('has the hosts of the seed and no others, in the order of the list', async () => {
    const { kept, bytes } = await make({});
    const rows = rowsOf(bytes);
    expect(rows.map(({ id }) => id).toSorted()).toEqual(wanted.ids.toSorted());
    expect(rows.map(({ name }) => name)).toEqual(rows.map(({ name }) => name).toSorted());
    expect(kept).toMatchObject({ count: SIZE, query: 'country = DE', sample: wanted.sample });
  });

  it.each([
    ['verdict', false],
    ['verdict', true],
    ['country', false],
    ['evidenceAtMs', true],
  ] as const)('sorted by %s (descending: %s) has the rows in the order that all of them have', async (by, descending) => {
    const drawn = new Set(wanted.ids);
    const { sample: _, ...all } = ASK;
    const whole = await exports.make({ ...all, sort: { by, descending } }, () => {}, new AbortController().signal);
    if (!whole.ok) throw new Error(whole.problem.message);
    const expected = rowsOf(readFileSync(path.join(folder, 'exports', whole.value.name))).filter(({ id }) => drawn.has(id));
    expect(rowsOf((await make({ sort: { by, descending } })).bytes)).toEqual(expected);
  });

  it('of a query of trust is drawn of those that are trusted now', async () => {
    const { kept, bytes } = await make({ filter: 'verdict = stale', sample: { size: 100_000 } });
    expect(new Set(rowsOf(bytes).map(({ verdict }) => verdict))).toEqual(new Set(['stale']));
    expect(kept).toMatchObject({ count: HOSTS / 20, sample: { size: 100_000, population: HOSTS / 20, seedBy: 'made' } });
  });

  it('is entered into the ledger with seed, size and population', async () => {
    const { kept } = await make({});
    const [entry] = store.ledger.list({ kind: 'export' }, 0, 1).rows;
    const detail = `A sample of ${SIZE} of ${inGermany.length}, seed ${SEED} (given).`;
    expect(entry).toMatchObject({ seq: kept.id, body: { sample: wanted.sample, detail: expect.stringContaining(detail) } });
  });

  const textIn = (zip: Buffer, file: string): string =>
    filesOf(zip)
      .find(({ name }) => name === file)
      ?.bytes.toString('utf8') ?? '';
  const said: readonly (readonly [ExportFormat, (bytes: Buffer) => string])[] = [
    ['csv', (bytes) => bytes.toString('utf8')],
    ['json-lines', (bytes) => linesOf(bytes)[0] ?? ''],
    ['oscal', (bytes) => bytes.toString('utf8').split('"results"', 1)[0] ?? ''],
    ['pack', (bytes) => textIn(bytes, 'README.txt')],
    ['pack', (bytes) => textIn(bytes, 'index.json')],
    ['pack', (bytes) => textIn(bytes, 'hosts.csv')],
  ];
  it.each(said)('as %s says at its head how it was drawn', async (format, headOf) => {
    const { bytes } = await make({ format });
    const text = headOf(bytes);
    for (const one of [SEED, wanted.sample.populationSha256, 'plumbline-sample-v1', String(inGermany.length)]) expect(text).toContain(one);
  });

  it.skipIf(!existsSync(PDFTOTEXT))('as PDF says it in its scope and at the foot of its pages (needs poppler-utils)', async () => {
    const text = pdfText((await make({ format: 'pdf' })).bytes);
    expect(text).toContain(`A sample of ${SIZE} of the ${inGermany.length} hosts of the query country = DE`);
    expect(text).toContain(`sample of ${SIZE} of ${inGermany.length}, seed ${SEED}`);
    // A digest is broken into lines.
    expect(text.replaceAll(' ', '')).toContain(wanted.sample.populationSha256);
    expect(text).toContain(`says nothing of the other ${inGermany.length - SIZE} hosts that were meant`);
  });

  it.each(['pdf-board', 'pdf-dossier'] as const)('is not made as %s, which would say something of other hosts', async (format) => {
    const refused = await exports.make({ ...ASK, format }, () => {}, new AbortController().signal);
    expect(refused).toMatchObject({ ok: false, problem: { code: 'export-sample' } });
  });

  it('of two seeds that are made is of two samples', async () => {
    const seeds: (Sample | undefined)[] = [];
    for (let n = 0; n < 2; n += 1) seeds.push((await make({ sample: { size: SIZE } })).kept.sample);
    expect(seeds[0]?.seed).not.toBe(seeds[1]?.seed);
    expect(seeds[0]?.populationSha256).toBe(seeds[1]?.populationSha256);
  });
});
