import { type Fields, fieldList, hexValue } from '../fields.ts';
import { HASH_BY_ID, toHex } from '../hashing.ts';
import { attempt, readerOf } from '../reader.ts';
import { ATTEST_QUOTE, TPM_GENERATED, attestTypeName } from './attest.ts';

const MAX_BANKS = 16;

const pcrWords = (mask: Uint8Array): string => {
  const pcrs: number[] = [];
  mask.forEach((byte, at) => {
    for (let bit = 0; bit < 8; bit += 1) if ((byte >> bit) & 1) pcrs.push(at * 8 + bit);
  });
  return pcrs.length === 0 ? 'none' : pcrs.join(', ');
};

/**
 * The fields of a TPMS_ATTEST (TPM 2.0 Part 2, 10.12.12), each with its bytes. They prove nothing until a signature over exactly these bytes
 * verifies. Never throws: what cannot be read ends the list, and is said.
 */
export const attestFields = (bytes: Uint8Array): Fields => {
  const list = fieldList();
  const reader = readerOf(bytes, 'big');
  const take = <T>(depth: number, label: string, read: () => T, say: (value: T) => string): T => {
    const start = reader.offset();
    const value = read();
    list.note(depth, label, start, reader.offset(), say(value));
    return value;
  };
  const read = attempt(() => {
    take(
      0,
      'magic',
      () => reader.u32('magic'),
      (magic) => (magic === TPM_GENERATED ? 'TPM_GENERATED: made inside of a TPM' : `0x${magic.toString(16)}: not made by a TPM`),
    );
    const type = take(0, 'type', () => reader.u16('type'), attestTypeName);
    take(0, 'qualified signer', () => reader.sized(66, 'qualifiedSigner'), toHex);
    take(0, 'extra data (the nonce asked with)', () => reader.sized(128, 'extraData'), toHex);
    take(0, 'clock (milliseconds)', () => reader.u64('clock'), String);
    take(0, 'reset count', () => reader.u32('resetCount'), String);
    take(0, 'restart count', () => reader.u32('restartCount'), String);
    take(
      0,
      'clock is safe',
      () => reader.u8('safe'),
      (safe) => (safe === 1 ? 'yes' : safe === 0 ? 'no' : String(safe)),
    );
    take(
      0,
      'firmware version',
      () => reader.u64('firmwareVersion'),
      (value) => `0x${value.toString(16)}`,
    );
    if (type !== ATTEST_QUOTE) return;
    const count = take(0, 'PCR banks', () => reader.u32('count'), String);
    if (count > MAX_BANKS) reader.fail(`the PCR selection claims ${count} banks`);
    for (let at = 0; at < count; at += 1) {
      take(
        1,
        'hash',
        () => reader.u16('hash'),
        (id) => HASH_BY_ID.get(id)?.bank ?? `0x${id.toString(16)}`,
      );
      const size = take(1, 'bytes of the selection', () => reader.u8('sizeofSelect'), String);
      take(1, 'PCRs', () => reader.bytes(size, 'pcrSelect'), pcrWords);
    }
    take(0, 'digest over the PCR values', () => reader.sized(64, 'pcrDigest'), toHex);
    if (reader.remaining() > 0) take(0, 'further bytes', () => reader.bytes(reader.remaining(), 'rest'), hexValue);
  });
  return { fields: list.fields, problem: read.ok ? null : `${read.message}.` };
};
