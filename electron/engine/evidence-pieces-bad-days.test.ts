import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dispatch } from '../../shared/contract/dispatch.ts';
import { recheck } from '../ledger/recheck/recheck.ts';
import { auditEvidence } from '../store/audit/evidence.ts';
import { openForAudit } from '../store/audit/open.ts';
import { auditSource } from '../store/audit/source.ts';
import { EvidenceDamaged } from '../store/packed-evidence.ts';
import type { WholeBlob } from '../store/records.ts';
import { restoreDatabase } from '../store/restore.ts';
import { withFile } from '../store/testing/file.ts';
import { ledgerBeforeFiling } from '../store/testing/before-filing.ts';
import { quotesBeforePacking } from '../store/testing/before-packing.ts';
import { hostRecord } from '../store/testing/host-record.ts';
import { createEngine } from './engine.ts';
import { record as recordOf, observe } from './testing/observation.ts';
import { createKeptLists, type KeptLists, lines, run, sha256 } from './testing/kept-lists.ts';
import { unpackEvidence } from './unpack-evidence.ts';

const FIRST = lines(4_000);
const GROWN = Buffer.concat([FIRST, lines(300, 'later')]);

let kept: KeptLists;
let elsewhere: string;
beforeEach(() => {
  kept = createKeptLists();
  elsewhere = mkdtempSync(path.join(tmpdir(), 'plumbline-lists-elsewhere-'));
});
afterEach(() => {
  kept.remove();
  rmSync(elsewhere, { recursive: true, force: true });
});

