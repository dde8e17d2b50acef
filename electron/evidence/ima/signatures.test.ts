import { type KeyObject, createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Check } from '../../../shared/model/check.ts';
import { createReport } from '../report.ts';
import type { ImaKeyring } from '../types.ts';
import { createImaKeyring } from './signature-keys.ts';
import { signatureField } from './signature-xattr.ts';
import { type EntryWithSignature, checkSignedEntry, judgeImaSignatures } from './signatures.ts';

const pem = (key: KeyObject): Buffer => Buffer.from(key.export({ type: 'spki', format: 'pem' }));
/** SHA-1 of the bit string at the end of SubjectPublicKeyInfo, last four bytes; written apart from the code under test. */
const keyIdOf = (key: KeyObject): string => {
  const spki = key.export({ type: 'spki', format: 'der' });
  const header = key.asymmetricKeyType === 'rsa' ? 24 : 26;
  return createHash('sha1').update(spki.subarray(header)).digest('hex').slice(-8);
};

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const { keyring } = createImaKeyring([
  { name: 'rsa.pem', bytes: pem(rsa.publicKey) },
  { name: 'ec.pem', bytes: pem(ec.publicKey) },
]);

const FILE = Buffer.from('a file');
const DIGEST = createHash('sha256').update(FILE).digest('hex');
const header = (keyId: string, size: number, type = 3, version = 2, hash = 4): Buffer =>
  Buffer.concat([Buffer.from([type, version, hash]), Buffer.from(keyId, 'hex'), Buffer.from([size >> 8, size & 0xff])]);
const attributeOf = (keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }, message: Uint8Array = FILE): Buffer => {
  const value = sign('sha256', message, keys.privateKey);
  return Buffer.concat([header(keyIdOf(keys.publicKey), value.length), value]);
};
const stateOf = (signature: Uint8Array | null, digest = DIGEST, alg = 'sha256'): string =>
  checkSignedEntry({ alg, digest, signature }, keyring).state;

