import { spawnSync } from 'node:child_process';
import { constants, createHash, createPrivateKey, randomBytes, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { filledLedger, valueOf } from '../testing/ledger.ts';
import { type Authority, type AuthorityOptions, createAuthority, hasOpenssl } from '../testing/time-stamp-authority.ts';
import { recheck } from '../recheck/recheck.ts';
import { certificateOf, leadsToRoot } from './certificate.ts';
import { TAG, oid, tlv } from './der.ts';
import { encodeTimeStampRequest } from './request.ts';
import { parseToken, readTimeStampResponse } from './token.ts';
import { type TimeStampExpectation, verifyTimeStampResponse, verifyTimeStampToken } from './verify.ts';

const sha256 = createHash('sha256').update('what is stamped').digest();
const nonce = Buffer.from('00c1d2e3f4a5b6c7', 'hex');
const request = valueOf(encodeTimeStampRequest({ sha256, nonce }));
const opened: Authority[] = [];
const authority = (options: AuthorityOptions = {}): Authority => {
  const one = createAuthority(options);
  opened.push(one);
  return one;
};
afterAll(() => {
  for (const { close } of opened) close();
});
const expecting = (one: Authority, change: Partial<TimeStampExpectation> = {}): TimeStampExpectation => ({
  sha256,
  nonce,
  roots: [one.root],
  ...change,
});
const why = (result: { readonly ok: true } | { readonly ok: false; readonly problem: { readonly message: string } }): string =>
  result.ok ? 'ok' : result.problem.message;
/** The bytes `from` replaced by as many others. */
const replaced = (bytes: Buffer, from: Buffer, to: Buffer): Buffer => {
  const at = bytes.indexOf(from);
  if (at < 0 || from.length !== to.length) throw new Error('nothing to replace');
  return Buffer.concat([bytes.subarray(0, at), to, bytes.subarray(at + from.length)]);
};

describe('a request for a time stamp (RFC 3161 §2.4.1)', () => {
  it('asks for the certificate and holds digest and nonce', () => {
    const imprint = `3031300d060960864801650304020105000420${sha256.toString('hex')}`;
    expect(request.toString('hex')).toBe(`3043020101${imprint}020800c1d2e3f4a5b6c70101ff`);
    expect(encodeTimeStampRequest({ sha256: sha256.subarray(1), nonce }).ok).toBe(false);
    expect(encodeTimeStampRequest({ sha256, nonce: nonce.subarray(1) }).ok).toBe(false);
  });
});

describe.skipIf(!hasOpenssl)(`time stamps of the openssl command${hasOpenssl ? '' : ': openssl is not here'}`, () => {
  const one = hasOpenssl ? authority() : null!;
  const response = hasOpenssl ? one.answer(request) : Buffer.alloc(0);
  const token = hasOpenssl ? valueOf(readTimeStampResponse(response)) : Buffer.alloc(0);

  it('the request is understood', () => {
    writeFileSync(path.join(one.folder, 'mine.tsq'), request);
    const { stdout } = spawnSync('openssl', ['ts', '-query', '-in', path.join(one.folder, 'mine.tsq'), '-text'], { encoding: 'utf8' });
    expect(stdout).toContain('Hash Algorithm: sha256');
    expect(stdout).toContain('Nonce: 0xC1D2E3F4A5B6C7');
    expect(stdout).toContain('Certificate required: yes');
  });

  it('are verified, with time, policy and authority', () => {
    const stamp = valueOf(verifyTimeStampResponse(response, expecting(one)));
    expect(stamp).toMatchObject({ policy: '1.2.3.4.1', serial: '1001', authority: 'O=Test, CN=signer' });
    expect(Math.abs(Date.parse(stamp.at) - Date.now())).toBeLessThan(60_000);
    expect(verifyTimeStampToken(stamp.token, expecting(one, { nonce: null })).ok).toBe(true);
  });

  it.each<AuthorityOptions>([
    { key: 'rsa', digest: 'sha256', ess: 'sha1' },
    { key: 'rsa', digest: 'sha384', ess: 'sha384' },
    { key: 'rsa', digest: 'sha512' },
    { key: 'p384', digest: 'sha384' },
    { key: 'p256', digest: 'sha512', ess: 'sha1' },
  ])('of %o are verified, too', (options) => {
    const other = authority(options);
    expect(why(verifyTimeStampResponse(other.answer(request), expecting(other)))).toBe('ok');
  });

  it('are refused for another digest, another nonce or without a trusted root', () => {
    expect(why(verifyTimeStampToken(token, expecting(one, { sha256: Buffer.alloc(32) })))).toContain('stamps something else');
    expect(why(verifyTimeStampToken(token, expecting(one, { nonce: randomBytes(8) })))).toContain('answers another request');
    expect(why(verifyTimeStampToken(token, expecting(one, { roots: [] })))).toContain('no path led to a trusted root');
    expect(why(verifyTimeStampToken(token, expecting(one, { roots: [authority().root] })))).toContain('no path led to a trusted root');
    expect(why(verifyTimeStampToken(token, expecting(one, { roots: [one.intermediate] })))).toBe('ok');
  });

  it('are refused when a certificate is for other things, too, or may be ignored', () => {
    expect(certificateOf(one.signer.raw).forTimeStamping).toBe(true);
    expect(certificateOf(one.root.raw).forTimeStamping).toBe(false);
    for (const usage of ['timeStamping', 'critical,timeStamping,codeSigning', 'critical,codeSigning'])
      expect(certificateOf(authority({ usage }).signer.raw).forTimeStamping).toBe(false);
  });

  it.each([
    'basicConstraints=critical,CA:TRUE\nnameConstraints=critical,permitted;DNS:x',
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,keyCertSign',
    'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,digitalSignature',
  ])('are refused when the issuer of the signer has: %s', (intermediateExtensions) => {
    const other = authority({ intermediateExtensions });
    expect(why(verifyTimeStampResponse(other.answer(request), expecting(other)))).toContain('no path led to a trusted root');
  });

  it('need certificates that were valid then, and a path no longer than its issuers allow', () => {
    const [signer, intermediate, root] = [one.signer, one.intermediate, one.root].map(({ raw }) => certificateOf(raw));
    const now = Date.now();
    expect(leadsToRoot(signer!, [intermediate!], [root!], now)).toBe(true);
    expect(leadsToRoot(signer!, [], [root!], now)).toBe(false);
    expect(leadsToRoot(signer!, [intermediate!], [root!], now + 31 * 86_400_000)).toBe(false);
    expect(leadsToRoot(signer!, [intermediate!], [root!], now - 86_400_000)).toBe(false);
    expect(leadsToRoot(signer!, [intermediate!], [{ ...root!, pathLength: 0 }], now)).toBe(false);
    expect(leadsToRoot(signer!, [intermediate!], [{ ...root!, pathLength: 1 }], now)).toBe(true);
    expect(leadsToRoot({ ...signer!, strong: false }, [intermediate!], [root!], now)).toBe(false);
    expect(leadsToRoot({ ...signer!, unknownCritical: true }, [intermediate!], [root!], now)).toBe(false);
  });

  it('hold at their own time, not at the time of checking', () => {
    const parsed = valueOf(parseToken(token));
    expect(parsed.info.atMs).toBeLessThan(one.signer.validToDate.getTime());
    const past = replaced(token, Buffer.from(parsed.info.at.slice(0, 4)), Buffer.from('1999'));
    expect(why(verifyTimeStampToken(past, expecting(one)))).toContain('not what it says');
  });

  it('with PSS are verified; the hash of the mask and a salt of no length are looked at', () => {
    const other = authority({ key: 'rsa' });
    const honest = valueOf(readTimeStampResponse(other.answer(request)));
    const parsed = valueOf(parseToken(honest));
    const hashOid = '2.16.840.1.101.3.4.2.1';
    const withPss = (mask: string, salt: number): Buffer => {
      const parameters = tlv(
        TAG.sequence,
        tlv(TAG.context(0), tlv(TAG.sequence, oid(hashOid))),
        tlv(TAG.context(1), tlv(TAG.sequence, oid('1.2.840.113549.1.1.8'), tlv(TAG.sequence, oid(mask)))),
        tlv(TAG.context(2), tlv(TAG.integer, Buffer.from([salt]))),
      );
      const algorithm = tlv(TAG.sequence, oid('1.2.840.113549.1.1.10'), parameters);
      const key = createPrivateKey(other.signerKeyPem);
      const signature = sign('sha256', parsed.signedBytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
      return rebuilt(honest, { algorithm, signature });
    };
    expect(why(verifyTimeStampToken(withPss(hashOid, 32), expecting(other)))).toBe('ok');
    expect(why(verifyTimeStampToken(withPss('1.3.14.3.2.26', 32), expecting(other)))).toContain('a hash that does not count');
    expect(why(verifyTimeStampToken(withPss(hashOid, 20), expecting(other)))).toContain('signature does not fit');
    expect(why(verifyTimeStampToken(withPss(hashOid, 0xfe), expecting(other)))).toContain('no proper length');
  });

  it('are refused when another certificate of the same key takes the place of the signer', () => {
    const parsed = valueOf(parseToken(token));
    const signer = parsed.certificates.find((der) => der.equals(one.signer.raw))!;
    // The last byte of a certificate is of its issuer's signature.
    const changed = Buffer.from(signer);
    changed[changed.length - 1] = changed.at(-1)! ^ 1;
    expect(why(verifyTimeStampToken(replaced(token, signer, changed), expecting(one)))).toContain('does not name the certificate');
  });

  it('never hold when any byte was changed, and never end in an exception', () => {
    const { certificates, info, content } = valueOf(parseToken(token));
    const [trusted] = certificates.filter((der) => der.equals(one.intermediate.raw));
    expect(trusted).toBeDefined();
    const same = JSON.stringify([info, content]);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const changed = Buffer.from(token);
        changed[at] = changed[at]! ^ bits;
        const verified = verifyTimeStampToken(changed, expecting(one));
        // What nothing signs may differ, such as the version of the envelope; what was stamped may not.
        const read = parseToken(changed);
        expect(!verified.ok || (read.ok && JSON.stringify([read.value.info, read.value.content]) === same)).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  it('cut off or prolonged are refused', () => {
    for (let length = 0; length < token.length; length += 7) expect(parseToken(token.subarray(0, length)).ok).toBe(false);
    expect(parseToken(Buffer.concat([token, Buffer.alloc(1)])).ok).toBe(false);
    expect(parseToken(Buffer.alloc(300_000)).ok).toBe(false);
  });

  it('not given say why', () => {
    const odd = replaced(request, Buffer.from('0609608648016503040201', 'hex'), Buffer.from('0609608648016503040204', 'hex'));
    const refused = readTimeStampResponse(one.answer(odd));
    expect(refused).toMatchObject({ ok: false, problem: { code: 'ledger-time-stamp-refused' } });
    expect(why(refused)).toContain('it does not know the hash');
    for (const bytes of [Buffer.alloc(0), Buffer.from('<html>'), randomBytes(100)]) expect(readTimeStampResponse(bytes).ok).toBe(false);
  });

  it('anchor a checkpoint of a ledger in the re-check', () => {
    const ledger = filledLedger(50, 50);
    const { note } = ledger.notes[0]!;
    const digest = createHash('sha256').update(note).digest();
    const stamp = valueOf(readTimeStampResponse(one.answer(valueOf(encodeTimeStampRequest({ sha256: digest, nonce })))));
    ledger.anchors.push({ kind: 'time-stamp', note, token: stamp });
    const check = (roots: TimeStampExpectation['roots']): ReturnType<typeof recheck> =>
      recheck(ledger.source(), {
        keys: [ledger.key()],
        verifyTimeStamp: (bytes, text) => {
          const verified = verifyTimeStampToken(bytes, { sha256: createHash('sha256').update(text).digest(), nonce: null, roots });
          return verified.ok ? verified.value : { problem: verified.problem };
        },
      });
    expect(check([one.root])).toMatchObject({ ok: true, anchors: [{ kind: 'time-stamp', size: 50 }] });
    expect(check([]).problems).toMatchObject([{ code: 'anchor-broken' }]);
  });
});

/** The token with another algorithm and signature in its SignerInfo, lengths made anew. */
const rebuilt = (token: Buffer, { algorithm, signature }: { readonly algorithm: Buffer; readonly signature: Buffer }): Buffer => {
  const parts = (der: Buffer): Buffer[] => {
    const out: Buffer[] = [];
    for (let at = 0; at < der.length; ) {
      const first = der[at + 1]!;
      const size = first < 0x80 ? 0 : first - 0x80;
      const length = size === 0 ? first : der.readUIntBE(at + 2, size);
      out.push(der.subarray(at, at + 2 + size + length));
      at += 2 + size + length;
    }
    return out;
  };
  const inner = (der: Buffer): Buffer => der.subarray(2 + (der[1]! < 0x80 ? 0 : der[1]! - 0x80));
  const [type, wrapped] = parts(inner(token));
  const signedData = parts(inner(parts(inner(wrapped!))[0]!));
  const signerInfo = parts(inner(parts(inner(signedData.at(-1)!))[0]!));
  const signer = tlv(TAG.sequence, ...signerInfo.slice(0, 4), algorithm, tlv(TAG.octetString, signature));
  const data = tlv(TAG.sequence, ...signedData.slice(0, -1), tlv(TAG.set, signer));
  return tlv(TAG.sequence, type!, tlv(TAG.context(0), data));
};
