import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCheckpoint, signCheckpoint } from '../ledger/checkpoint.ts';
import { leafHash } from '../ledger/hashing.ts';
import { inclusionProof, rootAt } from '../ledger/merkle.ts';
import { makeVerifierKey } from '../ledger/verifier-key.ts';
import { recheck } from '../ledger/recheck/recheck.ts';
import { verifyInclusion } from '../ledger/verify-proof.ts';
import { auditSource } from './audit/source.ts';
import { batchLeaf, type TreeHead } from './ledger-seal.ts';
import { BY_ITSELF } from './ledger-writer.ts';
import { openStore, type Store } from './store.ts';
import { hostRecord } from './testing/host-record.ts';

const T0 = 1_800_000_000_000;
const ORIGIN = 'plumbline.invalid/ledger/test';
const { privateKey } = generateKeyPairSync('ed25519');
const sign = ({ size, root }: TreeHead) => signCheckpoint({ origin: ORIGIN, size, root }, [{ privateKey }]);

let folder: string;
let store: Store;
let clock = T0;
const open = (): Store => {
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  opened.value.ledger.useClock(() => clock);
  return opened.value;
};
const enter = (count: number): void => {
  for (let n = 0; n < count; n += 1)
    store.ledger.append({ who: BY_ITSELF, kind: 'settings.changed', subject: `setting ${n}`, body: { detail: `value ${n}` } });
};
const seal = (cover = false) => {
  const sealed = store.ledger.seal(clock, cover, sign);
  if (!sealed.ok) throw new Error(sealed.problem.message);
  return sealed.value;
};
const withFile = <T>(work: (db: Database.Database) => T): T => {
  const db = new Database(path.join(folder, 'plumbline.db'));
  try {
    return work(db);
  } finally {
    db.close();
  }
};

beforeEach(() => {
  clock = T0;
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-ledger-'));
  store = open();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the ledger of a data folder', () => {
  it('can be added to at its end, and nothing else, whatever SQL is used', () => {
    enter(3);
    withFile((db) => {
      for (const sql of [
        "UPDATE ledger_entry SET bytes = '{}' WHERE seq = 1",
        'DELETE FROM ledger_entry WHERE seq = 2',
        "INSERT OR REPLACE INTO ledger_entry (seq, bytes, leaf) VALUES (1, '{}', zeroblob(32))",
        "REPLACE INTO ledger_entry (seq, bytes, leaf) VALUES (2, '{}', zeroblob(32))",
        "INSERT INTO ledger_entry (seq, bytes, leaf) VALUES (7, '{}', zeroblob(32))",
        "INSERT INTO ledger_entry (seq, bytes, leaf) VALUES (-1, '{}', zeroblob(32))",
      ])
        expect(() => db.exec(sql)).toThrow('only ever added to');
    });
    expect(store.ledger.list({}, 0, 10).rows.map((entry) => entry.seq)).toEqual([2, 1, 0]);
  });

  it('is signed over all of it, goes on after a restart, and gives the same tree in whatever pieces it grew', () => {
    const entries = [1, 255, 1, 1, 300, 700, 2];
    const sizes: number[] = [];
    for (const count of entries) {
      enter(count);
      const checkpoint = seal();
      sizes.push(checkpoint?.size ?? 0);
      store.close();
      store = open();
    }
    expect(sizes).toEqual([1, 256, 257, 258, 558, 1258, 1260]);
    const key = makeVerifierKey(ORIGIN, privateKey);
    if (!key.ok) throw new Error(key.problem.message);
    const leaves = withFile((db) => db.prepare<[], { bytes: string }>('SELECT bytes FROM ledger_entry ORDER BY seq').all()).map(
      ({ bytes }) => leafHash(Buffer.from(bytes)),
    );
    const levels = [leaves];
    for (let below = leaves; below.length > 1; levels.push(below))
      below = Array.from({ length: Math.floor(below.length / 2) }, (_, n) =>
        createHash('sha256')
          .update(Buffer.concat([Buffer.of(1), below[2 * n] ?? Buffer.of(), below[2 * n + 1] ?? Buffer.of()]))
          .digest(),
      );
    const readHash = (level: number, index: number): Uint8Array | null => levels[level]?.[index] ?? null;
    const notes = withFile((db) => db.prepare<[], { note: string }>('SELECT note FROM ledger_checkpoint ORDER BY size').all());
    for (const { note } of notes) {
      const opened = openCheckpoint(note, [key.value]);
      if (!opened.ok) throw new Error(opened.problem.message);
      expect(rootAt(readHash, opened.value.checkpoint.size)).toEqual({ ok: true, value: opened.value.checkpoint.root });
      expect(store.ledger.rootAt(opened.value.checkpoint.size)).toEqual({ ok: true, value: opened.value.checkpoint.root });
    }
    const proof = inclusionProof(readHash, 700, 1260);
    const newest = store.ledger.rootAt(1260);
    if (!proof.ok || !newest.ok) throw new Error('no proof');
    expect(verifyInclusion({ index: 700, size: 1260, leafHash: leaves[700] ?? Buffer.of(), proof: proof.value, root: newest.value })).toBe(
      true,
    );
  });

  it('is not signed on where an entry is not what was written, and where nothing is new', () => {
    enter(2);
    expect(seal()?.size).toBe(2);
    expect(seal()).toBe(null);
    enter(1);
    withFile((db) => {
      db.exec('DROP TRIGGER ledger_entry_keeps_update');
      db.exec(`UPDATE ledger_entry SET bytes = replace(bytes, 'value', 'virtue') WHERE seq = 2`);
    });
    expect(store.ledger.seal(clock, false, sign)).toMatchObject({ ok: false, problem: { code: 'ledger-broken' } });
    expect(store.ledger.newest()?.size).toBe(2);
  });

  it('is whole to the independent check where entries are ahead of the newest checkpoint, past a full tile', () => {
    enter(200);
    seal();
    enter(400);
    const key = makeVerifierKey(ORIGIN, privateKey);
    const report = withFile((db) => recheck(auditSource(db), { keys: key.ok ? [key.value] : [] }));
    expect(report.problems).toEqual([]);
    expect(report.notices.map(({ code, range }) => [code, range])).toContainEqual(['not-yet-covered', { from: 200, to: 599 }]);
  });

  it('carries a clock that was set back as an entry; readings that only cross are put in order', () => {
    enter(1);
    clock = T0 - 500;
    enter(1);
    clock = T0 - 3_600_000;
    enter(1);
    expect(store.ledger.list({}, 0, 10).rows.map(({ kind, at }) => [kind, Date.parse(at) - T0])).toEqual([
      ['settings.changed', -3_600_000],
      ['clock.jumped', -3_600_000],
      ['settings.changed', 0],
      ['settings.changed', 0],
    ]);
  });

  it('takes any text of a host, bounded and well-formed', () => {
    const body = { detail: `\ud800${'x'.repeat(100_000)}`, list: ['\udc00'] };
    store.ledger.append({
      who: { kind: 'os-user', name: '\ud800'.repeat(1_000) },
      kind: 'finding.noted',
      subject: 's'.repeat(5_000),
      body,
    });
    const [entry] = store.ledger.list({}, 0, 1).rows;
    expect(JSON.stringify(entry).length).toBeLessThan(6_000);
    expect(seal()?.size).toBe(1);
  });
});

