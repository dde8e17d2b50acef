import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALL_EFFECTS } from '../../../shared/contract/call-effects.ts';
import { CALL_NAMES } from '../../../shared/contract/contract.ts';
import { dispatch } from '../../../shared/contract/dispatch.ts';
import { filesOf, hideChange, zipOf } from '../../pack/testing/change-pack.ts';
import { type MadePack, madePack } from '../../pack/testing/made-pack.ts';
import { type OpenedPack, openPackView } from './open-pack-view.ts';
import { createPackEngine } from './pack-engine.ts';

const HOSTS = 4;
let made: MadePack;
let file: string;
let pack: OpenedPack;

const opened = async (keys: readonly string[]): Promise<OpenedPack> => {
  const view = await openPackView(file, keys);
  if (!view.ok) throw new Error(view.problem.message);
  return view.value;
};
const problemOf = async (zip: Buffer, keys: readonly string[] = [made.key]) => {
  const bad = path.join(made.folder, 'bad.zip');
  writeFileSync(bad, zip);
  const view = await openPackView(bad, keys);
  if (view.ok) view.value.close();
  return view.ok ? null : view.problem;
};
const engineOf = (shown: OpenedPack) => createPackEngine({ pack: shown, file, version: '1', shell: 'console' }).handlers;
const laidOut = (): number => readdirSync(tmpdir()).filter((name) => name.startsWith('plumbline-pack-view-')).length;
const ask = async (name: string, input: unknown = {}) => dispatch(engineOf(pack), name, input);
const withoutDetail = (text: string): string => text.replaceAll(/ *"detail": [^\n]+\n/gu, '');
const ROWS = { offset: 0, limit: 50 };
const LIST = { query: {}, sort: { by: 'name', descending: false }, ...ROWS };

beforeAll(async () => {
  made = await madePack(HOSTS, 1);
  file = await made.make('pack.zip');
  pack = await opened([made.key]);
}, 60_000);
afterAll(async () => {
  pack.close();
  await made.close();
});

describe('an evidence pack that is opened', () => {
  it('says what its check showed, and with which key', () => {
    expect(pack.view).toMatchObject({ name: 'pack.zip', pinned: true, key: made.key, entries: HOSTS + 1, quotes: HOSTS, query: '' });
    expect(pack.view.tally).toMatchObject({ inventory: HOSTS, failed: 1 });
    expect(pack.view.notices.map(({ code }) => code)).toContain('demo-data');
  });

  it('says that nobody vouches for it where no key was given', async () => {
    const own = await opened([]);
    expect(own.view).toMatchObject({
      pinned: false,
      notices: expect.arrayContaining([expect.objectContaining({ code: 'key-first-use' })]),
    });
    own.close();
  });

  it('lists its hosts, and shows each with chain, events and measured programs of its evidence', async () => {
    const handlers = engineOf(pack);
    const list = await ask('hosts.list', LIST);
    expect(list).toMatchObject({ ok: true, data: { total: HOSTS } });
    const { rows } = pack.opened.store.hosts.list({}, { by: 'verdict', descending: false }, 0, HOSTS, pack.view.cutOffMs, {
      kind: 'all',
    });
    const failed = rows.find(({ verdict }) => verdict === 'failed');
    const id = failed?.id ?? '';
    expect(await handlers['hosts.get']?.({ id })).toMatchObject({
      row: { verdict: 'failed', reason: failed?.reason },
      chain: expect.any(Array),
    });
    expect(await ask('hosts.events', { id, ...ROWS })).toMatchObject({ ok: true, data: { total: expect.any(Number) } });
    expect((await handlers['hosts.events']?.({ id, offset: 0, limit: 50 }))?.total).toBeGreaterThan(0);
    expect((await handlers['hosts.ima']?.({ id, offset: 0, limit: 50 }))?.total).toBeGreaterThan(0);
  });

  it.each(['event-log', 'quote', 'signature', 'ek-certificate', 'ak-public'])(
    'shows the bytes of its %s, which the pack has',
    async (what) => {
      const { rows } = pack.opened.store.hosts.list({}, { by: 'name', descending: false }, 0, 1, pack.view.cutOffMs, { kind: 'all' });
      const answer = await ask('hosts.bytes', { id: rows[0]?.id, what, sha256: null, offset: 0, limit: 64 });
      expect(answer).toMatchObject({ ok: true, data: { problem: null, hex: expect.stringMatching(/^[0-9a-f]{128}$/u) } });
    },
  );

  it('is of its cut-off: what was trusted then is not stale later', async () => {
    const trusted = await ask('hosts.list', { ...LIST, query: { verdicts: ['trusted'] } });
    expect(trusted).toMatchObject({ data: { total: pack.view.tally.trusted } });
    expect(pack.view.tally.trusted).toBeGreaterThan(0);
  });

  it('lists the entries that are proven, and no others', async () => {
    expect(await ask('ledger.list', ROWS)).toMatchObject({
      data: { total: HOSTS + 1, rows: expect.arrayContaining([expect.objectContaining({ kind: 'verdict.changed' })]) },
    });
    expect(await ask('ledger.list', { ...ROWS, kind: 'settings' })).toMatchObject({ data: { total: 0 } });
  });

  it.each(CALL_NAMES.filter((name) => CALL_EFFECTS[name] === 'writes'))('does not register %s, which writes', async (name) => {
    expect(await ask(name)).toMatchObject({ ok: false, error: { code: 'not-registered' } });
  });

  it.each(['findings.list', 'hosts.history', 'overview.get', 'fleet.asOf', 'endpoints.list', 'ledger.state'])(
    'answers %s, of which a pack has nothing, not with an empty list but that it is not there',
    async (name) => {
      expect(await ask(name)).toMatchObject({ ok: false, error: { code: 'not-registered' } });
    },
  );

  it('leaves nothing behind', async () => {
    const before = laidOut();
    const another = await opened([made.key]);
    expect(laidOut()).toBe(before + 1);
    another.close();
    expect(laidOut()).toBe(before);
  });
});

