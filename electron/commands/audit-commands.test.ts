import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Anchored, createAnchored } from '../engine/ledger/testing/anchored.ts';
import { bodyOf, known, startServer, type TestServer } from '../engine/ledger/testing/https-server.ts';
import { createWitness } from '../engine/ledger/testing/witness-server.ts';
import { openCheckpoint } from '../ledger/checkpoint.ts';
import { keyFrom, valueOf } from '../ledger/testing/ledger.ts';
import { createAuthority, hasOpenssl } from '../ledger/testing/time-stamp-authority.ts';
import { makeVerifierKey, parseVerifierKey } from '../ledger/verifier-key.ts';
import { withFile } from '../store/testing/file.ts';
import { auditCheckpointCommand } from './audit-checkpoint.ts';
import { auditKeyCommand } from './audit-key.ts';
import { auditProofCommand } from './audit-proof.ts';
import { auditRotateKeyCommand } from './audit-rotate-key.ts';
import { auditVerifyCommand } from './audit-verify.ts';
import type { Command } from './command.ts';

const HOUR = 3_600_000;
const SCRIPT = path.join(import.meta.dirname, '..', '..', 'docs', 'check-a-proof.sh');
const hasTools = hasOpenssl && spawnSync('xxd', ['-v']).status === 0;

const run = async (command: Command, ...args: readonly string[]) => {
  let [out, err] = ['', ''];
  const io = {
    stdout: (text: string) => void (out += text),
    stderr: (text: string) => void (err += text),
    isTty: false,
    signal: new AbortController().signal,
  };
  const status = await command.run(args, io);
  return { status, out, err };
};

let one: Anchored;
let outside: string;
beforeEach(() => {
  one = createAnchored();
  outside = mkdtempSync(path.join(tmpdir(), 'plumbline-commands-'));
});
afterEach(async () => {
  await one.remove();
  rmSync(outside, { recursive: true, force: true });
});
const file = (name: string): string => path.join(outside, name);
const data = (): readonly string[] => ['--data', one.folder];

const COMMANDS = [auditKeyCommand, auditCheckpointCommand, auditProofCommand, auditRotateKeyCommand, auditVerifyCommand];

