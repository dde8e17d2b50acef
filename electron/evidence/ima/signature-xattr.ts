import type { Bank } from '../types.ts';
import { type Attempt, attempt, readerOf } from '../reader.ts';

/** More than the largest RSA key (8192 bits) signs; a security.ima attribute beyond it is refused by name. */
export const MAX_SIGNATURE_FIELD_BYTES = 8 + 1024;
const HEADER_BYTES = 9;

/** enum hash_algo of the kernel (include/uapi/linux/hash_info.h), as far as this engine can hash. */
const KERNEL_HASHES: ReadonlyMap<number, Bank> = new Map<number, Bank>([
  [2, 'sha1'],
  [4, 'sha256'],
  [5, 'sha384'],
  [6, 'sha512'],
  [17, 'sm3'],
]);

export const KERNEL_HASH_ID: Readonly<Record<Bank, number>> = { sha1: 2, sha256: 4, sha384: 5, sha512: 6, sm3: 17 };

/** First byte of a security.ima or security.evm attribute (enum evm_ima_xattr_type, security/integrity/integrity.h). */
const IMA_DIGEST = 0x01;
const EVM_HMAC = 0x02;
const DIGSIG = 0x03;
const IMA_DIGEST_NG = 0x04;
const EVM_PORTABLE_DIGSIG = 0x05;
const IMA_VERITY_DIGSIG = 0x06;
/** Not an attribute at all: the modsig field of ima-modsig holds bare PKCS#7. */
const DER_SEQUENCE = 0x30;

export type ImaXattr =
  /** No signature: the field is empty, or holds a plain digest or an HMAC that only this machine can check. */
  | { readonly kind: 'none'; readonly what: string }
  /** A signature that this engine knows by name and does not verify. */
  | { readonly kind: 'unsupported'; readonly what: string }
  | {
      readonly kind: 'signature';
      /** `digest`: signed is the digest of the file. `file-id`: signed is the hash of struct ima_file_id around it (sigv3). */
      readonly over: 'digest' | 'file-id';
      readonly type: number;
      readonly hash: Bank;
      /** Last four bytes of the signer's SubjectKeyIdentifier, hex. A hint for the search, not a proof. */
      readonly keyId: string;
      readonly value: Uint8Array;
    };

const unsupported = (what: string): ImaXattr => ({ kind: 'unsupported', what });

/**
 * Reads the signature field of an ima-sig, ima-sigv2, ima-modsig or evm-sig entry: the security.ima attribute as the kernel stored
 * it (struct signature_v2_hdr, security/integrity/integrity.h). Fails for a header that is cut off and for any other length than the
 * header states. Never throws.
 */
export const parseImaXattr = (bytes: Uint8Array): Attempt<ImaXattr> =>
  attempt((): ImaXattr => {
    if (bytes.length === 0) return { kind: 'none', what: 'no signature' };
    if (bytes[0] === DER_SEQUENCE) return unsupported('an appended signature (PKCS#7), which is not verified');
    const reader = readerOf(bytes, 'big');
    if (bytes.length > MAX_SIGNATURE_FIELD_BYTES)
      reader.fail(`it has ${bytes.length} bytes; at most ${MAX_SIGNATURE_FIELD_BYTES} are read`);
    const type = reader.u8('type');
    if (type === IMA_DIGEST || type === IMA_DIGEST_NG) return { kind: 'none', what: 'a digest in place of a signature' };
    if (type === EVM_HMAC) return { kind: 'none', what: 'an HMAC, which only the host itself can check' };
    if (type === EVM_PORTABLE_DIGSIG)
      return unsupported("an EVM portable signature: it covers the file's metadata, which the list does not hold");
    if (type !== DIGSIG && type !== IMA_VERITY_DIGSIG) return reader.fail(`its type 0x${type.toString(16).padStart(2, '0')} is unknown`);
    const version = reader.u8('version');
    if (version === 1) return unsupported('a version 1 signature, the format before Linux 3.7');
    const wanted = type === IMA_VERITY_DIGSIG ? 3 : 2;
    if (version === 3 && type === DIGSIG) return unsupported('a version 3 signature of a regular file');
    if (version !== wanted) reader.fail(`its version ${version} is unknown for type 0x${type.toString(16).padStart(2, '0')}`);
    const hashId = reader.u8('hash algorithm');
    const keyId = Buffer.from(reader.bytes(4, 'key id')).toString('hex');
    const size = reader.u16('signature size');
    if (size !== bytes.length - HEADER_BYTES)
      reader.fail(`it claims a signature of ${size} bytes, but ${bytes.length - HEADER_BYTES} follow its header`);
    if (size === 0) reader.fail('its signature is empty');
    const hash = KERNEL_HASHES.get(hashId);
    if (hash === undefined) return unsupported(`a signature over kernel hash algorithm ${hashId}`);
    return { kind: 'signature', over: version === 3 ? 'file-id' : 'digest', type, hash, keyId, value: reader.bytes(size, 'signature') };
  });

/** Fields that may hold a signature, the preferred one first. */
const FIELD_INDEX: ReadonlyMap<string, readonly number[]> = new Map([
  ['ima-sig', [2]],
  ['ima-sigv2', [2]],
  ['ima-buf', [2]],
  ['ima-modsig', [2, 4]],
  ['evm-sig', [2]],
]);

const fieldAt = (data: Uint8Array, wanted: number): Uint8Array | null => {
  const found = attempt(() => {
    const reader = readerOf(data, 'little');
    for (let skipped = 0; skipped < wanted; skipped += 1) reader.bytes(reader.u32('field length'), 'field');
    return reader.bytes(reader.u32('field length'), 'signature field');
  });
  return found.ok ? found.value : null;
};

/**
 * The signature field (of ima-buf: the buffer) in the template data of an entry: fields of `u32 length (little-endian) || bytes`
 * (Linux Documentation/security/IMA-templates.rst). Of ima-modsig the appended signature where there is no attribute. Null for templates
 * without one and for data that ends early. A view, not a copy.
 */
export const signatureField = (template: string, data: Uint8Array): Uint8Array | null => {
  const fields = (FIELD_INDEX.get(template) ?? []).map((index) => fieldAt(data, index));
  return fields.find((field) => field !== null && field.length > 0) ?? fields[0] ?? null;
};