describe('what is entered', () => {
  const quote = { sha256: 'a'.repeat(64), packed: deflateRawSync('{}') };
  const seen = (at: number) => hostRecord({ seenAtMs: at, evidenceAtMs: at, quotedAtMs: at, quote, steady: 'as before' });

  it('a change of verdict, with what it rests on; confirmations together, under one root', () => {
    store.write.recordHosts([seen(T0)]);
    for (let round = 1; round <= 3; round += 1) store.write.recordHosts([seen(T0 + round * 30_000)]);
    seal(true);
    const [confirmed, changed] = store.ledger.list({}, 0, 10).rows;
    expect(changed).toMatchObject({
      kind: 'verdict.changed',
      subject: 'host dc/1',
      body: { before: null, after: { verdict: 'trusted' }, evidence: { quote: quote.sha256 }, evidenceAt: new Date(T0).toISOString() },
    });
    const batches = withFile((db) =>
      db
        .prepare<[], { id: number; at_ms: number; count: number; rows: Buffer }>(
          'SELECT id, at_ms, count, rows FROM confirmation ORDER BY id',
        )
        .all(),
    );
    const leaves = batches.map((batch) => leafHash(batchLeaf(batch)));
    const root = rootAt((level, index) => {
      if (level === 0) return leaves[index] ?? null;
      const node = Buffer.concat([Buffer.of(1), ...leaves.slice(index * 2, index * 2 + 2)]);
      return level === 1 ? createHash('sha256').update(node).digest() : top(leaves);
    }, leaves.length);
    expect(confirmed).toMatchObject({
      kind: 'sweep.confirmed',
      body: { batches: { from: 1, to: 4 }, confirmations: 4, root: root.ok ? root.value.toString('hex') : '' },
    });
    seal(true);
    expect(store.ledger.size()).toBe(2);
  });

  const top = (leaves: readonly Buffer[]): Buffer => {
    const pair = (a?: Buffer, b?: Buffer): Buffer =>
      createHash('sha256')
        .update(Buffer.concat([Buffer.of(1), a ?? Buffer.of(), b ?? Buffer.of()]))
        .digest();
    return pair(pair(leaves[0], leaves[1]), pair(leaves[2], leaves[3]));
  };

  it('nothing of a transaction that failed', () => {
    const ima = { sha256: '1'.repeat(64), kind: 'ima', encoding: 'stored', bytes: new Uint8Array(), size: 1 } as const;
    const lost = hostRecord({ id: 'dc/2', blobs: { eventLog: null, ima, runtimeReference: null } });
    expect(() => store.write.recordHosts([seen(T0), lost])).toThrow('not there');
    expect(store.ledger.size()).toBe(0);
  });
});
