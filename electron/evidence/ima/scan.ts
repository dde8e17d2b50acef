import { hash } from 'node:crypto';
import { visibleBytes } from '../../../shared/model/hostile-text.ts';
import { DIGEST_SIZE, byteStringDigest } from '../hashing.ts';
import type { Bank, ImaState, LogProblem } from '../types.ts';
import { readAsciiEntry } from './parse-ascii.ts';
import { binaryReader, hashSizeOf, isBigEndian } from './parse-binary.ts';
import { FLAG, type EntryIndex } from './entries.ts';
import { Pcr10 } from './replay.ts';
import { LIST_BANK_BY_BYTES, MAX_IMA_ENTRIES, type ReadEntry, type Slot, type Template, createSlot, sourceOf } from './template.ts';

const MAX_PROBLEMS = 1000;
const MAX_KEPT_AGGREGATES = 1000;
const IMA_PCR = 10;
const SHA1_BYTES = 20;
const AGGREGATE = 'boot_aggregate';
const PLAIN = /^[\x20-\x7e]*$/u;

export type ScanOptions = {
  readonly banks: readonly Bank[];
  /** Quoted PCR 10 per bank, hex. */
  readonly quoted: Partial<Record<Bank, string>>;
  readonly legacyPadded: boolean;
  readonly paddedViolations: boolean;
  /** Recompute the template hash column even where PCR 10 already covers the text by another hash. */
  readonly full: boolean;
  readonly from: ImaState | null;
};

/** A boot_aggregate entry as found: which digest it states. */
export type Aggregate = { readonly index: number; readonly fileAlg: string; readonly fileDigest: string };

/** An entry that a sentence names. */
export type Named = { readonly index: number; readonly path: string };

const visibleName = (name: string): string => (PLAIN.test(name) ? name.slice(0, 60) : visibleBytes(Buffer.from(name, 'latin1'), 60));

let sharedSlot: Slot | null = null;
/** One slot for all scans of this thread: its buffer is large, and nothing in it outlives an entry. */
const slotOf = (): Slot => {
  sharedSlot ??= createSlot();
  return sharedSlot;
};

const isAggregate = (source: Buffer, start: number, end: number): boolean => {
  if (end - start !== AGGREGATE.length) return false;
  for (let i = 0; i < AGGREGATE.length; i += 1) if (source[start + i] !== AGGREGATE.charCodeAt(i)) return false;
  return true;
};

/** Whether bytes in a string are the first of these bytes. */
const isBytes = (text: string, bytes: Buffer): boolean => {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) !== bytes[i]) return false;
  return true;
};

const isZero = (bytes: Buffer, length: number): boolean => {
  for (let i = 0; i < length; i += 1) if (bytes[i] !== 0) return false;
  return true;
};

/**
 * Reads a list piece by piece, recomputes template hashes and extends PCR 10. Holds a few bytes per entry and nothing of the
 * list itself, so its memory is bounded by the number of entries, and by one piece of the list where pieces are fed.
 */
export class ImaScan {
  readonly tracks: readonly Pcr10[];
  readonly index: EntryIndex | null;
  readonly problems: LogProblem[] = [];
  readonly aggregates: Aggregate[] = [];
  entryCount: number;
  violations: number;
  mismatches: number;
  aggregateCount: number;
  unknownTemplates: number;
  firstViolation: Named | null = null;
  firstMismatch: Named | null = null;
  /** Bytes of the list that were read as entries. */
  byteLength: number;
  /** Where reading stopped for good. */
  stop: { readonly offset: number; readonly message: string } | null = null;
  /** The state after the last entry at which every quoted bank was its target. */
  proven: ImaState | null = null;
  format: 'ascii' | 'binary' | null = null;
  readonly #slot = slotOf();
  readonly #full: boolean;
  readonly #paddedViolations: boolean;
  /** Bytes of the list before the ones given here. */
  readonly #start: number;
  readonly #templates = new Map<string, number>();
  readonly #targets: readonly Pcr10[];
  #read: ReadEntry = readAsciiEntry;
  #lastTemplate: Template | null = null;
  #lastCount = 0;
  #hashLength = 0;
  #listBank: Bank = 'sha1';

