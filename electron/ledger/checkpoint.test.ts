import { generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCheckpoint, openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { makeCosignature, verifyCosignature } from './cosignature.ts';
import { leafHash } from './merkle.ts';
import { parseNote, signatureLine } from './note.ts';
import { makeVerifierKey, parseVerifierKey } from './verifier-key.ts';
import { encodeAddCheckpoint, readAddCheckpointAnswer } from './witness.ts';

const value = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T => {
  if (!result.ok) throw new Error('failed');
  return result.value;
};

/** The example of C2SP tlog-checkpoint, tlog-cosignature and tlog-witness. Its keys are not published. */
const BODY = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
const LOG_LINE =
  '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n';
const WITNESS_LINE =
  '— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n';

const ORIGIN = 'plumbline.example/ledger';
const log = generateKeyPairSync('ed25519');
const logKey = value(makeVerifierKey(ORIGIN, log.publicKey));
const witness = generateKeyPairSync('ed25519');
const witnessKey = value(makeVerifierKey('witness.example', witness.publicKey, 'cosignature'));
const tree = { origin: ORIGIN, size: 3, root: leafHash(Buffer.from('root')) };
const signed = value(signCheckpoint(tree, [{ privateKey: log.privateKey }]));
const text = value(parseNote(signed)).text;

describe('C2SP tlog-checkpoint', () => {
  it('reads and writes the example of the specification', () => {
    const note = value(parseNote(`${BODY}\n${LOG_LINE}`));
    const checkpoint = value(parseCheckpoint(note.text));
    expect(checkpoint).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163, extensions: [] });
    expect(checkpoint.root.toString('base64')).toBe('CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=');
    expect(value(formatCheckpoint(checkpoint))).toBe(BODY);
  });

  it('verifies what the Go checksum database signed in public: the same tree under its own name', () => {
    const database = value(parseVerifierKey('sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8'));
    const lines = `${BODY}\n${LOG_LINE}`
      .replace('example.com/behind-the-sofa', 'go.sum database tree')
      .replace('— example.com/behind-the-sofa', '— sum.golang.org');
    expect(value(openCheckpoint(lines, [database])).checkpoint).toMatchObject({ origin: 'go.sum database tree', size: 20_852_163 });
  });

  it('takes further lines and an empty tree', () => {
    const checkpoint = value(parseCheckpoint(`${BODY}one\ntwo\n`));
    expect(checkpoint.extensions).toEqual(['one', 'two']);
    expect(value(formatCheckpoint(checkpoint))).toBe(`${BODY}one\ntwo\n`);
    expect(value(parseCheckpoint(BODY.replace('20852163', '0'))).size).toBe(0);
  });

  it.each([
    ['no origin', BODY.replace('example.com/behind-the-sofa', '')],
    ['a leading zero', BODY.replace('20852163', '020852163')],
    ['a plus', BODY.replace('20852163', '+20852163')],
    ['a size that cannot be counted', BODY.replace('20852163', '9007199254740992')],
    ['no root', BODY.split('\n').slice(0, 2).join('\n') + '\n'],
    ['a short root', BODY.replace('CsUY', '')],
    ['a root without padding', BODY.replace('I=', 'I')],
    ['an empty further line', `${BODY}\n`],
    ['no end of line', BODY.slice(0, -1)],
  ])('refuses %s', (_, broken) => {
    expect(parseCheckpoint(broken)).toMatchObject({ ok: false, problem: { code: 'ledger-checkpoint' } });
  });

  it('is opened by the key that signed it, and by no other', () => {
    expect(value(openCheckpoint(signed, [logKey])).checkpoint).toEqual({ ...tree, extensions: [] });
    expect(openCheckpoint(signed, [witnessKey])).toMatchObject({ ok: false, problem: { code: 'ledger-note-unknown-key' } });
    expect(openCheckpoint(signed.replace('\n3\n', '\n4\n'), [logKey])).toMatchObject({
      ok: false,
      problem: { code: 'ledger-note-forged' },
    });
  });

  it('may be signed by an old and a new key, where the key is rotated', () => {
    const next = generateKeyPairSync('ed25519');
    const nextKey = value(makeVerifierKey(ORIGIN, next.publicKey));
    const both = value(signCheckpoint(tree, [{ privateKey: log.privateKey }, { privateKey: next.privateKey }]));
    for (const key of [logKey, nextKey]) expect(value(openCheckpoint(both, [key])).note.verified).toHaveLength(1);
    expect(value(openCheckpoint(both, [logKey, nextKey])).note.verified).toHaveLength(2);
  });

  it('is not made of an origin that would break its lines, or without a key', () => {
    const signers = [{ privateKey: log.privateKey }];
    expect(signCheckpoint({ ...tree, origin: 'evil\n999' }, signers).ok).toBe(false);
    expect(signCheckpoint({ ...tree, root: Buffer.alloc(31) }, signers).ok).toBe(false);
    expect(signCheckpoint({ ...tree, size: -1 }, signers).ok).toBe(false);
    expect(signCheckpoint(tree, []).ok).toBe(false);
  });

  it('whatever is read is written back to the same bytes', () => {
    fc.assert(
      fc.property(fc.nat(BODY.length), fc.nat(4), fc.string({ maxLength: 4 }), (at, cut, insert) => {
        const changed = BODY.slice(0, at) + insert + BODY.slice(at + cut);
        const parsed = parseCheckpoint(changed);
        const written = parsed.ok ? formatCheckpoint(parsed.value) : parsed;
        expect(written.ok ? written.value : changed).toBe(changed);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('C2SP tlog-cosignature', () => {
  it('reads the example of the specification: the time stands before the signature', () => {
    const [, cosignature] = value(parseNote(`${BODY}\n${LOG_LINE}${WITNESS_LINE}`)).signatures;
    expect(cosignature?.signature).toHaveLength(72);
    expect(cosignature?.signature.readBigUInt64BE(0)).toBe(1_679_315_147n);
  });

  it('is verified with its second, and only by its witness over its text', () => {
    const cosignature = value(makeCosignature(text, 'witness.example', witness.privateKey, 1_700_000_000));
    expect(verifyCosignature(text, cosignature, witnessKey)).toEqual({ ok: true, value: { timestampSeconds: 1_700_000_000 } });
    expect(verifyCosignature(BODY, cosignature, witnessKey).ok).toBe(false);
    expect(verifyCosignature(text, cosignature, logKey).ok).toBe(false);
    const later = Buffer.from(cosignature.signature);
    later.writeBigUInt64BE(1_700_000_001n);
    expect(verifyCosignature(text, { ...cosignature, signature: later }, witnessKey).ok).toBe(false);
    const both = signed + signatureLine(cosignature);
    expect(value(openCheckpoint(both, [logKey, witnessKey])).note.verified).toHaveLength(2);
    for (const second of [-1, 0.5, Number.NaN]) expect(makeCosignature(text, 'w', witness.privateKey, second).ok).toBe(false);
  });
});

describe('C2SP tlog-witness', () => {
  const cosignature = value(makeCosignature(text, 'witness.example', witness.privateKey, 1_700_000_000));
  const answer = (status: number, body = '', contentType: string | null = null): ReturnType<typeof readAddCheckpointAnswer> =>
    readAddCheckpointAnswer({ status, contentType, body }, text, [witnessKey]);

  it('asks as in the example of the specification', () => {
    const hash = Buffer.from('PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=', 'base64');
    expect(encodeAddCheckpoint(20_852_014, [hash], `${BODY}\n${LOG_LINE}`)).toEqual({
      ok: true,
      value: `old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\n${BODY}\n${LOG_LINE}`,
    });
    expect(value(encodeAddCheckpoint(0, [], signed)).startsWith('old 0\n\nplumbline')).toBe(true);
    expect(
      encodeAddCheckpoint(
        1,
        Array.from({ length: 64 }, () => hash),
        signed,
      ).ok,
    ).toBe(false);
    expect(encodeAddCheckpoint(1, [], 'no note').ok).toBe(false);
  });

  it('takes cosignatures of known witnesses, ignores others, and refuses one that does not verify', () => {
    const stranger = signatureLine(value(makeCosignature(text, 'stranger.example', log.privateKey, 1)));
    expect(answer(200, signatureLine(cosignature) + stranger)).toEqual({
      kind: 'cosigned',
      cosignatures: [{ signature: cosignature, timestampSeconds: 1_700_000_000 }],
    });
    expect(answer(200, stranger)).toMatchObject({ kind: 'refused', problem: { code: 'ledger-witness-key' } });
    const ofOther = signatureLine(value(makeCosignature(BODY, 'witness.example', witness.privateKey, 1)));
    expect(answer(200, ofOther)).toMatchObject({ kind: 'refused', problem: { code: 'ledger-cosignature' } });
    for (const body of ['', 'hello', '<html>\n']) expect(answer(200, body).kind).toBe('refused');
  });

  it('tells a witness that is behind from one that saw another tree', () => {
    expect(answer(409, '20852014\n', 'text/x.tlog.size')).toEqual({ kind: 'other-size', size: 20_852_014 });
    expect(answer(409, '3\n', 'text/plain')).toMatchObject({ kind: 'refused' });
    expect(answer(409, '03\n', 'text/x.tlog.size')).toMatchObject({ kind: 'refused' });
    for (const status of [400, 403, 404, 409, 422, 500, 302]) expect(answer(status, 'x\u001b[0m')).toMatchObject({ kind: 'refused' });
  });
});
