/** Points 1 to 5 of docs/evidence-checks.md: signature, structure, nonce, selection and digest. */
import { describe, expect, it } from 'vitest';
import { verifyEvidence } from '../index.ts';
import { NONCE, REQUIRED, attestHeader, makeKey, tpm2b, u16, u32 } from '../testing/host.ts';
import {
  type Attack,
  type Select,
  type Variation,
  ak,
  bare,
  byKey,
  codes,
  honestPcrs,
  outcomeOf,
  pcrDigest,
  quote,
  rsaAk,
  rsaPair,
  selectionBytes,
  signed,
  withQuote,
} from '../testing/variations.ts';
import type { EvidenceInput } from '../types.ts';

const ALL: readonly Select[] = [['sha256', REQUIRED]];
const good = quote(honestPcrs, ALL);
const signatureOf = (scheme: number, hash: number, ...parts: readonly Uint8Array[]): Buffer =>
  Buffer.concat([u16(scheme), u16(hash), ...parts.map((part) => tpm2b(part))]);
const withSignature = (signature: Uint8Array): EvidenceInput => withQuote({ ...good, signature });
const r = Buffer.from(good.signature.subarray(6, 38));
const s = Buffer.from(good.signature.subarray(40, 72));
const ecdsa = (first: Uint8Array, second: Uint8Array): EvidenceInput => withSignature(signatureOf(0x18, 11, first, second));
const zeros = (length: number): Buffer => Buffer.alloc(length);

/** Signs until r starts with a zero byte, which a TPM leaves out. */
const shortR = (): EvidenceInput => {
  for (;;) {
    const signature = ak.sign(good.attest);
    if (signature[6] === 0) return withSignature(signatureOf(0x18, 11, signature.subarray(7, 38), signature.subarray(40, 72)));
  }
};

const pair = rsaPair(2048);
const pss = (salt: number): EvidenceInput => byKey(rsaAk(pair, 0x16, 2048, 0, salt));
const body = Buffer.concat([selectionBytes(ALL), tpm2b(pcrDigest(ak, honestPcrs, ALL))]);
const attested = (type: number, rest: Uint8Array = body, magic = 0xff544347): EvidenceInput =>
  withQuote(signed(Buffer.concat([attestHeader(type, NONCE, {}, magic), rest])));
const answering = (nonce: Uint8Array): EvidenceInput => withQuote(quote(honestPcrs, ALL, ak, nonce));
const selecting = (selects: readonly Select[]): EvidenceInput => withQuote(quote(honestPcrs, selects));
const required = (pcrs: readonly number[]): EvidenceInput => ({ ...bare, requiredSelection: { sha256: pcrs } });

