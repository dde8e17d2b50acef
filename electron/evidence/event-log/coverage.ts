import { hash } from 'node:crypto';
import { BANKS, canHash, hexDigest, toHex } from '../hashing.ts';
import type { Bank, DataCoverage } from '../types.ts';
import {
  EV_EFI_ACTION,
  EV_EFI_BOOT_SERVICES_APPLICATION,
  EV_EFI_BOOT_SERVICES_DRIVER,
  EV_EFI_GPT_EVENT,
  EV_EFI_PLATFORM_FIRMWARE_BLOB,
  EV_EFI_PLATFORM_FIRMWARE_BLOB2,
  EV_EFI_RUNTIME_SERVICES_DRIVER,
  EV_EFI_VARIABLE_AUTHORITY,
  EV_EFI_VARIABLE_BOOT,
  EV_EFI_VARIABLE_BOOT2,
  EV_EFI_VARIABLE_DRIVER_CONFIG,
  EV_EVENT_TAG,
  EV_IPL,
  EV_NO_ACTION,
  EV_SEPARATOR,
  SEPARATORS,
  type LogRecord,
} from './types.ts';
import { parseVariable } from './uefi.ts';

/**
 * Types whose digest is the hash of the event data on every firmware (PC Client PFP 10.4), or of a part that is known: any difference is
 * tampering. An authority is among them, because what shim says of itself in PCR 7 (MokSBState) could be hidden by changing its text.
 */
const MUST_COVER: ReadonlySet<number> = new Set([
  EV_EFI_VARIABLE_DRIVER_CONFIG,
  EV_EFI_VARIABLE_AUTHORITY,
  EV_SEPARATOR,
  EV_EFI_ACTION,
  EV_EFI_GPT_EVENT,
]);

const ERROR_VALUE = Buffer.from('01000000', 'hex');
const SEPARATOR_VALUES: readonly Uint8Array[] = [Buffer.from('00000000', 'hex'), Buffer.from('ffffffff', 'hex')];

/** Types whose digest is that of an image, a firmware volume or tables, which the log does not hold: there is nothing to try. */
const DIGEST_ONLY: ReadonlySet<number> = new Set([
  EV_NO_ACTION,
  EV_EFI_BOOT_SERVICES_APPLICATION,
  EV_EFI_BOOT_SERVICES_DRIVER,
  EV_EFI_RUNTIME_SERVICES_DRIVER,
  EV_EFI_PLATFORM_FIRMWARE_BLOB,
  EV_EFI_PLATFORM_FIRMWARE_BLOB2,
]);

/** A part of the event data that firmware or a boot loader may have hashed; null where the data has no such part. */
type Part = (data: Uint8Array) => Uint8Array | null;

const partOf = (data: Uint8Array, start: number, end: number): Uint8Array | null =>
  end > start ? new Uint8Array(data.buffer, data.byteOffset + start, end - start) : null;

const whole: Part = (data) => data;
const withoutLastByte: Part = (data) => partOf(data, 0, data.length - 1);
const afterTagHeader: Part = (data) => partOf(data, 8, data.length);
const variableValue: Part = (data) => {
  const variable = parseVariable(data);
  return variable.ok && variable.value.data.length > 0 ? variable.value.data : null;
};
const textEnd = (data: Uint8Array): number => (data[data.length - 1] === 0 ? data.length - 1 : data.length);
const text: Part = (data) => partOf(data, 0, textEnd(data));
/** GRUB logs "prefix: text" and a NUL, and hashes the text without prefix and NUL. */
const textAfterPrefix: Part = (data) => {
  const end = textEnd(data);
  for (let at = 0; at + 1 < end; at += 1) if (data[at] === COLON && data[at + 1] === SPACE) return partOf(data, at + 2, end);
  return null;
};
const COLON = 0x3a;
const SPACE = 0x20;