describe('every audit command', () => {
  it.each(COMMANDS.map((command) => [command.name, command] as const))('%s explains itself', async (name, command) => {
    const { status, out } = await run(command, '--help');
    expect(status).toBe(0);
    for (const words of [`Usage: plumbline ${name}`, 'Example: plumbline', 'Exit status:', 'Bounds:']) expect(out).toContain(words);
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    '%s refuses what is no data folder in one line',
    async (_, command) => {
      const more =
        command === auditProofCommand ? ['--entry', '1', '--out', file('x')] : command === auditRotateKeyCommand ? ['--reason', 'x'] : [];
      for (const args of [
        [],
        ['--data'],
        ['--data', file('nowhere'), ...more],
        ['--data', outside, ...more],
        ['--what'],
        ['--data', outside, 'x'],
      ]) {
        const { status, out, err } = await run(command, ...args);
        expect({ status, out, lines: err.split('\n').length }).toEqual({ status: 2, out: '', lines: 2 });
      }
      expect(existsSync(file('nowhere'))).toBe(false);
      expect(existsSync(file('plumbline.db'))).toBe(false);
    },
  );
});

describe('audit key and audit checkpoint', () => {
  it('give the key, and a checkpoint that it verifies; while the folder is in use', async () => {
    await one.start([]);
    const { out: key } = await run(auditKeyCommand, ...data());
    expect(key).toBe(`${await one.verifierKey()}\n`);
    const { status, out: note } = await run(auditCheckpointCommand, ...data());
    expect({ status, signed: openCheckpoint(note, [valueOf(parseVerifierKey(key.trim()))]).ok }).toEqual({ status: 0, signed: true });
    expect(await run(auditCheckpointCommand, ...data(), '--out', file('kept.txt'))).toMatchObject({
      status: 0,
      out: 'The first 2 entries.\n',
    });
    expect(readFileSync(file('kept.txt'), 'utf8')).toBe(note);
    expect(await run(auditCheckpointCommand, ...data(), '--out', file('kept.txt'))).toMatchObject({
      status: 2,
      err: expect.stringContaining('not overwritten'),
    });
    expect(JSON.parse((await run(auditCheckpointCommand, ...data(), '--json')).out)).toMatchObject({ size: 2, note });
    expect((await run(auditVerifyCommand, ...data(), '--key', key, '--checkpoint', file('kept.txt'))).status).toBe(0);
  });

  it('a checkpoint that somebody changed is not handed out', async () => {
    await one.start([]);
    await one.stop();
    withFile(one.folder, false, (db) =>
      db.exec(
        "DROP TRIGGER ledger_checkpoint_keeps_update; UPDATE ledger_checkpoint SET note = replace(note, char(10) || '2' || char(10), char(10) || '3' || char(10))",
      ),
    );
    expect(await run(auditCheckpointCommand, ...data(), '--out', file('kept.txt'))).toMatchObject({ status: 1, out: '' });
    expect(existsSync(file('kept.txt'))).toBe(false);
    expect((await run(auditProofCommand, ...data(), '--entry', '1', '--out', file('x'))).status).toBe(1);
  });
});

describe('audit proof', () => {
  it.skipIf(!hasTools)(`is checked by a script that uses nothing of ours${hasTools ? '' : ': openssl or xxd is not here'}`, async () => {
    await one.start([]);
    for (let n = 0; n < 700; n += 1)
      one.store().ledger.append({ who: { kind: 'system', name: 'test' }, kind: 'settings.changed', subject: 'x', body: { n } });
    await one.step();
    const key = await one.verifierKey();
    const size = one.store().ledger.newest()?.size ?? 0;
    for (const entry of [0, 1, 255, 256, 511, 512, size - 1]) {
      const name = file(`entry-${entry}.tlog-proof`);
      expect(await run(auditProofCommand, ...data(), '--entry', String(entry), '--out', name)).toMatchObject({
        status: 0,
        out: expect.stringContaining(key),
      });
      const checked = spawnSync('sh', [SCRIPT, name, key], { encoding: 'utf8' });
      expect({ status: checked.status, err: checked.stderr }).toMatchObject({
        status: 0,
        err: expect.stringContaining(`PROVEN: entry ${entry} of ${size}`),
      });
      expect(JSON.parse(checked.stdout)).toMatchObject({ seq: entry });
    }
    const name = file('entry-7.tlog-proof');
    await run(auditProofCommand, ...data(), '--entry', '7', '--out', name, '--json');
    const text = readFileSync(name, 'utf8');
    writeFileSync(name, text.replace('index 7', 'index 8'));
    expect(spawnSync('sh', [SCRIPT, name, key]).status).toBe(1);
  });

  it('refuses entries that are not there or not covered yet, and kept hashes that do not fit', async () => {
    await one.start([]);
    const prove = (entry: string, name: string) => run(auditProofCommand, ...data(), '--entry', entry, '--out', file(name));
    one.store().ledger.append({ who: { kind: 'system', name: 'test' }, kind: 'settings.changed', subject: 'x', body: {} });
    expect(await prove('2', 'a')).toMatchObject({ status: 2, err: expect.stringContaining('No checkpoint covers entry 2 yet') });
    expect(await prove('99', 'a')).toMatchObject({ status: 2, err: expect.stringContaining('this ledger has 3') });
    for (const wrong of ['-1', '1.5', 'x', '', '9'.repeat(30)]) expect((await prove(wrong, 'a')).status).toBe(2);
    await one.stop();
    withFile(one.folder, false, (db) =>
      db.exec('DROP TRIGGER ledger_entry_keeps_update; UPDATE ledger_entry SET leaf = zeroblob(32) WHERE seq = 0'),
    );
    expect(await prove('1', 'a')).toMatchObject({ status: 1, err: expect.stringContaining('audit verify') });
    expect(existsSync(file('a'))).toBe(false);
  });
});

describe('audit rotate-key', () => {
  it('puts a new key in force; one pinned key, old or new, is enough', async () => {
    await one.start([]);
    const before = await one.verifierKey();
    expect(await run(auditRotateKeyCommand, ...data(), '--reason', 'a test')).toMatchObject({
      status: 2,
      err: expect.stringContaining('Another Plumbline'),
    });
    await one.stop();
    const { status, out } = await run(auditRotateKeyCommand, ...data(), '--reason', 'a test');
    expect({ status, same: out.trim() === before }).toEqual({ status: 0, same: false });
    expect(JSON.parse((await run(auditKeyCommand, ...data(), '--json')).out)).toMatchObject({
      key: out.trim(),
      entry: 2,
      earlier: [{ key: before, entry: 1 }],
    });
    await one.start([]);
    expect(one.entries('key')[0]).toMatchObject({ kind: 'key.rotated', who: { kind: 'os-user' }, body: { reason: 'a test' } });
    for (const key of [before, out]) expect((await run(auditVerifyCommand, ...data(), '--key', key)).status).toBe(0);
    expect((await run(auditVerifyCommand, ...data(), '--key', valueOf(makeVerifierKey('x', keyFrom('x'))).text)).status).toBe(1);
  });
});

describe('audit verify with anchors', () => {
  const servers: TestServer[] = [];
  const authority = hasOpenssl ? createAuthority() : null;
  afterAll(async () => {
    authority?.close();
    for (const server of servers) await server.close();
  });

  it.skipIf(authority === null)(`verifies what is in the file and in the folder${hasOpenssl ? '' : ': openssl is not here'}`, async () => {
    const witness = createWitness(() => Math.floor(one.nowMs() / 1000));
    const witnessing = await startServer(witness.listener);
    const stamping = await startServer((request, response) => {
      void bodyOf(request).then((body) => response.end(authority?.answer(body)));
    });
    servers.push(witnessing, stamping);
    const roots = authority?.root.toString() ?? '';
    const folder = one.outside;
    await one.start([]);
    witness.knows(await one.verifierKey());
    await one.stop();
    copyFileSync(path.join(one.folder, 'plumbline.db'), file('early.db'));
    await one.start([
      { kind: 'folder', path: folder, everyMs: HOUR },
      { kind: 'witness', url: `${witnessing.url}/w`, ca: known.caPem, key: witness.key.text, everyMs: HOUR },
      { kind: 'time-stamp', url: stamping.url, ca: known.caPem, roots: [roots], everyMs: HOUR },
    ]);
    for (let n = 0; n < 3; n += 1) {
      one.pass(HOUR);
      await one.step();
    }
    await one.stop();
    writeFileSync(file('roots.pem'), `${authority?.intermediate.toString() ?? ''}\n${roots}`);
    writeFileSync(file('witness.vkey'), `${witness.key.text}\n`);
    const all = ['--checkpoint', folder, '--witness-key', file('witness.vkey'), '--tsa-roots', file('roots.pem')];
    const { status, out } = await run(auditVerifyCommand, ...data(), ...all);
    expect(status).toBe(0);
    expect(out.match(/Put into a folder at \d+ entries/g)).toHaveLength(4);
    expect(out.match(/Anchored outside at \d+ entries: witness by witness\.test\/one at 2/g)).toHaveLength(4);
    expect(out.match(/Anchored outside at \d+ entries: time-stamp at 2/g)).toHaveLength(4);
    expect(out).not.toContain('anchor-unverified');
    expect((await run(auditVerifyCommand, ...data())).out).toContain('8 anchors were not verified');

    writeFileSync(file('other.pem'), known.caPem);
    expect((await run(auditVerifyCommand, ...data(), '--tsa-roots', file('other.pem'))).out).toContain('WRONG anchor-broken');
    const wrong = [
      ['--witness-key', await keyLine()],
      ['--key', witness.key.text],
      ['--tsa-roots', file('witness.vkey')],
      ['--checkpoint', outside],
    ];
    for (const args of wrong) expect((await run(auditVerifyCommand, ...data(), ...args)).status).toBe(2);

    copyFileSync(path.join(one.folder, 'plumbline.db'), file('whole.db'));
    const tampered = async (sql: string): Promise<string> => {
      withFile(one.folder, false, (db) => db.exec(sql));
      const { out: said } = await run(auditVerifyCommand, ...data(), ...all);
      copyFileSync(file('whole.db'), path.join(one.folder, 'plumbline.db'));
      return said;
    };
    expect(await tampered("DELETE FROM ledger_anchor WHERE kind = 'witness' AND size > 5")).toMatch(
      /WRONG anchor-missing: The anchor at \d+ entries/,
    );
    expect(await tampered('UPDATE ledger_anchor SET token = (SELECT max(token) FROM ledger_anchor) WHERE token IS NOT NULL')).toContain(
      'WRONG anchor-broken',
    );
    expect(await tampered("UPDATE ledger_anchor SET note = 'x' WHERE kind = 'file'")).toContain('WRONG anchor-broken');
    expect((await run(auditVerifyCommand, ...data(), ...all)).status).toBe(0);

    // Whoever has the key and the database writes everything since then anew, and takes away the anchors in the database.
    for (const name of ['plumbline.db-wal', 'plumbline.db-shm', 'ledger-head.txt']) rmSync(path.join(one.folder, name), { force: true });
    copyFileSync(file('early.db'), path.join(one.folder, 'plumbline.db'));
    await one.start([]);
    for (let n = 0; n < 20; n += 1) await one.step();
    await one.stop();
    expect((await run(auditVerifyCommand, ...data())).status).toBe(0);
    const found = await run(auditVerifyCommand, ...data(), '--checkpoint', folder);
    expect(found).toMatchObject({ status: 1, out: expect.stringContaining('WRONG ledger-forked') });
  });

  const keyLine = async (): Promise<string> => (await run(auditKeyCommand, ...data())).out.trim();
});
