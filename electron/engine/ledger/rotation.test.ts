import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../ledger/checkpoint.ts';
import { recheck, type RecheckReport } from '../../ledger/recheck/recheck.ts';
import { valueOf } from '../../ledger/testing/ledger.ts';
import { parseVerifierKey } from '../../ledger/verifier-key.ts';
import { openForAudit } from '../../store/audit/open.ts';
import { auditSource } from '../../store/audit/source.ts';
import { BY_ITSELF } from '../../store/ledger-writer.ts';
import { openStore, type Store } from '../../store/store.ts';
import { headFile } from './head-file.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { keyFile } from './key-file.ts';
import { rotation } from './rotation.ts';
import { createSigning } from './signing.ts';

const ANN = { kind: 'os-user', name: 'ann' } as const;
let folder: string;
let store: Store;
const start = (): Keeper => {
  store = valueOf(openStore(folder));
  const nowMs = (): number => 1_800_000_000_000;
  const keeper = createKeeper({ store, keys: keyFile(folder), head: headFile(folder), nowMs, version: '1', shell: 'console' });
  keeper.begin([], []);
  return keeper;
};
const keyOf = async (keeper: Keeper): Promise<string> => (await keeper.handlers['ledger.state']({})).verifierKey;
const check = (...keys: readonly string[]): RecheckReport => {
  const { db, close } = valueOf(openForAudit(folder));
  const report = recheck(auditSource(db), { keys: keys.map((key) => valueOf(parseVerifierKey(key))) });
  close();
  return report;
};
const file = (name: string): string => path.join(folder, name);
const enter = (): void => void store.ledger.append({ who: BY_ITSELF, kind: 'settings.changed', subject: 'x', body: {} });

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-rotation-'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a new key', () => {
  it('is named by the ledger, signs with the old one once and then alone; the old one is deleted', async () => {
    const keeper = start();
    const before = await keyOf(keeper);
    const oldFile = readFileSync(file('ledger-key.pem'), 'utf8');
    enter();
    const after = valueOf(keeper.rotate(ANN, 'once a year')).text;
    expect(store.ledger.list({ kind: 'key' }, 0, 1).rows[0]).toMatchObject({
      kind: 'key.rotated',
      who: ANN,
      body: { old: before, new: after },
    });
    const both = store.ledger.newest()?.note ?? '';
    expect(both).toBe(readFileSync(file('ledger-head.txt'), 'utf8'));
    for (const key of [before, after]) expect(openCheckpoint(both, [valueOf(parseVerifierKey(key))])).toMatchObject({ ok: true });
    enter();
    keeper.seal(true);
    expect(openCheckpoint(store.ledger.newest()?.note ?? '', [valueOf(parseVerifierKey(before))]).ok).toBe(false);
    expect(await keyOf(keeper)).toBe(after);
    expect(readFileSync(file('ledger-key.pem'), 'utf8')).not.toBe(oldFile);
    expect(existsSync(file('ledger-key.next.pem'))).toBe(false);
    expect(statSync(file('ledger-key.pem')).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600);
    store.close();
    start();
    expect(check(before)).toMatchObject({ ok: true, keys: [before, after], notices: [] });
    expect(check(after)).toMatchObject({ ok: true });
  });

  it('again and again, also right after the start, and by whoever asks over the contract', async () => {
    const keeper = start();
    const keys = [await keyOf(keeper)];
    for (let n = 0; n < 3; n += 1) {
      const answer = await keeper.handlers['ledger.rotateKey']({ reason: 'a test' });
      keys.push(answer.ok ? answer.verifierKey : '');
    }
    expect(new Set(keys).size).toBe(4);
    expect(check(keys[0] ?? '')).toMatchObject({ ok: true, keys, entries: 5 });
    expect(store.ledger.list({ kind: 'key' }, 0, 1).rows[0]?.who).toMatchObject({ kind: 'os-user', name: expect.stringMatching(/./) });
  });

  it('is not made where the old one cannot be used, or the tree cannot be signed; then nothing changed', async () => {
    const keeper = start();
    const before = await keyOf(keeper);
    const failing = { ...store.ledger, sealEntry: () => ({ ok: false, problem: { code: 'x', message: 'm', nextStep: 'n' } }) as const };
    const own = valueOf(createSigning(store.ledger, keyFile(folder)).open());
    const options = { keys: keyFile(folder), head: headFile(folder), nowMs: Date.now, who: ANN, reason: 'r', old: own };
    const steps = rotation({ ...options, ledger: failing });
    steps.next();
    expect(steps.next()).toMatchObject({ done: true, value: { ok: false } });
    expect(existsSync(file('ledger-key.next.pem'))).toBe(false);
    const size = store.ledger.size();
    const unsigned = store.ledger.sealEntry({ who: ANN, kind: 'key.rotated', subject: 'x', body: {} }, 1, () => failing.sealEntry());
    expect(unsigned).toMatchObject({ ok: false, problem: { code: 'x' } });
    expect(store.ledger.size()).toBe(size);
    expect(check(before).ok).toBe(true);
    store.close();
    writeFileSync(file('ledger-key.pem'), 'no key');
    expect(start().rotate(ANN, 'r')).toMatchObject({ ok: false, problem: { code: 'ledger-key' } });
  });
});