const WHOLE: readonly Part[] = [whole];
const VARIABLE: readonly Part[] = [variableValue, whole];
/** What is tried for a type, what is usual first. Old shims log one byte more than they hash. */
const PARTS: ReadonlyMap<number, readonly Part[]> = new Map<number, readonly Part[]>([
  [EV_EFI_VARIABLE_BOOT, VARIABLE],
  [EV_EFI_VARIABLE_BOOT2, VARIABLE],
  [EV_EFI_VARIABLE_AUTHORITY, [whole, variableValue, withoutLastByte]],
  [EV_EVENT_TAG, [whole, afterTagHeader]],
  [EV_IPL, [textAfterPrefix, text, whole]],
]);

/** OpenPOWER firmware extends a standard separator value and writes a name in its place. */
const isNamedSeparator = (bank: Bank, type: number, data: Uint8Array, isDigest: (digest: string) => boolean): boolean =>
  type === EV_SEPARATOR && data.length !== 4 && SEPARATOR_VALUES.some((value) => isDigest(hash(bank, value, 'binary')));

/** On an error firmware extends the value for it, and may write what happened in its place (PC Client PFP 10.4.1). */
const isExplainedError = (bank: Bank, type: number, data: Uint8Array, isDigest: (digest: string) => boolean): boolean =>
  type === EV_SEPARATOR && !SEPARATORS.has(toHex(data)) && isDigest(hash(bank, ERROR_VALUE, 'binary'));

/** Whether a separator reports an error, by its digest: its text alone could be written over. */
export const isErrorSeparator = (digests: Readonly<Partial<Record<Bank, string>>>): boolean =>
  BANKS.some((bank) => digests[bank] !== undefined && canHash(bank) && digests[bank] === hexDigest(bank, ERROR_VALUE));

export type Coverage = {
  readonly data: DataCoverage;
  /** True when the digest covers only a part: the variable's value without its name, or the text after a prefix. */
  readonly partial: boolean;
};

const NOT_COVERED: Coverage = { data: 'not-covered', partial: false };
const MISMATCH: Coverage = { data: 'mismatch', partial: false };
const COVERED: Coverage = { data: 'verified', partial: false };
const COVERED_IN_PART: Coverage = { data: 'verified', partial: true };

const isAt = (bytes: Uint8Array, at: number, digest: string): boolean => {
  for (let i = 0; i < digest.length; i += 1) if (bytes[at + i] !== digest.charCodeAt(i)) return false;
  return true;
};

/**
 * Whether the digest of `bank` covers the event's data. Replay covers digests only, so without this an event's data is a claim.
 * For types that hash something else (a PE image, a firmware volume, a file) the answer is `not-covered`, never a failure.
 */
export const coverageOf = (bytes: Uint8Array, record: LogRecord, bank: Bank): Coverage => {
  if (DIGEST_ONLY.has(record.type)) return NOT_COVERED;
  const digest = record.digests.find((candidate) => candidate.bank === bank);
  if (digest === undefined || !canHash(bank)) return NOT_COVERED;
  const at = record.offset + digest.at;
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset + record.dataStart, record.dataLength);
  for (const part of PARTS.get(record.type) ?? WHOLE) {
    const candidate = part(data);
    if (candidate !== null && isAt(bytes, at, hash(bank, candidate, 'binary')))
      return candidate.length === data.length ? COVERED : COVERED_IN_PART;
  }
  const isDigest = (value: string): boolean => isAt(bytes, at, value);
  if (isNamedSeparator(bank, record.type, data, isDigest) || isExplainedError(bank, record.type, data, isDigest)) return NOT_COVERED;
  return MUST_COVER.has(record.type) ? MISMATCH : NOT_COVERED;
};

/** How many events have data that their digest covers, and how many contradict it. The cheap half of describing a log. */
export const coverageTally = (bytes: Uint8Array, records: readonly LogRecord[], bank: Bank): { verified: number; mismatch: number } => {
  const tally = { verified: 0, mismatch: 0 };
  for (const record of records) {
    const { data } = coverageOf(bytes, record, bank);
    if (data === 'verified') tally.verified += 1;
    if (data === 'mismatch') tally.mismatch += 1;
  }
  return tally;
};
