import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { exportInThread } from '../engine/exports/thread.ts';
import { type Made, makePkcs12, PASSWORD } from '../signing/testing/pkcs12.ts';
import { openStore, type Store } from '../store/store.ts';
import { hostRecord } from '../store/testing/host-record.ts';
import { auditVerifyCommand } from './audit-verify.ts';
import type { Command } from './command.ts';
import { createExportCommand } from './export.ts';

const missing = ['pdfsig', 'openssl'].filter((name) => !existsSync(`/usr/bin/${name}`));
const without = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', ')}; Debian: apt-get install poppler-utils openssl)`;
const exporting = createExportCommand(exportInThread(new URL('../engine/exports/worker.ts', import.meta.url)));
const VARIABLE = 'PLUMBLINE_TEST_SIGNING_PASSWORD';

let folder: string;
let data: string;
let organisation: Made;
const open = (at: string): Store => {
  const store = openStore(at);
  if (!store.ok) throw new Error(store.problem.message);
  return store.value;
};
const run = async (command: Command, ...args: readonly string[]) => {
  let [out, err] = ['', ''];
  const io = { stdout: (text: string) => void (out += text), stderr: (text: string) => void (err += text), isTty: false };
  const status = await command.run(args, { ...io, signal: new AbortController().signal });
  return { status, out, err };
};
const exportTo = (name: string, ...args: readonly string[]) =>
  run(exporting, '--data', data, '--out', path.join(folder, name), '--format', 'pdf', ...args);
const saidSchema = z.object({
  ok: z.boolean(),
  export: z.number().nullable(),
  signature: z.object({ subject: z.string() }).nullable(),
  problems: z.array(z.object({ code: z.string() })),
});
const verify = async (name: string, ...args: readonly string[]) => {
  const { status, out } = await run(auditVerifyCommand, path.join(folder, name), '--json', ...args);
  const { problems, ...said } = saidSchema.parse(JSON.parse(out));
  return { status, ...said, problems: problems.map(({ code }) => code) };
};

describe.skipIf(without !== '')(`plumbline export --sign${without}`, () => {
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'plumbline-signed-'));
    data = path.join(folder, 'data');
    organisation = makePkcs12(folder, 'org');
    const store = open(data);
    const atMs = Date.now();
    store.write.recordHosts([1, 2, 3].map((n) => hostRecord({ id: `dc/${n}`, name: `host-${n}`, seenAtMs: atMs, evidenceAtMs: atMs })));
    store.close();
    process.env[VARIABLE] = PASSWORD;
  });
  afterAll(() => {
    delete process.env[VARIABLE];
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['board', 'detailed', 'dossier'])('signs a %s report, which pdfsig and the check of its export then find', async (report) => {
    const query = report === 'dossier' ? ['--query', 'name = host-1'] : [];
    const name = `${report}.pdf`;
    const signing = ['--sign', organisation.file, '--password-env', VARIABLE];
    const { status, out, err } = await exportTo(name, '--report', report, ...query, ...signing, '--json');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ signedBy: { subject: 'CN=Compliance, O=Example GmbH, C=DE' } });
    const said = spawnSync('/usr/bin/pdfsig', ['-nocert', path.join(folder, name)], { encoding: 'utf8' }).stdout;
    expect(said).toContain('Signature is Valid');
    expect(said).toContain('Total document signed');
    const checked = await verify(name, '--data', data);
    expect(checked).toMatchObject({ export: expect.any(Number), signature: { subject: 'CN=Compliance, O=Example GmbH, C=DE' } });
    expect(checked.problems).not.toContain('export-unknown');
  });

  it('names a file that this data folder did not make as it is', async () => {
    await exportTo('plain.pdf', '--report', 'board');
    expect(await verify('plain.pdf', '--data', data)).toMatchObject({ ok: true, status: 0, signature: null, problems: [] });
    const bytes = readFileSync(path.join(folder, 'plain.pdf'));
    const page = bytes.indexOf('/MediaBox [0 0 595.28');
    bytes.write('1', page + '/MediaBox ['.length, 'latin1');
    writeFileSync(path.join(folder, 'page.pdf'), bytes);
    // The pages are not read: without the digest of the file nothing is said to be wrong, and that is said.
    expect(await verify('page.pdf')).toMatchObject({ ok: true });
    expect(await verify('page.pdf', '--data', data)).toMatchObject({ ok: false, status: 1, problems: ['export-unknown'] });
  });

  it('enters whose certificate it was, and keeps the password to itself', async () => {
    await exportTo('kept.pdf', '--report', 'board', '--sign', organisation.file, '--password-env', VARIABLE);
    const store = open(data);
    const [entry] = store.ledger.list({ kind: 'export' }, 0, 1).rows;
    store.close();
    expect(entry?.body).toMatchObject({ signature: { subject: 'CN=Compliance, O=Example GmbH, C=DE' } });
    const files = readdirSync(data, { recursive: true, encoding: 'utf8' }).map((name) => path.join(data, name));
    const holding = files.filter((file) => statSync(file).isFile() && readFileSync(file).includes(PASSWORD));
    expect(holding).toEqual([]);
    expect(readFileSync(path.join(folder, 'kept.pdf')).includes(PASSWORD)).toBe(false);
  });

  it('refuses in one line what it cannot sign with, and leaves no file', async () => {
    const none = path.join(folder, 'none.p12');
    const large = path.join(folder, 'large.p12');
    writeFileSync(none, 'hello');
    writeFileSync(large, Buffer.alloc(100 * 1024 * 1024));
    process.env[`${VARIABLE}_WRONG`] = 'guessed';
    for (const [words, ...args] of [
      ['does not open with this password', '--sign', organisation.file, '--password-env', `${VARIABLE}_WRONG`],
      ['no PKCS#12 file', '--sign', none, '--password-env', VARIABLE],
      ['at most', '--sign', large, '--password-env', VARIABLE],
      ['no such file', '--sign', path.join(folder, 'nowhere.p12'), '--password-env', VARIABLE],
      ['no variable', '--sign', organisation.file, '--password-env', 'PLUMBLINE_NOT_SET'],
      ['--password-env', '--sign', organisation.file],
      ['--sign', '--password-env', VARIABLE],
    ] as const) {
      const { status, out, err } = await exportTo('refused.pdf', '--report', 'board', ...args);
      expect({ words, status, out }).toEqual({ words, status: 2, out: '' });
      expect(err).toContain(words);
      expect(err.trimEnd().split('\n')).toHaveLength(1);
      expect(err).not.toContain('guessed');
    }
    delete process.env[`${VARIABLE}_WRONG`];
    expect(readdirSync(folder).filter((name) => name.startsWith('refused'))).toEqual([]);
    expect((await exportTo('csv.pdf', '--format', 'csv', '--sign', organisation.file, '--password-env', VARIABLE)).err).toContain(
      '--format pdf',
    );
  });
});
