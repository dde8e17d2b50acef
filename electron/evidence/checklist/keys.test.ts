/** Points 7 to 10 of docs/evidence-checks.md: the attestation key, its binding, the endorsement key. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyEvidence } from '../index.ts';
import { AK_ATTRIBUTES, makeKey, nameOf, tpm2b, u16, u32 } from '../testing/host.ts';
import { type Attack, ak, bare, byKey, codes, outcomeOf, rsaAk, rsaPair, stranger } from '../testing/variations.ts';
import type { EvidenceInput } from '../types.ts';

/** Another area around the same key: what the host says of the key, enrolled as it is. */
const area = (change: (area: Buffer) => Buffer): EvidenceInput => {
  const own = ak.area();
  return byKey(ak, tpm2b(change(own.subarray(2))));
};
const at = (offset: number, bytes: Uint8Array) => (own: Buffer) =>
  Buffer.concat([own.subarray(0, offset), bytes, own.subarray(offset + bytes.length)]);
const withArea = (bytes: Buffer): EvidenceInput => byKey(ak, bytes);

const pair = rsaPair(2048);
const small = rsaPair(1024);
const three = rsaPair(2048, 3);
const SCHEME = 12;
const CURVE = 16;

const UNREADABLE = ['ak-attributes', 'ak-binding', 'signature'] as const;
/** The area can be read and says nothing wrong of itself; its numbers are no key. */
const NO_KEY = ['ak-binding', 'signature'] as const;

const KEY_ATTACKS: readonly Attack[] = [
  ['a byte after TPM2B_PUBLIC', () => withArea(Buffer.concat([ak.area(), Buffer.alloc(1)])), UNREADABLE],
  ['a byte after TPMT_PUBLIC', () => area((own) => Buffer.concat([own, Buffer.alloc(1)])), UNREADABLE],
  ['a size that leaves out its last byte', () => withArea(Buffer.concat([u16(ak.area().length - 3), ak.area().subarray(2)])), UNREADABLE],
  ['nothing', () => withArea(Buffer.alloc(0)), UNREADABLE],
  ['a keyed hash', () => area(at(0, u16(0x08))), UNREADABLE],
  ['an unknown nameAlg', () => area(at(2, u16(0x10))), UNREADABLE],
  ['a point off the curve', () => area((own) => Buffer.concat([own.subarray(0, -1), Buffer.from([(own.at(-1) ?? 0) ^ 1])])), NO_KEY],
  [
    'a coordinate longer than the curve',
    () => area((own) => Buffer.concat([own.subarray(0, 20), tpm2b(Buffer.alloc(33, 1)), own.subarray(54)])),
    NO_KEY,
  ],
  ['the curve BN P-256', () => area(at(CURVE, u16(0x10))), UNREADABLE],
  ['the curve P-192', () => area(at(CURVE, u16(0x01))), UNREADABLE],
  ['the curve of another size', () => area(at(CURVE, u16(0x04))), NO_KEY],
  [
    'no fixed scheme',
    () => area((own) => Buffer.concat([own.subarray(0, SCHEME), u16(0x10), own.subarray(SCHEME + 4)])),
    ['ak-attributes'],
  ],
  ['a scheme with another hash', () => area(at(SCHEME + 2, u16(12))), ['signature-hash', 'pcr-digest']],
  [
    'the scheme ECDAA',
    () => area((own) => Buffer.concat([own.subarray(0, SCHEME), u16(0x1a), u16(11), u16(1), own.subarray(SCHEME + 4)])),
    ['signature-hash'],
  ],
  ['RSA of 1024 bits', () => byKey(rsaAk(small, 0x14, 1024, 0)), ['ak-attributes']],
  ['RSA with exponent 3', () => byKey(rsaAk(three, 0x14, 2048, 3)), ['ak-attributes']],
  ['RSA whose bits are not those of its modulus', () => byKey(rsaAk(small, 0x14, 2048, 0)), NO_KEY],
  [
    'RSA of 1024 bits with zeros in front of its modulus',
    () => {
      const short = rsaAk(small, 0x14, 2048, 0);
      const modulus = short.area().subarray(-128);
      return byKey(short, tpm2b(Buffer.concat([short.area().subarray(2, -130), tpm2b(Buffer.concat([Buffer.alloc(128), modulus]))])));
    },
    NO_KEY,
  ],
  ['RSA with exponent 1', () => byKey(rsaAk(pair, 0x14, 2048, 1)), ['ak-attributes', 'ak-mismatch', 'signature']],
  ...(
    [
      ['not fixed to its TPM', 1],
      ['not fixed to its parent', 4],
      ['made outside', 5],
      ['unrestricted', 16],
      ['not for signing', 18],
    ] as const
  ).map(([what, bit]): Attack => [what, () => byKey(ak, ak.area(AK_ATTRIBUTES & ~(1 << bit))), ['ak-attributes']]),
  ['that may decrypt', () => byKey(ak, ak.area(AK_ATTRIBUTES | (1 << 17))), ['ak-attributes']],
  ['and the PEM of another', () => ({ ...bare, akPem: stranger.pem }), ['ak-mismatch']],
  ['and a PEM that is none', () => ({ ...bare, akPem: 'hello' }), ['ak-mismatch']],
  [
    'and a certificate in place of its PEM',
    () => ({ ...bare, akPem: bare.akPem?.replaceAll('PUBLIC KEY', 'CERTIFICATE') ?? '' }),
    ['ak-mismatch'],
  ],
];

