import { visibleBytes, visibleText } from '../../../shared/model/hostile-text.ts';
import { type Result, fail, ok } from '../../../shared/model/result.ts';
import { hexDigest } from '../hashing.ts';
import type { Bank, ImaEntry, ImaFacts, LogProblem } from '../types.ts';
import { readAsciiList } from './parse-ascii.ts';
import { readBinaryList } from './parse-binary.ts';
import { type Pcr10, bytesOfHex, pcr10Of, templateDigest } from './replay.ts';
import { HASH_BY_HEX_LENGTH, MAX_IMA_BYTES, MAX_IMA_ENTRIES, type RawEntry, type Stop } from './template.ts';

const MAX_PROBLEMS = 1000;
const MAX_PATH_CHARACTERS = 4096;
const IMA_PCR = 10;
const PLAIN = /^[\x20-\x7e]*$/u;
const ZEROS = /^0+$/u;

export type ImaOptions = {
  /** Banks to replay. Default: SHA-1 and SHA-256. */
  readonly banks?: readonly Bank[];
  /** Quoted PCR 10 per bank, hex: how many entries from the start reproduce it is then reported. */
  readonly quoted?: Partial<Record<Bank, string>>;
  /** Also replay the padded SHA-1 that kernels before 5.8 extend into larger banks. Default true. */
  readonly legacyPadded?: boolean;
};

/** What `parseIma` adds to the facts of the list. */
export type ImaReplay = ImaFacts & {
  /** PCR 10 of the larger banks where the kernel extended the zero-padded SHA-1 template hash. */
  readonly legacyPaddedSha1: Readonly<Record<string, string>>;
  /** Entries from the start that reproduce the quoted value, per quoted bank; null where none does. */
  readonly provenPerBank: Readonly<Record<string, number | null>>;
};

type Track = { readonly pcr: Pcr10; readonly legacy: boolean; readonly target: string | undefined; broken: boolean; proven: number | null };

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of bytes that are shown as they are: valid UTF-8, nothing to escape, nothing to cut. Null for others. */
const plainTextOf = (bytes: Uint8Array): string | null => {
  try {
    const text = UTF8.decode(bytes);
    return text.length <= MAX_PATH_CHARACTERS && visibleText(text, MAX_PATH_CHARACTERS) === text ? text : null;
  } catch {
    return null;
  }
};

type ShownPath = Pick<ImaEntry, 'path' | 'plainPath'>;

/** An escaped path can read like another path that holds the escape itself, so it is told whether it was escaped. */
const pathOf = (path: string): ShownPath => {
  if (PLAIN.test(path) && path.length <= MAX_PATH_CHARACTERS) return { path, plainPath: true };
  const bytes = Buffer.from(path, 'latin1');
  const plain = plainTextOf(bytes);
  return plain === null ? { path: visibleBytes(bytes, MAX_PATH_CHARACTERS), plainPath: false } : { path: plain, plainPath: true };
};

const tracksOf = (options: ImaOptions): Track[] => {
  const quoted = options.quoted ?? {};
  return (options.banks ?? ['sha1', 'sha256']).flatMap((bank): Track[] => {
    const hex = quoted[bank];
    const target = hex === undefined ? undefined : bytesOfHex(hex);
    const track = (legacy: boolean): Track => ({ pcr: pcr10Of(bank), legacy, target, broken: false, proven: null });
    return bank === 'sha1' || options.legacyPadded === false ? [track(false)] : [track(false), track(true)];
  });
};

type Hashes = { readonly listBank: Bank; readonly violation: boolean; readonly ok: boolean | null; readonly sha1: () => string | null };

