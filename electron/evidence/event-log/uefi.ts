import { asBuffer, hexDigest, toHex } from '../hashing.ts';
import { type Attempt, attempt, readerOf } from '../reader.ts';
import type { SignatureEntry } from '../types.ts';
import { certificateOf, ownerName } from './meaning/certificates.ts';

const MAX_NAME_CHARACTERS = 512;
const MAX_SIGNATURE_ENTRIES = 16_384;

const CERT_SHA256 = 'c1c41626-504c-4092-aca9-41f936934328';
const CERT_X509 = 'a5c059a1-94e4-4aa7-87b5-ab155c2bf072';
const NO_OWNER = '00000000-0000-0000-0000-000000000000';

/** EFI_GUID in its standard text form: the first three fields are little-endian. */
export const guidText = (bytes: Uint8Array): string => {
  const hex = toHex(bytes);
  const swap = (start: number, length: number): string => {
    let out = '';
    for (let i = start + length - 1; i >= start; i -= 1) out += hex.slice(i * 2, i * 2 + 2);
    return out;
  };
  return `${swap(0, 4)}-${swap(4, 2)}-${swap(6, 2)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
};

/** UCS-2 text up to the first NUL. */
export const ucs2Text = (bytes: Uint8Array): string => {
  const text = asBuffer(bytes).toString('utf16le');
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
};

export type UefiVariable = { readonly name: string; readonly guid: string; readonly data: Uint8Array };

/** UEFI_VARIABLE_DATA (PC Client PFP 10.2.6). */
export const parseVariable = (bytes: Uint8Array): Attempt<UefiVariable> =>
  attempt(() => {
    const reader = readerOf(bytes, 'little');
    const guid = guidText(reader.bytes(16, 'variable GUID'));
    const nameLength = reader.u64('UnicodeNameLength');
    const dataLength = reader.u64('VariableDataLength');
    if (nameLength > BigInt(MAX_NAME_CHARACTERS)) reader.fail(`the variable name claims ${nameLength} characters`);
    const name = ucs2Text(reader.bytes(Number(nameLength) * 2, 'variable name'));
    if (dataLength > BigInt(reader.remaining()))
      reader.fail(`the variable claims ${dataLength} bytes of data but ${reader.remaining()} are left`);
    return { name, guid, data: reader.bytes(Number(dataLength), 'variable data') };
  });

const looksLikeCertificate = (data: Uint8Array): boolean => data.length > 64 && data[0] === 0x30 && data[1] === 0x82;

const entryOf = (owner: string, kind: string, data: Uint8Array): SignatureEntry => {
  const known = ownerName(owner);
  const entry: SignatureEntry = {
    owner,
    kind,
    sha256: kind === 'sha256' ? toHex(data) : hexDigest('sha256', data),
    ...(known === undefined ? {} : { ownerName: known }),
  };
  // What does not begin like a certificate is not handed to a parser: a hostile list holds thousands of such.
  const read = kind === 'x509' && looksLikeCertificate(data) ? certificateOf(data, entry.sha256) : null;
  if (read === null) return entry;
  return { ...entry, ...(read.commonName === undefined ? {} : { subject: read.commonName }), certificate: read.facts };
};

const kindOf = (type: string, size: number): string => {
  if (type === CERT_X509) return 'x509';
  return type === CERT_SHA256 && size === 32 ? 'sha256' : type;
};

/** A sequence of EFI_SIGNATURE_LIST (UEFI 2.10, 32.4.1), read to the end of the data. */
export const parseSignatureLists = (data: Uint8Array): Attempt<readonly SignatureEntry[]> =>
  attempt(() => {
    const entries: SignatureEntry[] = [];
    const reader = readerOf(data, 'little');
    while (reader.remaining() > 0) {
      const type = guidText(reader.bytes(16, 'SignatureType'));
      const listSize = reader.u32('SignatureListSize');
      const headerSize = reader.u32('SignatureHeaderSize');
      const size = reader.u32('SignatureSize');
      const body = listSize - 28 - headerSize;
      if (body < 0 || headerSize > listSize) reader.fail(`a signature list claims a size of ${listSize} bytes`);
      reader.bytes(headerSize, 'SignatureHeader');
      if (body === 0) continue;
      if (size <= 16 || body % size !== 0) reader.fail(`a signature list of ${body} bytes cannot hold entries of ${size} bytes`);
      if (entries.length + body / size > MAX_SIGNATURE_ENTRIES) reader.fail(`more than ${MAX_SIGNATURE_ENTRIES} signatures`);
      for (let left = body; left > 0; left -= size) {
        const owner = guidText(reader.bytes(16, 'SignatureOwner'));
        entries.push(entryOf(owner, kindOf(type, size - 16), reader.bytes(size - 16, 'SignatureData')));
      }
    }
    return entries;
  });

/**
 * The single EFI_SIGNATURE_DATA of an EV_EFI_VARIABLE_AUTHORITY event. Old shims leave the owner out; then it is all zeros.
 * Undefined for data that is no signature (for example SbatLevel).
 */
export const parseAuthoritySignature = (data: Uint8Array): SignatureEntry | undefined => {
  if (looksLikeCertificate(data)) return entryOf(NO_OWNER, 'x509', data);
  if (data.length <= 16) return undefined;
  const owner = guidText(data.subarray(0, 16));
  const signature = data.subarray(16);
  if (looksLikeCertificate(signature)) return entryOf(owner, 'x509', signature);
  return signature.length === 32 ? entryOf(owner, 'sha256', signature) : undefined;
};
