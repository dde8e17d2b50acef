import { DIGEST_SIZE, HASH_BY_ID, HASH_ID } from '../hashing.ts';
import { type Attempt, ReadFailure, attempt, readerOf } from '../reader.ts';
import type { Bank, LogProblem } from '../types.ts';
import {
  EV_EFI_HCRTM_EVENT,
  EV_NO_ACTION,
  type LogRecord,
  MAX_EVENT_DATA_BYTES,
  MAX_LOG_BANKS,
  MAX_LOG_BYTES,
  MAX_LOG_EVENTS,
  type ParsedLog,
  type RecordDigest,
} from './types.ts';

const SPEC_ID_AGILE = 'Spec ID Event03\0';
const SPEC_ID_SHA1 = 'Spec ID Event02\0';
const STARTUP_LOCALITY = 'StartupLocality\0';
const SHA1_HEADER_BYTES = 32;
const MAX_DIGEST_BYTES = 64;
const NO_PCR = 0xffffffff;
const LAST_PCR = 23;

/** A bank that is not known here, such as one of SHA-3, is read over: its size is declared. */
type Algorithm = { readonly id: number; readonly bank: Bank | null; readonly size: number };

type Cursor = {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
  /** Where the digests were in the agile record before; nearly always they are there again. */
  layout: readonly RecordDigest[];
};

const need = (cursor: Cursor, length: number, what: string): number => {
  const left = cursor.bytes.length - cursor.at;
  if (length > left) throw new ReadFailure(`${what} needs ${length} bytes but only ${left} are left`, cursor.at);
  const start = cursor.at;
  cursor.at += length;
  return start;
};

/** Reads the event data after the digests; the cursor ends behind it. */
const readRest = (cursor: Cursor, offset: number, pcr: number, type: number, digests: readonly RecordDigest[]): LogRecord => {
  const sizeAt = need(cursor, 4, 'event size');
  const dataLength = cursor.view.getUint32(sizeAt, true);
  if (dataLength > MAX_EVENT_DATA_BYTES) {
    throw new ReadFailure(`the event claims ${dataLength} bytes of data; at most ${MAX_EVENT_DATA_BYTES} are read`, sizeAt);
  }
  return { offset, pcr, type, digests, dataStart: need(cursor, dataLength, 'event data'), dataLength };
};

const checkPcr = (pcr: number, type: number, offset: number): void => {
  if (pcr <= LAST_PCR || (pcr === NO_PCR && type === EV_NO_ACTION)) return;
  throw new ReadFailure(`the event names PCR ${pcr}; PCRs are 0 to ${LAST_PCR}`, offset);
};

const SHA1_LAYOUT: readonly RecordDigest[] = [{ bank: 'sha1', at: 8, size: 20 }];

/** TCG_PCR_EVENT: one SHA-1 digest (TPM 1.2 format; also the first event of every agile log). */
const readSha1Record = (cursor: Cursor): LogRecord => {
  const offset = need(cursor, SHA1_HEADER_BYTES - 4, 'event header');
  const pcr = cursor.view.getUint32(offset, true);
  const type = cursor.view.getUint32(offset + 4, true);
  checkPcr(pcr, type, offset);
  return readRest(cursor, offset, pcr, type, SHA1_LAYOUT);
};

/** Whether the record has its digests where the one before had them. */
const hasLayout = ({ bytes, view, layout }: Cursor, offset: number, count: number): boolean => {
  const last = layout.at(-1);
  if (last === undefined || layout.length !== count || offset + last.at + last.size > bytes.length) return false;
  for (let i = 0; i < count; i += 1) {
    const digest = layout[i];
    if (digest === undefined || view.getUint16(offset + digest.at - 2, true) !== HASH_ID[digest.bank]) return false;
  }
  return true;
};

/**
 * TCG_PCR_EVENT2: declared algorithms only, each at most once, at least one. The PFP asks for all of them, but Windows appends
 * events to firmware logs with the digest of one bank only; a bank that an event leaves out is not extended by it.
 */
