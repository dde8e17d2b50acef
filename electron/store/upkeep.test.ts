import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateKeyPairSync } from 'node:crypto';
import { signCheckpoint } from '../ledger/checkpoint.ts';
import { recheck } from '../ledger/recheck/recheck.ts';
import { makeVerifierKey } from '../ledger/verifier-key.ts';
import { auditRecords } from './audit/records.ts';
import { auditSource } from './audit/source.ts';
import { BY_ITSELF } from './ledger-writer.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations.ts';
import type { HostRecord } from './records.ts';
import { DEFAULT_RETENTION } from './retention.ts';
import { openStore, type Store } from './store.ts';
import { hostRecord } from './testing/host-record.ts';

const T0 = 1_800_000_000_000;
const DAY = 24 * 60 * 60_000;
const { privateKey } = generateKeyPairSync('ed25519');
const made = makeVerifierKey('plumbline.invalid/x', privateKey);
if (!made.ok) throw new Error(made.problem.message);
const keys = [made.value];

let folder: string;
let store: Store;
let clock = T0;
const open = (): Store => {
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  opened.value.ledger.useClock(() => clock);
  return opened.value;
};
const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
const blob = (kind: 'event-log' | 'ima', text: string) => ({
  sha256: sha(text),
  kind,
  encoding: 'plain' as const,
  bytes: Buffer.from(text),
  size: text.length,
});
const seen = (over: Partial<HostRecord> = {}): HostRecord =>
  hostRecord({
    seenAtMs: clock,
    evidenceAtMs: clock,
    quotedAtMs: clock,
    steady: over.verdict ?? 'trusted',
    quote: { sha256: sha(`quote ${clock}`), packed: deflateRawSync(`quote ${clock}`) },
    ...over,
  });
const all = <T>(steps: Generator<unknown, T>): T => {
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
};
const seal = (): void => {
  const sealed = store.ledger.seal(clock, true, ({ size, root }) =>
    signCheckpoint({ origin: 'plumbline.invalid/x', size, root }, [{ privateKey }]),
  );
  if (!sealed.ok) throw new Error(sealed.problem.message);
};
const inFile = <T>(work: (db: Database.Database) => T, file = path.join(folder, 'plumbline.db')): T => {
  const db = new Database(file, { readonly: true });
  try {
    return work(db);
  } finally {
    db.close();
  }
};
const count = (table: string): number => inFile((db) => db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n ?? -1);
const wrong = (): string[] =>
  inFile((db) =>
    [...recheck(auditSource(db), { keys }).problems, ...all(auditRecords(db)).problems].map(({ code, sentence }) => `${code}: ${sentence}`),
  );

