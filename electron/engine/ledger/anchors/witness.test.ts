import { copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeCosignature } from '../../../ledger/cosignature.ts';
import { signatureLine } from '../../../ledger/note.ts';
import { makeVerifierKey } from '../../../ledger/verifier-key.ts';
import { keyFrom } from '../../../ledger/testing/ledger.ts';
import { type Anchored, createAnchored } from '../testing/anchored.ts';
import { known, startServer, type TestServer } from '../testing/https-server.ts';
import { createWitness, type TestWitness } from '../testing/witness-server.ts';

const HOUR = 3_600_000;

let one: Anchored;
let witness: TestWitness;
let server: TestServer;
/** Set by a test that wants another time at the witness than here. */
let witnessAheadMs = 0;
beforeEach(async () => {
  one = createAnchored();
  witnessAheadMs = 0;
  witness = createWitness(() => Math.floor((one.nowMs() + witnessAheadMs) / 1000));
  server = await startServer((request, response) => witness.listener(request, response));
});
afterEach(async () => {
  await one.remove();
  await server.close();
});

const config = (key = witness.key.text) => [{ kind: 'witness', url: `${server.url}/w/`, ca: known.caPem, key, everyMs: HOUR }] as const;
const state = () => one.anchors().state()[0];
/** Starts once without anchors, so that the witness can be told of the ledger. */
const introduce = async (): Promise<void> => {
  await one.start([]);
  witness.knows(await one.verifierKey());
};
const steps = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) {
    one.pass(HOUR);
    await one.step();
  }
};

