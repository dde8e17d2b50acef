import { asBuffer } from '../hashing.ts';
import { attempt, readerOf } from '../reader.ts';
import {
  type EntrySink,
  LEGACY_NAME_BYTES,
  LEGACY_TEMPLATE,
  MAX_TEMPLATE_DATA_BYTES,
  type RawEntry,
  type Stop,
  TEMPLATE_FIELDS,
} from './template.ts';

const MAX_TEMPLATE_NAME = 255;
const TEMPLATE_NAME = /^[a-z0-9|_-]+$/u;
/** Template hash sizes of the per-bank lists, the usual one first. */
const HASH_SIZES: readonly number[] = [20, 32, 48, 64];

const latin1 = (bytes: Uint8Array, start = 0, end = bytes.length): string => asBuffer(bytes).toString('latin1', start, end);

type Described = Pick<RawEntry, 'fileAlg' | 'fileDigest' | 'path'>;

/** Reads digest and name out of template data: `u32 length || data` per field. Null where it does not have that shape. */
const describe = (data: Uint8Array): Described | null => {
  const read = attempt((): Described => {
    const reader = readerOf(data, 'little');
    const digest = reader.bytes(reader.u32('field length'), 'digest field');
    const name = reader.bytes(reader.u32('field length'), 'name field');
    const colon = digest.indexOf(0);
    const prefix = latin1(digest, 0, Math.max(colon, 0)).replace(/:$/u, '');
    const path = latin1(name, 0, name[name.length - 1] === 0 ? name.length - 1 : name.length);
    return {
      fileAlg: prefix.slice(prefix.lastIndexOf(':') + 1),
      fileDigest: asBuffer(digest).toString('hex', colon + 1),
      path,
    };
  });
  return read.ok ? read.value : null;
};

/** Guesses the size of the template hash from where the first template name is. */
const hashSizeOf = (bytes: Uint8Array): number | null => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = HASH_SIZES.find((size) => {
    const at = 4 + size;
    if (bytes.length < at + 4) return false;
    const length = view.getUint32(at, true);
    return (
      length > 0 &&
      length <= MAX_TEMPLATE_NAME &&
      bytes.length >= at + 4 + length &&
      TEMPLATE_NAME.test(latin1(bytes, at + 4, at + 4 + length))
    );
  });
  return found ?? null;
};

const isBigEndian = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 0 && (bytes[3] ?? 24) < 24 && bytes[3] !== 0;

/**
 * Reads `binary_runtime_measurements` (Linux IMA, little-endian). Big-endian lists are refused by name: kernels write
 * little-endian when booted with ima_canonical_fmt. Returns where and why reading stopped, or null.
 */
export const readBinaryList = (bytes: Uint8Array, sink: EntrySink): Stop => {
  if (bytes.length === 0) return null;
  if (isBigEndian(bytes)) return { offset: 0, message: 'the list is big-endian; boot the host with ima_canonical_fmt' };
  const hashSize = hashSizeOf(bytes);
  if (hashSize === null) return { offset: 0, message: 'this is not an IMA measurement list' };
  const reader = readerOf(bytes, 'little');
  const legacyData = Buffer.alloc(20 + LEGACY_NAME_BYTES);
  const readEntry = (): RawEntry => {
    const pcr = reader.u32('PCR index');
    if (pcr > 23) return reader.fail(`the entry names PCR ${pcr}`);
    const templateHash = asBuffer(reader.bytes(hashSize, 'template hash')).toString('hex');
    const nameLength = reader.u32('template name length');
    if (nameLength > MAX_TEMPLATE_NAME) return reader.fail(`the template name claims ${nameLength} bytes`);
    const template = latin1(reader.bytes(nameLength, 'template name'));
    if (!TEMPLATE_NAME.test(template)) return reader.fail('the template name is not a name');
    if (template === LEGACY_TEMPLATE) {
      const digest = reader.bytes(20, 'file digest');
      const length = reader.u32('name length');
      if (length > LEGACY_NAME_BYTES) return reader.fail(`the name claims ${length} bytes; the ima template holds ${LEGACY_NAME_BYTES}`);
      const name = reader.bytes(length, 'name');
      legacyData.fill(0);
      legacyData.set(digest);
      legacyData.set(name, 20);
      return {
        pcr,
        templateHash,
        template,
        fileAlg: 'sha1',
        fileDigest: asBuffer(digest).toString('hex'),
        path: latin1(name),
        data: legacyData,
      };
    }
    const length = reader.u32('template data length');
    if (length > MAX_TEMPLATE_DATA_BYTES)
      return reader.fail(`the template data claims ${length} bytes; at most ${MAX_TEMPLATE_DATA_BYTES} are read`);
    const data = reader.bytes(length, 'template data');
    const described = TEMPLATE_FIELDS.has(template) ? describe(data) : { fileAlg: '', fileDigest: '', path: '' };
    if (described === null) return reader.fail(`the template data does not have the fields of ${template}`);
    return { pcr, templateHash, template, ...described, data };
  };
  while (reader.remaining() > 0) {
    const offset = reader.offset();
    const entry = attempt(readEntry);
    if (!entry.ok) return { offset: entry.offset, message: entry.message };
    if (!sink(entry.value, offset)) return null;
  }
  return null;
};
