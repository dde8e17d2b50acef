import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostQuery } from '../../shared/contract/schemas.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations.ts';
import type { HostRecord } from './records.ts';
import { openStore, type Store } from './store.ts';
import { hostRecord as host } from './testing/host-record.ts';

const T0 = 1_800_000_000_000;
const FAILED = [
  'trusted',
  'trusted',
  'trusted',
  'failed',
  'inconclusive',
  'inconclusive',
  'not-required',
  'not-required',
  'not-required',
] as const;

const failed = (over: Partial<HostRecord> = {}): HostRecord =>
  host({
    verdict: 'failed',
    verified: 'failed',
    brokenLink: 'boot-loader',
    reason: 'Boot loader changed: it measures aa.',
    chain: FAILED,
    findings: [
      {
        kind: 'host-failed',
        severity: 'critical',
        cause: 'host-failed/boot-loader/aa',
        what: 'Boot loader changed',
        title: 'Boot loader changed: ber1-web-1',
        detail: 'aa',
        momentary: false,
      },
    ],
    ...over,
  });

let folder: string;
let store: Store;
const open = (): Store => {
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  return opened.value;
};
const list = (query: HostQuery): string[] =>
  store.hosts.list(query, { by: 'name', descending: false }, 0, 500, T0).rows.map((row) => row.name);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-store-'));
  store = open();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('remembering a host', () => {
  it('extends one span while nothing changes and starts another when the verdict does', () => {
    store.write.recordHosts([host()]);
    store.write.recordHosts([host({ seenAtMs: T0 + 60_000, evidenceAtMs: T0 + 60_000 })]);
    store.write.recordHosts([failed({ seenAtMs: T0 + 120_000 })]);
    const spans = store.hosts.history('dc/1', 10);
    expect(spans.map((span) => [span.verdict, span.fromMs - T0, span.toMs - T0, span.confirmations])).toEqual([
      ['failed', 120_000, 120_000, 1],
      ['trusted', 0, 60_000, 2],
    ]);
    expect(store.hosts.get('dc/1')?.row).toMatchObject({ verdict: 'failed', brokenLink: 'boot-loader', changedAtMs: T0 + 120_000 });
  });

  it('keeps when the verdict began while only the evidence gets newer', () => {
    store.write.recordHosts([host()]);
    store.write.recordHosts([host({ seenAtMs: T0 + 60_000, evidenceAtMs: T0 + 60_000 })]);
    expect(store.hosts.get('dc/1')?.row).toMatchObject({ changedAtMs: T0, evidenceAtMs: T0 + 60_000 });
  });

  it('keeps the last evidence time when a host could not be asked', () => {
    store.write.recordHosts([host()]);
    store.write.recordHosts([host({ verdict: 'stale', evidenceAtMs: null, seenAtMs: T0 + 60_000 })]);
    expect(store.hosts.get('dc/1')?.row).toMatchObject({ verdict: 'stale', evidenceAtMs: T0 });
  });

  it('stores the same evidence once for any number of hosts, and gives it back byte for byte', () => {
    const bytes = Buffer.from('a firmware log');
    const eventLog = { sha256: 'f'.repeat(64), kind: 'event-log' as const, encoding: 'plain' as const, bytes, size: bytes.length };
    for (const id of ['dc/1', 'dc/2', 'dc/3'])
      store.write.recordHosts([host({ id, blobs: { eventLog, ima: null, runtimeReference: null } })]);
    expect(Buffer.from(store.hosts.evidence('dc/3', 'event-log')?.bytes ?? []).toString()).toBe('a firmware log');
    store.close();
    const db = new Database(path.join(folder, 'plumbline.db'), { readonly: true });
    expect(db.prepare('SELECT count(*) AS n FROM blob').get()).toEqual({ n: 1 });
    db.close();
    store = open();
  });

  it('keeps large evidence in parts, and deletes them once nothing refers to them', () => {
    const content = randomBytes(3 * 1024 * 1024);
    const ima = (sha256: string) => ({
      sha256,
      kind: 'ima' as const,
      encoding: 'gzip' as const,
      bytes: gzipSync(content),
      size: content.length,
    });
    const record = (sha256: string) => host({ blobs: { eventLog: null, ima: ima(sha256), runtimeReference: null } });
    const steps = (work: Iterable<void>): number => [...work].length;
    expect(steps(store.write.putLarge(record('1'.repeat(64))))).toBe(13);
    store.write.recordHosts([record('1'.repeat(64))]);
    expect(steps(store.write.putLarge(record('1'.repeat(64))))).toBe(0);
    expect(Buffer.from(store.hosts.evidence('dc/1', 'ima')?.bytes ?? []).equals(content)).toBe(true);
    expect(steps(store.write.dropUnused())).toBe(0);
    expect(steps(store.write.putLarge(record('2'.repeat(64))))).toBe(13);
    store.write.recordHosts([record('2'.repeat(64))]);
    // The span began with the first one.
    expect(steps(store.write.dropUnused())).toBe(0);
    expect(steps(store.write.putLarge(record('3'.repeat(64))))).toBe(13);
    store.write.recordHosts([record('3'.repeat(64))]);
    expect(steps(store.write.dropUnused())).toBe(13);
    expect(Buffer.from(store.hosts.evidence('dc/1', 'ima')?.bytes ?? []).equals(content)).toBe(true);
  });

  it('does not remember a host whose large evidence is not all there, nor evidence that was said to be kept and is not', () => {
    const bytes = randomBytes(1024 * 1024);
    const ima = { sha256: '3'.repeat(64), kind: 'ima' as const, encoding: 'gzip' as const, bytes, size: bytes.length };
    const record = host({ blobs: { eventLog: null, ima, runtimeReference: null } });
    expect(() => store.write.recordHosts([record])).toThrow('not all there');
    const [first] = store.write.putLarge(record);
    expect(first).toBeUndefined();
    expect(() => store.write.recordHosts([record])).toThrow('not all there');
    const gone = { ...ima, encoding: 'stored' as const, bytes: new Uint8Array() };
    expect(() => store.write.recordHosts([host({ blobs: { eventLog: null, ima: gone, runtimeReference: null } })])).toThrow('not there');
    expect(store.hosts.get('dc/1')).toBe(null);
    expect([...store.write.dropUnused()].length).toBe(1);
  });

  it('remembers the clock, key and verdict for the next observation', () => {
    const clock = { resetCount: 3, restartCount: 0, clockMs: '18446744073709551615', safe: true, firmwareVersion: '1', countSeenAtMs: T0 };
    store.write.recordHosts([host({ clock })]);
    expect(store.hosts.memory('dc/1')).toMatchObject({ clock, akName: host().akName, verdict: 'trusted', akPinnedAtMs: T0 });
  });
});

