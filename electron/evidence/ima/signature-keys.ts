import { type KeyObject, X509Certificate, createPublicKey, hash } from 'node:crypto';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { canHash, hexDigest, isBank } from '../hashing.ts';
import { type Reader, attempt, readerOf } from '../reader.ts';
import type { ImaKey, ImaKeyring } from '../types.ts';
import { isVerifiable } from './signature-prehash.ts';

/** Bounds: a keyring of a distribution has some dozen keys. */
export const MAX_KEY_FILES = 256;
export const MAX_KEY_BYTES = 64 * 1024;

export type ImaKeyFile = { readonly name: string; readonly bytes: Uint8Array };

/** One DER element; lengths of at most four bytes, definite only. */
const element = (reader: Reader): { readonly tag: number; readonly body: Uint8Array } => {
  const tag = reader.u8('tag');
  const first = reader.u8('length');
  if (first < 0x80) return { tag, body: reader.bytes(first, 'element') };
  const size = first - 0x80;
  if (size < 1 || size > 4) return reader.fail('an element has no usable length');
  let length = 0;
  for (let i = 0; i < size; i += 1) length = length * 256 + reader.u8('length');
  return { tag, body: reader.bytes(length, 'element') };
};

const inside = (body: Uint8Array): Reader => readerOf(body, 'big');

/** SHA-1 of the public key's bit string (RFC 5280, 4.2.1.2, method 1): what evmctl and the kernel identify a key by. */
const keyHash = (key: KeyObject): string | null => {
  const spki = key.export({ type: 'spki', format: 'der' });
  const bits = attempt(() => {
    const reader = inside(element(inside(spki)).body);
    element(reader);
    return element(reader).body.subarray(1);
  });
  return bits.ok ? hash('sha1', bits.value, 'hex') : null;
};

const SUBJECT_KEY_IDENTIFIER = '551d0e';

/** The SubjectKeyIdentifier extension, which the kernel finds a certificate by where it is present; null where it is not. */
const subjectKeyIdentifier = (certificate: Uint8Array): string | null => {
  const found = attempt((): string | null => {
    const tbs = inside(element(inside(element(inside(certificate)).body)).body);
    while (tbs.remaining() > 0) {
      const part = element(tbs);
      if (part.tag !== 0xa3) continue;
      const extensions = inside(element(inside(part.body)).body);
      while (extensions.remaining() > 0) {
        const extension = inside(element(extensions).body);
        if (Buffer.from(element(extension).body).toString('hex') !== SUBJECT_KEY_IDENTIFIER) continue;
        let value = element(extension);
        if (value.tag === 1) value = element(extension);
        return Buffer.from(element(inside(value.body)).body).toString('hex');
      }
    }
    return null;
  });
  return found.ok ? found.value : null;
};

type Readable = { readonly key: KeyObject; readonly ids: readonly string[]; readonly subject: string | null };

const identified = (key: KeyObject, certificate: Uint8Array | null, subject: string | null): Readable | null => {
  if (!isVerifiable(key)) return null;
  const ids = [keyHash(key), certificate === null ? null : subjectKeyIdentifier(certificate)];
  const usable = ids.filter((id) => id !== null && id.length >= 8).map((id) => (id ?? '').slice(-8));
  return { key, ids: [...new Set(usable)], subject };
};

const ofCertificate = (bytes: Uint8Array): Readable | null => {
  const certificate = new X509Certificate(bytes);
  return identified(certificate.publicKey, certificate.raw, visibleText(certificate.subject.replaceAll('\n', ', '), 200));
};

const ofPublicKey = (bytes: Uint8Array): Readable | null => {
  const text = Buffer.from(bytes).toString('latin1').trimStart();
  if (!text.startsWith('-----')) return identified(createPublicKey({ key: Buffer.from(bytes), format: 'der', type: 'spki' }), null, null);
  // A private key would be read as well; somebody put it there by mistake, and it is not ours to use.
  return text.startsWith('-----BEGIN PUBLIC KEY-----') ? identified(createPublicKey(text), null, null) : null;
};

