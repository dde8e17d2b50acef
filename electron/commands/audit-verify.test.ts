import { createHash, generateKeyPairSync } from 'node:crypto';
import { closeSync, copyFileSync, cpSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { headFile } from '../engine/ledger/head-file.ts';
import { createKeeper } from '../engine/ledger/keeper.ts';
import { keyFile } from '../engine/ledger/key-file.ts';
import { signCheckpoint } from '../ledger/checkpoint.ts';
import { leafHash } from '../ledger/hashing.ts';
import { openStore } from '../store/store.ts';
import { withFile } from '../store/testing/file.ts';
import { hostRecord } from '../store/testing/host-record.ts';
import { auditVerifyCommand } from './audit-verify.ts';

const T0 = 1_800_000_000_000;

const reportSchema = z.object({
  ok: z.boolean(),
  entries: z.number(),
  checkpoint: z.object({ size: z.number() }).nullable(),
  problems: z.array(
    z.object({
      code: z.string(),
      seq: z.number().optional(),
      range: z.object({ from: z.number(), to: z.number() }).optional(),
      sentence: z.string(),
    }),
  ),
  notices: z.array(z.object({ code: z.string() })),
});

const verify = async (folder: string, ...args: readonly string[]) => {
  let out = '';
  let err = '';
  const io = {
    stdout: (text: string) => void (out += text),
    stderr: (text: string) => void (err += text),
    isTty: false,
    signal: new AbortController().signal,
  };
  const status = await auditVerifyCommand.run(['--data', folder, '--json', ...args], io);
  return { status, err, report: status === 2 ? null : reportSchema.parse(JSON.parse(out)) };
};
const codes = async (folder: string, ...args: readonly string[]): Promise<string[]> => {
  const { report } = await verify(folder, ...args);
  return (report?.problems ?? []).map(({ code, seq, range }) =>
    [code, seq ?? (range && `${range.from}-${range.to}`)].filter((part) => part !== undefined).join(' '),
  );
};

let original: string;
let folder: string;
let key = '';

/** A fleet of five hosts over an hour: changes, confirmations, findings, a manifest, two runs. */
beforeAll(async () => {
  original = mkdtempSync(path.join(tmpdir(), 'plumbline-audit-original-'));
  let atMs = T0;
  for (let run = 0; run < 2; run += 1) {
    const opened = openStore(original);
    if (!opened.ok) throw new Error(opened.problem.message);
    const store = opened.value;
    const keeper = createKeeper({
      store,
      keys: keyFile(original),
      head: headFile(original),
      nowMs: () => atMs,
      version: '1',
      shell: 'console',
    });
    keeper.begin([], [{ name: 'dc', kind: 'keylime', url: 'https://dc', intervalMs: 60_000 }]);
    for (let round = 0; round < 5; round += 1) {
      const records = [1, 2, 3, 4, 5].map((id) => {
        const text = `quote of ${id} at ${atMs}`;
        const isFailed = id === 3 && (round === 2 || round === 3);
        return hostRecord({
          id: `dc/${id}`,
          agentId: String(id),
          seenAtMs: atMs,
          evidenceAtMs: atMs,
          quotedAtMs: atMs,
          steady: isFailed ? 'failed' : 'trusted',
          ...(isFailed && { verdict: 'failed', verified: 'failed', brokenLink: 'kernel', reason: 'Kernel changed.' }),
          quote: { sha256: createHash('sha256').update(text).digest('hex'), packed: deflateRawSync(text) },
        });
      });
      store.write.recordHosts(records);
      keeper.seal(true);
      atMs += 60_000;
    }
    const number = store.policy.propose(
      {
        text: 'kind: TrustManifest',
        sha256: createHash('sha256').update('kind: TrustManifest').digest('hex'),
        name: 'x',
        author: 'ann',
        reason: 'r',
      },
      atMs,
    );
    store.policy.activate(number, null, 'ann', atMs, 'r');
    keeper.end();
    key = (await keeper.handlers['ledger.state']({})).verifierKey;
    store.close();
  }
});
afterAll(() => rmSync(original, { recursive: true, force: true }));
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-audit-'));
  cpSync(original, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes to the file as somebody would who knows SQL: triggers are dropped first. */
type Db = Parameters<Parameters<typeof withFile>[2]>[0];
const tamper = (...statements: readonly (string | ((db: Db) => void))[]): void =>
  withFile(folder, false, (db) => {
    for (const { name } of db.prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all())
      db.exec(`DROP TRIGGER ${name}`);
    for (const statement of statements) {
      if (typeof statement === 'string') db.exec(statement);
      else statement(db);
    }
  });
/** Recomputes the hashes beside the entries, as a careful forger would. */
const rehash = (db: Db): void => {
  const update = db.prepare('UPDATE ledger_entry SET leaf = ? WHERE seq = ?');
  for (const { seq, bytes } of db.prepare<[], { seq: number; bytes: string }>('SELECT seq, bytes FROM ledger_entry').all())
    update.run(leafHash(Buffer.from(bytes)), seq);
};
const seqOf = (where: string): number =>
  withFile(
    folder,
    true,
    (db) => z.object({ seq: z.number() }).parse(db.prepare(`SELECT seq FROM ledger_entry WHERE ${where} ORDER BY seq LIMIT 1`).get()).seq,
  );

describe('a data folder that nobody touched', () => {
  it('holds, with the key given and without', async () => {
    const { status, report } = await verify(folder, '--key', key);
    expect({ status, problems: report?.problems, notices: report?.notices }).toEqual({ status: 0, problems: [], notices: [] });
    expect(report?.checkpoint?.size).toBe(report?.entries);
    expect((await verify(folder)).report?.notices).toEqual([expect.objectContaining({ code: 'key-first-use' })]);
  });

  it('can be checked where nothing can be written', async () => {
    const checkpoint = path.join(folder, 'ledger-head.txt');
    expect((await verify(folder, '--checkpoint', checkpoint)).status).toBe(0);
    expect(readFileSync(path.join(folder, 'plumbline.db')).equals(readFileSync(path.join(original, 'plumbline.db')))).toBe(true);
  });
});

describe('an entry of the ledger', () => {
  it('that was changed is named', async () => {
    const seq = seqOf("kind = 'verdict.changed' AND bytes LIKE '%failed%'");
    tamper(`UPDATE ledger_entry SET bytes = replace(bytes, 'Kernel changed.', 'All was well...') WHERE seq = ${seq}`);
    expect(await codes(folder)).toEqual(expect.arrayContaining([`entry-changed ${seq}`, `record-changed ${seq}`]));
  });

  it('that was changed with its hash is between two checkpoints', async () => {
    const seq = seqOf("kind = 'verdict.changed' AND bytes LIKE '%failed%'");
    tamper(`UPDATE ledger_entry SET bytes = replace(bytes, 'Kernel changed.', 'All was well...') WHERE seq = ${seq}`, rehash);
    const { report } = await verify(folder);
    const found = report?.problems.find(({ code }) => code === 'entries-rewritten');
    expect(found?.range?.from).toBeLessThanOrEqual(seq);
    expect(found?.range?.to).toBeGreaterThanOrEqual(seq);
    expect((found?.range?.to ?? 0) - (found?.range?.from ?? 0)).toBeLessThan(4);
  });

  it('that was removed is named, from the middle and from the end', async () => {
    tamper('DELETE FROM ledger_entry WHERE seq = 9');
    expect(await codes(folder)).toContain('entry-removed 9');
    rmSync(folder, { recursive: true });
    cpSync(original, folder, { recursive: true });
    tamper('DELETE FROM ledger_entry WHERE seq = (SELECT max(seq) FROM ledger_entry)');
    expect((await codes(folder)).some((code) => code.startsWith('entry-removed'))).toBe(true);
  });

  it('that was inserted is named, and so are two that changed places', async () => {
    tamper(
      'UPDATE ledger_entry SET seq = -seq - 1 WHERE seq >= 5',
      'UPDATE ledger_entry SET seq = -seq WHERE seq < 0',
      'INSERT INTO ledger_entry (seq, bytes, leaf, kind, subject_id) SELECT 5, bytes, leaf, kind, subject_id FROM ledger_entry WHERE seq = 4',
    );
    expect((await codes(folder)).some((code) => code.startsWith('entry-inserted'))).toBe(true);
    rmSync(folder, { recursive: true });
    cpSync(original, folder, { recursive: true });
    tamper(
      'UPDATE ledger_entry SET seq = -1 WHERE seq = 6',
      'UPDATE ledger_entry SET seq = 6 WHERE seq = 7',
      'UPDATE ledger_entry SET seq = 7 WHERE seq = -1',
    );
    expect((await codes(folder)).some((code) => code.startsWith('entry-reordered'))).toBe(true);
  });
});

describe('what an entry is found by', () => {
  it.each([
    ['another kind', "UPDATE ledger_entry SET kind = 'finding.resolved' WHERE seq = 5"],
    [
      'the subject of another entry',
      'UPDATE ledger_entry SET subject_id = (SELECT subject_id FROM ledger_entry WHERE seq = 0) WHERE seq = 5',
    ],
    ['a subject that is not there', 'PRAGMA foreign_keys = OFF; UPDATE ledger_entry SET subject_id = 999999 WHERE seq = 5'],
    [
      'a subject with another text',
      "UPDATE ledger_subject SET subject = 'host other' WHERE id = (SELECT subject_id FROM ledger_entry WHERE seq = 5)",
    ],
  ])('is held against its bytes: %s', async (_what, sql) => {
    tamper(sql);
    const found = await codes(folder);
    expect(found).toContain('entry-misfiled 5');
    expect(found.filter((code) => code.startsWith('entry-') && !code.startsWith('entry-misfiled'))).toEqual([]);
  });
});

describe('the history as a whole', () => {
  it('that was set back shows against a checkpoint that was kept elsewhere, and against itself where checkpoints stayed', async () => {
    const head = path.join(folder, 'kept-elsewhere.txt');
    copyFileSync(path.join(folder, 'ledger-head.txt'), head);
    tamper(
      'DELETE FROM ledger_entry WHERE seq >= 15',
      'DELETE FROM ledger_checkpoint WHERE size > 15',
      'DELETE FROM span WHERE entry_seq >= 15',
    );
    expect(await codes(folder, '--checkpoint', head)).toContainEqual(expect.stringMatching(/^ledger-rewound/u));
  });

  it('that was written anew by whoever has the key shows as a second one', async () => {
    const head = path.join(folder, 'kept-elsewhere.txt');
    copyFileSync(path.join(folder, 'ledger-head.txt'), head);
    tamper(
      `UPDATE ledger_entry SET bytes = replace(bytes, 'Kernel changed.', 'All was well...')`,
      `UPDATE span SET reason = replace(reason, 'Kernel changed.', 'All was well...')`,
      rehash,
      'DELETE FROM ledger_checkpoint',
      'DELETE FROM ledger_tile',
    );
    const opened = openStore(folder);
    if (!opened.ok) throw new Error(opened.problem.message);
    const keys = keyFile(folder).load();
    if (!keys.ok || keys.value === null) throw new Error('no key');
    const privateKey = keys.value;
    const origin = key.split('+')[0] ?? '';
    opened.value.ledger.seal(T0, true, ({ size, root }) => signCheckpoint({ origin, size, root }, [{ privateKey }]));
    opened.value.close();
    expect(await codes(folder, '--key', key)).toEqual([]);
    expect(await codes(folder, '--key', key, '--checkpoint', head)).toContainEqual(
      expect.stringMatching(/^(?:ledger-forked|entries-rewritten)/u),
    );
  });

  it('that another key signed is not the one of the key given', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const origin = key.split('+')[0] ?? '';
    tamper((db) => {
      for (const { size, note } of db.prepare<[], { size: number; note: string }>('SELECT size, note FROM ledger_checkpoint').all()) {
        const signed = signCheckpoint({ origin, size, root: Buffer.from(note.split('\n')[2] ?? '', 'base64') }, [{ privateKey }]);
        if (signed.ok) db.prepare('UPDATE ledger_checkpoint SET note = ? WHERE size = ?').run(signed.value, size);
      }
    });
    expect(await codes(folder, '--key', key)).toContain('key-swapped');
    expect(await codes(folder)).toContain('key-swapped');
  });
});

describe('what screens show', () => {
  it.each([
    [
      'what a host is shown as',
      "UPDATE host SET verdict = 'trusted', severity = 3, reason = '' WHERE id = 'dc/3'; UPDATE host SET country = 'FR' WHERE id = 'dc/2'",
      'record-changed',
    ],
    ['the history of a host', "UPDATE span SET verdict = 'trusted' WHERE verdict = 'failed'", 'record-changed'],
    ['a part of the history', "DELETE FROM span WHERE verdict = 'failed'", 'record-missing'],
    [
      'something in the history that was never recorded',
      "INSERT INTO span (host_id, from_ms, to_ms, verdict, reported, reason, confirmations) VALUES ('dc/3', 1, 2, 'trusted', 'trusted', '', 1)",
      'record-not-entered',
    ],
    ['the text of a manifest', "UPDATE manifest_version SET text = 'kind: Other'", 'manifest-changed'],
    ['who was confirmed when', 'UPDATE confirmation SET at_ms = at_ms + 1 WHERE id = 3', 'confirmations-changed'],
    ['confirmations that were deleted without a word', 'DELETE FROM confirmation WHERE id <= 4', 'confirmations-changed'],
    ['evidence', 'UPDATE quote SET bytes = (SELECT bytes FROM quote ORDER BY id LIMIT 1); DELETE FROM latest_quote', 'evidence-changed'],
  ])('%s was changed, and it is said', async (_what, sql, code) => {
    tamper(sql);
    expect((await codes(folder)).map((one) => one.split(' ')[0])).toContain(code);
    expect((await verify(folder)).status).toBe(1);
  });
});

describe('a file that is damaged or none', () => {
  it('is an error in one line, whatever page it is', async () => {
    const file = path.join(folder, 'plumbline.db');
    const { size } = statSync(file);
    for (const at of [0, 4_096 * 3, Math.floor(size / 8_192) * 4_096, size - 4_096]) {
      copyFileSync(path.join(original, 'plumbline.db'), file);
      const handle = openSync(file, 'r+');
      writeSync(handle, Buffer.alloc(4_096, 0xa5), 0, 4_096, at);
      closeSync(handle);
      const { status, err } = await verify(folder);
      expect([status, err.split('\n').length]).toEqual(status === 2 ? [2, 2] : [status, 1]);
      expect(status).not.toBe(0);
    }
  });

  it.each([
    [['--data', '/nonexistent'], 'There is no'],
    [['--key', 'x+y+z'], 'no verifier key'],
    [['--checkpoint', '/nonexistent'], 'nonexistent'],
    [['extra'], 'extra: no file that can be read'],
  ])('%s is refused with what to do', async (args, words) => {
    const { status, err } = await verify(folder, ...args);
    expect(status).toBe(2);
    expect(err).toContain(words);
  });

  it('a text that is no database is none', async () => {
    for (const name of ['plumbline.db', 'plumbline.db-wal'])
      writeFileSync(path.join(folder, name), 'not a database, but as long as one needs to be'.repeat(100));
    expect(await verify(folder)).toMatchObject({ status: 2, err: expect.stringContaining('cannot be read') });
  });
});
