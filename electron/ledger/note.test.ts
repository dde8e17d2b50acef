import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Note, NOTE_LIMITS, formatNote, parseNote, signText, verifyNote } from './note.ts';
import { type VerifierKey, makeVerifierKey, parseVerifierKey } from './verifier-key.ts';

/** Key, text and note of the reference implementation, golang.org/x/mod/sumdb/note. */
const VKEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const SEED = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1);
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNATURE = '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const NOTE = `${TEXT}\n${SIGNATURE}`;
/** The example of C2SP signed-note. Its key is not published. */
const EXAMPLE = `Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
`;

const value = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T => {
  if (!result.ok) throw new Error('failed');
  return result.value;
};
const verified = (text: string, keys: readonly VerifierKey[]): string => {
  const note = parseNote(text);
  const done = note.ok ? verifyNote(note.value, keys) : note;
  return done.ok ? 'ok' : done.problem.code;
};
const peter = value(parseVerifierKey(VKEY));
const privateKey = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), SEED]),
  format: 'der',
  type: 'pkcs8',
});

describe('C2SP signed-note', () => {
  it('verifies the note of the reference implementation, and signs it to the same bytes', () => {
    expect(verified(NOTE, [peter])).toBe('ok');
    expect(formatNote({ text: TEXT, signatures: [value(signText(TEXT, 'PeterNeumann', privateKey))] })).toBe(NOTE);
    expect(value(makeVerifierKey('PeterNeumann', privateKey)).text).toBe(VKEY);
  });

  it('reads the example of the specification: the last empty line divides, the text may have others', () => {
    const note = value(parseNote(EXAMPLE));
    expect(note.text).toMatch(/sole:\n\ned è subito sera\.\n$/);
    expect(note.signatures).toMatchObject([{ name: 'quasimodo.example/salvatore', keyId: 0x367ba04b }]);
    expect(formatNote(note)).toBe(EXAMPLE);
    expect(value(parseNote(Buffer.from(EXAMPLE)))).toEqual(note);
  });

  it('rejects a changed text, a changed signature and a signature that moved to another text', () => {
    expect(verified(NOTE.replace('your problem is', 'my problem is'), [peter])).toBe('ledger-note-forged');
    expect(verified(NOTE.replace('x08go/ZJ', 'x08go/ZK'), [peter])).toBe('ledger-note-forged');
    expect(verified(`Other.\n\n${SIGNATURE}`, [peter])).toBe('ledger-note-forged');
  });

  it('ignores signatures of unknown keys, but needs one of a known key', () => {
    const other = value(makeVerifierKey('other', generateKeyPairSync('ed25519').publicKey));
    expect(verified(NOTE, [other])).toBe('ledger-note-unknown-key');
    expect(verified(NOTE, [])).toBe('ledger-note-unknown-key');
    const line = SIGNATURE.replace('PeterNeumann', 'Peter');
    expect(verified(NOTE + line, [other, peter])).toBe('ok');
    // Same name, another key id: unknown, too.
    expect(verified(`${TEXT}\n${SIGNATURE.replace(' x08go', ' y08go')}`, [peter])).toBe('ledger-note-unknown-key');
  });

  it.each([
    ['no end of line at the end', NOTE.slice(0, -1)],
    ['no signature', `${TEXT}\n`],
    ['no empty line', TEXT + SIGNATURE],
    ['a carriage return', NOTE.replace('\n', '\r\n')],
    ['a tab', NOTE.replace(' ', '\t')],
    ['a hyphen instead of the dash', NOTE.replace('—', '-')],
    ['two spaces', NOTE.replace('PeterNeumann ', 'PeterNeumann  ')],
    ['a name with a plus', NOTE.replace('PeterNeumann', 'Peter+Neumann')],
    ['a name with a no-break space', NOTE.replace('PeterNeumann', 'Peter\u00a0Neumann')],
    ['no name', NOTE.replace('PeterNeumann', '')],
    ['base64 without padding', NOTE.replace('AM=\n', 'AM\n')],
    ['base64 of another alphabet', NOTE.replace('x08go/', 'x08go_')],
    ['a key id and no signature', `${TEXT}\n— a x08gow==\n`],
    ['a line after the signatures', `${NOTE}text\n`],
    ['101 signatures', `${TEXT}\n${SIGNATURE.repeat(101)}`],
    ['a megabyte and more', 'x'.repeat(NOTE_LIMITS.bytes) + NOTE],
  ])('refuses %s', (_, text) => {
    expect(parseNote(text)).toMatchObject({ ok: false, problem: { code: 'ledger-note' } });
    expect(parseNote(Buffer.from(text)).ok).toBe(false);
  });

  it('takes 100 signatures, and refuses what is not UTF-8', () => {
    expect(value(parseNote(`${TEXT}\n${SIGNATURE.repeat(100)}`)).signatures).toHaveLength(100);
    expect(parseNote(Buffer.concat([Buffer.from([0xff]), Buffer.from(NOTE)])).ok).toBe(false);
    expect(parseNote(`\ud800${NOTE}`).ok).toBe(false);
  });

  it('signs nothing that cannot be a note', () => {
    for (const text of ['no end', 'a\u0000b\n', '\ud800\n']) expect(signText(text, 'a', privateKey).ok).toBe(false);
    expect(signText(TEXT, 'a b', privateKey).ok).toBe(false);
    expect(signText(TEXT, 'a', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey).ok).toBe(false);
    expect(signText(TEXT, 'a', generateKeyPairSync('ed25519').publicKey).ok).toBe(false);
  });

  it('whatever is read is written back to the same bytes, and never throws', () => {
    const around = fc.tuple(fc.nat(NOTE.length), fc.nat(6), fc.string({ unit: 'binary', maxLength: 4 }));
    fc.assert(
      fc.property(around, fc.string({ unit: 'binary', maxLength: 90 }), ([at, cut, insert], anything) => {
        for (const text of [NOTE.slice(0, at) + insert + NOTE.slice(at + cut), `a\n\n— ${anything}\n`]) {
          const note = parseNote(text);
          expect(note.ok ? formatNote(note.value) : text).toBe(text);
          if (note.ok) verifyNote(note.value, [peter]);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('verifier keys', () => {
  it('are read and written back, also that of the Go checksum database', () => {
    const sum = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';
    expect(value(parseVerifierKey(sum))).toMatchObject({ name: 'sum.golang.org', keyId: 0x033de0ae, type: 'ed25519', text: sum });
  });

  it('are refused when any part of them is changed or left out', () => {
    for (let from = 0; from < VKEY.length; from += 1)
      for (let to = from + 1; to <= VKEY.length; to += 1)
        expect(parseVerifierKey(VKEY.slice(from, to)).ok).toBe(from === 0 && to === VKEY.length);
    for (let at = 0; at < VKEY.length; at += 1) {
      const changed = VKEY.slice(0, at) + String.fromCharCode(VKEY.charCodeAt(at) + 1) + VKEY.slice(at + 1);
      expect(parseVerifierKey(changed).ok).toBe(false);
    }
  });

  it('of another type of signature have another key id, so that neither passes for the other', () => {
    const witness = value(makeVerifierKey('PeterNeumann', privateKey, 'cosignature'));
    expect(witness.keyId).not.toBe(peter.keyId);
    expect(value(parseVerifierKey(witness.text))).toMatchObject({ type: 'cosignature', keyId: witness.keyId });
    const forged: Note = { text: TEXT, signatures: [{ ...value(signText(TEXT, 'PeterNeumann', privateKey)), keyId: witness.keyId }] };
    expect(verifyNote(forged, [witness]).ok).toBe(false);
  });
});