/** Recomputes the template hash. `listBank` is the hash of the template hash column. */
const hashesOf = (entry: RawEntry): Hashes => {
  const listBank = HASH_BY_HEX_LENGTH.get(entry.templateHash.length) ?? 'sha1';
  const violation = ZEROS.test(entry.templateHash);
  const { data } = entry;
  const matches = data === null || violation ? null : hexDigest(listBank, data) === entry.templateHash;
  const sha1 = (): string | null =>
    listBank === 'sha1' ? bytesOfHex(entry.templateHash) : data === null ? null : templateDigest('sha1', data);
  return { listBank, violation, ok: matches, sha1 };
};

const extendTrack = (track: Track, entry: RawEntry, hashes: Hashes, position: number): void => {
  if (track.broken) return;
  const { bank } = track.pcr;
  if (hashes.violation) track.pcr.extend(null);
  else {
    const digest = track.legacy
      ? hashes.sha1()
      : bank === hashes.listBank
        ? bytesOfHex(entry.templateHash)
        : entry.data === null
          ? null
          : templateDigest(bank, entry.data);
    if (digest === null) {
      track.broken = true;
      return;
    }
    track.pcr.extend(digest);
  }
  if (track.target !== undefined && track.pcr.value() === track.target) track.proven = position;
};

const NO_REMARKS: readonly (readonly [string, string])[] = [];

const remarksOn = (entry: RawEntry, hashes: Hashes, aggregates: number): readonly (readonly [string, string])[] => {
  if (entry.pcr === IMA_PCR && !hashes.violation && hashes.ok === true && aggregates <= 1) return NO_REMARKS;
  const remarks: [string, string][] = [];
  if (entry.pcr !== IMA_PCR) remarks.push(['ima-pcr', `the entry extends PCR ${entry.pcr}, not PCR ${IMA_PCR}`]);
  if (hashes.violation && !ZEROS.test(entry.fileDigest)) {
    remarks.push(['ima-violation-digest', 'the template hash is all zeros, as for a violation, but the file digest is not']);
  }
  if (entry.data === null)
    remarks.push(['ima-template-unknown', `template ${visibleBytes(Buffer.from(entry.template, 'latin1'), 60)} cannot be rebuilt`]);
  if (hashes.ok === false) {
    const crlf = entry.path.endsWith('\r') ? '; the line ends with CR LF, so the list was altered in transfer' : '';
    remarks.push(['ima-template-hash', `the template hash is not the hash of the entry${crlf}`]);
  }
  if (aggregates > 1)
    remarks.push([
      'ima-boot-aggregate-repeated',
      'boot_aggregate again: the kernel was replaced by kexec, or the list was joined from two boots',
    ]);
  return remarks;
};

type Draft = { -readonly [K in keyof ImaEntry]: ImaEntry[K] };

/** Marks the places that the quote covers; where the text cannot be held against the hash, the entry stays a claim. */
const markProven = (entries: readonly Draft[], provenCount: number): void => {
  for (const entry of entries.slice(0, provenCount))
    entry.proven = entry.pcr === IMA_PCR && (entry.templateHashOk === true || entry.violation);
};

const isAsciiList = (bytes: Uint8Array): boolean => {
  const first = bytes[0];
  return first === undefined || (first >= 0x20 && first < 0x7f);
};

const provenOf = (tracks: readonly Track[], quoted: Partial<Record<Bank, string>> | undefined): Record<string, number | null> => {
  const proven: Record<string, number | null> = {};
  if (quoted === undefined) return proven;
  for (const track of tracks) {
    if (track.target === undefined) continue;
    proven[track.pcr.bank] = proven[track.pcr.bank] ?? track.proven;
  }
  return proven;
};

/** The number of entries that every quoted bank proves; null when one bank proves none. */
const provenByAll = (proven: Readonly<Record<string, number | null>>): number | null => {
  const counts = Object.values(proven);
  if (counts.length === 0 || counts.some((count) => count === null)) return null;
  return Math.min(...counts.map((count) => count ?? 0));
};