describe('trust grows stale', () => {
  it('turns trusted hosts with old evidence stale, and leaves failed ones failed', () => {
    store.write.recordHosts([host()]);
    store.write.recordHosts([failed({ id: 'dc/2' })]);
    expect(store.write.expire(T0 + 600_001)).toBe(1);
    expect(store.fleet.tally()).toEqual({ inventory: 2, trusted: 0, failed: 1, stale: 1, inconclusive: 0 });
  });

  it('shows no link of a stale host as trusted', () => {
    store.write.recordHosts([host()]);
    store.write.expire(T0 + 600_001);
    expect(store.hosts.get('dc/1')?.row.chain).not.toContain('trusted');
  });
});

describe('what is read as trusted', () => {
  const rule = (over: Partial<Parameters<Store['judgeFreshness']>[0]> = {}) =>
    store.judgeFreshness({ nowMs: () => T0 + 60_000, notRecorded: () => [], ...over });
  const verdicts = (): (string | undefined)[] => [
    store.hosts.get('dc/1')?.row.verdict,
    store.hosts.all('dc')[0]?.row.verdict,
    store.hosts.list({ verdicts: ['stale'] }, { by: 'verdict', descending: false }, 0, 10, T0).rows[0]?.verdict,
    store.fleet.tally().stale === 1 ? 'stale' : 'trusted',
  ];

  it('is trusted while its evidence is fresh', () => {
    store.write.recordHosts([host()]);
    rule();
    expect(verdicts()).toEqual(['trusted', 'trusted', undefined, 'trusted']);
  });

  it.each([
    ['too old, although nothing marked it so', { nowMs: () => T0 + 600_001 }],
    ['from the future, because the clock was set back', { nowMs: () => T0 - 61_000 }],
    ['not followed up, because nothing can be recorded', { notRecorded: () => ['other', 'dc'] }],
  ])('is stale when its evidence is %s', (_why, over) => {
    store.write.recordHosts([host()]);
    rule(over);
    expect(verdicts()).toEqual(['stale', 'stale', 'stale', 'stale']);
    expect(store.hosts.get('dc/1')?.row.chain).not.toContain('trusted');
  });

  it('leaves a failed host failed', () => {
    store.write.recordHosts([failed()]);
    rule({ nowMs: () => T0 + 600_001 });
    expect(store.fleet.tally()).toMatchObject({ failed: 1, stale: 0 });
  });
});

describe('the trend', () => {
  it('gives at most about as many points as asked for, all of them recorded, the newest among them', () => {
    for (let minute = 0; minute < 2000; minute += 1) {
      store.write.recordHosts([host({ id: `dc/${minute % 2}`, verdict: minute % 3 === 0 ? 'failed' : 'trusted' })]);
      store.write.recordTrend(T0 + minute * 60_000, 0);
    }
    const points = store.fleet.trend(100);
    expect(points.length).toBeGreaterThan(50);
    expect(points.length).toBeLessThanOrEqual(102);
    expect(points.at(-1)?.atMs).toBe(T0 + 1999 * 60_000);
  });
});

