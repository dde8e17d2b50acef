import { hash } from 'node:crypto';
import { checkLogDigests, parseEventLog } from '../../evidence/index.ts';
import type { BenchResult } from '../bench-result.ts';
import { digestOf, u16, u32le } from './encode.ts';
import { compare, resultOf } from './measure.ts';

type LogBank = 'sha1' | 'sha256';
const BANK_ID: Readonly<Record<LogBank, number>> = { sha1: 0x0004, sha256: 0x000b };
const SIZE: Readonly<Record<LogBank, number>> = { sha1: 20, sha256: 32 };
const u16le = (value: number): Buffer => u16(value).reverse();

type Event = { readonly pcr: number; readonly type: number; readonly data: Buffer; readonly hashed: Buffer | null };

const guid = Buffer.alloc(16, 7);
const variable = (name: string, value: Buffer): Buffer =>
  Buffer.concat([guid, u32le(name.length), u32le(0), u32le(value.length), u32le(0), Buffer.from(name, 'utf16le'), value]);

const whole = (pcr: number, type: number, data: Buffer): Event => ({ pcr, type, data, hashed: data });
const image = (pcr: number, i: number): Event => ({ pcr, type: 0x80000003, data: Buffer.alloc(160, i), hashed: null });
const command = (i: number): Event => {
  const text = `menuentry ${i} ${'x'.repeat(120)}`;
  return { pcr: 8, type: 0x0d, data: Buffer.from(`grub_cmd: ${text}\0`), hashed: Buffer.from(text) };
};
const bootEntry = (i: number): Event => {
  const value = Buffer.alloc(120, i);
  return { pcr: 1, type: 0x80000002, data: variable(`Boot000${i}`, value), hashed: value };
};

/** Events as a server with GRUB has them: variables, separators, images, some hundred commands and files. */
const events = (): readonly Event[] => {
  return [
    whole(0, 0x08, Buffer.from('version 1.2.3', 'utf16le')),
    ...[1, 2, 3].map((i) => ({ pcr: 0, type: 0x80000008, data: Buffer.alloc(16, i), hashed: null })),
    whole(7, 0x80000001, variable('SecureBoot', Buffer.from([1]))),
    whole(7, 0x80000001, variable('PK', Buffer.alloc(1000, 1))),
    whole(7, 0x80000001, variable('KEK', Buffer.alloc(1600, 2))),
    whole(7, 0x80000001, variable('db', Buffer.alloc(4500, 3))),
    whole(7, 0x80000001, variable('dbx', Buffer.alloc(22_000, 4))),
    ...[0, 1, 2, 3, 4, 5].map(bootEntry),
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((pcr) => whole(pcr, 0x04, Buffer.alloc(4))),
    ...[1, 2, 3].map((i) => image(4, i)),
    whole(5, 0x80000006, Buffer.alloc(700, 9)),
    ...Array.from({ length: 80 }, (_, i) => command(i)),
    ...Array.from({ length: 15 }, (_, i) => ({ pcr: 9, type: 0x0d, data: Buffer.from(`(hd0,gpt2)/boot/file-${i}\0`), hashed: null })),
  ];
};

type Message = { readonly bank: LogBank; readonly bytes: Buffer };
export type BenchLog = {
  readonly log: Buffer;
  readonly pcrs: Partial<Record<LogBank, Record<number, string>>>;
  /** What any verifier has to hash: every extension of every bank, and the data that a digest covers. */
  readonly messages: readonly Message[];
  readonly count: number;
};

export const logOf = (banks: readonly LogBank[]): BenchLog => {
  const specId = Buffer.concat([
    Buffer.from('Spec ID Event03\0', 'latin1'),
    u32le(0),
    Buffer.from([0, 2, 0, 2]),
    u32le(banks.length),
    ...banks.flatMap((bank) => [u16le(BANK_ID[bank]), u16le(SIZE[bank])]),
    Buffer.from([0]),
  ]);
  const parts: Buffer[] = [Buffer.concat([u32le(0), u32le(3), Buffer.alloc(20), u32le(specId.length), specId])];
  const running = new Map<string, Buffer>();
  const messages: Message[] = [];
  const all = events();
  all.forEach(({ pcr, type, data, hashed }, i) => {
    const digests = banks.map((bank) => {
      const digest = digestOf(bank, hashed ?? Buffer.from(`image ${i}`));
      const key = `${bank} ${pcr}`;
      const message = Buffer.concat([running.get(key) ?? Buffer.alloc(SIZE[bank]), digest]);
      messages.push({ bank, bytes: message });
      running.set(key, digestOf(bank, message));
      return Buffer.concat([u16le(BANK_ID[bank]), digest]);
    });
    if (hashed !== null) messages.push({ bank: 'sha256', bytes: hashed });
    parts.push(Buffer.concat([u32le(pcr), u32le(type), u32le(banks.length), ...digests, u32le(data.length), data]));
  });
  const pcrs: BenchLog['pcrs'] = {};
  for (const bank of banks) {
    const values: Record<number, string> = {};
    for (const [key, value] of running) if (key.startsWith(`${bank} `)) values[Number(key.slice(bank.length + 1))] = value.toString('hex');
    pcrs[bank] = values;
  }
  return { log: Buffer.concat(parts), pcrs, messages, count: all.length };
};

export const eventLogResults = (signal: AbortSignal): readonly BenchResult[] => {
  const { log, messages, count, pcrs } = logOf(['sha1', 'sha256']);
  const checked = checkLogDigests(log);
  if (!checked.ok || JSON.stringify(checked.value.pcrs) !== JSON.stringify(pcrs))
    throw new Error('a log made for measurement does not replay');
  const bare = (): void => {
    for (const { bank, bytes } of messages) hash(bank, bytes, 'binary');
  };
  const name = `${Math.round(log.length / 1024)} KB log, ${count} events, 2 banks`;
  return [
    resultOf(
      `${name}: parse, replay, digests of data`,
      compare(() => checkLogDigests(log), bare, 20, signal),
      'us',
    ),
    resultOf(
      `${name}: the same and every event described`,
      compare(() => parseEventLog(log), bare, 10, signal),
      'us',
    ),
  ];
};