  constructor(options: ScanOptions, index: EntryIndex | null) {
    const { from } = options;
    this.tracks = options.banks.flatMap((bank) => {
      const start = from?.pcr10[bank];
      const plain = new Pcr10(bank, false, options.quoted[bank], from === null || from.padded ? undefined : start);
      if (bank === 'sha1' || !options.legacyPadded) return [plain];
      return [plain, new Pcr10(bank, true, options.quoted[bank], from?.padded === true ? start : undefined)];
    });
    // A bank that the state does not carry cannot be continued, nor one that it carries in the other form.
    if (from !== null)
      for (const track of this.tracks)
        track.broken = from.pcr10[track.bank] === undefined || (track.bank !== 'sha1' && track.legacy !== from.padded);
    this.#targets = this.tracks.filter((track) => track.target !== undefined);
    this.#full = options.full;
    this.#paddedViolations = options.paddedViolations;
    this.#start = from?.byteLength ?? 0;
    this.index = index;
    this.entryCount = from?.entryCount ?? 0;
    this.violations = from?.violations ?? 0;
    this.mismatches = from?.templateHashMismatches ?? 0;
    this.unknownTemplates = from?.unknownTemplates ?? 0;
    this.aggregateCount = from?.aggregates.length ?? 0;
    this.aggregates.push(...(from?.aggregates ?? []));
    this.byteLength = from?.byteLength ?? 0;
    for (const [name, count] of Object.entries(from?.templates ?? {})) this.#templates.set(name, count);
    if (from !== null) {
      for (const track of this.#targets) if (!track.broken && track.atTarget()) track.proven = from.entryCount;
      this.#noteProven();
    }
  }

  /**
   * Reads whole entries of `bytes` from `at`; returns where it stopped. Without `last` an entry that is not whole waits for more
   * bytes; with it, such an entry ends the list as torn unless its template hash shows that only a final line feed is missing.
   */
  push(bytes: Buffer, last: boolean): number {
    if (this.format === null && bytes.length > 0 && !this.#recognise(bytes, last)) return 0;
    const base = this.byteLength;
    const source = sourceOf(bytes);
    this.#hashLength = 0;
    this.#slot.skipHash = false;
    this.#slot.layout.start = 0;
    let at = 0;
    while (at < bytes.length && this.stop === null) {
      const read = this.#read(source, at, this.#slot);
      if (read === 'incomplete') {
        if (!last) break;
        if (!this.#isTrimmed()) {
          const torn =
            this.format === 'ascii'
              ? 'the last line is torn: it does not end with a line feed'
              : 'the last entry is torn: the list ends inside it';
          this.stop = { offset: base + at, message: torn };
          break;
        }
        this.#accept(bytes, at, base);
        at = bytes.length;
      } else if (read === 'entry') {
        if (this.entryCount >= MAX_IMA_ENTRIES) {
          this.stop = { offset: base + at, message: `the list has more than ${MAX_IMA_ENTRIES} entries` };
          break;
        }
        this.#accept(bytes, at, base);
        at = this.#slot.next;
      } else this.stop = { offset: base + read.offset, message: read.message };
    }
    this.byteLength = base + at;
    return at;
  }

  templates(): Record<string, number> {
    this.#countTemplate();
    return Object.fromEntries(this.#templates);
  }

  #recognise(bytes: Buffer, last: boolean): boolean {
    const first = bytes[0] ?? 0;
    if (first >= 0x20 && first < 0x7f) {
      this.format = 'ascii';
      return true;
    }
    // Enough to see the first template name whatever the hash.
    if (bytes.length < 400 && !last) return false;
    const size = isBigEndian(bytes) ? null : hashSizeOf(bytes);
    if (size === null) {
      const message = isBigEndian(bytes)
        ? 'the list is big-endian; boot the host with ima_canonical_fmt'
        : 'this is not an IMA measurement list';
      this.stop = { offset: this.byteLength, message };
      return false;
    }
    this.format = 'binary';
    this.#read = binaryReader(size);
    return true;
  }

  /**
   * Senders may trim the final line feed; a matching template hash tells a whole last line from a torn one. Nothing covers the text of a
   * violation, so a torn path there is not told from another path, and one that has all its fields counts.
   */
  #isTrimmed(): boolean {
    const { dataLength, hashLength, hash: column } = this.#slot;
    const bank = LIST_BANK_BY_BYTES.get(hashLength);
    return (
      this.format === 'ascii' &&
      dataLength >= 0 &&
      bank !== undefined &&
      (isZero(column, hashLength) || isBytes(byteStringDigest(bank, this.#slot.dataOf(dataLength)), column))
    );
  }

  #accept(bytes: Buffer, at: number, base: number): void {
    const slot = this.#slot;
    const { dataLength, hashLength } = slot;
    if (hashLength !== this.#hashLength) {
      this.#hashLength = hashLength;
      this.#listBank = LIST_BANK_BY_BYTES.get(hashLength) ?? 'sha1';
      this.#decideSkip();
    }
    const listBank = this.#listBank;
    const violation = isZero(slot.hash, hashLength);
    let flags = violation ? FLAG.violation : 0;
    const extends10 = slot.pcr === IMA_PCR;
    if (!extends10) flags |= FLAG.otherPcr;
    const data = dataLength < 0 || violation ? null : this.#slot.dataOf(dataLength);
    if (extends10) {
      const { tracks } = this;
      for (let i = 0; i < tracks.length; i += 1) {
        const track = tracks[i];
        if (track === undefined || track.broken) continue;
        if (violation) track.extendViolation(track.legacy && this.#paddedViolations ? SHA1_BYTES : undefined);
        else if (!track.legacy && track.bank === listBank) track.extendBytes(slot.hash, hashLength);
        else if (track.legacy && listBank === 'sha1') track.extendBytes(slot.hash, SHA1_BYTES);
        else if (data === null) {
          track.broken = true;
          this.#decideSkip();
        } else {
          if (track.legacy) track.extend(byteStringDigest('sha1', data).padEnd(DIGEST_SIZE[track.bank], '\0'));
          else track.extend(hash(track.bank, data, 'binary'));
          if (!track.legacy) flags |= FLAG.textHashed;
        }
      }
    }
    // What the column says matters where it was extended itself, and wherever the text is not covered by anything else.
    if (data !== null && (this.#full || (flags & FLAG.textHashed) === 0)) {
      if (isBytes(hash(listBank, data, 'binary'), slot.hash)) flags |= FLAG.hashOk;
      else flags |= FLAG.hashWrong;
    }
    this.#count(bytes, at, base, flags);
    this.entryCount += 1;
    this.index?.push(base + at - this.#start, flags);
    if (this.#targets.length > 0 && extends10) this.#compare(base + slot.next);
  }

  /** The template hash column counts in full mode, where it is extended itself, and where nothing else covers the text. */
  #decideSkip(): void {
    this.#slot.skipHash = !this.#full && this.tracks.every((track) => !track.legacy && !track.broken && track.bank !== this.#listBank);
  }

  #compare(end: number): void {
    let hit = false;
    for (let i = 0; i < this.#targets.length; i += 1) {
      const track = this.#targets[i];
      if (track === undefined || track.broken || !track.atTarget()) continue;
      track.proven = this.entryCount;
      hit = true;
    }
    if (hit) this.#noteProven(end);
  }

  /** Remembers the state where every quoted bank is its target in one form. */
  #noteProven(end = this.byteLength): void {
    const padded = this.#targets.some((track) => track.legacy && track.proven === this.entryCount);
    const states = this.#targets.filter((track) => track.bank === 'sha1' || track.legacy === padded);
    if (states.length === 0 || states.some((track) => track.broken || track.proven !== this.entryCount)) return;
    this.#countTemplate();
    this.proven = {
      entryCount: this.entryCount,
      byteLength: end,
      pcr10: Object.fromEntries(states.map((track) => [track.bank, track.hex()])),
      padded,
      templates: Object.fromEntries(this.#templates),
      violations: this.violations,
      templateHashMismatches: this.mismatches,
      unknownTemplates: this.unknownTemplates,
      aggregates: [...this.aggregates],
    };
  }

  #countTemplate(): void {
    if (this.#lastTemplate === null || this.#lastCount === 0) return;
    const name = visibleName(this.#lastTemplate.name);
    this.#templates.set(name, (this.#templates.get(name) ?? 0) + this.#lastCount);
    this.#lastCount = 0;
  }

  #count(bytes: Buffer, at: number, base: number, flags: number): void {
    const slot = this.#slot;
    if (slot.template !== this.#lastTemplate) {
      this.#countTemplate();
      this.#lastTemplate = slot.template;
    }
    this.#lastCount += 1;
    const { pathStart, pathEnd } = slot;
    const aggregate = isAggregate(bytes, pathStart, pathEnd);
    const odd = (flags & (FLAG.violation | FLAG.otherPcr | FLAG.hashWrong)) !== 0 || slot.dataLength < 0 || aggregate;
    if (odd) this.#remark(bytes, base + at, flags, aggregate);
  }

  #remark(bytes: Buffer, offset: number, flags: number, aggregate: boolean): void {
    const slot = this.#slot;
    const index = this.entryCount;
    const note = (code: string, message: string): void => {
      if (this.problems.length < MAX_PROBLEMS) this.problems.push({ code, offset, message: `entry ${index}: ${message}` });
    };
    const named = (): Named => ({ index, path: visibleBytes(bytes.subarray(slot.pathStart, slot.pathEnd), 200) });
    if ((flags & FLAG.otherPcr) !== 0) note('ima-pcr', `the entry extends PCR ${slot.pcr}, not PCR ${IMA_PCR}`);
    if ((flags & FLAG.violation) !== 0) {
      this.violations += 1;
      this.firstViolation ??= named();
      if (!this.#digestIsZero(bytes))
        note('ima-violation-digest', 'the template hash is all zeros, as for a violation, but the file digest is not');
    }
    if (slot.dataLength < 0) {
      if ((flags & FLAG.violation) === 0) this.unknownTemplates += 1;
      note('ima-template-unknown', `template ${visibleName(slot.template.name)} cannot be rebuilt`);
    }
    if ((flags & FLAG.hashWrong) !== 0) {
      this.mismatches += 1;
      this.firstMismatch ??= named();
      const crlf = slot.pathEnd > slot.pathStart && bytes[slot.pathEnd - 1] === 0x0d;
      const why = crlf && this.format === 'ascii' ? '; the line ends with CR LF, so the list was altered in transfer' : '';
      note('ima-template-hash', `the template hash is not the hash of the entry${why}`);
    }
    if (!aggregate) return;
    this.aggregateCount += 1;
    if (this.aggregates.length < MAX_KEPT_AGGREGATES) this.aggregates.push({ index, ...this.#digestOf(bytes) });
    if (this.aggregateCount > 1)
      note('ima-boot-aggregate-repeated', 'boot_aggregate again: the kernel was replaced by kexec, or the list was joined from two boots');
  }

  #digestOf(bytes: Buffer): { readonly fileAlg: string; readonly fileDigest: string } {
    const { digestStart, digestEnd, algStart, algEnd, template } = this.#slot;
    const encoding = this.format === 'ascii' ? 'latin1' : 'hex';
    return {
      fileAlg: template.legacy ? 'sha1' : bytes.toString('latin1', algStart, algEnd),
      fileDigest: bytes.toString(encoding, digestStart, digestEnd),
    };
  }

  #digestIsZero(bytes: Buffer): boolean {
    const zero = this.format === 'ascii' ? 0x30 : 0;
    for (let at = this.#slot.digestStart; at < this.#slot.digestEnd; at += 1) if (bytes[at] !== zero) return false;
    return true;
  }
}