describe('the signature of an entry', () => {
  it.each([
    ['RSA', rsa, 'rsa.pem'],
    ['ECDSA', ec, 'ec.pem'],
  ] as const)('by %s over the digest of the file is signed by the key of that file', (_scheme, keys, by) => {
    expect(checkSignedEntry({ alg: 'sha256', digest: DIGEST, signature: attributeOf(keys) }, keyring)).toEqual({
      state: 'signed',
      keyId: keyIdOf(keys.publicKey),
      by,
    });
  });

  it('over another file is bad', () => {
    expect(stateOf(attributeOf(rsa, Buffer.from('another file')))).toBe('bad-signature');
  });

  it('by an unknown key is told apart from a bad one', () => {
    expect(stateOf(attributeOf(other))).toBe('unknown-key');
  });

  it('by an unknown key under the id of a known one is bad', () => {
    const forged = attributeOf(other);
    forged.set(Buffer.from(keyIdOf(ec.publicKey), 'hex'), 3);
    expect(stateOf(forged)).toBe('bad-signature');
  });

  it('over a digest of another algorithm than the entry holds is bad, not unknown', () => {
    expect(stateOf(attributeOf(rsa), createHash('sha1').update(FILE).digest('hex'), 'sha1')).toBe('bad-signature');
    expect(stateOf(attributeOf(rsa), DIGEST.slice(2))).toBe('bad-signature');
  });

  it('of fs-verity covers the file id around the digest (version 3)', () => {
    const fileId = Buffer.concat([Buffer.from([6, 4]), Buffer.from(DIGEST, 'hex')]);
    const value = sign('sha256', fileId, ec.privateKey);
    const keyId = keyIdOf(ec.publicKey);
    expect(stateOf(Buffer.concat([header(keyId, value.length, 6, 3), value]))).toBe('signed');
    const overDigest = sign('sha256', FILE, ec.privateKey);
    expect(stateOf(Buffer.concat([header(keyId, overDigest.length, 6, 3), overDigest]))).toBe('bad-signature');
  });

  it.each<readonly [string, Uint8Array | null, string]>([
    ['no field', null, 'unsigned'],
    ['an empty field', new Uint8Array(), 'unsigned'],
    ['a SHA-1 digest (type 1)', Buffer.concat([Buffer.from([1]), Buffer.alloc(20)]), 'unsigned'],
    ['an HMAC (type 2)', Buffer.concat([Buffer.from([2]), Buffer.alloc(20)]), 'unsigned'],
    ['a digest with its algorithm (type 4)', Buffer.concat([Buffer.from([4, 4]), Buffer.alloc(32)]), 'unsigned'],
    ['an EVM portable signature (type 5)', Buffer.concat([header('00000000', 4, 5), Buffer.alloc(4)]), 'unsupported'],
    ['an appended signature (PKCS#7)', Buffer.concat([Buffer.from([0x30, 0x82, 0x10, 0x00]), Buffer.alloc(4096)]), 'unsupported'],
    ['version 1', Buffer.concat([Buffer.from([3, 1]), Buffer.alloc(20)]), 'unsupported'],
    ['version 3 of a regular file', Buffer.concat([header('00000000', 4, 3, 3), Buffer.alloc(4)]), 'unsupported'],
    ['a hash this engine cannot compute', Buffer.concat([header('00000000', 4, 3, 2, 18), Buffer.alloc(4)]), 'unsupported'],
    ['version 9', Buffer.concat([header('00000000', 4, 3, 9), Buffer.alloc(4)]), 'malformed'],
    ['an unknown type', Buffer.from([0x7f, 2, 4]), 'malformed'],
    ['a header that is cut off', attributeOf(rsa).subarray(0, 7), 'malformed'],
    ['a byte too few', attributeOf(rsa).subarray(0, -1), 'malformed'],
    ['a byte too many', Buffer.concat([attributeOf(rsa), Buffer.alloc(1)]), 'malformed'],
    ['a signature of no bytes', header('00000000', 0), 'malformed'],
    ['64 KB', Buffer.alloc(65536, 3), 'malformed'],
  ])('with %s is %s', (_what, signature, state) => {
    expect(stateOf(signature)).toBe(state);
  });
});

describe('the signature field in template data', () => {
  const field = (bytes: Uint8Array): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const [hash, name, none] = [field(Buffer.from('sha256:\0digest')), field(Buffer.from('/a b\0')), field(Buffer.alloc(0))];
  const xattr = Buffer.from([3, 2, 4]);
  const pkcs7 = Buffer.from([0x30, 0x82]);

  it.each<readonly [string, string, readonly Buffer[], Buffer | null]>([
    ['ima-sig', 'the third field', [hash, name, field(xattr)], xattr],
    ['ima-sigv2', 'the third field', [hash, name, field(xattr)], xattr],
    ['ima-sig', 'empty where the file is not signed', [hash, name, none], Buffer.alloc(0)],
    ['ima-modsig', 'the attribute before the appended signature', [hash, name, field(xattr), hash, field(pkcs7)], xattr],
    ['ima-modsig', 'the appended signature where there is no attribute', [hash, name, none, hash, field(pkcs7)], pkcs7],
    ['ima-modsig', 'empty where there is neither', [hash, name, none, none, none], Buffer.alloc(0)],
    ['ima-ng', 'none', [hash, name], null],
    ['ima-sig', 'none where the data ends early', [hash, name], null],
    ['ima-sig', 'none where a length is a lie', [hash, name, Buffer.from([255, 255, 255, 255, 3])], null],
  ])('of %s is %s', (template, _what, fields, expected) => {
    const found = signatureField(template, Buffer.concat(fields));
    expect(found === null ? null : Buffer.from(found)).toEqual(expected);
  });
});