const ATTACKS: readonly (readonly [string, readonly Attack[]])[] = [
  [
    '1: the signature is one TPMT_SIGNATURE of the scheme of the key',
    [
      ['no signature at all', () => withSignature(new Uint8Array()), ['signature-format']],
      ['a bare DER signature', () => withSignature(Buffer.from('3006020101020101', 'hex')), ['signature-format']],
      ['scheme ECDAA', () => withSignature(signatureOf(0x1a, 11, r, s)), ['signature-format']],
      ['scheme HMAC', () => withSignature(signatureOf(0x05, 11, r)), ['signature-format']],
      ['scheme NULL', () => withSignature(u16(0x10)), ['signature-format']],
      ['hash SM3', () => withSignature(signatureOf(0x18, 0x12, r, s)), ['signature-format']],
      ['hash SHA3-256', () => withSignature(signatureOf(0x18, 0x27, r, s)), ['signature-format']],
      ['a third number after r and s', () => withSignature(signatureOf(0x18, 11, r, s, s)), ['signature-format']],
      ['one byte too few', () => withSignature(good.signature.subarray(0, -1)), ['signature-format']],
      ['SHA-384 by the label, SHA-256 by the key', () => withSignature(signatureOf(0x18, 12, r, s)), ['signature-hash']],
      [
        'RSAPSS by the label, RSASSA by the key',
        () => {
          const key = rsaAk(pair, 0x14, 2048, 0);
          const input = byKey(key);
          const signature = Buffer.from(input.quote.signature);
          signature.writeUInt16BE(0x16, 0);
          return { ...input, quote: { ...input.quote, signature } };
        },
        ['signature-hash'],
      ],
      ['64 KB of signature', () => withSignature(signatureOf(0x14, 11, zeros(65535))), ['signature-format']],
    ],
  ],
  [
    '2: the signature verifies over exactly the received bytes',
    [
      ['r of zero', () => ecdsa(zeros(32), s), ['signature']],
      ['r longer than the curve, by a zero in front', () => ecdsa(Buffer.concat([zeros(1), r]), s), ['signature']],
      ['s of zero', () => ecdsa(r, zeros(32)), ['signature']],
      ['r and s empty', () => ecdsa(zeros(0), zeros(0)), ['signature']],
      ['r and s exchanged', () => ecdsa(s, r), ['signature']],
      ['r longer than the curve', () => ecdsa(Buffer.concat([Buffer.from([1]), r]), s), ['signature']],
      ['r padded on the wrong side', () => ecdsa(Buffer.concat([r.subarray(1), zeros(1)]), s), ['signature']],
      [
        'the last bit of the quote changed',
        () => {
          const attest = Buffer.from(good.attest);
          attest[20] = (attest[20] ?? 0) ^ 1;
          return withQuote({ attest, signature: good.signature });
        },
        ['signature'],
      ],
    ],
  ],
  [
    '3: the quote was made inside a TPM, and is a quote to its last byte',
    [
      ['magic in the other byte order', () => attested(0x8018, body, 0x474354ff), ['magic']],
      ['magic of zero', () => attested(0x8018, body, 0), ['magic']],
      ['a byte after the quote, signed with it', () => attested(0x8018, Buffer.concat([body, zeros(1)])), ['attest-trailing']],
      ['a second quote after the quote, signed with it', () => attested(0x8018, Buffer.concat([body, good.attest])), ['attest-trailing']],
      ['a quote cut short, signed so', () => attested(0x8018, body.subarray(0, -1)), ['attest-trailing']],
      ['nothing', () => withQuote(signed(zeros(0))), ['magic', 'attest-type', 'attest-trailing']],
      ...[0x8014, 0x8015, 0x8016, 0x8017, 0x8019, 0x801a, 0x801c, 0x0018].map(
        (type): Attack => [
          `structure 0x${type.toString(16)}`,
          () => attested(type, Buffer.concat([tpm2b(zeros(34)), u16(0), tpm2b(zeros(4))])),
          ['attest-type'],
        ],
      ),
    ],
  ],
  [
    '4: the quote answers our nonce, in one encoding',
    [
      ['without its last byte', () => answering(NONCE.subarray(0, -1)), ['nonce']],
      ['with a byte more', () => answering(Buffer.concat([NONCE, zeros(1)])), ['nonce']],
      ['reversed', () => answering(Buffer.from(NONCE).reverse()), ['nonce']],
      ['as hexadecimal text', () => answering(Buffer.from(NONCE.toString('hex'))), ['nonce']],
      ['as base64 text', () => answering(Buffer.from(NONCE.toString('base64'))), ['nonce']],
      ['empty', () => answering(zeros(0)), ['nonce']],
      ['of one bit more', () => answering(Buffer.concat([NONCE.subarray(0, -1), Buffer.from([0xfe])])), ['nonce']],
    ],
  ],
  [
    '5: every PCR that is used is in the signed selection, and the digest is over their values',
    [
      ['sizeofSelect 0', () => selecting([['sha256', REQUIRED, 0]]), ['attest-trailing']],
      ['sizeofSelect 5', () => selecting([['sha256', REQUIRED, 5]]), ['attest-trailing']],
      [
        'a bank twice',
        () =>
          selecting([
            ['sha256', REQUIRED],
            ['sha256', REQUIRED],
          ]),
        ['attest-trailing'],
      ],
      ['no bank', () => selecting([]), ['pcr-selection']],
      ['a bank without PCRs', () => selecting([['sha256', []]]), ['pcr-selection']],
      ['17 banks', () => attested(0x8018, Buffer.concat([u32(17), body.subarray(4)])), ['attest-trailing']],
      ['an unknown bank', () => attested(0x8018, Buffer.concat([u32(1), u16(0x27), body.subarray(6)])), ['pcr-selection', 'pcr-digest']],
      [
        'another bank with the same PCRs',
        () => attested(0x8018, Buffer.concat([u32(1), u16(4), body.subarray(6)])),
        ['pcr-selection', 'pcr-digest'],
      ],
      [
        'resettable PCR 16 and 23 in place of 0 and 7',
        () => {
          const values = {
            ...honestPcrs['sha256'],
            16: honestPcrs['sha256']?.[0] ?? zeros(32),
            23: honestPcrs['sha256']?.[7] ?? zeros(32),
          };
          const picked = [...REQUIRED.filter((pcr) => pcr !== 0 && pcr !== 7), 16, 23];
          return withQuote(quote({ sha256: values }, [['sha256', picked]]));
        },
        ['pcr-selection', 'pcr-digest'],
      ],
      ['a selection that ends before PCR 14', () => selecting([['sha256', REQUIRED.filter((pcr) => pcr < 8), 1]]), ['pcr-selection']],
      [
        'a digest of the values in another order',
        () => {
          const swapped = { ...honestPcrs['sha256'], 0: honestPcrs['sha256']?.[1] ?? zeros(32), 1: honestPcrs['sha256']?.[0] ?? zeros(32) };
          return withQuote(quote({ sha256: swapped }, ALL));
        },
        ['pcr-digest'],
      ],
      ['a value of another length', () => ({ ...bare, pcrs: { sha256: { ...bare.pcrs.sha256, 0: '00' } } }), ['pcr-digest', 'log-replay']],
      ['a required bank that was not quoted', () => ({ ...bare, requiredSelection: { sha256: REQUIRED, sha384: [0] } }), ['pcr-selection']],
    ],
  ],
];

