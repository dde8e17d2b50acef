import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BY_ITSELF } from '../store/ledger-writer.ts';
import { DEFAULT_RETENTION } from '../store/retention.ts';
import { listBlobOf } from './evidence-blobs.ts';
import { cut, MAX_PIECE_BYTES, MIN_PIECE_BYTES } from './evidence-pieces.ts';
import { createKeptLists, type KeptLists, lines, run, sha256 } from './testing/kept-lists.ts';
import { unpackEvidence } from './unpack-evidence.ts';

const DAY = 24 * 60 * 60_000;
const T0 = 1_800_000_000_000;
/** What a line takes when it is packed alone, with room. */
const PACKED_LINE = 120;

const noise = (seed: number, length: number): Buffer => {
  let state = seed >>> 0;
  return Buffer.from(
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    }),
  );
};
/** Lists of any bytes: text, noise, the same byte or the same few lines over and over, and one after the other. */
const anyBytes = fc
  .array(
    fc.record({
      kind: fc.constantFrom('lines', 'noise', 'same', 'again'),
      seed: fc.nat(),
      length: fc.nat(300_000),
    }),
    { maxLength: 3 },
  )
  .map((parts) =>
    Buffer.concat(
      parts.map(({ kind, seed, length }) => {
        if (kind === 'same') return Buffer.alloc(length, seed % 256);
        if (kind === 'noise') return noise(seed, length);
        return kind === 'again' ? Buffer.alloc(length, lines(7, String(seed))) : lines(Math.ceil(length / 160), String(seed));
      }),
    ),
  );
const namesOf = (bytes: Uint8Array): string[] => Array.from(cut(bytes), sha256);

describe('a list that is cut', () => {
  it('is the same bytes again, in pieces of bounded size, whatever it is', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const pieces = [...cut(bytes)];
        expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
        for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(MAX_PIECE_BYTES);
        for (const piece of pieces.slice(0, -1)) expect(piece.length).toBeGreaterThan(MIN_PIECE_BYTES);
      }),
      { numRuns: 30 },
    );
  });

  it('is cut as before, up to its last piece, when it has grown', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (before, more) => {
        const names = namesOf(before).slice(0, -1);
        expect(namesOf(Buffer.concat([before, more])).slice(0, names.length)).toEqual(names);
      }),
      { numRuns: 30 },
    );
  });

  it('has most pieces in common with one that differs in some lines', () => {
    const list = lines(20_000);
    const other = Buffer.concat([lines(3, 'new'), list.subarray(0, 1_500_000), lines(1, 'other'), list.subarray(1_500_000)]);
    const names = new Set(namesOf(list));
    const common = namesOf(other).filter((name) => names.has(name));
    expect(common.length).toBeGreaterThan(names.size * 0.8);
  });
});

