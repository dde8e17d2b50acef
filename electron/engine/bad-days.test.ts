import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dispatch } from '../../shared/contract/dispatch.ts';
import { recheck } from '../ledger/recheck/recheck.ts';
import { type Fleet, startFleet } from '../simulator/fleet.ts';
import { openForAudit } from '../store/audit/open.ts';
import { auditRecords } from '../store/audit/records.ts';
import { auditSource } from '../store/audit/source.ts';
import { restoreDatabase } from '../store/restore.ts';
import { openStore, type Store } from '../store/store.ts';
import { hostRecord } from '../store/testing/host-record.ts';
import { createEngine, type Engine } from './engine.ts';
import { loadConfig } from './load-config.ts';

const CHILD = path.join(import.meta.dirname, 'testing', 'crash-child.ts');

let folder: string;
const opened: Store[] = [];
const open = (at = folder): Store => {
  const store = openStore(at);
  if (!store.ok) throw new Error(store.problem.message);
  opened.push(store.value);
  return store.value;
};
const engineOver = (store: Store, at = folder, nowMs: () => number = Date.now): Engine =>
  createEngine({
    store,
    endpoints: [],
    endorsement: null,
    anchors: [],
    manifestText: null,
    version: '1',
    shell: 'console',
    dataFolder: at,
    emit: () => {},
    nowMs,
  });
const wrong = (at = folder): string[] => {
  const file = openForAudit(at);
  if (!file.ok) return [file.problem.message];
  const { db, close } = file.value;
  try {
    const steps = auditRecords(db);
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    return [...recheck(auditSource(db)).problems, ...step.value.problems].map(({ code, sentence }) => `${code}: ${sentence}`);
  } finally {
    close();
  }
};
const entered = (store: Store, kind: string) => store.ledger.list({ kind }, 0, 50).rows;
/** One run that starts, records and is stopped. */
const aRun = async (hosts: number, at = folder): Promise<void> => {
  const store = open(at);
  const engine = engineOver(store, at);
  engine.start();
  for (let n = 0; n < hosts; n += 1)
    store.write.recordHosts([hostRecord({ id: `dc/${n}`, seenAtMs: Date.now(), evidenceAtMs: Date.now() })]);
  await engine.stop();
  store.close();
};

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-bad-days-'));
});
afterEach(() => {
  for (const store of opened.splice(0)) store.close();
  rmSync(folder, { recursive: true, force: true });
});

const mount = (size: string): boolean => spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).status === 0;
const unmount = (): void => void spawnSync('umount', ['-l', folder]);
const canMount = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const probe = mkdtempSync(path.join(tmpdir(), 'plumbline-mount-'));
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe]).status === 0;
  if (isMounted) spawnSync('umount', [probe]);
  rmSync(probe, { recursive: true, force: true });
  return isMounted;
})();

describe.skipIf(!canMount)(`a disk of its own${canMount ? '' : ' (needs Linux, root and the right to mount)'}`, () => {
  afterEach(() => {
    for (const store of opened.splice(0)) store.close();
    unmount();
  });

  it('that is full takes nothing half: what was recorded stays, and recording goes on once there is space', () => {
    expect(mount('6m')).toBe(true);
    const store = open();
    const filler = path.join(folder, 'filler');
    let kept = 0;
    const record = (): void => {
      store.write.recordHosts([hostRecord({ id: `dc/${kept}`, detail: 'x'.repeat(20_000) })]);
      kept += 1;
    };
    for (let n = 0; n < 20; n += 1) record();
    for (let kib = 4_096; kib >= 4; kib /= 2)
      for (
        let n = 0;
        spawnSync('dd', ['if=/dev/zero', `of=${filler}-${kib}-${n}`, `bs=${kib}k`, 'count=1'], { stdio: 'ignore' }).status === 0;
        n += 1
      )
        if (n > 8) break;
    expect(() => {
      for (let n = 0; n < 500; n += 1) record();
    }).toThrow(/full|I\/O/u);
    expect(store.fleet.tally().inventory).toBe(kept);
    for (const name of readdirSync(folder).filter((one) => one.startsWith('filler'))) unlinkSync(path.join(folder, name));
    for (let n = 0; n < 5; n += 1) record();
    expect(store.fleet.tally().inventory).toBe(kept);
    store.close();
    expect(wrong()).toEqual([]);
  });

  it('that can only be read is refused in words at the start; its ledger can still be checked', async () => {
    expect(mount('20m')).toBe(true);
    await aRun(5);
    expect(spawnSync('mount', ['-o', 'remount,ro', folder]).status).toBe(0);
    const refused = openStore(folder);
    expect(refused).toMatchObject({ ok: false, problem: { code: 'data-folder', nextStep: expect.stringContaining('rights') } });
    expect(wrong()).toEqual([]);
  });
});

describe('two at once', () => {
  it('the second is refused, and changes nothing', () => {
    const store = open();
    expect(openStore(folder)).toMatchObject({ ok: false, problem: { code: 'data-in-use' } });
    expect(store.ledger.size()).toBe(0);
  });
});

