import { type Result, fail, ok } from '../../../shared/model/result.ts';
import { asBuffer } from '../hashing.ts';
import type { Bank, ImaFacts, ImaMode, ImaState } from '../types.ts';
import { EntryIndex, lazyEntries } from './entries.ts';
import { type Aggregate, ImaScan, type Named } from './scan.ts';
import { MAX_IMA_BYTES } from './template.ts';

export type ImaOptions = {
  /** Banks to replay. Default: SHA-1 and SHA-256. */
  readonly banks?: readonly Bank[];
  /** Quoted PCR 10 per bank, hex: how many entries from the start reproduce it is then reported. */
  readonly quoted?: Partial<Record<Bank, string>>;
  /** Also replay the padded SHA-1 that kernels before 5.8 extend into larger banks. Default true. */
  readonly legacyPadded?: boolean;
  /** Where the padded SHA-1 is replayed: pad what a violation extends as well, as those kernels do (ima_pcr_extend). Default false. */
  readonly paddedViolations?: boolean;
  /** Default `full`. */
  readonly mode?: ImaMode;
  /** Where an earlier verification ended; the bytes then hold only what follows. */
  readonly from?: ImaState;
};

/** What `parseIma` adds to the facts of the list. */
export type ImaReplay = ImaFacts & {
  /** PCR 10 of the larger banks where the kernel extended the zero-padded SHA-1 template hash. */
  readonly legacyPaddedSha1: Readonly<Record<string, string>>;
  /** Entries from the start that reproduce the quoted value, per quoted bank; null where none does. */
  readonly provenPerBank: Readonly<Record<string, number | null>>;
  readonly unknownTemplates: number;
  readonly firstMismatch: Named | null;
  readonly firstViolation: Named | null;
  /** boot_aggregate entries, at most a thousand. */
  readonly aggregates: readonly Aggregate[];
};

const NO_ENTRIES: ImaFacts['entries'] = Object.freeze([]);

const provenOf = (scan: ImaScan): Record<string, number | null> => {
  const proven: Record<string, number | null> = {};
  for (const track of scan.tracks) if (track.target !== undefined) proven[track.bank] = proven[track.bank] ?? track.proven;
  return proven;
};

/** The number of entries that every quoted bank proves; null when one bank proves none. */
const provenByAll = (proven: Readonly<Record<string, number | null>>): number | null => {
  const counts = Object.values(proven);
  if (counts.length === 0 || counts.some((count) => count === null)) return null;
  return Math.min(...counts.map((count) => count ?? 0));
};

const scanOf = (options: ImaOptions, index: EntryIndex | null): ImaScan =>
  new ImaScan(
    {
      banks: options.banks ?? ['sha1', 'sha256'],
      quoted: options.quoted ?? {},
      legacyPadded: options.legacyPadded ?? true,
      paddedViolations: options.paddedViolations ?? false,
      full: (options.mode ?? 'full') === 'full',
      from: options.from ?? null,
    },
    index,
  );

const factsOf = (scan: ImaScan, options: ImaOptions, source: Buffer | null): Result<ImaReplay> => {
  const { stop } = scan;
  const continuedAt = options.from?.entryCount ?? 0;
  if (stop !== null && scan.entryCount === continuedAt) {
    return fail(
      'ima-parse',
      `The IMA list cannot be read: at byte ${stop.offset} ${stop.message}.`,
      'Check that this is ascii_runtime_measurements or binary_runtime_measurements.',
    );
  }
  const problems = stop === null ? scan.problems : [...scan.problems, { code: 'ima-parse', offset: stop.offset, message: stop.message }];
  const provenPerBank = provenOf(scan);
  const provenCount = provenByAll(provenPerBank);
  const pcr10: Record<string, string> = {};
  const legacyPaddedSha1: Record<string, string> = {};
  for (const track of scan.tracks)
    if (!track.broken && scan.entryCount > 0) (track.legacy ? legacyPaddedSha1 : pcr10)[track.bank] = track.hex();
  return ok({
    entryCount: scan.entryCount,
    continuedAt,
    mode: options.mode ?? 'full',
    state: scan.proven?.entryCount === provenCount ? scan.proven : null,
    provenCount,
    templates: scan.templates(),
    violations: scan.violations,
    templateHashMismatches: scan.mismatches,
    bootAggregates: scan.aggregateCount,
    pcr10,
    legacyPaddedSha1,
    provenPerBank,
    unknownTemplates: scan.unknownTemplates,
    firstMismatch: scan.firstMismatch,
    firstViolation: scan.firstViolation,
    aggregates: scan.aggregates,
    entries:
      source === null || scan.index === null ? NO_ENTRIES : lazyEntries(source, scan.format, scan.index, continuedAt, provenCount ?? 0),
    problems,
  });
};