const readAgileRecord = (cursor: Cursor, algorithms: readonly Algorithm[]): LogRecord => {
  const offset = need(cursor, 12, 'event header');
  const pcr = cursor.view.getUint32(offset, true);
  const type = cursor.view.getUint32(offset + 4, true);
  const count = cursor.view.getUint32(offset + 8, true);
  checkPcr(pcr, type, offset);
  if (count < 1 || count > algorithms.length) {
    throw new ReadFailure(`the event carries ${count} digests; the log declares ${algorithms.length} hash algorithms`, offset + 8);
  }
  if (hasLayout(cursor, offset, count)) {
    const last = cursor.layout[count - 1];
    cursor.at = offset + (last === undefined ? 0 : last.at + last.size);
    return readRest(cursor, offset, pcr, type, cursor.layout);
  }
  const digests: RecordDigest[] = [];
  const seen = new Set<number>();
  for (let i = 0; i < count; i += 1) {
    const idAt = need(cursor, 2, 'digest algorithm');
    const id = cursor.view.getUint16(idAt, true);
    const algorithm = algorithms.find((known) => known.id === id);
    if (algorithm === undefined) throw new ReadFailure(`digest algorithm 0x${id.toString(16)} is not declared by the log`, idAt);
    const { bank, size } = algorithm;
    const name = bank ?? `0x${id.toString(16)}`;
    if (seen.has(id)) throw new ReadFailure(`the event carries ${name} twice`, idAt);
    seen.add(id);
    const at = need(cursor, size, `${name} digest`) - offset;
    if (bank !== null) digests.push({ bank, at, size });
  }
  cursor.layout = digests.length === count ? digests : [];
  return readRest(cursor, offset, pcr, type, digests);
};

/** TCG_EfiSpecIDEvent (PC Client PFP 10.4.5.1). */
const readAlgorithms = (data: Uint8Array, base: number): readonly Algorithm[] => {
  const read: Attempt<readonly Algorithm[]> = attempt(() => {
    const reader = readerOf(data, 'little');
    reader.bytes(SPEC_ID_AGILE.length, 'signature');
    reader.u32('platform class');
    reader.bytes(4, 'specification version');
    const count = reader.u32('number of algorithms');
    if (count < 1 || count > MAX_LOG_BANKS) reader.fail(`the log declares ${count} hash algorithms; 1 to ${MAX_LOG_BANKS} are allowed`);
    const algorithms: Algorithm[] = [];
    for (let i = 0; i < count; i += 1) {
      const id = reader.u16('algorithm');
      const size = reader.u16('digest size');
      const bank = HASH_BY_ID.get(id)?.bank ?? null;
      const name = bank ?? `hash algorithm 0x${id.toString(16)}`;
      if (bank === null ? size < 1 || size > MAX_DIGEST_BYTES : DIGEST_SIZE[bank] !== size)
        reader.fail(`the log declares ${size}-byte ${name} digests`);
      if (algorithms.some((known) => known.id === id)) reader.fail(`the log declares ${name} twice`);
      algorithms.push({ id, bank, size });
    }
    reader.bytes(reader.u8('vendor info size'), 'vendor info');
    if (algorithms.every((known) => known.bank === null)) reader.fail('the log declares no hash algorithm that is known here');
    return algorithms;
  });
  if (read.ok) return read.value;
  throw new ReadFailure(read.message, base + read.offset);
};

const startsWith = (bytes: Uint8Array, start: number, length: number, text: string): boolean => {
  if (length < text.length) return false;
  for (let i = 0; i < text.length; i += 1) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
};

/** True when everything from here on is one repeated 0x00 or 0xff. */
const isPadding = (bytes: Uint8Array, at: number): boolean => {
  const first = bytes[at];
  if (first !== 0 && first !== 0xff) return false;
  for (let i = at + 1; i < bytes.length; i += 1) if (bytes[i] !== first) return false;
  return true;
};

/** An all-zero or all-ones header is padding, never an event: data behind padding must not pass for events. */
const looksLikePadding = (bytes: Uint8Array, at: number): boolean => {
  const first = bytes[at];
  if (first !== 0 && first !== 0xff) return false;
  const end = Math.min(bytes.length, at + SHA1_HEADER_BYTES);
  for (let i = at + 1; i < end; i += 1) if (bytes[i] !== first) return false;
  return true;
};

type State = { locality: number | null; hcrtm: boolean; pcr0Extended: boolean };

