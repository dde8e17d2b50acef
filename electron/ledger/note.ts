import { type KeyObject, sign, verify } from 'node:crypto';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { type Result, fail, ok } from '../../shared/model/result.ts';
import { type VerifierKey, isKeyName, makeVerifierKey, strictBase64 } from './verifier-key.ts';

export type NoteSignature = {
  readonly name: string;
  /** As in the signature line, big-endian. */
  readonly keyId: number;
  /** What follows the key id. */
  readonly signature: Buffer;
};

/** C2SP signed-note. `text` ends in a newline; it must be ignored until a signature by a known key was verified. */
export type Note = { readonly text: string; readonly signatures: readonly NoteSignature[] };

export const NOTE_LIMITS = { bytes: 1024 * 1024, signatures: 100 } as const;

const BAD_NOTE = 'ledger-note';
const NOTE_NEXT = 'Ask for the note again where it comes from; it must be kept byte by byte.';
const MARK = '— ';

const refuse = (why: string): ReturnType<typeof fail> => fail(BAD_NOTE, `This is no signed note (C2SP signed-note): ${why}.`, NOTE_NEXT);

/** Whether a text can be the text of a note: lines without control characters, the last one ended too. */
export const isNoteText = (text: string): boolean =>
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  text.endsWith('\n') && text.isWellFormed() && !/[\u0000-\u0009\u000b-\u001f]/.test(text);

/** One line: em dash, space, key name, space, base64 of key id and signature, newline. */
export const signatureLine = ({ name, keyId, signature }: NoteSignature): string => {
  const id = Buffer.alloc(4);
  id.writeUInt32BE(keyId);
  return `${MARK}${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
};

const parseSignatureLine = (line: string): NoteSignature | null => {
  if (!line.startsWith(MARK)) return null;
  const space = line.indexOf(' ', MARK.length);
  const name = line.slice(MARK.length, Math.max(space, MARK.length));
  const bytes = strictBase64(line.slice(space + 1));
  return space > 0 && isKeyName(name) && bytes !== null && bytes.length > 4
    ? { name, keyId: bytes.readUInt32BE(0), signature: bytes.subarray(4) }
    : null;
};

/** Reads signature lines alone, as a witness answers with. */
export const parseSignatureLines = (text: string): Result<readonly NoteSignature[]> => {
  if (!text.endsWith('\n') || text.length > NOTE_LIMITS.bytes) return refuse('its signatures do not end in a newline, or are too long');
  const lines = text.slice(0, -1).split('\n', NOTE_LIMITS.signatures + 1);
  if (lines.length > NOTE_LIMITS.signatures) return refuse(`more than ${NOTE_LIMITS.signatures} signatures`);
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignatureLine(line);
    if (signature === null) return refuse('a line after its text is no signature');
    signatures.push(signature);
  }
  return ok(signatures);
};

const decode = (note: string | Uint8Array): string | null => {
  if (typeof note === 'string') return note;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(note);
  } catch {
    return null;
  }
};

/** C2SP signed-note, "Format". Verifies nothing: an unverified text is nobody's. */
export const parseNote = (note: string | Uint8Array): Result<Note> => {
  if (note.length > NOTE_LIMITS.bytes) return refuse(`longer than ${NOTE_LIMITS.bytes} bytes`);
  const whole = decode(note);
  if (whole === null || !isNoteText(whole)) return refuse('it is not UTF-8, has control characters or does not end in a newline');
  // The last empty line divides: the text itself may have empty lines.
  const at = whole.lastIndexOf('\n\n');
  if (at < 0) return refuse('no empty line divides its text from its signatures');
  const signatures = parseSignatureLines(whole.slice(at + 2));
  return signatures.ok ? ok({ text: whole.slice(0, at + 1), signatures: signatures.value }) : signatures;
};

/** C2SP signed-note, "Format": the text, an empty line and the signatures. */
export const formatNote = ({ text, signatures }: Note): string => `${text}\n${signatures.map(signatureLine).join('')}`;

/** C2SP signed-note, "Ed25519 signatures": RFC 8032 over the text. */
export const signText = (text: string, name: string, privateKey: KeyObject): Result<NoteSignature> => {
  const key = makeVerifierKey(name, privateKey);
  if (!key.ok) return key;
  if (privateKey.type !== 'private') return fail(BAD_NOTE, 'A public key cannot sign.', 'Sign with the private key.');
  if (!isNoteText(text)) return refuse('the text to sign has control characters or does not end in a newline');
  return ok({ name, keyId: key.value.keyId, signature: sign(null, Buffer.from(text, 'utf8'), privateKey) });
};

/** What a cosignature signs (C2SP tlog-cosignature, "Ed25519 signed message"). */
export const cosignedMessage = (text: string, timestamp: number | bigint): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${timestamp}\n${text}`, 'utf8');

export const TIMESTAMP_BYTES = 8;

/** Whether the signature over the text is by the key, by the rules of the key's type. */
export const verifySignature = (text: string, { signature }: NoteSignature, key: VerifierKey): boolean => {
  if (key.type === 'ed25519') return signature.length === 64 && verify(null, Buffer.from(text, 'utf8'), key.publicKey, signature);
  if (signature.length !== TIMESTAMP_BYTES + 64) return false;
  const message = cosignedMessage(text, signature.readBigUInt64BE(0));
  return verify(null, message, key.publicKey, signature.subarray(TIMESTAMP_BYTES));
};

export const isBy = (signature: NoteSignature, key: VerifierKey): boolean => signature.name === key.name && signature.keyId === key.keyId;

/** The signatures of a note that known keys made. */
export type VerifiedNote = Note & {
  readonly verified: readonly { readonly key: VerifierKey; readonly signature: NoteSignature }[];
};

/**
 * C2SP signed-note, "Signatures": signatures by unknown keys are ignored, one by a known key that does not verify rejects the whole note,
 * and at least one by a known key must be there. Does not say that the keys deserve to be known.
 */
export const verifyNote = (note: Note, keys: readonly VerifierKey[]): Result<VerifiedNote> => {
  const verified: VerifiedNote['verified'][number][] = [];
  for (const signature of note.signatures) {
    const key = keys.find((known) => isBy(signature, known));
    if (key === undefined) continue;
    if (!verifySignature(note.text, signature, key))
      return fail(
        'ledger-note-forged',
        `The signature of ${visibleText(key.name)} does not fit the text: one of them was changed.`,
        'Compare the note with another copy of it.',
      );
    verified.push({ key, signature });
  }
  if (verified.length > 0) return ok({ ...note, verified });
  const names = visibleText([...new Set(note.signatures.map(({ name }) => name))].join(', '));
  return fail('ledger-note-unknown-key', `No known key signed it; its signatures name ${names}.`, 'Check which keys are pinned here.');
};
