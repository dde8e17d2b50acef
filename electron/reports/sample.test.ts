import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_SEED } from '../../shared/contract/export-schemas.ts';
import { csv } from './csv.ts';
import { headLines } from './export-head.ts';
import { drawSample, makeSeed, sampleDigest } from './sample.ts';
import { headOf, hostRow, written } from './testing/source.ts';

const IDS = Array.from({ length: 300 }, (_, n) => `dc/${n}`).sort();
const EVERY = { size: 20, seed: 'audit-2026.11:7' };

describe('a sample', () => {
  it('has the hosts with the smallest digests over the seed and their id', () => {
    const byHand = IDS.map((id) => ({
      id,
      digest: createHash('sha256').update(`plumbline-sample-v1\naudit-2026.11:7\n${id}`).digest('hex'),
    }))
      .sort((a, b) => (a.digest < b.digest ? -1 : 1))
      .slice(0, 20)
      .map(({ id }) => id);
    expect(drawSample(IDS, EVERY).ids).toEqual(byHand);
    expect(sampleDigest('s', 'dc/1')).toBe(createHash('sha256').update('plumbline-sample-v1\ns\ndc/1').digest('hex'));
  });

  it('is the same for the same seed and hosts, and another for another seed', () => {
    expect(drawSample(IDS, EVERY)).toEqual(drawSample(IDS, EVERY));
    expect(drawSample(IDS, EVERY).ids).not.toEqual(drawSample(IDS, { size: 20, seed: 'another' }).ids);
  });

  it('says of how many hosts it was drawn and which, so that one host more or less shows', () => {
    const { sample } = drawSample(IDS, EVERY);
    expect(sample).toMatchObject({ size: 20, seedBy: 'given', population: 300 });
    expect(sample.populationSha256).toBe(
      createHash('sha256')
        .update(`${IDS.join('\n')}\n`)
        .digest('hex'),
    );
    expect(drawSample(IDS.slice(1), EVERY).sample.populationSha256).not.toBe(sample.populationSha256);
  });

  it('of fewer hosts than were asked for has all of them, and its head says so', () => {
    const { ids, sample } = drawSample(['dc/1', 'dc/2'], EVERY);
    expect(ids.toSorted()).toEqual(['dc/1', 'dc/2']);
    expect(new Map(headLines(headOf({ sample }))).get('sample')).toBe(
      '2 of 2; 20 were asked for, so it has all of them; plumbline-sample-v1',
    );
    expect(drawSample([], EVERY)).toMatchObject({ ids: [], sample: { population: 0 } });
  });

  it('without a seed has one of its own, which can be given again', () => {
    const { sample, ids } = drawSample(IDS, { size: 20 });
    expect(sample).toMatchObject({ seedBy: 'made', seed: expect.stringMatching(SAMPLE_SEED) });
    expect(drawSample(IDS, { size: 20, seed: sample.seed }).ids).toEqual(ids);
    expect(makeSeed()).not.toBe(makeSeed());
  });

  it('is right where far more are gone through than are held', () => {
    function* many(): Generator<string> {
      for (let n = 0; n < 50_000; n += 1) yield `dc/${String(n).padStart(6, '0')}`;
    }
    const { ids, sample } = drawSample(many(), { size: 3, seed: 'a' });
    expect(sample.population).toBe(50_000);
    const all = [...many()].map((id) => [sampleDigest('a', id), id] as const).sort(([a], [b]) => (a < b ? -1 : 1));
    expect(ids).toEqual(all.slice(0, 3).map(([, id]) => id));
  });

  it('is drawn in an order that has nothing to do with what hosts are called', () => {
    // Each host has the same chance: of 2,000 draws of one of ten hosts none is far from its tenth (five standard deviations).
    const counts = new Map<string, number>();
    for (let n = 0; n < 2_000; n += 1) {
      const [id = ''] = drawSample(IDS.slice(0, 10), { size: 1, seed: `s${n}` }).ids;
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    expect(counts.size).toBe(10);
    for (const drawn of counts.values()) expect(Math.abs(drawn - 200)).toBeLessThan(5 * Math.sqrt(2_000 * 0.1 * 0.9));
  });

  it.each(['', ' ', 'two words', '-x', "a'b", 'a"b', 'a\nb', '$(x)', 'ä', 'x'.repeat(129)])('%j is no seed', (seed) => {
    expect(SAMPLE_SEED.test(seed)).toBe(false);
  });
});

describe('the script of docs/exports.md', () => {
  const doc = readFileSync(path.join(import.meta.dirname, '..', '..', 'docs', 'exports.md'), 'utf8');
  const script = /```sh\n(#!\/bin\/sh\n# sample\.sh[\s\S]*?)```/u.exec(doc)?.[1] ?? '';
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'plumbline-sample-'));
    writeFileSync(path.join(folder, 'sample.sh'), script);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const exported = async (ids: readonly string[]): Promise<string> => {
    const rows = ids.map((id) => hostRow({ id, name: '=1+1, "and\nmore', reason: `one, of ${id}` }));
    const file = path.join(folder, 'hosts.csv');
    writeFileSync(file, await written(csv, { of: 'hosts', each: rows }, headOf({ count: ids.length, query: 'name = "a, b"' })));
    return file;
  };

  it('draws the same hosts from a CSV with sh and sha256sum, and tells the same population', async () => {
    const ids = [...IDS, 'Dc/Z', 'dc-2/ü', 'dc/a b', '1/_.-'].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const file = await exported(ids.toReversed());
    const drawn = spawnSync('sh', ['sample.sh', file, '20', EVERY.seed], { cwd: folder, encoding: 'utf8' });
    const { ids: wanted, sample } = drawSample(ids, EVERY);
    expect(drawn.stdout.trimEnd().split('\n')).toEqual(wanted);
    expect(drawn.stderr.trim()).toBe(`population ${sample.population}, SHA-256 ${sample.populationSha256}`);
    expect(drawn.status).toBe(0);
  });

  it('takes all where there are fewer, and refuses ids that a CSV does not have as they are', async () => {
    const few = execFileSync('sh', ['sample.sh', await exported(['dc/1', 'dc/2']), '20', 'a'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(few.trimEnd().split('\n').sort()).toEqual(['dc/1', 'dc/2']);
    for (const id of ['a,b/1', '=1/2', 'a\u202e/1'])
      expect(spawnSync('sh', ['sample.sh', await exported([id]), '1', 'a'], { cwd: folder }).status).toBe(2);
  });
});