/**
 * Parses and replays a Linux IMA measurement list, ASCII or binary (told apart by the first byte), templates ima, ima-ng,
 * ima-ngv2, ima-sig, ima-sigv2, ima-buf, ima-modsig and evm-sig. Recomputes every template hash and PCR 10 per bank; violations extend all ones.
 * Keeps the bytes that it was given and five more for each entry; `entries` are decoded when looked at.
 *
 * `ok` as soon as one entry could be read or the list is empty; a list that cannot be read to its end carries a problem with
 * code `ima-parse` and the byte. Fails with `ima-parse` where nothing can be read. Without a quoted PCR 10 nothing is proven;
 * with it, only the first `provenCount` entries are. It says nothing about files that IMA's policy does not measure.
 */
export const parseIma = (bytes: Uint8Array, options: ImaOptions = {}): Result<ImaReplay> => {
  if (bytes.length > MAX_IMA_BYTES) {
    return fail('ima-parse', `The IMA list has ${bytes.length} bytes; at most ${MAX_IMA_BYTES} are read.`, 'Fetch the list in parts.');
  }
  const source = asBuffer(bytes);
  const scan = scanOf(options, new EntryIndex(bytes.length));
  scan.push(source, true);
  return factsOf(scan, options, source);
};

const STEP_BYTES = 512 * 1024;

/**
 * As `parseIma`, in steps of some milliseconds: whoever answers others as well pauses between them. Returns what `parseIma` returns.
 */
export function* parseImaInSteps(bytes: Uint8Array, options: ImaOptions = {}): Generator<void, Result<ImaReplay>, void> {
  if (bytes.length > MAX_IMA_BYTES) return parseIma(bytes, options);
  const source = asBuffer(bytes);
  const scan = scanOf(options, new EntryIndex(bytes.length));
  for (let at = 0, size = STEP_BYTES; ; ) {
    const last = at + size >= source.length;
    const read = scan.push(source.subarray(at, at + size), last);
    if (last || scan.stop !== null) return factsOf(scan, options, source);
    // An entry longer than the step.
    size = read === 0 ? size * 2 : STEP_BYTES;
    at += read;
    yield;
  }
}

/** Reads a list piece by piece. */
export type ImaStream = {
  /** Takes the next piece; its bytes may be reused afterwards. False once the list is known to be bad. */
  readonly push: (piece: Uint8Array) => boolean;
  /** The facts of the whole list, without `entries`. */
  readonly end: () => Result<ImaReplay>;
};

/**
 * As `parseIma`, for a list that is never held as a whole: memory is one piece, one entry and some counters, however long the
 * list is. It returns no entries.
 */
export const streamIma = (options: ImaOptions = {}): ImaStream => {
  const scan = scanOf(options, null);
  let rest = Buffer.alloc(0);
  let total = 0;
  const take = (bytes: Buffer, last: boolean): Buffer<ArrayBuffer> => Buffer.from(bytes.subarray(scan.push(bytes, last)));
  return {
    push: (piece) => {
      total += piece.length;
      if (scan.stop !== null) return false;
      if (total > MAX_IMA_BYTES) {
        scan.stop = { offset: MAX_IMA_BYTES, message: `the list has more than ${MAX_IMA_BYTES} bytes` };
        return false;
      }
      rest = take(rest.length === 0 ? asBuffer(piece) : Buffer.concat([rest, piece]), false);
      return scan.stop === null;
    },
    end: () => {
      if (scan.stop === null) rest = take(rest, true);
      return factsOf(scan, options, null);
    },
  };
};