describe('a rotation that is cut off', () => {
  /** Ends after so many steps as a killed process does: nothing more is called, and the next start finds what is on the disk. */
  const cutAfter = async (count: number): Promise<{ before: string }> => {
    const before = await keyOf(start());
    enter();
    const keys = keyFile(folder);
    const old = valueOf(createSigning(store.ledger, keys).open());
    const nowMs = (): number => 1_800_000_000_000;
    const steps = rotation({ ledger: store.ledger, keys, head: headFile(folder), nowMs, who: ANN, reason: 'r', old });
    for (let n = 0; n < count; n += 1) steps.next();
    store.close();
    return { before };
  };

  it.each([
    [1, false],
    [2, true],
    [3, true],
    [4, true],
  ])('after step %i leaves a ledger that holds, and goes on', async (count, isRotated) => {
    const { before } = await cutAfter(count);
    expect(check(before).problems).toEqual([]);
    for (let run = 0; run < 2; run += 1) {
      const keeper = start();
      enter();
      keeper.seal(true);
      const now = await keyOf(keeper);
      expect(now !== before).toBe(isRotated);
      expect(await keeper.handlers['ledger.state']({})).toMatchObject({ problem: null });
      expect(check(before)).toMatchObject({ ok: true, notices: [], keys: isRotated ? [before, now] : [before] });
      expect(existsSync(file('ledger-key.next.pem'))).toBe(false);
      expect(store.ledger.list({ kind: 'store' }, 0, 10).total).toBe(0);
      if (run === 0) store.close();
    }
    expect(store.ledger.list({ kind: 'key' }, 0, 10).total).toBe(isRotated ? 2 : 1);
  });

  it('in the middle of writing the new key leaves one that nobody needs', async () => {
    await cutAfter(0);
    writeFileSync(file('ledger-key.next.pem'), '-----BEGIN PRIV');
    const keeper = start();
    expect(existsSync(file('ledger-key.next.pem'))).toBe(false);
    expect(valueOf(keeper.rotate(ANN, 'again')).text).toBe(await keyOf(keeper));
    expect(check().problems).toEqual([]);
  });

  it('never deletes the key that the ledger names, even where it cannot be read now', async () => {
    await cutAfter(2);
    const whole = readFileSync(file('ledger-key.next.pem'));
    writeFileSync(file('ledger-key.next.pem'), 'unreadable');
    const keeper = start();
    expect(await keeper.handlers['ledger.state']({})).toMatchObject({ problem: { code: 'ledger-key' } });
    store.close();
    writeFileSync(file('ledger-key.next.pem'), whole);
    expect(await start().handlers['ledger.state']({})).toMatchObject({ problem: null });
    expect(check().problems).toEqual([]);
  });
});