const noteStartup = (state: State, bytes: Uint8Array, record: LogRecord): void => {
  if (record.type !== EV_NO_ACTION) {
    if (record.pcr !== 0) return;
    if (record.type === EV_EFI_HCRTM_EVENT && !state.pcr0Extended) state.hcrtm = true;
    state.pcr0Extended = true;
    return;
  }
  if (!startsWith(bytes, record.dataStart, record.dataLength, STARTUP_LOCALITY)) return;
  const locality = record.dataLength === STARTUP_LOCALITY.length + 1 ? bytes[record.dataStart + STARTUP_LOCALITY.length] : undefined;
  if (locality !== 0 && locality !== 3 && locality !== 4) {
    throw new ReadFailure('the StartupLocality event does not say locality 0, 3 or 4', record.offset);
  }
  if (record.pcr !== 0) throw new ReadFailure(`the StartupLocality event names PCR ${record.pcr}; only PCR 0 is allowed`, record.offset);
  if (state.locality !== null) throw new ReadFailure('a second StartupLocality event', record.offset);
  if (state.pcr0Extended) throw new ReadFailure('a StartupLocality event after PCR 0 was extended', record.offset);
  state.locality = locality;
};

/**
 * Parses a TCG event log (PC Client PFP 10): agile or SHA-1 format, WBCL, CCEL. Little-endian, bounded, never throws.
 * Tolerates only a tail of all 0x00 or all 0xff. Where reading stops early, `problems` holds one `log-parse` with the
 * offset, and `records` what was read before it. A log proves nothing by itself: replay it against quoted PCRs.
 */
export const parseLog = (bytes: Uint8Array): ParsedLog => {
  const records: LogRecord[] = [];
  const problems: LogProblem[] = [];
  const state: State = { locality: null, hcrtm: false, pcr0Extended: false };
  let algorithms: readonly Algorithm[] | null = null;
  const cursor: Cursor = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0, layout: [] };
  const read = attempt(() => {
    if (bytes.length > MAX_LOG_BYTES) throw new ReadFailure(`the log has ${bytes.length} bytes; at most ${MAX_LOG_BYTES} are read`, 0);
    if (bytes.length === 0) throw new ReadFailure('the log is empty', 0);
    while (cursor.at < bytes.length) {
      if (records.length > 0 && looksLikePadding(bytes, cursor.at)) {
        if (isPadding(bytes, cursor.at)) break;
        throw new ReadFailure('data follows padding', cursor.at);
      }
      if (records.length >= MAX_LOG_EVENTS) throw new ReadFailure(`more than ${MAX_LOG_EVENTS} events`, cursor.at);
      const record = algorithms === null ? readSha1Record(cursor) : readAgileRecord(cursor, algorithms);
      const specId = record.type === EV_NO_ACTION && startsWith(bytes, record.dataStart, record.dataLength, SPEC_ID_AGILE);
      if (specId && records.length === 0) {
        algorithms = readAlgorithms(bytes.subarray(record.dataStart, record.dataStart + record.dataLength), record.dataStart);
        problems.push(...unknownIn(algorithms, record.offset));
      } else if (specId || (records.length > 0 && startsWith(bytes, record.dataStart, record.dataLength, SPEC_ID_SHA1))) {
        problems.push({ code: 'spec-id-repeated', offset: record.offset, message: 'a second Spec ID event; it is ignored' });
      }
      noteStartup(state, bytes, record);
      records.push(record);
    }
  });
  if (!read.ok) problems.push({ code: 'log-parse', offset: read.offset, message: read.message });
  const known: readonly Algorithm[] | null = algorithms;
  return {
    format: known === null ? 'sha1' : 'agile',
    algorithms: known === null ? ['sha1'] : banksOf(known),
    startupLocality: state.locality,
    hcrtm: state.hcrtm,
    records,
    problems,
  };
};

const banksOf = (algorithms: readonly Algorithm[]): readonly Bank[] => algorithms.flatMap(({ bank }) => bank ?? []);

const unknownIn = (algorithms: readonly Algorithm[], offset: number): readonly LogProblem[] =>
  algorithms
    .filter(({ bank }) => bank === null)
    .map(({ id }) => ({ code: 'log-algorithm', offset, message: `the digests of hash algorithm 0x${id.toString(16)} are not replayed` }));