beforeEach(() => {
  clock = T0;
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-upkeep-'));
  store = open();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('confirmations that an entry of the ledger covers', () => {
  it('stay as they were: those that come after it are in another row, also within the same moment', () => {
    for (let minute = 0; minute < 3; minute += 1) {
      for (let n = 0; n < 5; n += 1) {
        store.write.recordHosts([seen({ id: `dc/${n}`, agentId: String(n) })]);
        clock += 100;
      }
      seal();
      expect(count('confirmation')).toBe(minute + 1);
      expect(wrong()).toEqual([]);
    }
    store.write.recordHosts([seen({ id: 'dc/0', agentId: '0' })]);
    expect([count('confirmation'), wrong()]).toEqual([4, []]);
  });

  it('may be in a row that still grows where only what is not covered is signed', () => {
    store.write.recordHosts([seen()]);
    store.ledger.seal(clock, false, ({ size, root }) => signCheckpoint({ origin: 'plumbline.invalid/x', size, root }, [{ privateKey }]));
    clock += 100;
    store.write.recordHosts([seen()]);
    seal();
    expect([count('confirmation'), wrong()]).toEqual([1, []]);
  });
});

describe('what is older than it is kept for', () => {
  const year = (): void => {
    for (let day = 0; day < 400; day += 1) {
      const isFailed = day % 50 === 10;
      const blobs = {
        eventLog: blob('event-log', `log of boot ${Math.floor(day / 50)}`),
        ima: blob('ima', `list ${isFailed ? day : ''}`),
        runtimeReference: null,
      };
      store.write.recordHosts([seen({ blobs, ...(isFailed && { verdict: 'failed', reason: `Day ${day}.` }) })]);
      store.write.recordTrend(clock, 1_000);
      if (day % 5 === 0) seal();
      clock += DAY;
    }
    seal();
  };

  it('is deleted, the ledger says so first, and everything that is left still holds', () => {
    year();
    const before = { confirmations: count('confirmation'), quotes: count('quote'), blobs: count('blob'), trend: count('trend') };
    const purged = all(store.purge({ ...DEFAULT_RETENTION, evidenceDays: 200 }, clock, BY_ITSELF));
    expect(purged).toMatchObject({ confirmations: before.confirmations - count('confirmation'), quotes: before.quotes - count('quote') });
    expect(count('confirmation')).toBeLessThan(100);
    expect(count('quote')).toBeLessThan(110);
    expect(count('blob')).toBeLessThan(before.blobs - 4);
    expect(store.ledger.list({ kind: 'store' }, 0, 1).rows[0]).toMatchObject({
      kind: 'store.purged',
      body: { evidenceBefore: new Date(clock - 200 * DAY).toISOString() },
    });
    expect(wrong()).toEqual([]);
    expect(store.hosts.history('dc/1', 100)).toHaveLength(17);
  });

  it('never takes what a host rests on now, nor what a span began with that is young enough', () => {
    store.write.recordHosts([
      seen({ blobs: { eventLog: blob('event-log', 'the log'), ima: blob('ima', 'first'), runtimeReference: null } }),
    ]);
    seal();
    clock += 500 * DAY;
    all(store.purge(DEFAULT_RETENTION, clock, BY_ITSELF));
    expect(store.hosts.evidence('dc/1', 'event-log')?.bytes.length).toBe(7);
    expect(count('latest_quote')).toBe(1);
    expect(count('quote')).toBe(1);
    expect(wrong()).toEqual([]);
  });

  it('takes a quote that others are packed with together with the last of them', () => {
    const same = Array.from({ length: 10 }, (_, n) => sha(`the same in all of them ${n}`)).join('');
    for (let day = 0; day < 40; day += 1) {
      const text = `${same}${sha(`quote of day ${day}`)}`;
      store.write.recordHosts([seen({ quote: { sha256: sha(text), packed: deflateRawSync(text) } })]);
      clock += DAY;
    }
    const alone = (): number => inFile((db) => db.prepare('SELECT id FROM quote WHERE base_id IS NULL').all().length);
    expect([count('quote'), alone()]).toEqual([40, 2]);
    const keep = (quotesDays: number): void => void all(store.purge({ ...DEFAULT_RETENTION, quotesDays }, clock, BY_ITSELF));
    keep(20);
    // Those of twenty days, and the one that ten of them are packed with.
    expect([count('quote'), alone()]).toEqual([21, 2]);
    clock += 30 * DAY;
    keep(39);
    // Nine of those that were left, the older one that they are packed with, and the one that began the span.
    expect([count('quote'), alone()]).toEqual([11, 2]);
    keep(20);
    expect([count('quote'), alone()]).toEqual([1, 1]);
    expect(wrong()).toEqual([]);
  });

  it('does not take confirmations that no entry covers yet', () => {
    store.write.recordHosts([seen()]);
    clock += 500 * DAY;
    all(store.purge(DEFAULT_RETENTION, clock, BY_ITSELF));
    expect(count('confirmation')).toBe(1);
  });

  it('keeps one point of the trend an hour, and one a day after a year', () => {
    store.write.recordHosts([seen()]);
    for (let hour = 0; hour < 24 * 400; hour += 1) {
      store.write.recordTrend(clock, 1_000);
      clock += DAY / 24;
    }
    all(store.purge(DEFAULT_RETENTION, clock, BY_ITSELF));
    expect(count('trend')).toBe(36 + 365 * 24);
  });

  it('is deleted in steps that may be stopped anywhere: nothing is wrong then, and the next purge goes on', () => {
    year();
    const steps = store.purge(DEFAULT_RETENTION, clock, BY_ITSELF);
    steps.next();
    steps.next();
    steps.return({ confirmations: 0, quotes: 0, evidence: 0, trend: 0 });
    expect(wrong()).toEqual([]);
    all(store.purge(DEFAULT_RETENTION, clock, BY_ITSELF));
    expect(count('confirmation')).toBeLessThan(100);
    expect(wrong()).toEqual([]);
  });
});

describe('a backup', () => {
  it('is the database of one moment while recording goes on, and holds by itself', async () => {
    for (let n = 0; n < 300; n += 1) store.write.recordHosts([seen({ id: `dc/${n}`, detail: 'x'.repeat(5_000) })]);
    seal();
    const file = path.join(folder, 'backup.db');
    const progress: number[] = [];
    const backup = await store.upkeep.backup(
      file,
      (done, total) => {
        progress.push(done / total);
        store.write.recordHosts([seen({ id: `during/${progress.length}` })]);
      },
      new AbortController().signal,
    );
    expect(backup).toMatchObject({ ok: true });
    expect(progress.length).toBeGreaterThan(2);
    expect(inFile((db) => recheck(auditSource(db), { keys }).problems, file)).toEqual([]);
    expect(await store.upkeep.backup(file, () => {}, new AbortController().signal)).toMatchObject({
      ok: false,
      problem: { code: 'backup-exists' },
    });
  });

  it('that is stopped or cannot be written leaves nothing behind, and says what to do', async () => {
    for (let n = 0; n < 300; n += 1) store.write.recordHosts([seen({ id: `dc/${n}`, detail: 'x'.repeat(5_000) })]);
    const stop = new AbortController();
    const file = path.join(folder, 'backup.db');
    expect(await store.upkeep.backup(file, () => stop.abort(), stop.signal)).toMatchObject({ ok: false, problem: { code: 'stopped' } });
    expect(readdirSync(folder).filter((name) => name.startsWith('backup'))).toEqual([]);
    expect(await store.upkeep.backup('/nonexistent/folder/file.db', () => {}, new AbortController().signal)).toMatchObject({
      problem: { code: 'backup-failed' },
    });
  });
});

describe('compaction', () => {
  it('gives space back to the disk in steps', () => {
    for (let n = 0; n < 400; n += 1) store.write.recordHosts([seen({ id: `dc/${n}`, detail: 'x'.repeat(20_000) })]);
    for (let n = 0; n < 400; n += 1) store.write.recordHosts([seen({ id: `dc/${n}`, detail: 'small', steady: 'other' })]);
    const done = all(store.upkeep.compact());
    expect(done.pages).toBeGreaterThan(1_000);
    store.close();
    expect(statSync(path.join(folder, 'plumbline.db')).size).toBeLessThan(4 * 1024 * 1024);
    store = open();
    expect(store.hosts.get('dc/7')?.detail).toBe('small');
  });
});

describe('the schema', () => {
  /** To be looked at when it changes; `npm run schema` renews it. */
  it('is the one of the picture', async () => {
    const sql = inFile((db) =>
      db
        .prepare<[], { sql: string }>(
          "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, name",
        )
        .all()
        .map((row) => `${row.sql};\n`)
        .join('\n'),
    );
    const shown = `-- Schema ${SCHEMA_VERSION}, as the migrations make it.\n\n${sql}`;
    expect(existsSync(path.join(import.meta.dirname, 'schema.sql')), 'the picture is there').toBe(true);
    await expect(shown).toMatchFileSnapshot('schema.sql');
  });

  it('of an earlier version is kept as it was before it is brought up to date', () => {
    store.close();
    rmSync(folder, { recursive: true });
    folder = mkdtempSync(path.join(tmpdir(), 'plumbline-upkeep-'));
    const [first] = MIGRATIONS;
    const old = new Database(path.join(folder, 'plumbline.db'));
    old.exec(first?.sql ?? '');
    old.pragma(`user_version = ${first?.version ?? 0}`);
    old.exec('INSERT INTO trend VALUES (1, 2, 2, 0, 0, 0)');
    old.close();
    store = open();
    const kept = path.join(folder, 'plumbline.before-migration.db');
    expect(existsSync(kept)).toBe(true);
    expect(inFile((db) => db.pragma('user_version', { simple: true }), kept)).toBe(first?.version);
    expect(inFile((db) => db.prepare('SELECT trusted FROM trend').get(), kept)).toEqual({ trusted: 2 });
    expect(inFile((db) => db.pragma('user_version', { simple: true }))).toBe(SCHEMA_VERSION);
  });
});