describe('a witness over HTTPS', () => {
  it('cosigns what continues, over many tiles and sizes, and its cosignatures hold in the independent re-check', async () => {
    await introduce();
    await one.start(config());
    for (const count of [1, 3, 250, 300]) {
      for (let n = 0; n < count; n += 1)
        one.store().ledger.append({ who: { kind: 'system', name: 'test' }, kind: 'settings.changed', subject: 'x', body: { n } });
      await steps(1);
    }
    expect(witness.statuses).toEqual([200, 200, 200, 200, 200]);
    expect(witness.state.size).toBe(one.store().ledger.newest()?.size);
    expect(state()).toMatchObject({ kind: 'witness', lastSize: witness.state.size, problem: null });
    expect(one.entries('anchor')[0]).toMatchObject({ kind: 'anchor.made', body: { by: 'witness.test/one', kind: 'witness' } });
    await one.step();
    expect(one.check({ witnessKeys: [witness.key] })).toMatchObject({
      ok: true,
      anchors: Array.from({ length: 5 }, () => ({ kind: 'witness' })),
    });
    expect(one.check().notices.map(({ code }) => code)).toContain('anchor-unverified');
  });

  it('that knows another size than is remembered here is asked again from there', async () => {
    await introduce();
    await one.start(config());
    await steps(2);
    witness.state.size = 0;
    witness.state.root = null;
    witness.statuses.length = 0;
    await steps(2);
    expect(witness.statuses).toEqual([409, 200, 200]);
    expect(state()?.problem).toBe(null);
  });

  it('that has seen more shows that this is an older database', async () => {
    await introduce();
    await one.start(config());
    await one.stop();
    const database = path.join(one.folder, 'plumbline.db');
    copyFileSync(database, `${database}.old`);
    await one.start(config());
    await steps(5);
    await one.stop();
    for (const end of ['-wal', '-shm']) rmSync(database + end, { force: true });
    copyFileSync(`${database}.old`, database);
    rmSync(path.join(one.folder, 'ledger-head.txt'));
    one.pass(HOUR);
    await one.start(config());
    expect(state()?.problem).toMatchObject({ code: 'anchor-ahead', message: expect.stringContaining('an older state of the ledger') });
    // Grown past what the witness saw, it is another history, and the witness says so.
    for (let n = 0; n < 20; n += 1) await one.step();
    await steps(2);
    expect(state()?.problem).toMatchObject({ code: 'ledger-witness-refused', message: expect.stringContaining('does not continue') });
    expect(witness.statuses.at(-1)).toBe(422);
  });

  it('that does not know the ledger, or another key of it, says so', async () => {
    await one.start(config());
    expect(state()?.problem).toMatchObject({ message: expect.stringContaining('does not know this ledger') });
    const name = (await one.verifierKey()).split('+')[0] ?? '';
    const other = makeVerifierKey(name, keyFrom('other'));
    witness.knows(other.ok ? other.value.text : '');
    await steps(1);
    expect(state()?.problem).toMatchObject({ message: expect.stringContaining('does not know the key') });
  });

  it('follows a new key from the checkpoint that both signed on, once its operator was given it', async () => {
    await introduce();
    await one.start(config());
    one.pass(HOUR);
    const rotated = one.keeper().rotate({ kind: 'system', name: 'test' }, 'a test');
    await one.anchors().settled();
    expect(witness.statuses).toEqual([200, 200]);
    await steps(1);
    expect(state()?.problem).toMatchObject({
      message: expect.stringContaining('does not know the key'),
      nextStep: expect.stringContaining('Give the verifier key'),
    });
    witness.knows(rotated.ok ? rotated.value.text : '');
    await steps(1);
    expect(witness.statuses).toEqual([200, 200, 403, 200]);
    expect(one.check({ witnessKeys: [witness.key] })).toMatchObject({ ok: true });
  });

  it('is held to the key that is configured', async () => {
    await introduce();
    const other = createWitness(() => 0, keyFrom('other'));
    await one.start(config(other.key.text));
    expect(state()?.problem).toMatchObject({ code: 'ledger-witness-key' });
    expect(one.check({ witnessKeys: [witness.key] }).anchors).toEqual([]);
  });

  it('of which the clock tells another day does not count', async () => {
    await introduce();
    witnessAheadMs = -48 * HOUR;
    await one.start(config());
    expect(state()?.problem).toMatchObject({ code: 'anchor-clock' });
  });

  it.each<[string, { status: number; headers: Record<string, string>; body: string }, RegExp]>([
    ['a cosignature of another checkpoint', { status: 200, headers: {}, body: '' }, /does not fit the checkpoint|no signed note/],
    ['nothing', { status: 200, headers: {}, body: '' }, /no signed note/],
    ['a page', { status: 200, headers: {}, body: '<html>\n' }, /no signed note/],
    ['another size each time', { status: 409, headers: { 'content-type': 'text/x.tlog.size' }, body: '0\n' }, /another size each time/],
    ['a size of no tree', { status: 409, headers: { 'content-type': 'text/x.tlog.size' }, body: '-1\n' }, /another tree of the same size/],
    ['a size beyond counting', { status: 409, headers: { 'content-type': 'text/x.tlog.size' }, body: '9007199254740991\n' }, /older state/],
    ['another root', { status: 409, headers: {}, body: 'x' }, /another tree of the same size/],
    ['too much', { status: 200, headers: {}, body: 'x'.repeat(70_000) }, /more than the 65536 bytes/],
  ])('that answers with %s does not count', async (what, { status, headers, body }, message) => {
    await introduce();
    const stale = what.startsWith('a cosignature') ? staleAnswer() : body;
    witness = { ...witness, listener: (_, response) => void response.writeHead(status, headers).end(stale) };
    await one.start(config());
    expect(state()).toMatchObject({ lastSize: null, problem: { message: expect.stringMatching(message) } });
    expect(one.entries('anchor').map(({ kind }) => kind)).toEqual(['anchor.failed']);
  });

  const staleAnswer = (): string => {
    const made = makeCosignature('plumbline.test\n1\nAAAA\n', witness.key.name, keyFrom('witness'), Math.floor(one.nowMs() / 1000));
    return made.ok ? signatureLine(made.value) : '';
  };
});

describe('several anchors', () => {
  it('work each by itself: one that fails does not hold the others', async () => {
    await introduce();
    await one.start([
      ...config(),
      { kind: 'folder', path: one.outside, everyMs: HOUR },
      { kind: 'folder', path: `${one.outside}/gone`, everyMs: HOUR },
    ]);
    await steps(3);
    expect(one.anchors().state()).toMatchObject([
      { kind: 'witness', problem: null },
      { kind: 'file', problem: null },
      { kind: 'file', lastSize: null, problem: { code: 'anchor-folder-missing' } },
    ]);
    const kinds = one.entries('anchor').map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'anchor.made')).toHaveLength(8);
    expect(kinds.filter((kind) => kind === 'anchor.failed')).toHaveLength(1);
    expect(await one.keeper().handlers['ledger.state']({})).toMatchObject({ problem: null, anchors: [{}, {}, {}] });
  });
});
