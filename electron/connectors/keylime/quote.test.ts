import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { array, assert, nat, property, tuple, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { akNameOf, verifyEvidence } from '../../evidence/index.ts';
import { parsePcrBlob, parseQuoteString } from './quote.ts';

const SHA1 = 0x0004;
const SHA256 = 0x000b;

type Select = { readonly alg: number; readonly pcrs: readonly number[]; readonly size?: number };

/** The blob as tpm2-tools and Keylime's agents write it: their memory, little-endian, every slot at its full size. */
const blobOf = (selects: readonly Select[], values: readonly Buffer[]): Buffer => {
  const selection = Buffer.alloc(132);
  selection.writeUInt32LE(selects.length, 0);
  selects.slice(0, 16).forEach(({ alg, pcrs, size = 3 }, index) => {
    const at = 4 + index * 8;
    selection.writeUInt16LE(alg, at);
    selection.writeUInt8(size, at + 2);
    for (const pcr of pcrs) selection.writeUInt8(selection.readUInt8(at + 3 + (pcr >> 3)) | (1 << (pcr & 7)), at + 3 + (pcr >> 3));
  });
  const lists: Buffer[] = [];
  for (let start = 0; start < values.length; start += 8) {
    const list = Buffer.alloc(532);
    const held = values.slice(start, start + 8);
    list.writeUInt32LE(held.length, 0);
    held.forEach((value, slot) => {
      list.writeUInt16LE(value.length, 4 + slot * 66);
      value.copy(list, 6 + slot * 66);
    });
    lists.push(list);
  }
  const count = Buffer.alloc(4);
  count.writeUInt32LE(lists.length);
  return Buffer.concat([selection, count, ...lists]);
};

const value = (pcr: number, size = 32): Buffer => Buffer.alloc(size, pcr + 1);
const PCRS = [0, 1, 2, 3, 4, 5, 6, 7, 10, 14];
const good = blobOf(
  [{ alg: SHA256, pcrs: PCRS }],
  PCRS.map((pcr) => value(pcr)),
);
const quoteText = (...parts: readonly Uint8Array[]): string => `r${parts.map((part) => Buffer.from(part).toString('base64')).join(':')}`;
const edited = (edit: (blob: Buffer) => void): Buffer => {
  const copy = Buffer.from(good);
  edit(copy);
  return copy;
};

describe('PCR values of an agent', () => {
  it('are told apart by bank and index, over several lists of eight', () => {
    const parsed = parsePcrBlob(good);
    expect(parsed).toMatchObject({ ok: true, value: { selection: { sha256: PCRS } } });
    expect(parsed.ok ? parsed.value.pcrs.sha256?.[14] : null).toBe('0f'.repeat(32));
  });

  it('of two banks keep the order of the selection', () => {
    const values = [value(0, 20), value(7, 20), value(0), value(7)];
    const parsed = parsePcrBlob(
      blobOf(
        [
          { alg: SHA1, pcrs: [0, 7] },
          { alg: SHA256, pcrs: [0, 7] },
        ],
        values,
      ),
    );
    expect(parsed.ok ? parsed.value.pcrs : null).toEqual({
      sha1: { 0: '01'.repeat(20), 7: '08'.repeat(20) },
      sha256: { 0: '01'.repeat(32), 7: '08'.repeat(32) },
    });
  });

  it('are read the same out of the middle of a larger buffer', () => {
    const inside = Buffer.concat([Buffer.alloc(13, 0xee), good, Buffer.alloc(5, 0xee)]).subarray(13, 13 + good.length);
    expect(parsePcrBlob(inside)).toEqual(parsePcrBlob(good));
  });

  it.each<readonly [string, Buffer, RegExp]>([
    ['nothing', Buffer.alloc(0), /end early/u],
    ['a selection alone', good.subarray(0, 132), /end early/u],
    ['seventeen banks', edited((blob) => blob.writeUInt32LE(17, 0)), /more banks/u],
    ['2^32 - 1 banks', edited((blob) => blob.writeUInt32LE(0xffffffff, 0)), /more banks/u],
    ['banks in the other byte order', edited((blob) => blob.writeUInt32BE(1, 0)), /more banks/u],
    ['an unknown hash', edited((blob) => blob.writeUInt16LE(0x27, 4)), /unknown hash/u],
    [
      'a bank twice',
      blobOf(
        [
          { alg: SHA256, pcrs: [0] },
          { alg: SHA256, pcrs: [7] },
        ],
        [value(0), value(7)],
      ),
      /sha256 bank twice/u,
    ],
    ['more lists than bytes', edited((blob) => blob.writeUInt32LE(3, 132)), /wrong length/u],
    ['2^32 - 1 lists', edited((blob) => blob.writeUInt32LE(0xffffffff, 132)), /wrong length/u],
    ['a byte too few', good.subarray(0, -1), /wrong length/u],
    ['a byte too many', Buffer.concat([good, Buffer.alloc(1)]), /wrong length/u],
    ['nine values in a list of eight', edited((blob) => blob.writeUInt32LE(9, 136)), /too long/u],
    ['a value of 65 bytes', edited((blob) => blob.writeUInt16LE(65, 140)), /too long/u],
    ['a value of 20 bytes in a bank of 32', edited((blob) => blob.writeUInt16LE(20, 140)), /PCR 0 has a wrong length/u],
    ['an empty value', edited((blob) => blob.writeUInt16LE(0, 140)), /PCR 0 has a wrong length/u],
    ['a value too few', edited((blob) => blob.writeUInt32LE(7, 136)), /differs from the selection/u],
    ['a PCR more than values', edited((blob) => blob.writeUInt8(0x07, 8)), /differs from the selection/u],
    ['no PCR selected, values all the same', edited((blob) => blob.writeUInt8(0, 6)), /differs from the selection/u],
  ])('with %s are refused, and the sentence says why', (_what, blob, reason) => {
    const parsed = parsePcrBlob(blob);
    expect(parsed).toMatchObject({ ok: false, problem: { code: 'wrong-shape', message: expect.stringMatching(reason) } });
  });

  it('never throw, whatever bytes are changed', () => {
    assert(
      property(array(tuple(nat(good.length - 1), nat(255)), { maxLength: 8 }), nat(good.length), (edits, length) => {
        const blob = edited((copy) => edits.forEach(([at, byte]) => copy.writeUInt8(byte, at))).subarray(0, length);
        const parsed = parsePcrBlob(blob);
        if (!parsed.ok) return;
        for (const values of Object.values(parsed.value.pcrs))
          for (const hex of Object.values(values)) expect(hex).toMatch(/^([0-9a-f]{2})+$/u);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the text of a quote', () => {
  const parts = [Buffer.from('attest'), Buffer.from('signature!'), good] as const;

  it('has three parts', () => {
    expect(parseQuoteString(quoteText(...parts))).toMatchObject({ ok: true, value: { selection: { sha256: PCRS } } });
  });

  it.each<readonly [string, string]>([
    ['nothing', ''],
    ['only its mark', 'r'],
    ['another mark', quoteText(...parts).replace(/^r/u, 'd')],
    ['a mark in capitals', quoteText(...parts).replace(/^r/u, 'R')],
    ['two parts', quoteText(parts[0], parts[1])],
    ['four parts', quoteText(...parts, Buffer.from('more'))],
    ['an empty fourth part', `${quoteText(...parts)}:`],
    [
      'base64 for addresses',
      quoteText(Buffer.from([0xfb, 0xff, 0xfe]), parts[1], parts[2])
        .replaceAll('+', '-')
        .replaceAll('/', '_'),
    ],
    ['spaces in a part', quoteText(...parts).replace(':', ' :')],
    ['padding in the middle', quoteText(...parts).replace('r', 'rAA==')],
    ['a part cut by one character', quoteText(...parts).slice(0, -1)],
    ['a NUL', `${quoteText(...parts)}\0`],
  ])('with %s is refused', (_what, text) => {
    expect(parseQuoteString(text)).toMatchObject({ ok: false, problem: { code: 'wrong-shape' } });
  });

  it('never throws', () => {
    assert(
      property(uint8Array({ maxLength: 200 }), (bytes) => {
        expect(parseQuoteString(Buffer.from(bytes).toString('latin1')).ok).toBe(false);
        expect(parseQuoteString(quoteText(bytes, bytes, bytes)).ok).toBe(false);
      }),
    );
  });
});

const CORPUS = path.resolve(import.meta.dirname, '../../../../shared/corpus/quote');
const present = existsSync(CORPUS);
const file = (name: string): Buffer => readFileSync(path.join(CORPUS, name));

/** What the signed digest must be: hash of the values, banks as the agent selected them. */
const digestOf = (hash: string, pcrs: Readonly<Record<string, Readonly<Record<number, string>>>>): string =>
  createHash(hash)
    .update(
      Buffer.from(
        Object.values(pcrs)
          .flatMap((values) => Object.values(values))
          .join(''),
        'hex',
      ),
    )
    .digest('hex');

describe.skipIf(!present)(`quotes of Keylime's own tests${present ? '' : ' (skipped: ../shared/corpus is absent)'}`, () => {
  it("the Rust agent's: its PCR values hash to the digest that it carries", () => {
    const parsed = parseQuoteString(file('rust-keylime-quote.txt').toString('utf8').trim());
    expect(parsed.ok).toBe(true);
    if (!parsed.ok) return;
    const signedDigest = Buffer.from(parsed.value.attest).subarray(-20).toString('hex');
    expect([digestOf('sha1', parsed.value.pcrs), digestOf('sha256', parsed.value.pcrs)]).toContain(signedDigest);
  });

  it("the Python agent's: the whole quote verifies with its key, and its values are the signed ones", () => {
    const [attest, signature, blob, area] = ['quote.out', 'quotesig.out', 'quotepcr.out', 'ak.pub'].map((name) =>
      file(`keylime-files/${name}`),
    );
    const parsed = parseQuoteString(quoteText(attest ?? Buffer.alloc(0), signature ?? Buffer.alloc(0), blob ?? Buffer.alloc(0)));
    expect(parsed.ok).toBe(true);
    if (!parsed.ok) return;
    const name = akNameOf(area ?? Buffer.alloc(0));
    const result = verifyEvidence({
      host: 'keylime',
      nonce: Buffer.from('db1db298db6d60e6385b7231743e9c3056a18003', 'hex'),
      akPem: file('keylime-files/akpub.pem').toString('utf8'),
      ...(area === undefined ? {} : { akTpm2bPublic: area }),
      quote: { attest: parsed.value.attest, signature: parsed.value.signature },
      pcrs: parsed.value.pcrs,
      claimedSelection: parsed.value.selection,
      requiredSelection: {},
      enrolment: { akName: name.ok ? name.value : '', source: 'its test data' },
    });
    const outcomes = Object.fromEntries(result.checks.map((check) => [check.code, check.outcome]));
    expect(outcomes).toMatchObject({
      signature: 'pass',
      magic: 'pass',
      nonce: 'pass',
      'pcr-digest': 'pass',
      'ak-mismatch': 'pass',
      'ak-binding': 'pass',
    });
    expect(result.checks.filter((check) => check.outcome === 'fail')).toEqual([]);
  });
});
