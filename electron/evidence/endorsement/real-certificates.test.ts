import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyEvidence } from '../index.ts';
import { honest } from '../testing/variations.ts';
import { parseCertificate } from './certificate.ts';
import { createTrustAnchors, findPath } from './path.ts';

const CORPUS = path.resolve(import.meta.dirname, '../../../../shared/corpus');
const present = existsSync(path.join(CORPUS, 'ekcert'));
const bytes = (file: string): Buffer => {
  const content = readFileSync(path.join(CORPUS, 'ekcert', file));
  const pem = /-----BEGIN CERTIFICATE-----([^-]*)-----END/u.exec(content.toString('latin1'))?.[1];
  return pem === undefined ? content : Buffer.from(pem, 'base64');
};
const chainOf = (file: string | Buffer, roots: readonly string[], intermediates: readonly string[]): number | string => {
  const parsed = parseCertificate(typeof file === 'string' ? bytes(file) : file);
  if (!parsed.ok) return parsed.message;
  const found = findPath(parsed.value, createTrustAnchors(roots.map(bytes), intermediates.map(bytes)));
  return found.ok ? found.chain.length : found.reason;
};

const ROOT = 'hirs-stMicroCaCerts-gstpmroot.crt';
const ST_ROOT = 'hirs-stMicroCaCerts-stmtpmekroot.crt';
const ST_ISSUER = 'hirs-stMicroCaCerts-stmtpmekint02.crt';
/** The same issuer under another serial number, which begins with superfluous zeros. */
const PADDED_SERIAL = 'hirs-stmtpmekint02.pem';
const ST_EK = 'hirs-nuc-1-ek_cert_7_byte_header_removed.cer';

describe.skipIf(!present)(`real endorsement certificates${present ? '' : ' (skipped: ../shared/corpus is absent)'}`, () => {
  it('all are read, with keys that OpenSSL alone does not take (id-RSAES-OAEP) and with padding behind them', () => {
    const read = readdirSync(path.join(CORPUS, 'ekcert')).map((file) => {
      const parsed = parseCertificate(bytes(file));
      return [file, parsed.ok && parsed.value.key !== null];
    });
    expect(read.filter(([, whole]) => whole !== true)).toEqual([]);
    expect(read).toHaveLength(11);
  });

  it('an ST TPM leads over its issuer and the ST root to the GlobalSign root', () => {
    expect(chainOf(ST_EK, [ROOT], [ST_ROOT, ST_ISSUER])).toBe(4);
    expect(chainOf('hirs-nuc-1-tpmcert.pem', [ST_ROOT], [ST_ISSUER])).toBe(3);
    expect(chainOf(ST_EK, [ROOT], [ST_ISSUER])).toBe('no certificate given is its issuer, or the issuer of one of its issuers');
  });

  it('the seven bytes that a TPM keeps in front of its certificate, and what lies behind it, change nothing', () => {
    const inMemory = Buffer.concat([Buffer.from('10010003000000', 'hex'), bytes(ST_EK), Buffer.alloc(40, 0xff)]);
    expect(chainOf(inMemory, [ROOT], [ST_ROOT, ST_ISSUER])).toBe(4);
  });

  it('an issuer certified twice leads on either way, also where its serial number is padded as strict readers refuse it', () => {
    expect(chainOf(ST_EK, [ROOT], [ST_ROOT, PADDED_SERIAL])).toBe(4);
    expect(chainOf(ST_EK, [ROOT], [PADDED_SERIAL, ST_ROOT, ST_ISSUER])).toBe(4);
  });

  it('an intermediate that nobody above it signed helps no chain', () => {
    const forged = Buffer.from(bytes(ST_ISSUER));
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    const parsed = parseCertificate(bytes(ST_EK));
    if (!parsed.ok) throw new Error(parsed.message);
    expect(findPath(parsed.value, createTrustAnchors([bytes(ROOT)], [bytes(ST_ROOT), forged]))).toMatchObject({
      ok: false,
      reason: 'a certificate with the name of its issuer did not sign it',
    });
    expect(findPath(parsed.value, createTrustAnchors([bytes(ROOT)], [forged, bytes(ST_ROOT), bytes(ST_ISSUER)])).ok).toBe(true);
  });

  it.each([
    [ST_EK, 'STM', 'STMicroelectronics'],
    ['hirs-ek_cert_with_padded_bytes.cer', 'NTC', 'Nuvoton'],
  ])('%s names the maker of its TPM, with model and firmware', (file, vendor, vendorName) => {
    const { endorsement } = verifyEvidence({ ...honest, ekCertDer: bytes(file) });
    expect(endorsement).toMatchObject({ vendor, vendorName, chained: false });
    expect([endorsement?.model, endorsement?.firmware].every((text) => typeof text === 'string' && text.length > 0)).toBe(true);
  });

  it('a certificate of a real maker under foreign evidence: it is of another key, and its form is no failure', () => {
    const result = verifyEvidence({ ...honest, ekCertDer: bytes(ST_EK) });
    expect(result.checks.find((check) => check.code === 'ek-certificate')?.outcome).not.toBe('fail');
  });
});