/** A certificate or public key, PEM or DER; null for anything else. */
const readKey = (bytes: Uint8Array): Readable | null => {
  for (const read of [ofCertificate, ofPublicKey]) {
    try {
      const found = read(bytes);
      if (found !== null) return found;
    } catch {
      // Not of this form; the next one is tried.
    }
  }
  return null;
};

const ringOf = (keys: readonly ImaKey[]): ImaKeyring => {
  const byId = new Map<string, ImaKey[]>();
  for (const key of keys) {
    const known = byId.get(key.keyId);
    if (known === undefined) byId.set(key.keyId, [key]);
    else known.push(key);
  }
  return { keys, find: (keyId) => byId.get(keyId) ?? [] };
};

/**
 * The keys whose signatures on files are accepted, from files that the caller chose: X.509 certificates or public keys, PEM or DER. Certificates are taken as keys: neither their issuer nor their validity is checked, the caller vouches for the folder.
 * Files that hold no such key come back by name.
 */
export const createImaKeyring = (
  files: readonly ImaKeyFile[],
): { readonly keyring: ImaKeyring; readonly unreadable: readonly { readonly name: string; readonly why: string }[] } => {
  const keys: ImaKey[] = [];
  const unreadable: { readonly name: string; readonly why: string }[] = [];
  for (const [index, file] of files.entries()) {
    const name = visibleText(file.name, 200);
    const why =
      index >= MAX_KEY_FILES
        ? `at most ${MAX_KEY_FILES} keys are read`
        : file.bytes.length > MAX_KEY_BYTES
          ? `it has ${file.bytes.length} bytes; at most ${MAX_KEY_BYTES} are read`
          : null;
    const read = why === null ? readKey(file.bytes) : null;
    if (read === null)
      unreadable.push({
        name,
        why: why ?? 'it is neither an X.509 certificate nor a public key, RSA of 1024 to 8192 bits or on P-256, P-384 or P-521',
      });
    else
      for (const keyId of read.ids) keys.push({ keyId, key: read.key, label: read.subject === null ? name : `${name}: ${read.subject}` });
  }
  return { keyring: ringOf(keys), unreadable };
};

/** One ima-buf entry: what the kernel measured when a key was put on a keyring (policy rule `func=KEY_CHECK`). */
export type MeasuredBuffer = {
  readonly index: number;
  /** Name of the keyring: ".ima", ".builtin_trusted_keys". */
  readonly path: string;
  readonly fileAlg: string;
  readonly fileDigest: string;
  readonly buffer: Uint8Array;
  readonly proven: boolean;
};

export type MeasuredKey = {
  readonly index: number;
  readonly keyring: string;
  readonly keyIds: readonly string[];
  /** Subject of the certificate; made visible. */
  readonly subject: string;
  readonly fingerprint: string;
  /** Covered by the quoted PCR 10, and the buffer is what the entry's digest says. */
  readonly proven: boolean;
};

const MAX_MEASURED_KEYS = 1000;

/**
 * Certificates that the kernel measured while they were added to a keyring. A proven one was offered to that keyring during this boot; that the
 * kernel accepted it, and who issued it, is not said. So these keys are shown, never trusted. Buffers that are no certificate (kexec
 * command lines, policies, device-mapper tables) are passed over.
 */
export const measuredKeys = (entries: Iterable<MeasuredBuffer>): readonly MeasuredKey[] => {
  const found: MeasuredKey[] = [];
  for (const { index, path, fileAlg, fileDigest, buffer, proven } of entries) {
    if (found.length >= MAX_MEASURED_KEYS) break;
    if (!path.startsWith('.') || buffer.length > MAX_KEY_BYTES || buffer[0] !== 0x30) continue;
    const read = readKey(buffer);
    if (read === null || read.subject === null) continue;
    const covered = isBank(fileAlg) && canHash(fileAlg) && hexDigest(fileAlg, buffer) === fileDigest;
    found.push({
      index,
      keyring: visibleText(path, 100),
      keyIds: read.ids,
      subject: read.subject,
      fingerprint: hexDigest('sha256', buffer),
      proven: proven && covered,
    });
  }
  return found;
};
