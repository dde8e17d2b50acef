import { hash } from 'node:crypto';
import { parseIma, streamIma } from '../../evidence/index.ts';
import type { ImaMode } from '../../evidence/types.ts';
import type { BenchResult } from '../bench-result.ts';
import { digestOf, u32le } from './encode.ts';
import { compare, resultOf } from './measure.ts';

const ENTRIES = 100_000;
const STREAMED_ENTRIES = 1_000_000;
const PIECE_ENTRIES = 2_000;
const ROUNDS = 5;
const MIB = 1024 * 1024;

type Entries = { readonly lines: readonly string[]; readonly data: readonly Buffer[] };

type Entry = { readonly line: string; readonly data: Buffer };

const fileEntry = (i: number): Entry =>
  entryOf(`/usr/lib/x86_64-linux-gnu/modules/library-${i}.so.${i % 7}`, digestOf('sha256', Buffer.from(`file ${i}`)));

export const entryOf = (path: string, digest: Buffer): Entry => {
  const field = Buffer.concat([Buffer.from('sha256:\0', 'latin1'), digest]);
  const name = Buffer.from(`${path}\0`, 'latin1');
  const data = Buffer.concat([u32le(field.length), field, u32le(name.length), name]);
  return { data, line: `10 ${hash('sha1', data, 'hex')} ima-ng sha256:${digest.toString('hex')} ${path}\n` };
};

export const imaEntries = (count: number): Entries => {
  const all = Array.from({ length: count }, (_, i) => fileEntry(i));
  return { lines: all.map((entry) => entry.line), data: all.map((entry) => entry.data) };
};

const measure = (list: Buffer, data: readonly Buffer[], mode: ImaMode, signal: AbortSignal): BenchResult => {
  const extend = Buffer.alloc(64);
  const options = { banks: ['sha256'], legacyPadded: false, mode, quoted: { sha256: '00'.repeat(32) } } as const;
  const bare = (): void => {
    for (const bytes of data) {
      if (mode === 'full') hash('sha1', bytes, 'binary');
      hash('sha256', bytes, 'binary');
      hash('sha256', extend, 'binary');
    }
  };
  const what = mode === 'full' ? 'full mode, 3 hashes each' : 'fast mode, 2 hashes each';
  return resultOf(
    `cold IMA ascii list, ${data.length} entries, ${what}`,
    compare(() => parseIma(list, options), bare, 1, signal, ROUNDS),
    'ms',
  );
};

const used = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** Memory that a stream of a long list takes, beside the list itself. */
const measureMemory = (signal: AbortSignal): BenchResult => {
  const stream = streamIma({ banks: ['sha256'], legacyPadded: false });
  const before = used();
  let most = 0;
  let total = 0;
  for (let at = 0; at < STREAMED_ENTRIES && !signal.aborted; at += PIECE_ENTRIES) {
    const lines: string[] = [];
    for (let i = at; i < at + PIECE_ENTRIES; i += 1) lines.push(fileEntry(i).line);
    const piece = Buffer.from(lines.join(''), 'latin1');
    total += piece.length;
    stream.push(piece);
    most = Math.max(most, used() - before);
  }
  const end = stream.end();
  if (!end.ok || (!signal.aborted && end.value.entryCount !== STREAMED_ENTRIES)) throw new Error('a list made for measurement is not read');
  const [value, limit] = [most / MIB, total / MIB];
  return {
    name: `memory for a streamed IMA list of ${STREAMED_ENTRIES} entries, beside the list`,
    value,
    unit: 'MiB',
    limit,
    ratio: limit / value,
  };
};

export const imaResults = (signal: AbortSignal): readonly BenchResult[] => {
  const { lines, data } = imaEntries(ENTRIES);
  const list = Buffer.from(lines.join(''), 'latin1');
  return [measure(list, data, 'full', signal), measure(list, data, 'fast', signal), measureMemory(signal)];
};