/** What the independent check says of evidence: problems and notices. */
const audited = (folder = kept.folder): string[] => {
  const opened = openForAudit(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  try {
    const { problems, notices } = recheck(auditSource(opened.value.db), { evidence: auditEvidence(opened.value.db) });
    return [...problems, ...notices].filter(({ code }) => code.startsWith('evidence')).map(({ code, sentence }) => `${code}: ${sentence}`);
  } finally {
    opened.value.close();
  }
};
const readInSteps = async (id: string): Promise<Uint8Array | null> => {
  const found = kept.store().hosts.packedEvidence(id, 'ima');
  return found === null ? null : unpackEvidence(found);
};

describe('a process that ends between two steps', () => {
  /** The files as they are at this moment, opened as the next start would. */
  const next = (step: number): KeptLists => {
    const folder = path.join(elsewhere, String(step));
    const copy = createKeptLists(folder);
    copy.store().close();
    for (const end of ['', '-wal']) {
      const file = path.join(kept.folder, `plumbline.db${end}`);
      rmSync(path.join(folder, `plumbline.db${end}`), { force: true });
      if (existsSync(file)) copyFileSync(file, path.join(folder, `plumbline.db${end}`));
    }
    copy.reopen();
    return copy;
  };

  it('has lost nothing that was recorded, and leaves nothing behind that is not swept', () => {
    kept.keep('dc/1', FIRST);
    kept.keep('dc/2', lines(2_000, 'two'));
    let step = 0;
    const look = (held: Buffer): void => {
      const copy = next(step);
      expect(held.equals(copy.listOf('dc/1') ?? Buffer.of())).toBe(true);
      expect(audited(copy.folder)).toEqual([]);
      run(copy.store().write.dropUnused());
      expect(copy.orphans()).toBe(0);
      // What was being recorded comes again.
      copy.keep('dc/1', GROWN, { verdict: 'failed' });
      expect(GROWN.equals(copy.listOf('dc/1') ?? Buffer.of())).toBe(true);
      expect(copy.orphans()).toBe(0);
      copy.store().close();
      step += 1;
    };
    const record = kept.recordOf('dc/1', GROWN, { verdict: 'failed' });
    for (const _ of kept.store().write.putLarge(record)) look(FIRST);
    kept.store().write.recordHosts([record]);
    look(GROWN);
    // Both lists of dc/2 go at last: the span of neither is kept.
    for (const verdict of ['failed', 'trusted'] as const) kept.keep('dc/2', lines(1_000, verdict), { verdict });
    withFile(kept.folder, false, (db) => db.exec('DELETE FROM blob WHERE sha256 NOT IN (SELECT ima_sha256 FROM host_state)'));
    for (const _ of kept.store().write.dropUnused()) {
      const copy = next(step);
      expect(GROWN.equals(copy.listOf('dc/1') ?? Buffer.of())).toBe(true);
      run(copy.store().write.dropUnused());
      expect(copy.orphans()).toBe(0);
      copy.store().close();
      step += 1;
    }
    expect(step).toBeGreaterThan(6);
  });

  it('is not swept behind while a record is on its way', () => {
    const record = kept.recordOf('dc/1', FIRST);
    for (const _ of kept.store().write.putLarge(record)) expect(run(kept.store().write.dropUnused())).toBe(0);
    kept.store().write.recordHosts([record]);
    expect(FIRST.equals(kept.listOf('dc/1') ?? Buffer.of())).toBe(true);
  });
});

describe('a list that somebody changed', () => {
  const PIECE = '(SELECT piece_id FROM stretch_piece ORDER BY piece_id LIMIT 1 OFFSET 3)';
  const damage = (sql: string): void => withFile(kept.folder, false, (db) => void db.exec(`PRAGMA foreign_keys = OFF; ${sql}`));

  it.each([
    ['a piece that is another', `UPDATE piece SET bytes = (SELECT bytes FROM piece ORDER BY id LIMIT 1) WHERE id = ${PIECE}`],
    [
      'a piece with a bit turned',
      `UPDATE piece SET bytes = CAST(substr(bytes, 1, 99) || x'00' || substr(bytes, 101) AS BLOB) WHERE id = ${PIECE}`,
    ],
    ['a piece that is cut off', `UPDATE piece SET bytes = substr(bytes, 1, length(bytes) / 2) WHERE id = ${PIECE}`],
    ['a piece that is gone', `DELETE FROM piece WHERE id = ${PIECE}`],
    ['a piece fewer', `DELETE FROM stretch_piece WHERE piece_id = ${PIECE}`],
    ['no piece at all', 'DELETE FROM stretch_piece'],
    ['another order', 'UPDATE stretch_piece SET place = -1 WHERE place = 2'],
    ['a stretch fewer', 'DELETE FROM blob_stretch WHERE place = (SELECT max(place) FROM blob_stretch)'],
    ['another size', 'UPDATE blob SET size = size - 1'],
  ])('to %s is found by the independent check, which names it, and never shown as something else', async (what, sql) => {
    kept.keep('dc/1', FIRST);
    expect(audited()).toEqual([]);
    damage(sql);
    // The size is only what memory is taken for.
    const said =
      what === 'another size' ? [] : [`evidence-changed: Evidence ${sha256(FIRST).slice(0, 12)}… of entry 0 does not match its digest.`];
    expect(audited()).toEqual(said);
    await expect(readInSteps('dc/1')).rejects.toThrow(EvidenceDamaged);
    expect(() => kept.listOf('dc/1')).toThrow(EvidenceDamaged);
  });

  it('is said to be damaged where it would be shown, and what to do', async () => {
    const record = recordOf(observe());
    const list = lines(1_000);
    kept.keep(record.id, list, { ...record, blobs: kept.recordOf(record.id, list).blobs });
    damage('DELETE FROM piece');
    const engine = createEngine({
      store: kept.store(),
      endpoints: [],
      endorsement: null,
      anchors: [],
      manifestText: null,
      version: '1',
      shell: 'console',
      dataFolder: kept.folder,
      emit: () => {},
    });
    expect(await dispatch(engine.handlers, 'hosts.ima', { id: record.id, offset: 0, limit: 10 })).toMatchObject({
      ok: false,
      error: { code: 'unavailable', message: expect.stringContaining('data restore') },
    });
    await engine.stop();
  });

  it('cannot lose a piece that it consists of, whoever asks for it with foreign keys in force', () => {
    kept.keep('dc/1', FIRST);
    for (const table of ['piece', 'stretch'])
      expect(() => withFile(kept.folder, false, (db) => db.exec(`PRAGMA foreign_keys = ON; DELETE FROM ${table}`))).toThrow('FOREIGN KEY');
  });
});

describe('lists that an earlier version kept whole', () => {
  const whole = (list: Buffer): WholeBlob => ({
    sha256: sha256(list),
    kind: 'ima',
    encoding: 'gzip',
    bytes: gzipSync(list, { level: 1 }),
    size: list.length,
  });

  it.each([
    ['in one row', lines(1_000)],
    ['in parts', lines(8_000)],
  ])('%s read as before, are checked before and after the update, and go on in pieces', async (_how, list) => {
    const record = hostRecord({ blobs: { eventLog: null, ima: whole(list), runtimeReference: null } });
    run(kept.store().write.putLarge(record));
    kept.store().write.recordHosts([record]);
    kept.store().close();
    // As it was before there were pieces, with an index that went since.
    withFile(kept.folder, false, (db) => {
      quotesBeforePacking(db);
      ledgerBeforeFiling(db);
      for (const table of ['loose_piece', 'loose_stretch', 'blob_stretch', 'stretch_piece', 'stretch', 'piece'])
        db.exec(`DROP TABLE ${table}`);
      db.exec('CREATE INDEX span_newest ON span (from_ms)');
      db.pragma('user_version = 80');
    });
    expect(audited()).toEqual([]);
    kept.reopen();
    expect(audited()).toEqual([]);
    expect(list.equals((await readInSteps('dc/1')) ?? Buffer.of())).toBe(true);
    const grown = Buffer.concat([list, lines(20, 'later')]);
    kept.keep('dc/1', grown);
    expect(grown.equals((await readInSteps('dc/1')) ?? Buffer.of())).toBe(true);
    expect(audited()).toEqual([]);
  });
});

describe('a backup', () => {
  it('holds lists with their pieces', async () => {
    kept.keep('dc/1', FIRST);
    const file = path.join(elsewhere, 'backup.db');
    expect(await kept.store().upkeep.backup(file, () => {}, new AbortController().signal)).toMatchObject({ ok: true });
    kept.keep('dc/1', GROWN);
    kept.store().close();
    expect(restoreDatabase(file, kept.folder, Date.now()).ok).toBe(true);
    kept.reopen();
    expect(FIRST.equals(kept.listOf('dc/1') ?? Buffer.of())).toBe(true);
    expect(audited()).toEqual([]);
  });
});