describe('evidence that nothing rests on any more', () => {
  it('is dropped once no host uses it and no span began with it', () => {
    for (let round = 0; round < 5; round += 1) {
      const eventLog = {
        sha256: String(round).repeat(64),
        kind: 'event-log' as const,
        encoding: 'plain' as const,
        bytes: Buffer.alloc(1000, round),
        size: 1000,
      };
      store.write.recordHosts([host({ blobs: { eventLog, ima: null, runtimeReference: null } })]);
    }
    store.close();
    const db = new Database(path.join(folder, 'plumbline.db'), { readonly: true });
    expect(db.prepare('SELECT count(*) AS n FROM blob').get()).toEqual({ n: 2 });
    db.close();
    store = open();
  });
});

describe('one TPM behind two names', () => {
  it('is found by its endorsement key, while both give fresh evidence', () => {
    store.write.recordHosts([host()]);
    expect(store.hosts.sharing('e'.repeat(64), 'dc/2', T0)).toBe('ber1-web-1');
    expect(store.hosts.sharing('e'.repeat(64), 'dc/1', T0)).toBeNull();
    expect(store.hosts.sharing('e'.repeat(64), 'dc/2', T0 + 1)).toBeNull();
  });
});

describe('findings', () => {
  const holding = () => store.findings.list({ openOnly: true }, 'newest', 0, 10, T0);

  it('opens one finding for a lasting state and resolves it when the state ends', () => {
    store.write.recordHosts([failed()]);
    store.write.recordHosts([failed({ seenAtMs: T0 + 1000 })]);
    expect(holding().total).toBe(1);
    store.write.recordHosts([host({ seenAtMs: T0 + 2000 })]);
    expect(holding().total).toBe(0);
    expect(store.findings.list({}, 'newest', 0, 10, T0).rows[0]).toMatchObject({
      kind: 'host-failed',
      openedAtMs: T0,
      resolvedAtMs: T0 + 2000,
    });
  });
});

describe('asking for hosts', () => {
  beforeEach(() => {
    store.write.recordHosts([host()]);
    store.write.recordHosts([failed({ id: 'dc/2', name: 'fra1-db-2' })]);
    store.write.recordHosts([
      host({
        id: 'dc/3',
        name: 'par1_100%',
        location: { country: null, subdivision: null, site: null, assurance: 'unknown', source: null },
      }),
    ]);
  });

  it.each([
    [{ verdicts: ['failed'] }, ['fra1-db-2']],
    [{ brokenLink: 'boot-loader' }, ['fra1-db-2']],
    [{ country: 'DE' }, ['ber1-web-1', 'fra1-db-2']],
    [{ country: 'ZZ' }, ['par1_100%']],
    [{ text: 'FRA1 boot' }, ['fra1-db-2']],
    [{ text: '100%' }, ['par1_100%']],
    [{ text: '1_1' }, ['par1_100%']],
    [{ text: "'; DROP TABLE host; --" }, []],
    [{ verdicts: [] }, ['ber1-web-1', 'fra1-db-2', 'par1_100%']],
  ] satisfies [HostQuery, string[]][])('%j finds %j', (query, names) => {
    expect(list(query)).toEqual(names);
  });

  it('sorts by need of attention first, and says how many match of how many', () => {
    const page = store.hosts.list({}, { by: 'verdict', descending: false }, 0, 1, T0);
    expect(page).toMatchObject({ total: 3, inventory: 3 });
    expect(page.rows[0]?.verdict).toBe('failed');
  });
});

describe('opening a data folder', () => {
  it('refuses a second one while the first is open, and lets it in afterwards', () => {
    expect(openStore(folder)).toMatchObject({ ok: false, problem: { code: 'data-in-use' } });
    store.close();
    store = open();
  });

  it('is not kept out by a process that was killed while it had the folder', () => {
    store.close();
    const script = `const Database = require('better-sqlite3'); const lock = new Database(process.argv[1]); lock.exec('BEGIN EXCLUSIVE'); process.kill(process.pid, 'SIGKILL');`;
    const killed = spawnSync(process.execPath, ['--eval', script, path.join(folder, 'plumbline.lock')], { cwd: import.meta.dirname });
    expect(killed.signal).toBe('SIGKILL');
    store = open();
  });

  it('refuses data of a newer version and changes nothing', () => {
    store.close();
    const db = new Database(path.join(folder, 'plumbline.db'));
    db.pragma('user_version = 999999');
    db.close();
    expect(openStore(folder)).toMatchObject({ ok: false, problem: { code: 'data-newer' } });
    const again = new Database(path.join(folder, 'plumbline.db'));
    again.pragma(`user_version = ${SCHEMA_VERSION}`);
    again.close();
    store = open();
  });

  it('says so when the database is not a database', () => {
    store.close();
    const other = mkdtempSync(path.join(tmpdir(), 'plumbline-bad-'));
    writeFileSync(path.join(other, 'plumbline.db'), 'not a database, but long enough to look like a file header'.repeat(50));
    expect(openStore(other)).toMatchObject({ ok: false, problem: { code: 'data-damaged' } });
    rmSync(other, { recursive: true, force: true });
    store = open();
  });
});

describe('migrations', () => {
  it('are in ascending order', () => {
    const versions = MIGRATIONS.map((step) => step.version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  });
});