const enrolled = (enrolment: EvidenceInput['enrolment']): EvidenceInput => ({ ...bare, ...(enrolment === undefined ? {} : { enrolment }) });
const { akTpm2bPublic: _area, ...withPemOnly } = bare;

describe('8: the attestation key is a restricted signing key, whole, of a safe kind, and one key in both forms', () => {
  it('a key without the size in front of it, as some tools hand it out, is the same key', () => {
    const input = { ...byKey(ak, ak.area()), akTpm2bPublic: ak.area().subarray(2), akPem: ak.pem };
    for (const code of ['ak-attributes', 'ak-mismatch', 'ak-binding', 'signature'] as const)
      expect([code, outcomeOf(input, code)]).toEqual([code, 'pass']);
  });

  it.each(KEY_ATTACKS)('a key %s fails', (_what, input, fails) => {
    const found = codes(input(), 'fail');
    // A quote that is not signed by a usable key also leaves what hangs on it without proof; what matters is that these fail.
    expect(found).toEqual(expect.arrayContaining([...fails]));
    expect(verifyEvidence(input()).verdict).toBe('fail');
    expect(found.filter((code) => !fails.includes(code) && code !== 'ak-mismatch' && code !== 'pcr-digest')).toEqual([]);
  });

  it.each(['rsassa', 'rsapss', 'ecdsa256', 'ecdsa384'] as const)('%s passes', (kind) => {
    const input = byKey(makeKey(kind));
    expect(codes(input, 'fail')).toEqual([]);
    expect(outcomeOf(input, 'ak-attributes')).toBe('pass');
  });

  it('further attributes that change nothing pass (noDA, userWithAuth, adminWithPolicy)', () => {
    expect(codes(byKey(ak, ak.area(AK_ATTRIBUTES | (1 << 10) | (1 << 6) | (1 << 7))), 'fail')).toEqual([]);
  });

  it('an exponent written out passes like the default one', () => {
    expect(codes(byKey(rsaAk(pair, 0x14, 2048, 65537)), 'fail')).toEqual([]);
  });

  it('the name is the hash of every byte of the area: other attributes are another key', () => {
    const renamed = { ...byKey(ak, ak.area(AK_ATTRIBUTES | (1 << 10))), enrolment: bare.enrolment ?? { akName: '', source: '' } };
    expect(codes(renamed, 'fail')).toEqual(['ak-binding']);
  });
});

describe('9: only enrolment ties the key to the host', () => {
  it.each<Attack>([
    ['another key', () => enrolled({ akName: nameOf(stranger.area()), source: 'a test' }), ['ak-binding']],
    [
      'the right hash under another algorithm',
      () => enrolled({ akName: `000c${(bare.enrolment?.akName ?? '').slice(4)}`, source: 'a test' }),
      ['ak-binding'],
    ],
    [
      'the beginning of the name',
      () => enrolled({ akName: (bare.enrolment?.akName ?? '').slice(0, -2), source: 'a test' }),
      ['ak-binding'],
    ],
    ['an empty name', () => enrolled({ akName: '', source: 'a test' }), ['ak-binding']],
    [
      'the PEM of the key but another name',
      () => enrolled({ akName: nameOf(stranger.area()), akPem: ak.pem, source: 'a test' }),
      ['ak-binding'],
    ],
    [
      'the whole evidence of another TPM',
      () => ({ ...byKey(stranger), enrolment: bare.enrolment ?? { akName: '', source: '' } }),
      ['ak-binding'],
    ],
    [
      'only a PEM, of another key',
      () => ({ ...withPemOnly, enrolment: { akName: '', akPem: stranger.pem, source: 'a test' } }),
      ['ak-binding'],
    ],
  ])('enrolled with %s it fails', (_what, input, fails) => {
    expect(codes(input(), 'fail')).toEqual([...fails]);
  });

  it('a name in capitals is the same name', () => {
    expect(codes(enrolled({ akName: (bare.enrolment?.akName ?? '').toUpperCase(), source: 'a test' }), 'fail')).toEqual([]);
  });

  it.each([
    ['of 1024 bits', rsaAk(small, 0x14, 1024, 0)],
    ['with exponent 3', rsaAk(three, 0x14, 2048, 3)],
  ])('without a TPM2B an RSA key %s fails all the same', (_what, key) => {
    const { akTpm2bPublic: _own, ...pemOnly } = byKey(key);
    expect(codes(pemOnly, 'fail')).toEqual(['ak-attributes']);
  });

  it('without a TPM2B the PEM decides, and the attributes are said to be unknown', () => {
    const input: EvidenceInput = { ...withPemOnly, enrolment: { akName: '', akPem: ak.pem, source: 'a test' } };
    expect(codes(input, 'fail')).toEqual([]);
    expect(outcomeOf(input, 'ak-attributes')).toBe('not-evaluated');
    expect(outcomeOf(input, 'ak-binding')).toBe('pass');
  });
});

describe('10: the endorsement certificate is for the endorsement key', () => {
  it('one that cannot be read is compared with nothing, and says so', () => {
    const input = { ...bare, ekTpm2bPublic: ak.area(), ekCertDer: createHash('sha256').update('x').digest() };
    expect(outcomeOf(input, 'ek-mismatch')).not.toBe('pass');
  });

  it('an endorsement key that cannot be read fails', () => {
    const input = { ...bare, ekTpm2bPublic: u32(7), ekCertDer: Buffer.from('3000', 'hex') };
    expect(outcomeOf(input, 'ek-mismatch')).toBe('fail');
  });
});
