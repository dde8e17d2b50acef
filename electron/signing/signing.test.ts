import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPdf } from '../pdf-file/open.ts';
import { createFlow } from '../reports/pdf/blocks.ts';
import { createPaper } from '../reports/pdf/paper.ts';
import { verifyDigest } from './cms.ts';
import { wordsOfCertificate } from './certificate-words.ts';
import { openIdentity, MOST_PKCS12_BYTES } from './identity.ts';
import { signFile } from './sign-file.ts';
import { type Made, makePkcs12, PASSWORD, withoutKey } from './testing/pkcs12.ts';

const missing = ['pdfsig', 'qpdf', 'openssl'].filter((name) => !existsSync(`/usr/bin/${name}`));
const without = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', ')}; Debian: apt-get install poppler-utils qpdf openssl)`;

const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-signing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const document = (name: string): string => {
  const parts: Uint8Array[] = [];
  const words = {
    title: 'Paper',
    subject: 'A page',
    version: '1',
    identity: 'x',
    atMs: 0,
    foot: ['a', 'b'],
    demo: null,
    organisation: null,
  } as const;
  const paper = createPaper(words, { write: (part) => void parts.push(Buffer.from(part)) });
  paper.attach('evidence.json', Buffer.from('{"v":1}\n'), 'application/json', 'Something attached');
  paper.page();
  createFlow(paper).heading(paper.root, 1, 'Paper', null);
  paper.end();
  const file = path.join(folder, name);
  writeFileSync(file, Buffer.concat(parts));
  return file;
};

/** What pdfsig says; it exits otherwise than with 0 where a signature does not hold. */
const pdfsig = (...args: readonly string[]): string => spawnSync('/usr/bin/pdfsig', [...args], { encoding: 'utf8' }).stdout;
const identityOf = ({ bytes }: Made) => {
  const opened = openIdentity(bytes, PASSWORD);
  if (!opened.ok) throw new Error(opened.problem.message);
  return opened.value;
};
const REASON = { reason: 'Report für den Prüfer', location: 'Frankfurt' };

describe.skipIf(without !== '')(`signatures of an organisation${without}`, () => {
  let rsa: Made;
  let ec: Made;
  beforeAll(() => {
    rsa = makePkcs12(folder, 'rsa');
    ec = makePkcs12(folder, 'ec', { key: 'ec' });
  });

  it.each(['rsa', 'ec'] as const)('pdfsig finds the whole document signed with an %s key', (kind) => {
    const file = document(`${kind}.pdf`);
    const before = readFileSync(file);
    const signed = signFile(file, identityOf(kind === 'rsa' ? rsa : ec), REASON, Date.now());
    expect(signed).toMatchObject({ ok: true, value: { by: { subject: 'CN=Compliance, O=Example GmbH, C=DE' } } });
    const said = pdfsig('-nocert', file);
    expect(said).toContain('Signature Validation: Signature is Valid.');
    expect(said).toContain('Total document signed');
    expect(said).toContain('Signer Certificate Common Name: Compliance');
    expect(said).toContain('Signature Type: ETSI.CAdES.detached');
    expect(said).toContain('Signing Hash Algorithm: SHA-256');
    const bytes = readFileSync(file);
    expect(signed).toMatchObject({ ok: true, value: { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length } });
    // What was there is there as it was.
    expect(bytes.subarray(0, before.length).equals(before)).toBe(true);
    expect(execFileSync('/usr/bin/qpdf', ['--check', file], { encoding: 'utf8' })).toContain('No syntax or stream encoding errors');
  });

  it.skipIf(!existsSync('/usr/bin/certutil'))('is trusted by pdfsig where the root of the organisation is', () => {
    const file = document('trusted.pdf');
    signFile(file, identityOf(rsa), REASON, Date.now());
    const store = mkdtempSync(path.join(folder, 'nss-'));
    execFileSync('/usr/bin/certutil', ['-N', '-d', `sql:${store}`, '--empty-password']);
    expect(pdfsig('-nssdir', `sql:${store}`, file)).toContain('Certificate issuer is unknown.');
    execFileSync('/usr/bin/certutil', ['-A', '-d', `sql:${store}`, '-n', 'root', '-t', 'CT,C,C', '-i', rsa.root]);
    expect(pdfsig('-nssdir', `sql:${store}`, file)).toContain('Certificate Validation: Certificate is Trusted.');
  });

  it('pdfsig and we name a signature over other bytes', () => {
    const file = document('altered.pdf');
    signFile(file, identityOf(rsa), REASON, Date.now());
    const bytes = readFileSync(file);
    const at = bytes.indexOf('/Title');
    bytes[at + 1] = 'U'.charCodeAt(0);
    writeFileSync(file, bytes);
    expect(pdfsig('-nocert', file)).toContain('Digest Mismatch');
    const opened = openPdf(bytes);
    if (!opened.ok || opened.value.signature === null) throw new Error('it is not read');
    const { gap, contents } = opened.value.signature;
    const digest = createHash('sha256').update(bytes.subarray(0, gap[0])).update(bytes.subarray(gap[1])).digest();
    expect(verifyDigest(contents, digest)).toMatchObject({ ok: false, problem: { code: 'signature-broken' } });
  });

  it('reads back who signed, when, and why', () => {
    const file = document('back.pdf');
    const at = Date.parse('2026-11-21T12:00:00Z');
    signFile(file, identityOf(ec), REASON, Math.max(at, Date.now()));
    const bytes = readFileSync(file);
    const opened = openPdf(bytes);
    if (!opened.ok || opened.value.signature === null) throw new Error('it is not read');
    const { gap, contents, ...words } = opened.value.signature;
    expect(words).toMatchObject({ name: 'Compliance', reason: 'Report für den Prüfer', location: 'Frankfurt' });
    const digest = createHash('sha256').update(bytes.subarray(0, gap[0])).update(bytes.subarray(gap[1])).digest();
    const verified = verifyDigest(contents, digest);
    if (!verified.ok) throw new Error(verified.problem.message);
    expect(wordsOfCertificate(verified.value.certificate).certificate).toBe(wordsOfCertificate(identityOf(ec).certificate).certificate);
  });

  it.each([
    ['PBES2 with AES-256, as openssl 3 writes it', []],
    ['PBES2 with AES-128', ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-128-CBC']],
    ['3DES', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
    ['AES for the key and nothing for the certificates', ['-certpbe', 'NONE']],
    ['RC2 and 3DES, as old programs write it', ['-legacy', '-macalg', 'sha1']],
  ] as const)('opens PKCS#12 files protected by %s', (name, protection) => {
    const made = makePkcs12(folder, name.replaceAll(/\W/gu, ''), { protection });
    expect(openIdentity(made.bytes, PASSWORD)).toMatchObject({ ok: true });
    const wrong = openIdentity(made.bytes, 'guessed');
    expect(wrong).toMatchObject({ ok: false, problem: { code: 'signature-password' } });
    expect(JSON.stringify(wrong)).not.toContain('guessed');
  });

  it('refuses a file that would keep it busy for minutes', () => {
    const { bytes } = makePkcs12(folder, 'slow', { protection: ['-nomaciter', '-iter', '2100000'] });
    expect(openIdentity(bytes, PASSWORD)).toMatchObject({
      ok: false,
      problem: { code: 'signature-encryption', message: expect.stringContaining('2000000 rounds') },
    });
  });

  it('refuses what is no key of an organisation, each in words of its own', () => {
    const refused = (bytes: Uint8Array) => {
      const opened = openIdentity(bytes, PASSWORD);
      return opened.ok ? 'opened' : opened.problem.code;
    };
    expect(refused(Buffer.from('hello'))).toBe('signature-pkcs12');
    expect(refused(Buffer.alloc(0))).toBe('signature-pkcs12');
    expect(refused(rsa.bytes.subarray(0, 700))).toBe('signature-pkcs12');
    expect(refused(Buffer.alloc(MOST_PKCS12_BYTES + 1, 0x30))).toBe('signature-pkcs12');
    expect(refused(Buffer.alloc(100 * 1024 * 1024))).toBe('signature-pkcs12');
    expect(refused(withoutKey(folder, 'rsa'))).toBe('signature-no-key');
    expect(refused(makePkcs12(folder, 'small', { key: 'rsa-small' }).bytes)).toBe('signature-key');
    expect(refused(makePkcs12(folder, 'ed', { key: 'ed25519' }).bytes)).toBe('signature-key');
  });

  it('signs nothing with a certificate that has run out or is not valid yet, and leaves the document as it was', () => {
    const file = document('expired.pdf');
    const before = readFileSync(file);
    const now = Date.now();
    const late = wordsOfCertificate(identityOf(rsa).certificate).validToMs + 1000;
    expect(signFile(file, identityOf(rsa), REASON, late)).toMatchObject({ ok: false, problem: { code: 'signature-expired' } });
    expect(signFile(file, identityOf(rsa), REASON, now - 7 * 86_400_000)).toMatchObject({
      ok: false,
      problem: { code: 'signature-not-yet-valid' },
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('a document is signed once: whatever else is appended is named', () => {
    const file = document('twice.pdf');
    signFile(file, identityOf(rsa), REASON, Date.now());
    const once = readFileSync(file);
    expect(openPdf(once)).toMatchObject({ ok: true });
    expect(openPdf(Buffer.concat([once, Buffer.from('\n')]))).toMatchObject({ ok: false, problem: { code: 'pdf-form' } });
    expect(openPdf(Buffer.concat([once, once.subarray(-2000)]))).toMatchObject({ ok: false, problem: { code: 'pdf-form' } });
  });
});