/**
 * Parses and replays a Linux IMA measurement list, ASCII or binary (told apart by the first byte), templates ima, ima-ng,
 * ima-ngv2, ima-sig, ima-sigv2, ima-buf and ima-modsig. Recomputes every template hash and PCR 10 per bank; violations extend all ones.
 *
 * `ok` as soon as one entry could be read or the list is empty; a list that cannot be read to its end carries a problem with
 * code `ima-parse` and the byte. Fails with `ima-parse` where nothing can be read. Without a quoted PCR 10 nothing is proven;
 * with it, only the first `provenCount` entries are. It says nothing about files that IMA's policy does not measure.
 */
export const parseIma = (bytes: Uint8Array, options: ImaOptions = {}): Result<ImaReplay> => {
  if (bytes.length > MAX_IMA_BYTES) {
    return fail('ima-parse', `The IMA list has ${bytes.length} bytes; at most ${MAX_IMA_BYTES} are read.`, 'Fetch the list in parts.');
  }
  const tracks = tracksOf(options);
  const entries: Draft[] = [];
  const problems: LogProblem[] = [];
  // A map, because template names are the host's and may be those of an object's own parts.
  const templates = new Map<string, number>();
  let violations = 0;
  let mismatches = 0;
  let aggregates = 0;
  let overflow: Stop = null;
  const sink = (entry: RawEntry, offset: number): boolean => {
    const index = entries.length;
    if (index >= MAX_IMA_ENTRIES) {
      overflow = { offset, message: `the list has more than ${MAX_IMA_ENTRIES} entries` };
      return false;
    }
    const hashes = hashesOf(entry);
    const aggregate = entry.path === 'boot_aggregate';
    if (aggregate) aggregates += 1;
    if (hashes.violation) violations += 1;
    if (hashes.ok === false) mismatches += 1;
    const template = PLAIN.test(entry.template) ? entry.template.slice(0, 60) : visibleBytes(Buffer.from(entry.template, 'latin1'), 60);
    templates.set(template, (templates.get(template) ?? 0) + 1);
    for (const [code, message] of remarksOn(entry, hashes, aggregate ? aggregates : 0)) {
      if (problems.length < MAX_PROBLEMS) problems.push({ code, offset, message: `entry ${index}: ${message}` });
    }
    if (entry.pcr === IMA_PCR) for (const track of tracks) extendTrack(track, entry, hashes, index + 1);
    const { pcr, fileAlg, fileDigest } = entry;
    entries.push({
      index,
      pcr,
      template,
      fileAlg,
      fileDigest,
      ...pathOf(entry.path),
      violation: hashes.violation,
      templateHashOk: hashes.ok,
      proven: false,
    });
    return true;
  };
  const stop = (isAsciiList(bytes) ? readAsciiList(bytes, sink) : readBinaryList(bytes, sink)) ?? overflow;
  if (stop !== null) {
    if (entries.length === 0) {
      return fail(
        'ima-parse',
        `The IMA list cannot be read: at byte ${stop.offset} ${stop.message}.`,
        'Check that this is ascii_runtime_measurements or binary_runtime_measurements.',
      );
    }
    problems.push({ code: 'ima-parse', offset: stop.offset, message: stop.message });
  }
  const provenPerBank = provenOf(tracks, options.quoted);
  const provenCount = provenByAll(provenPerBank);
  if (provenCount !== null) markProven(entries, provenCount);
  const pcr10: Record<string, string> = {};
  const legacyPaddedSha1: Record<string, string> = {};
  for (const track of tracks)
    if (!track.broken && entries.length > 0) (track.legacy ? legacyPaddedSha1 : pcr10)[track.pcr.bank] = track.pcr.hex();
  return ok({
    entryCount: entries.length,
    provenCount,
    templates: Object.fromEntries(templates),
    violations,
    templateHashMismatches: mismatches,
    bootAggregates: aggregates,
    pcr10,
    legacyPaddedSha1,
    provenPerBank,
    entries,
    problems,
  });
};