describe('a pack that does not hold', () => {
  it('is not shown where a byte of it is another', async () => {
    const zip = readFileSync(file);
    zip.writeUInt8(zip.readUInt8(zip.length >> 1) ^ 1, zip.length >> 1);
    const before = laidOut();
    expect(await problemOf(zip)).toMatchObject({ code: 'pack-does-not-hold' });
    expect(laidOut()).toBe(before);
  });

  it('is not shown where it is signed by another key than the one given', async () => {
    const other = await madePack(1, 0);
    expect(await problemOf(readFileSync(file), [other.key])).toMatchObject({
      code: 'pack-does-not-hold',
      message: expect.stringContaining('key-swapped'),
    });
    await other.close();
  }, 60_000);

  it('is not shown where the details of a host say another thing than its index, with all digests made anew', async () => {
    const files = filesOf(readFileSync(file)).map((one) =>
      one.name === 'hosts/0001/detail.json'
        ? { ...one, bytes: Buffer.from(one.bytes.toString('utf8').replaceAll('"outcome":"pass"', '"outcome":"notice"')) }
        : one,
    );
    expect(await problemOf(zipOf(hideChange(files)))).toMatchObject({
      message: expect.stringContaining('hosts/0001/detail.json and the index tell something else'),
    });
  });

  it('of a version without details is checked, but cannot be shown, and says so', async () => {
    const files = filesOf(readFileSync(file)).flatMap((one) => {
      if (one.name.endsWith('/detail.json')) return [];
      const text = one.bytes.toString('utf8');
      if (one.name.endsWith('/host.json')) return [{ ...one, bytes: Buffer.from(withoutDetail(text)) }];
      const index = text.replaceAll(/ {2}\{\n {3}"path": "hosts\/\d+\/detail\.json",[^}]+\},?\n/gu, '');
      return [one.name === 'index.json' ? { ...one, bytes: Buffer.from(withoutDetail(index)) } : one];
    });
    expect(await problemOf(zipOf(hideChange(files)))).toMatchObject({ code: 'pack-older' });
  });

  it.each([
    ['a folder', () => made.folder],
    ['nothing', () => path.join(made.folder, 'nothing.zip')],
  ])('is no file where it is %s', async (_what, where) => {
    expect(await openPackView(where(), [])).toMatchObject({ ok: false, problem: { code: 'pack-file-missing' } });
  });

  it('is no pack where it is another zip, or none', async () => {
    expect(await problemOf(zipOf([{ name: 'a.txt', bytes: Buffer.from('a') }]))).toMatchObject({ code: 'pack-does-not-hold' });
    expect(await problemOf(Buffer.from('nothing like it'))).toMatchObject({ code: 'pack-does-not-hold' });
    expect(existsSync(path.join(made.folder, 'a.txt'))).toBe(false);
  });
});