describe('the clock', () => {
  it('set back or forward while Plumbline was stopped never makes trust fresh, and shows in the ledger', async () => {
    let atMs = Date.now();
    const run = async (): Promise<Store> => {
      const store = open();
      const engine = engineOver(store, folder, () => atMs);
      engine.start();
      await engine.stop();
      return store;
    };
    const first = open();
    first.write.recordHosts([hostRecord({ seenAtMs: atMs, evidenceAtMs: atMs })]);
    first.close();
    atMs -= 86_400_000;
    const back = await run();
    expect(back.hosts.get('dc/1')?.row.verdict).toBe('stale');
    back.close();
    atMs -= 3_600_000;
    const again = await run();
    expect(entered(again, 'clock')).toHaveLength(2);
    again.close();
    atMs += 10 * 86_400_000;
    const forward = await run();
    expect(forward.hosts.get('dc/1')?.row.verdict).toBe('stale');
    forward.close();
    expect(wrong()).toEqual([]);
  });
});

describe('a database that is not whole', () => {
  it('with a damaged page is said to be damaged where the page is needed, and what to do', async () => {
    await aRun(400);
    const file = path.join(folder, 'plumbline.db');
    const bytes = readFileSync(file);
    // All but the first pages, which opening needs: as many as a database has in which nothing is recorded.
    const emptyFolder = path.join(folder, 'empty');
    open(emptyFolder).close();
    bytes.fill(0xa5, readFileSync(path.join(emptyFolder, 'plumbline.db')).length);
    writeFileSync(file, bytes);
    const store = open();
    const engine = engineOver(store);
    const sort = { by: 'name', descending: false };
    expect(await dispatch(engine.handlers, 'hosts.list', { query: {}, sort, offset: 0, limit: 100 })).toMatchObject({
      ok: false,
      error: { code: 'unavailable', message: expect.stringContaining('data restore') },
    });
    await engine.stop();
  });

  it('without its write-ahead log is an older one: the next start enters what is not there any more', async () => {
    const state = mkdtempSync(path.join(tmpdir(), 'plumbline-bad-fleet-'));
    const fleet: Fleet = await startFleet({ hosts: 4, seed: 5, stateDir: path.join(state, 'fleet') });
    try {
      await aRun(3);
      await new Promise<void>((resolve) => {
        const child = spawn(process.execPath, [CHILD, folder, fleet.endpointsFile], { stdio: ['ignore', 'pipe', 'inherit'] });
        let out = '';
        child.stdout.on('data', (chunk: Buffer) => {
          out += chunk.toString();
          // A second checkpoint: so there is something to lose.
          if ((out.match(/^sealed /gmu) ?? []).length >= 2) child.kill('SIGKILL');
        });
        child.once('close', () => resolve());
      });
      expect(existsSync(path.join(folder, 'plumbline.db-wal'))).toBe(true);
      for (const end of ['-wal', '-shm']) unlinkSync(path.join(folder, `plumbline.db${end}`));
      // The second line of a checkpoint is its size.
      const lost = Number(readFileSync(path.join(folder, 'ledger-head.txt'), 'utf8').split('\n')[1]);
      await aRun(0);
      const store = open();
      expect(entered(store, 'store')[0]).toMatchObject({ kind: 'store.restored', body: { entriesBefore: lost } });
      store.close();
      expect(wrong()).toEqual([]);
      const config = loadConfig(fleet.endpointsFile, null);
      expect(config.ok).toBe(true);
    } finally {
      await fleet.close();
      rmSync(state, { recursive: true, force: true });
    }
  });
});

describe('an old backup', () => {
  it('that is restored keeps what it replaced, and the next start enters what is not there any more', async () => {
    await aRun(3);
    const backup = path.join(folder, 'backup.db');
    copyFileSync(path.join(folder, 'plumbline.db'), backup);
    await aRun(6);
    const before = open();
    const size = before.ledger.newest()?.size ?? 0;
    before.close();
    const restored = restoreDatabase(backup, folder, Date.now());
    if (!restored.ok) throw new Error(restored.problem.message);
    expect(existsSync(restored.value.kept ?? '')).toBe(true);
    await aRun(0);
    const store = open();
    expect(store.fleet.tally().inventory).toBe(3);
    expect(entered(store, 'store')).toMatchObject([{ kind: 'store.restored', body: { entriesBefore: size } }]);
    store.close();
    expect(wrong()).toEqual([]);
  });

  it('that is none, is damaged, or is of a newer version is refused, and nothing is changed', async () => {
    await aRun(3);
    const file = path.join(folder, 'plumbline.db');
    const other = mkdtempSync(path.join(tmpdir(), 'plumbline-bad-backup-'));
    try {
      const bad = path.join(other, 'bad.db');
      writeFileSync(bad, 'no database');
      expect(restoreDatabase(bad, folder, 0)).toMatchObject({ ok: false, problem: { code: 'restore-unusable' } });
      expect(restoreDatabase(path.join(other, 'missing.db'), folder, 0)).toMatchObject({
        ok: false,
        problem: { code: 'restore-unusable' },
      });
      cpSync(file, bad);
      const bytes = readFileSync(bad);
      bytes.fill(0xa5, 4_096 * 20, 4_096 * 30);
      writeFileSync(bad, bytes);
      expect(restoreDatabase(bad, folder, 0)).toMatchObject({ ok: false, problem: { code: 'restore-unusable' } });
      const store = open();
      expect(restoreDatabase(file, folder, 0)).toMatchObject({ ok: false, problem: { code: 'data-in-use' } });
      store.close();
      expect(readdirSync(folder).filter((name) => name.includes('replaced') || name.includes('restoring'))).toEqual([]);
      expect(open().fleet.tally().inventory).toBe(3);
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });
});
