import { asBuffer, canHash, hexDigest, toHex } from '../hashing.ts';
import type { Bank, DataCoverage } from '../types.ts';
import {
  EV_EFI_ACTION,
  EV_EFI_GPT_EVENT,
  EV_EFI_VARIABLE_AUTHORITY,
  EV_EFI_VARIABLE_BOOT,
  EV_EFI_VARIABLE_BOOT2,
  EV_EFI_VARIABLE_DRIVER_CONFIG,
  EV_EVENT_TAG,
  EV_IPL,
  EV_NO_ACTION,
  EV_SEPARATOR,
  type LogRecord,
} from './types.ts';
import { parseVariable } from './uefi.ts';

/** Types whose digest is the hash of the event data on every firmware (PC Client PFP 10.4): any difference is tampering. */
const MUST_COVER: ReadonlySet<number> = new Set([EV_EFI_VARIABLE_DRIVER_CONFIG, EV_SEPARATOR, EV_EFI_ACTION, EV_EFI_GPT_EVENT]);

const SEPARATOR_VALUES: readonly Uint8Array[] = [
  Buffer.from('00000000', 'hex'),
  Buffer.from('ffffffff', 'hex'),
  Buffer.from('01000000', 'hex'),
];

/** OpenPOWER firmware extends a standard separator value and writes a name in its place. */
const isNamedSeparator = (bank: Bank, type: number, data: Uint8Array, expected: string): boolean =>
  type === EV_SEPARATOR && data.length !== 4 && SEPARATOR_VALUES.some((value) => hexDigest(bank, value) === expected);

/** What else, besides the whole data, firmware and boot loaders are known to hash. */
const alternatives = (type: number, data: Uint8Array): readonly Uint8Array[] => {
  if (type === EV_EFI_VARIABLE_BOOT || type === EV_EFI_VARIABLE_BOOT2 || type === EV_EFI_VARIABLE_AUTHORITY) {
    const variable = parseVariable(data);
    const value = variable.ok ? [variable.value.data] : [];
    // Old shims log one byte more than they hash.
    return type === EV_EFI_VARIABLE_AUTHORITY && data.length > 0 ? [...value, data.subarray(0, data.length - 1)] : value;
  }
  if (type === EV_EVENT_TAG && data.length > 8) return [data.subarray(8)];
  if (type === EV_IPL) {
    // GRUB logs "prefix: text\0" and hashes the text without prefix and NUL.
    const end = data[data.length - 1] === 0 ? data.length - 1 : data.length;
    const prefix = asBuffer(data).subarray(0, end).indexOf(': ');
    const whole = data.subarray(0, end);
    return prefix < 0 ? [whole] : [data.subarray(prefix + 2, end), whole];
  }
  return [];
};

export type Coverage = {
  readonly data: DataCoverage;
  /** True when the digest covers only a part: the variable's value without its name, or the text after a prefix. */
  readonly partial: boolean;
};

const NOT_COVERED: Coverage = { data: 'not-covered', partial: false };

/**
 * Whether the digest of `bank` covers the event's data. Replay covers digests only, so without this an event's data is a claim.
 * For types that hash something else (a PE image, a firmware volume, a file) the answer is `not-covered`, never a failure.
 */
export const coverageOf = (bytes: Uint8Array, record: LogRecord, bank: Bank): Coverage => {
  const digest = record.digests.find((candidate) => candidate.bank === bank);
  if (digest === undefined || record.type === EV_NO_ACTION || !canHash(bank)) return NOT_COVERED;
  const expected = toHex(bytes.subarray(digest.start, digest.start + digest.size));
  const data = bytes.subarray(record.dataStart, record.dataStart + record.dataLength);
  if (hexDigest(bank, data) === expected) return { data: 'verified', partial: false };
  if (isNamedSeparator(bank, record.type, data, expected)) return NOT_COVERED;
  if (MUST_COVER.has(record.type)) return { data: 'mismatch', partial: false };
  if (alternatives(record.type, data).some((part) => part.length > 0 && hexDigest(bank, part) === expected))
    return { data: 'verified', partial: true };
  return NOT_COVERED;
};
