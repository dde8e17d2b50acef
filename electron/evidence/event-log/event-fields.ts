import { visibleBytes } from '../../../shared/model/hostile-text.ts';
import { HASH_BY_ID, asBuffer, toHex } from '../hashing.ts';
import { type FieldList, type Fields, fieldList, hexValue } from '../fields.ts';
import { type Reader, attempt, readerOf } from '../reader.ts';
import type { BootEvent } from '../types.ts';
import { devicePathText } from './device-path.ts';
import { EV_EFI_BOOT_SERVICES_APPLICATION, EV_EFI_BOOT_SERVICES_DRIVER, EV_EFI_RUNTIME_SERVICES_DRIVER, eventTypeName } from './types.ts';
import { guidText, ucs2Text } from './uefi.ts';

type Inside = { readonly reader: Reader; readonly base: number; readonly list: FieldList };

/** Reads one field and notes where it was. */
const take = <T>({ reader, base, list }: Inside, depth: number, label: string, read: () => T, say: (value: T) => string): T => {
  const start = base + reader.offset();
  const value = read();
  list.note(depth, label, start, base + reader.offset(), say(value));
  return value;
};

/** UEFI_VARIABLE_DATA (PC Client PFP 10.2.6). */
const readVariable = (inside: Inside): void => {
  const { reader } = inside;
  take(inside, 1, 'variable GUID', () => reader.bytes(16, 'variable GUID'), guidText);
  const nameLength = take(inside, 1, 'length of the name (characters)', () => reader.u64('UnicodeNameLength'), String);
  const dataLength = take(inside, 1, 'length of the value (bytes)', () => reader.u64('VariableDataLength'), String);
  if (nameLength > BigInt(reader.remaining() >> 1) || dataLength > BigInt(reader.remaining()))
    reader.fail('the variable claims more than there is');
  take(inside, 1, 'name', () => reader.bytes(Number(nameLength) * 2, 'variable name'), ucs2Text);
  if (dataLength > BigInt(reader.remaining())) reader.fail(`the value claims ${dataLength} bytes but ${reader.remaining()} are left`);
  take(inside, 1, 'value', () => reader.bytes(Number(dataLength), 'variable data'), hexValue);
};

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** UEFI_IMAGE_LOAD_EVENT (PC Client PFP 10.2.3). */
const readImageLoad = (inside: Inside): void => {
  const { reader } = inside;
  take(inside, 1, 'location in memory', () => reader.u64('ImageLocationInMemory'), hex);
  take(inside, 1, 'length in memory', () => reader.u64('ImageLengthInMemory'), String);
  take(inside, 1, 'link-time address', () => reader.u64('ImageLinkTimeAddress'), hex);
  const length = take(inside, 1, 'length of the device path', () => reader.u64('LengthOfDevicePath'), String);
  if (length > BigInt(reader.remaining())) reader.fail(`the device path claims ${length} bytes but ${reader.remaining()} are left`);
  take(
    inside,
    1,
    'device path',
    () => reader.bytes(Number(length), 'device path'),
    (bytes) => {
      const path = devicePathText(bytes);
      return path.ok ? path.value : hexValue(bytes);
    },
  );
};

const IMAGES: ReadonlySet<number> = new Set([
  EV_EFI_BOOT_SERVICES_APPLICATION,
  EV_EFI_BOOT_SERVICES_DRIVER,
  EV_EFI_RUNTIME_SERVICES_DRIVER,
]);

const readData = (inside: Inside, event: BootEvent, type: number, length: number): void => {
  const { reader, base, list } = inside;
  if (event.variable !== undefined) return readVariable(inside);
  if (IMAGES.has(type)) return readImageLoad(inside);
  const start = base + reader.offset();
  const data = reader.bytes(length, 'event data');
  const readable = data.length > 0 && data.every((byte) => byte === 0 || byte === 10 || byte === 9 || (byte >= 32 && byte < 127));
  const text = asBuffer(data).at(-1) === 0 ? data.subarray(0, -1) : data;
  if (data.length > 0)
    list.note(
      1,
      readable && text.length > 4 ? 'text' : 'bytes',
      start,
      start + length,
      readable && text.length > 4 ? visibleBytes(text) : hexValue(data),
    );
};

/**
 * The fields of one event of a boot event log (TCG_PCR_EVENT, TCG_PCR_EVENT2; PC Client PFP 10.2), each with its bytes. Types and texts are
 * what the log claims. `log`: the bytes that the event was parsed from; `isShort`: it carries one SHA-1 digest without a count, as the first of
 * every log does. Never throws: what cannot be read ends the list, and is said.
 */
export const eventFields = (log: Uint8Array, event: BootEvent, isShort: boolean): Fields => {
  const list = fieldList();
  const base = event.offset;
  const bytes = log.subarray(base);
  const reader = readerOf(bytes, 'little');
  const inside: Inside = { reader, base, list };
  const read = attempt(() => {
    take(inside, 0, 'PCR', () => reader.u32('PCR index'), String);
    const type = take(inside, 0, 'type (claimed)', () => reader.u32('event type'), eventTypeName);
    if (isShort) take(inside, 0, 'digest sha1', () => reader.bytes(20, 'digest'), toHex);
    else {
      const count = take(inside, 0, 'digests', () => reader.u32('number of digests'), String);
      for (let at = 0; at < count && at < 8; at += 1) {
        const algorithm = take(
          inside,
          1,
          'algorithm',
          () => reader.u16('algorithm'),
          (id) => HASH_BY_ID.get(id)?.bank ?? `0x${id.toString(16)}`,
        );
        const known = HASH_BY_ID.get(algorithm);
        if (known === undefined) return reader.fail('the length of a digest of an unknown algorithm is not known here');
        take(inside, 1, `digest ${known.bank}`, () => reader.bytes(known.size, 'digest'), toHex);
      }
    }
    const length = take(inside, 0, 'length of the data', () => reader.u32('event size'), String);
    const start = base + reader.offset();
    if (length > reader.remaining()) reader.fail(`the data claims ${length} bytes but ${reader.remaining()} are left`);
    list.note(
      0,
      'data',
      start,
      start + length,
      `${length} bytes, ${event.data === 'verified' ? 'covered by the digest' : 'not vouched for by the digest'}`,
    );
    return readData(inside, event, type, length);
  });
  return { fields: list.fields, problem: read.ok ? null : `${read.message}.` };
};
