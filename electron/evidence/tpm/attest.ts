import { HASH_BY_ID } from '../hashing.ts';
import { type Reader, attempt, readerOf } from '../reader.ts';
import type { Bank, ClockFacts } from '../types.ts';

export const TPM_GENERATED = 0xff544347;
export const ATTEST_NV = 0x8014;
export const ATTEST_QUOTE = 0x8018;

/** No TPM produces more; TPM2B_ATTEST is bounded by the implementation's largest structure. */
const MAX_ATTEST_BYTES = 8192;
const MAX_NAME_BYTES = 66;
const MAX_QUALIFYING_BYTES = 128;
const MAX_PCR_BANKS = 16;
const MAX_SELECT_BYTES = 4;
const MAX_NV_BYTES = 4096;

const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [0x8014, 'NV certification'],
  [0x8015, 'command audit'],
  [0x8016, 'session audit'],
  [0x8017, 'key certification'],
  [0x8018, 'quote'],
  [0x8019, 'time attestation'],
  [0x801a, 'creation certification'],
  [0x801c, 'NV digest certification'],
]);

export const attestTypeName = (type: number): string => {
  const hex = `0x${type.toString(16)}`;
  const name = TYPE_NAMES.get(type);
  return name === undefined ? `unknown type ${hex}` : `${name} (${hex})`;
};

/** One TPMS_PCR_SELECTION. `bank` is null for a hash that we do not know; `mask` has a bit for each PCR below 32. */
export type SignedSelection = {
  readonly hashId: number;
  readonly bank: Bank | null;
  readonly pcrs: readonly number[];
  readonly mask: number;
};

export type AttestBody =
  | { readonly kind: 'quote'; readonly selections: readonly SignedSelection[]; readonly pcrDigest: Uint8Array }
  | { readonly kind: 'nv'; readonly indexName: Uint8Array; readonly offset: number; readonly contents: Uint8Array }
  | { readonly kind: 'other' };

export type Attest = {
  readonly magic: number;
  readonly type: number;
  readonly qualifiedSigner: Uint8Array;
  readonly extraData: Uint8Array;
  readonly clock: ClockFacts;
  readonly body: AttestBody;
  readonly trailing: number;
};

/** What could be read. `magic` and `type` survive a body that is malformed, so that each can be judged. */
export type ParsedAttest = {
  readonly magic: number | null;
  readonly type: number | null;
  readonly attest: Attest | null;
  readonly problem: string | null;
};

const masks = new Map<number, readonly number[]>();
const MAX_KNOWN_MASKS = 256;

/** PCRs of a mask, ascending; a fleet uses few masks. */
const pcrsOf = (mask: number): readonly number[] => {
  const before = masks.get(mask);
  if (before !== undefined) return before;
  const pcrs: number[] = [];
  for (let pcr = 0; pcr < 32; pcr += 1) if ((mask >>> pcr) & 1) pcrs.push(pcr);
  if (masks.size < MAX_KNOWN_MASKS) masks.set(mask, pcrs);
  return pcrs;
};

const readSelections = (reader: Reader): SignedSelection[] => {
  const count = reader.u32('TPML_PCR_SELECTION count');
  if (count > MAX_PCR_BANKS) reader.fail(`the PCR selection claims ${count} banks; at most ${MAX_PCR_BANKS} are allowed`);
  const selections: SignedSelection[] = [];
  for (let i = 0; i < count; i += 1) {
    const hashId = reader.u16('TPMS_PCR_SELECTION hash');
    if (selections.some((known) => known.hashId === hashId)) reader.fail(`the PCR selection names hash 0x${hashId.toString(16)} twice`);
    const size = reader.u8('sizeofSelect');
    if (size < 1 || size > MAX_SELECT_BYTES) reader.fail(`sizeofSelect is ${size}; 1 to ${MAX_SELECT_BYTES} is allowed`);
    let mask = 0;
    for (let at = 0; at < size; at += 1) mask = (mask | (reader.u8('pcrSelect') << (8 * at))) >>> 0;
    selections.push({ hashId, bank: HASH_BY_ID.get(hashId)?.bank ?? null, pcrs: pcrsOf(mask), mask });
  }
  return selections;
};

const readBody = (reader: Reader, type: number): AttestBody => {
  if (type === ATTEST_QUOTE) {
    return { kind: 'quote', selections: readSelections(reader), pcrDigest: reader.sized(64, 'pcrDigest') };
  }
  if (type === ATTEST_NV) {
    const indexName = reader.sized(MAX_NAME_BYTES, 'indexName');
    const offset = reader.u16('NV offset');
    return { kind: 'nv', indexName, offset, contents: reader.sized(MAX_NV_BYTES, 'nvContents') };
  }
  return { kind: 'other' };
};

/**
 * Parses TPMS_ATTEST (TPM 2.0 Part 2, 10.12.12) for quotes and NV certifications, big-endian and bounded.
 * Never throws. What is read proves nothing until a signature over exactly these bytes verifies.
 */
export const parseAttest = (bytes: Uint8Array): ParsedAttest => {
  let magic: number | null = null;
  let type: number | null = null;
  if (bytes.length > MAX_ATTEST_BYTES) {
    return { magic, type, attest: null, problem: `it has ${bytes.length} bytes; at most ${MAX_ATTEST_BYTES} are allowed` };
  }
  const read = attempt((): Attest => {
    const reader = readerOf(bytes, 'big');
    const readMagic = reader.u32('magic');
    magic = readMagic;
    const readType = reader.u16('type');
    type = readType;
    const qualifiedSigner = reader.sized(MAX_NAME_BYTES, 'qualifiedSigner');
    const extraData = reader.sized(MAX_QUALIFYING_BYTES, 'extraData');
    const clockMs = reader.u64('clock');
    const resetCount = reader.u32('resetCount');
    const restartCount = reader.u32('restartCount');
    const safe = reader.u8('safe');
    if (safe > 1) reader.fail(`the safe flag is ${safe}; only 0 and 1 are allowed`);
    const firmwareVersion = reader.u64('firmwareVersion');
    const body = readBody(reader, readType);
    const trailing = body.kind === 'other' ? 0 : reader.remaining();
    const clock: ClockFacts = { resetCount, restartCount, clockMs, safe: safe === 1, firmwareVersion };
    return { magic: readMagic, type: readType, qualifiedSigner, extraData, clock, body, trailing };
  });
  return read.ok ? { magic, type, attest: read.value, problem: null } : { magic, type, attest: null, problem: read.message };
};