const entry = (signature: Uint8Array | null, more: Partial<EntryWithSignature> = {}): EntryWithSignature => ({
  index: 1,
  path: '/usr/bin/a',
  fileAlg: 'sha256',
  fileDigest: DIGEST,
  signature,
  proven: true,
  ...more,
});
const judged = (entries: readonly EntryWithSignature[], ring: ImaKeyring | undefined = keyring): Check => {
  const report = createReport();
  judgeImaSignatures(entries, ring, report);
  const check = report.checks().find((one) => one.code === 'ima-signature');
  if (check === undefined) throw new Error('no check');
  return check;
};
const aggregate = entry(new Uint8Array(), { index: 0, path: 'boot_aggregate' });

describe('ima-signature', () => {
  it('passes when every file is signed by a known key; boot_aggregate is no file', () => {
    expect(judged([aggregate, entry(attributeOf(rsa)), entry(attributeOf(ec))])).toEqual({
      code: 'ima-signature',
      outcome: 'pass',
      message: '2 of 2 entries for files carry a signature that verifies with a given key.',
    });
  });

  it('is not evaluated without keys, and with keys where nothing is signed', () => {
    expect(judged([entry(attributeOf(rsa))], createImaKeyring([]).keyring).outcome).toBe('not-evaluated');
    expect(judged([aggregate, entry(null)]).outcome).toBe('not-evaluated');
    expect(judged([]).outcome).toBe('not-evaluated');
  });

  it.each<readonly [string, EntryWithSignature, RegExp]>([
    ['an unsigned file', entry(null), /1 entry without a signature, first entry 1 \(\/usr\/bin\/a\)/u],
    ['an unknown key', entry(attributeOf(other)), /signed by a key that was not given \([0-9a-f]{8}\)/u],
    ['an EVM signature', entry(Buffer.concat([header('00000000', 4, 5), Buffer.alloc(4)])), /metadata/u],
    ['an entry after the quote', entry(attributeOf(ec), { proven: false }), /1 entry with a good signature that the quote does not cover/u],
  ])('is a notice with %s', (_what, found, words) => {
    const check = judged([entry(attributeOf(rsa)), found]);
    expect(check).toMatchObject({ outcome: 'notice', message: expect.stringMatching(words) });
  });

  it.each<readonly [string, Uint8Array, RegExp]>([
    ['a signature of another file', attributeOf(rsa, Buffer.from('x')), /does not verify/u],
    ['a malformed signature', attributeOf(rsa).subarray(0, 30), /is malformed: it claims a signature of 256 bytes, but 21 follow/u],
  ])('fails with %s among good ones', (_what, signature, words) => {
    const check = judged([entry(attributeOf(rsa)), entry(signature), entry(signature)]);
    expect(check).toMatchObject({ outcome: 'fail', message: expect.stringMatching(words) });
    expect(check.message).toContain('and 1 more');
  });

  it('shows a hostile path escaped', () => {
    expect(judged([entry(attributeOf(rsa)), entry(null, { path: '/bin/\u202eelif' })]).message).toContain('/bin/\\u{202e}elif');
  });

  it('verifies a signature once, however often it is repeated', () => {
    const signature = attributeOf(ec);
    const many = Array.from({ length: 50_000 }, (_, index) => entry(signature, { index }));
    expect(judged(many)).toMatchObject({ outcome: 'pass', message: expect.stringContaining('50000 of 50000') });
  });

  it('does a bounded part of a long list at a time, says what is left, and goes on from there', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
    const { keyring: ring } = createImaKeyring([{ name: 'p384', bytes: pem(publicKey) }]);
    // Signatures that are no DER cost what any costs, and take no time here.
    const long = Array.from({ length: 900 }, (_, index) => {
      const value = Buffer.from(`signature ${index}`);
      return entry(Buffer.concat([header(ring.keys[0]?.keyId ?? '', value.length), value]), { index });
    });
    expect(judged(long, ring)).toMatchObject({ outcome: 'fail', message: expect.stringContaining('and 749 more') });
    expect(judged(long, ring).message).toContain('and 899 more');
  });
});
