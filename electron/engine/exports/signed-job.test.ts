import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExportAsk } from '../../../shared/contract/export-schemas.ts';
import { makePkcs12, PASSWORD } from '../../signing/testing/pkcs12.ts';
import { openStore, type Store } from '../../store/store.ts';
import { hostRecord } from '../../store/testing/host-record.ts';
import { loadConfig, type SigningFile } from '../load-config.ts';
import { createExports } from './exports.ts';
import { exportHere } from './run.ts';

const without = existsSync('/usr/bin/openssl') ? '' : ' (skipped: no openssl)';
const ASK = {
  rows: 'hosts',
  format: 'pdf-board',
  query: {},
  sort: { by: 'name', descending: false },
  sign: true,
} as const satisfies ExportAsk;

describe.skipIf(without !== '')(`exports that are signed as a screen asks for it${without}`, () => {
  let folder: string;
  let store: Store;
  let configured: SigningFile;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'plumbline-signed-job-'));
    makePkcs12(folder, 'org');
    const opened = openStore(path.join(folder, 'data'));
    if (!opened.ok) throw new Error(opened.problem.message);
    store = opened.value;
    store.write.recordHosts([hostRecord({ id: 'dc/1', name: 'one' })]);
    process.env['PLUMBLINE_TEST_P12'] = PASSWORD;
    writeFileSync(
      path.join(folder, 'endpoints.yaml'),
      [
        'signature: { pkcs12: org-p12, password: "${PLUMBLINE_TEST_P12}", reason: Quarterly }',
        'endpoints:',
        '  - { name: dc, kind: keylime, verifier: "https://127.0.0.1:1", registrar: "https://127.0.0.1:2" }',
      ].join('\n'),
    );
    const config = loadConfig(path.join(folder, 'endpoints.yaml'), null);
    if (!config.ok || config.value.signature === null) throw new Error('the endpoints file is not read');
    configured = config.value.signature;
  });
  afterAll(() => {
    delete process.env['PLUMBLINE_TEST_P12'];
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const exportsWith = (signature: SigningFile | null, nowMs: () => number = Date.now) =>
    createExports({
      store,
      dataFolder: path.join(folder, 'data'),
      version: '1',
      signature,
      nowMs,
      who: { kind: 'os-user', name: 'ann' },
      notRecorded: () => [],
      run: exportHere(nowMs),
    });
  const make = (signature: SigningFile | null, nowMs?: () => number) =>
    exportsWith(signature, nowMs).make(ASK, () => {}, new AbortController().signal);
  const state = async (signature: SigningFile | null, nowMs?: () => number) =>
    exportsWith(signature, nowMs).handlers['exports.signing']({});

  it('are signed with what the endpoints file names, and the screen is told whose it is and how long it holds', async () => {
    const made = await make(configured);
    if (!made.ok) throw new Error(made.problem.message);
    expect(readFileSync(path.join(folder, 'data', 'exports', made.value.name)).includes('/SubFilter /ETSI.CAdES.detached')).toBe(true);
    const told = await state(configured);
    expect(told).toMatchObject({
      certificate: { subject: 'CN=Compliance, O=Example GmbH, C=DE', validToMs: expect.any(Number) },
      problem: null,
    });
    expect(JSON.stringify(told)).not.toContain(PASSWORD);
  });

  it('are not offered where nothing is configured, and refused where it is asked for all the same', async () => {
    expect(await state(null)).toBe(null);
    expect(await make(null)).toMatchObject({ ok: false, problem: { code: 'signature-none' } });
  });

  it('are refused, with the reason beside the choice, where the certificate ran out or the password is another', async () => {
    const late = () => Date.now() + 400 * 86_400_000;
    expect(await state(configured, late)).toMatchObject({
      certificate: { subject: expect.any(String) },
      problem: { code: 'signature-expired' },
    });
    expect(await make(configured, late)).toMatchObject({ ok: false, problem: { code: 'signature-expired' } });
    const wrong = { ...configured, password: 'guessed' };
    expect(await state(wrong)).toMatchObject({ certificate: null, problem: { code: 'signature-password' } });
    expect(await make(wrong)).toMatchObject({ ok: false, problem: { code: 'signature-password' } });
  });

  it('a PKCS#12 file that is not there is said at the start', () => {
    writeFileSync(
      path.join(folder, 'without.yaml'),
      'signature: { pkcs12: nowhere.p12, password: secret }\nendpoints:\n  - { name: dc, kind: keylime, verifier: "https://127.0.0.1:1", registrar: "https://127.0.0.1:2" }\n',
    );
    const config = loadConfig(path.join(folder, 'without.yaml'), null);
    expect(config).toMatchObject({ ok: false, problem: { code: 'signature-file' } });
    expect(JSON.stringify(config)).not.toContain('secret');
  });
});
