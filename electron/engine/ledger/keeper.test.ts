import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../ledger/checkpoint.ts';
import { parseVerifierKey } from '../../ledger/verifier-key.ts';
import { openStore, type Store } from '../../store/store.ts';
import { headFile } from './head-file.ts';
import { createKeeper, type Keeper, type Known } from './keeper.ts';
import { keyFile } from './key-file.ts';

const T0 = 1_800_000_000_000;
const HOUR = 3_600_000;
const DC: Known = { name: 'dc', kind: 'keylime', url: 'https://dc:8881', intervalMs: 60_000 };

let folder: string;
let store: Store;
let atMs = T0;
const start = (): Keeper => {
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
  return createKeeper({ store, keys: keyFile(folder), head: headFile(folder), nowMs: () => atMs, version: '1', shell: 'console' });
};
const kinds = (): string[] => store.ledger.list({}, 0, 100).rows.map((entry) => entry.kind);
const state = async (keeper: Keeper) => keeper.handlers['ledger.state']({});

beforeEach(() => {
  atMs = T0;
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-keeper-'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the first start', () => {
  it('makes a key that only its owner can read, names it in the ledger, and signs with it', async () => {
    const keeper = start();
    keeper.begin([], [DC]);
    const { checkpoint, verifierKey, problem, entries } = await state(keeper);
    expect({ problem, entries, size: checkpoint?.size }).toEqual({ problem: null, entries: 3, size: 3 });
    expect(kinds()).toEqual(['key.created', 'endpoint.changed', 'engine.started']);
    const key = parseVerifierKey(verifierKey);
    if (!key.ok) throw new Error(key.problem.message);
    expect(openCheckpoint(checkpoint?.note ?? '', [key.value])).toMatchObject({ ok: true });
    expect(statSync(path.join(folder, 'ledger-key.pem')).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600);
    expect(readFileSync(path.join(folder, 'ledger-head.txt'), 'utf8')).toBe(checkpoint?.note);
  });
});

describe('the next start', () => {
  it('says for how long nothing was asked, and whether Plumbline had been stopped', () => {
    const first = start();
    first.begin([], [DC]);
    atMs += 10 * 60_000;
    first.end();
    store.close();
    atMs += HOUR;
    const second = start();
    second.begin([{ ...DC, lastSweepAtMs: T0 + 9 * 60_000 }], [DC]);
    expect(store.ledger.list({ kind: 'polling' }, 0, 10).rows.map((entry) => entry.body)).toEqual([
      { from: new Date(T0 + 10 * 60_000).toISOString(), to: new Date(atMs).toISOString(), why: 'Plumbline was not running' },
    ]);
    store.close();
    atMs += HOUR;
    start().begin([DC], [DC]);
    expect(store.ledger.list({ kind: 'polling' }, 0, 1).rows[0]?.body).toMatchObject({ why: 'Plumbline ended without being stopped' });
  });

  it('has nothing to tell after a first start, whatever was entered before it, nor after one that was stopped', async () => {
    const first = start();
    store.ledger.append({ who: { kind: 'os-user', name: 'ann' }, kind: 'manifest.activated', subject: 'manifest version 1', body: {} });
    first.begin([], [DC]);
    expect((await state(first)).found).toEqual([]);
    first.end();
    store.close();
    const second = start();
    second.begin([DC], [DC]);
    expect((await state(second)).found).toEqual([]);
  });

  it('says which endpoints are new, others than before, or gone', () => {
    start().begin([], [DC]);
    store.close();
    start().begin([DC, { ...DC, name: 'old' }], [{ ...DC, url: 'https://elsewhere' }]);
    expect(store.ledger.list({ kind: 'endpoint' }, 0, 2).rows.map(({ subject, body }) => [subject, body])).toMatchObject([
      ['endpoint old', { after: null }],
      ['endpoint dc', { before: { url: 'https://dc:8881' }, after: { url: 'https://elsewhere' } }],
    ]);
  });

  it('notices an older database in the place of the one that was signed last, keeps what shows it, and goes on', async () => {
    const first = start();
    first.begin([], [DC]);
    store.close();
    const file = path.join(folder, 'plumbline.db');
    copyFileSync(file, `${file}.backup`);
    const second = start();
    second.begin([DC], [DC]);
    second.end();
    const lost = (await state(second)).checkpoint;
    store.close();
    for (const end of ['', '-wal', '-shm']) if (existsSync(file + end)) unlinkSync(file + end);
    copyFileSync(`${file}.backup`, file);
    const third = start();
    third.begin([DC], [DC]);
    const [restored] = store.ledger.list({ kind: 'store' }, 0, 1).rows;
    expect(restored).toMatchObject({ kind: 'store.restored', body: { entriesBefore: 5, entriesNow: 3, checkpoint: lost?.note } });
    expect(await state(third)).toMatchObject({
      problem: null,
      found: expect.arrayContaining([expect.stringContaining('What was recorded last is not here')]),
    });
    store.close();
    start().begin([DC], [DC]);
    expect(store.ledger.list({ kind: 'store' }, 0, 10).total).toBe(1);
  });
});

describe('a key that is not there any more', () => {
  it('is replaced by a new one under the name of the ledger, and the ledger says so', async () => {
    const first = start();
    first.begin([], [DC]);
    const before = await state(first);
    store.close();
    unlinkSync(path.join(folder, 'ledger-key.pem'));
    const second = start();
    second.begin([DC], [DC]);
    const after = await state(second);
    expect(after.verifierKey).not.toBe(before.verifierKey);
    expect(after.verifierKey.split('+')[0]).toBe(before.verifierKey.split('+')[0]);
    expect(store.ledger.list({ kind: 'key' }, 0, 1).rows[0]?.body).toMatchObject({ before: before.verifierKey });
  });

  it('is not replaced where the file cannot be read: then nothing is signed, and it is said', async () => {
    start().begin([], [DC]);
    store.close();
    writeFileSync(path.join(folder, 'ledger-key.pem'), 'no key');
    const keeper = start();
    keeper.begin([DC], [DC]);
    expect(await state(keeper)).toMatchObject({ problem: { code: 'ledger-key' }, checkpoint: { size: 3 }, entries: 4 });
  });
});