describe('lists that are kept', () => {
  let kept: KeptLists;
  beforeEach(() => {
    kept = createKeptLists();
  });
  afterEach(() => kept.remove());
  const read = (id: string): Uint8Array => kept.listOf(id) ?? Buffer.of();
  const isRead = (id: string, list: Buffer): boolean => list.equals(read(id));

  it('read back exactly, whatever their bytes are, at once and in steps', async () => {
    await fc.assert(
      fc.asyncProperty(anyBytes, anyBytes, async (before, more) => {
        for (const list of [before, Buffer.concat([before, more])]) {
          kept.keep('dc/1', list);
          expect(isRead('dc/1', list)).toBe(true);
          const found = kept.store().hosts.packedEvidence('dc/1', 'ima');
          expect(found !== null && list.equals(await unpackEvidence(found))).toBe(true);
        }
        expect(kept.orphans()).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  it('take a bounded amount more for 20 lines more, however long they are', () => {
    for (const [id, length] of [
      ['dc/1', 2_000],
      ['dc/2', 20_000],
    ] as const) {
      let list = lines(length, id);
      kept.keep(id, list);
      const began = kept.bytes();
      let before = began;
      for (let hour = 1; hour <= 8; hour += 1) {
        list = Buffer.concat([list, lines(20, `${id} later`, hour * 20)]);
        // Each verdict begins a span, so that every version stays.
        kept.keep(id, list, { verdict: hour % 2 === 0 ? 'trusted' : 'failed' });
        expect(isRead(id, list)).toBe(true);
        const now = kept.bytes();
        expect(now - before).toBeLessThan(MAX_PIECE_BYTES);
        before = now;
      }
      expect(before - began).toBeLessThan(8 * 48 * 1024);
    }
    expect(kept.number('SELECT count(*) AS n FROM blob')).toBe(18);
  });

  it('take what their new lines take, where only the newest is kept', () => {
    let list = lines(5_000);
    kept.keep('dc/1', list);
    const began = kept.bytes();
    for (let hour = 1; hour <= 20; hour += 1) {
      list = Buffer.concat([list, lines(50, 'later', hour * 50)]);
      kept.keep('dc/1', list);
    }
    expect(kept.orphans()).toBe(0);
    // The first one stays, because the span began with it.
    expect(kept.bytes() - began).toBeLessThan(20 * 50 * PACKED_LINE + MAX_PIECE_BYTES);
  });

  it('of two hosts with the same beginning share it', () => {
    const beginning = lines(20_000, 'class');
    kept.keep('dc/1', Buffer.concat([beginning, lines(500, 'one')]));
    const alone = kept.bytes();
    kept.keep('dc/2', Buffer.concat([beginning, lines(500, 'two')]));
    expect(kept.bytes() - alone).toBeLessThan(500 * PACKED_LINE + MAX_PIECE_BYTES);
  });

  it('are not harmed when another one that shares their pieces goes', () => {
    const beginning = lines(3_000, 'class');
    const lists = ['one', 'two', 'three'].map((name) => Buffer.concat([beginning, lines(500, name), beginning.subarray(0, 200_000)]));
    lists.forEach((list, at) => kept.keep(`dc/${at}`, list));
    // A second list ends the first span, a third one is what the host rests on then.
    for (const verdict of ['failed', 'trusted'] as const) kept.keep('dc/0', lines(1_000, verdict), { verdict, seenAtMs: T0 + DAY });
    const before = kept.number('SELECT count(*) AS n FROM piece');
    const purged = kept.store().purge({ ...DEFAULT_RETENTION, evidenceDays: 1 }, T0 + 100 * DAY, BY_ITSELF);
    for (let step = purged.next(); step.done !== true; step = purged.next());
    run(kept.store().write.dropUnused());
    expect(kept.number('SELECT count(*) AS n FROM piece')).toBeLessThan(before);
    expect(kept.orphans()).toBe(0);
    for (const at of [1, 2]) expect(isRead(`dc/${at}`, lists[at] ?? Buffer.of())).toBe(true);
    expect(isRead('dc/0', lines(1_000, 'trusted'))).toBe(true);
  });

  it('are sent and written without what is kept of the host already', () => {
    const list = lines(20_000);
    const grown = Buffer.concat([list, lines(20, 'later')]);
    kept.keep('dc/1', list);
    const ima = listBlobOf(grown, kept.store().hosts.memory('dc/1')?.kept ?? null);
    const stretches = ima?.encoding === 'pieces' ? ima.stretches : [];
    const sent = stretches.flatMap(({ pieces }) => pieces?.filter(({ packed }) => packed !== null) ?? []);
    expect(stretches.length).toBeGreaterThan(1);
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(2 * MAX_PIECE_BYTES);
    expect(listBlobOf(list, kept.store().hosts.memory('dc/1')?.kept ?? null)?.encoding).toBe('stored');
  });

  it('are written in steps, and once only', () => {
    const record = kept.recordOf('dc/1', lines(20_000));
    expect(() => kept.store().write.recordHosts([record])).toThrow('not all there');
    expect(run(kept.store().write.putLarge(record))).toBeGreaterThan(5);
    kept.store().write.recordHosts([record]);
    expect(run(kept.store().write.putLarge(record))).toBe(0);
    const before = kept.number('SELECT count(*) AS n FROM piece');
    run(kept.store().write.putLarge(kept.recordOf('dc/2', Buffer.concat([lines(20_000), lines(20, 'later')]))));
    expect(kept.number('SELECT count(*) AS n FROM piece') - before).toBeLessThan(3);
  });

  it('of two hosts that come at the same time are each whole', () => {
    const beginning = lines(20_000, 'class');
    const lists = ['one', 'two'].map((name) => Buffer.concat([beginning, lines(500, name)]));
    const records = lists.map((list, at) => kept.recordOf(`dc/${at}`, list));
    const works = records.map((record) => kept.store().write.putLarge(record)[Symbol.iterator]());
    // One step of each in turn, as the engine takes them when two endpoints are asked at once.
    for (let left = works; left.length > 0; left = left.filter((work) => work.next().done !== true));
    kept.store().write.recordHosts(records);
    expect(kept.number('SELECT count(*) AS n FROM blob_stretch')).toBeGreaterThan(2);
    lists.forEach((list, at) => expect(isRead(`dc/${at}`, list)).toBe(true));
    expect(run(kept.store().write.dropUnused())).toBe(0);
  });

  it('are not recorded where what they are said to share is not there', () => {
    const list = lines(5_000);
    kept.keep('dc/1', list);
    const grown = Buffer.concat([list, lines(20, 'later')]);
    const record = kept.recordOf('dc/1', grown);
    kept.keep('dc/1', lines(1_000, 'other'), { verdict: 'failed' });
    const purged = kept.store().purge({ ...DEFAULT_RETENTION, evidenceDays: 1 }, T0 + 100 * DAY, BY_ITSELF);
    for (let step = purged.next(); step.done !== true; step = purged.next());
    run(kept.store().write.dropUnused());
    expect(() => run(kept.store().write.putLarge(record))).toThrow('not all there');
    expect(() => kept.store().write.recordHosts([record])).toThrow('not all there');
    expect(isRead('dc/1', lines(1_000, 'other'))).toBe(true);
  });
});