const HONEST: readonly Variation[] = [
  ['1: RSASSA with a key of 3072 bits', () => byKey(rsaAk(rsaPair(3072), 0x14, 3072, 0)), 'signature', 'pass'],
  ['2: r without its leading zero, as TPMs write it', shortR, 'signature', 'pass'],
  ['2: RSAPSS with a salt of the digest', () => pss(32), 'signature', 'pass'],
  ['2: RSAPSS with the longest salt', () => pss(222), 'signature', 'pass'],
  ['3: a fresh quote', () => withQuote(quote(honestPcrs, ALL)), 'attest-trailing', 'pass'],
  ['4: our nonce', () => answering(Buffer.from(NONCE)), 'nonce', 'pass'],
  ['4: no nonce on either side is said', () => ({ ...answering(zeros(0)), nonce: zeros(0) }), 'nonce', 'notice'],
  ['5: sizeofSelect 4', () => selecting([['sha256', REQUIRED, 4]]), 'pcr-selection', 'pass'],
  ['5: more PCRs than required', () => required([0, 7]), 'pcr-selection', 'pass'],
  ['5: an empty selection of a further bank', () => selecting([['sha1', []], ...ALL]), 'pcr-digest', 'pass'],
  ['5: an empty selection of a bank whose hash we do not know', () => selecting([['sha3_256', []], ...ALL]), 'pcr-digest', 'pass'],
  ['5: a digest by the hash of the scheme, not of the bank', () => byKey(makeKey('ecdsa384')), 'pcr-digest', 'pass'],
];

describe.each(ATTACKS)('%s', (_point, attacks) => {
  it.each(attacks)('%s fails', (what, input, fails) => {
    expect(codes(input(), 'fail')).toEqual([...fails].sort());
    // A genuine quote over too little, or for another question, still says what it says; anything else proves no value at all.
    const stillSaid = fails.every((code) => code === 'nonce' || code === 'pcr-selection');
    expect(Object.keys(verifyEvidence(input()).quotedPcrs).length > 0).toBe(
      stillSaid && !what.startsWith('no bank') && what !== 'a bank without PCRs',
    );
  });
});

describe('honest variations', () => {
  it.each(HONEST)('%s', (_what, input, code, outcome) => {
    expect(codes(input(), 'fail')).toEqual([]);
    expect(outcomeOf(input(), code)).toBe(outcome);
  });

  it.each([[['sha1', 'sha256']], [['sha256', 'sha1']]])('5: banks in the order %j', (order) => {
    const sha1 = { 0: Buffer.alloc(20, 1), 7: Buffer.alloc(20, 2) };
    const pcrs = { ...honestPcrs, sha1 };
    const selects = order.map((bank): Select => (bank === 'sha1' ? ['sha1', [0, 7]] : ['sha256', REQUIRED]));
    const input = { ...withQuote(quote(pcrs, selects)), pcrs: { ...bare.pcrs, sha1: { 0: '01'.repeat(20), 7: '02'.repeat(20) } } };
    expect(outcomeOf(input, 'pcr-digest')).toBe('pass');
    expect(outcomeOf(input, 'pcr-selection')).toBe('pass');
  });
});

describe('2: RSAPSS takes a salt of the digest or the longest, and no other', () => {
  it.each([0, 20, 31, 33, 64, 221])('a salt of %i bytes fails', (salt) => {
    expect(codes(pss(salt), 'fail')).toEqual(['signature']);
  });
});
