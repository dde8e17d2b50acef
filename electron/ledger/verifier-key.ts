import { type KeyObject, createPublicKey, hash } from 'node:crypto';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { type Result, fail, ok } from '../../shared/model/result.ts';

/** C2SP signed-note, "Signature types": 0x01 signs the text of a note, 0x04 is the timestamped cosignature/v1 of a witness. */
export const SIGNATURE_TYPES = { ed25519: 0x01, cosignature: 0x04 } as const;
export type SignatureType = keyof typeof SIGNATURE_TYPES;

/** A key that notes are verified with. `text` is its one line, to be pinned, exported and compared by people. */
export type VerifierKey = {
  readonly name: string;
  readonly keyId: number;
  readonly type: SignatureType;
  readonly publicKey: KeyObject;
  readonly text: string;
};

const KEY_SIZE = 32;
/** DER of a SubjectPublicKeyInfo with id-Ed25519 (RFC 8410 §4) up to the 32 bytes of the key. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const MAX_NAME = 256;
// Control characters too: a name is a part of a line.
const BAD_IN_NAME = /[\p{White_Space}\p{Cc}+]/u;

/** C2SP signed-note, "Format": not empty, no Unicode spaces, no plus. */
export const isKeyName = (name: string): boolean =>
  name.length > 0 && name.length <= MAX_NAME && name.isWellFormed() && !BAD_IN_NAME.test(name);

/** Standard base64 (RFC 4648 §4) in its one spelling; null for any other. */
export const strictBase64 = (text: string): Buffer | null => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
};

/** C2SP signed-note, "Signatures": the first four bytes of SHA-256(name || 0x0A || type || public key), big-endian. */
const keyIdOf = (name: string, material: Uint8Array): number =>
  hash('sha256', Buffer.concat([Buffer.from(`${name}\n`, 'utf8'), material]), 'buffer').readUInt32BE(0);

const materialOf = (type: SignatureType, key: Uint8Array): Buffer => Buffer.concat([Buffer.from([SIGNATURE_TYPES[type]]), key]);

const keyOf = (name: string, type: SignatureType, publicKey: KeyObject, raw: Uint8Array): VerifierKey => {
  const material = materialOf(type, raw);
  const keyId = keyIdOf(name, material);
  const text = `${name}+${keyId.toString(16).padStart(8, '0')}+${material.toString('base64')}`;
  return { name, keyId, type, publicKey, text };
};

const BAD_KEY = 'ledger-key';
const KEY_NEXT = 'A verifier key is one line: name+hex+base64. Copy it whole.';

/** The verifier key of an Ed25519 key under a name; given a private key, that of its public half. */
export const makeVerifierKey = (name: string, key: KeyObject, type: SignatureType = 'ed25519'): Result<VerifierKey> => {
  if (!isKeyName(name))
    return fail(BAD_KEY, `The name of a key must not be empty or hold spaces or a plus: ${visibleText(name)}`, KEY_NEXT);
  if (key.asymmetricKeyType !== 'ed25519') return fail(BAD_KEY, 'The ledger is signed with Ed25519 keys only.', 'Make an Ed25519 key.');
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-KEY_SIZE);
  return ok(keyOf(name, type, publicKey, raw));
};

/** Reads `name+hex+base64` (C2SP signed-note, "Verifier keys"). The key id must be that of the name and the key. */
export const parseVerifierKey = (text: string): Result<VerifierKey> => {
  const refuse = (why: string): ReturnType<typeof fail> =>
    fail(BAD_KEY, `“${visibleText(text, 120)}” is no verifier key: ${why}.`, KEY_NEXT);
  const [name, hex, ...rest] = text.split('+');
  const material = strictBase64(rest.join('+'));
  if (name === undefined || !isKeyName(name)) return refuse('its name is empty or too long');
  if (hex === undefined || !/^[0-9a-f]{8}$/.test(hex)) return refuse('its key id is not eight hexadecimal digits');
  if (material === null || material.length !== 1 + KEY_SIZE) return refuse('it holds no Ed25519 key of 32 bytes');
  const type = material[0] === SIGNATURE_TYPES.ed25519 ? 'ed25519' : material[0] === SIGNATURE_TYPES.cosignature ? 'cosignature' : null;
  if (type === null) return refuse('its type of signature is not known here');
  if (keyIdOf(name, material).toString(16).padStart(8, '0') !== hex) return refuse('its key id is not that of its name and key');
  const raw = material.subarray(1);
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI, raw]), type: 'spki', format: 'der' });
  return ok(keyOf(name, type, publicKey, raw));
};
