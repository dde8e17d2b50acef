import { type Mutator, mutateBytes, stacked } from './mutate-bytes.ts';
import type { Random } from './random.ts';

const EVENT_TYPES: readonly number[] = [
  0, 1, 3, 4, 5, 6, 7, 8, 9, 0xa, 0xc, 0xd, 0x80000001, 0x80000002, 0x80000003, 0x80000006, 0x80000007, 0x80000008, 0x80000009, 0x8000000a,
  0x8000000b, 0x8000000c, 0x80000010, 0x800000e0, 0x800000e1, 0x12345678,
];

/** The list with one element left out, repeated, moved or exchanged. */
const shuffled = <T>(random: Random, list: readonly T[]): readonly T[] => {
  const copy = [...list];
  const at = random.below(copy.length);
  const [taken] = copy.splice(at, 1);
  if (taken === undefined) return list;
  if (random.chance(4)) return copy;
  copy.splice(random.below(copy.length + 1), 0, taken);
  if (random.chance(2)) copy.splice(at, 0, taken);
  return copy;
};

const DIGEST_BYTES: Readonly<Record<number, number>> = { 4: 20, 11: 32, 12: 48, 13: 64, 18: 32 };

/** Length of the record at `at`, or 0 where there is none. Apart from the parser under test, and content with a guess. */
const recordLength = (log: Buffer, at: number, agile: boolean): number => {
  let end = at + (agile ? 12 : 28);
  if (end + 4 > log.length) return 0;
  if (agile) {
    const count = Math.min(log.readUInt32LE(at + 8), 8);
    for (let i = 0; i < count && end + 2 <= log.length; i += 1) end += 2 + (DIGEST_BYTES[log.readUInt16LE(end)] ?? 0);
  }
  return end + 4 > log.length ? 0 : end + 4 + log.readUInt32LE(end) - at;
};

const recordsOf = (log: Buffer): Buffer[] => {
  const agile = log.subarray(32, 47).toString('latin1') === 'Spec ID Event03';
  const records: Buffer[] = [];
  let at = 0;
  while (at < log.length && records.length < 2000) {
    const length = recordLength(log, at, agile && at > 0);
    if (length === 0 || length > log.length - at) break;
    records.push(log.subarray(at, at + length));
    at += length;
  }
  return [...records, log.subarray(at)];
};

const mutateRecords: Mutator = (random, input, other) => {
  const records = recordsOf(input);
  if (random.chance(3)) return Buffer.concat(shuffled(random, records));
  const at = random.below(records.length);
  const record = Buffer.from(records[at] ?? []);
  if (record.length < 32) return input;
  const kind = random.below(4);
  if (kind === 0) record.writeUInt32LE(random.pick([0, 1, 2, 4, 5, 7, 8, 9, 10, 11, 14, 16, 17, 22, 23, 24, 0xffffffff]) ?? 0, 0);
  else if (kind === 1) record.writeUInt32LE(random.pick(EVENT_TYPES) ?? 3, 4);
  else if (kind === 2) return Buffer.concat([...records.slice(0, at), random.pick(recordsOf(other)) ?? record, ...records.slice(at)]);
  else return Buffer.concat([...records.slice(0, at), mutateBytes(random, record, other), ...records.slice(at + 1)]);
  return Buffer.concat([...records.slice(0, at), record, ...records.slice(at + 1)]);
};

export const mutateEventLog: Mutator = stacked([mutateRecords, mutateRecords, mutateRecords, mutateBytes]);

const WORDS: readonly string[] = [
  '',
  ' ',
  '10',
  '11',
  '23',
  '24',
  '0',
  '-1',
  '010',
  '1e1',
  'ima',
  'ima-ng',
  'ima-ngv2',
  'ima-sig',
  'ima-sigv2',
  'ima-buf',
  'ima-modsig',
  'evm-sig',
  '__proto__',
  'constructor',
  'boot_aggregate',
  'sha1:',
  'sha256:',
  'ima:sha256:',
  'verity:sha512:',
  ':',
  'sha256',
  '\r',
  '\u0000',
  '\u001b[2J',
  '\u202e',
  '\ufeff',
  '<img src=x>',
  '0'.repeat(40),
  '0'.repeat(64),
  'ff',
  'f',
  '030204',
  '/'.repeat(5000),
  'é',
  '…',
];

const mutateLines: Mutator = (random, input, other) => {
  const lines = input.toString('latin1').split('\n');
  const kind = random.below(4);
  if (kind === 0) return Buffer.from(shuffled(random, lines).join('\n'), 'latin1');
  const at = random.below(lines.length);
  const fields = (lines[at] ?? '').split(' ');
  const field = random.below(fields.length);
  if (kind === 1) fields[field] = random.pick(WORDS) ?? '';
  else if (kind === 2) fields.splice(field, random.chance(2) ? 1 : 0, random.pick(WORDS) ?? '');
  else
    fields[field] = mutateBytes(random, Buffer.from(fields[field] ?? '', 'latin1'), other)
      .subarray(0, 600)
      .toString('latin1');
  lines[at] = fields.join(' ');
  return Buffer.from(lines.join('\n'), 'latin1');
};

export const mutateList: Mutator = stacked([mutateLines, mutateLines, mutateLines, mutateBytes]);

const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e21,
  0.5,
  4294967296,
  '',
  '=',
  'AA==',
  'AAAA',
  '\u202e\u001b',
  '__proto__',
  [],
  {},
  [[]],
  '0x01500010',
  [0, 23, 24],
  [-1],
  { sha256: { 0: '00' } },
  { sha256: [0, 1, 2] },
  { __proto__: 1 },
  'a'.repeat(5000),
];

const isTree = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const mutateJson: Mutator = (random, input, other) => {
  let tree: unknown;
  try {
    tree = JSON.parse(input.toString('utf8'));
  } catch {
    return mutateBytes(random, input, other);
  }
  let node = tree;
  for (let depth = 0; depth < 5 && isTree(node); depth += 1) {
    const keys = Object.keys(node);
    const key = random.pick(keys);
    if (key === undefined) break;
    const child: unknown = node[key];
    if (isTree(child) && !random.chance(4)) {
      node = child;
      continue;
    }
    if (random.chance(5)) Reflect.deleteProperty(node, key);
    else if (typeof child === 'string' && random.chance(2)) {
      const binary = random.chance(2);
      const bytes = mutateBytes(random, Buffer.from(child, binary ? 'base64' : 'utf8'), other).subarray(0, 100_000);
      node[key] = bytes.toString(binary ? 'base64' : 'utf8');
    } else node[key] = random.pick(VALUES);
    break;
  }
  return Buffer.from(JSON.stringify(tree) ?? 'null');
};

export const mutateBundle: Mutator = stacked([mutateJson, mutateJson, mutateJson, mutateBytes]);

/** Several inputs in one, each after its length, so that one target can take a whole host's evidence. */
export const joinSections = (sections: readonly Uint8Array[]): Buffer =>
  Buffer.concat(
    sections.flatMap((section) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(section.length);
      return [length, section];
    }),
  );

export const splitSections = (input: Buffer, count: number): readonly Buffer[] => {
  let at = 0;
  return Array.from({ length: count }, () => {
    const length = at + 4 <= input.length ? input.readUInt32LE(at) : 0;
    const section = input.subarray(Math.min(at + 4, input.length), Math.min(at + 4 + length, input.length));
    at += 4 + length;
    return section;
  });
};

/** Changes one section by its own mutator, or takes it from the other input. */
export const mutateSections =
  (mutators: readonly Mutator[]): Mutator =>
  (random, input, other) => {
    const sections = [...splitSections(input, mutators.length)];
    const others = splitSections(other, mutators.length);
    const rounds = random.chance(3) ? 2 : 1;
    for (let round = 0; round < rounds; round += 1) {
      const at = random.below(sections.length);
      const [own, foreign] = [sections[at] ?? Buffer.alloc(0), others[at] ?? Buffer.alloc(0)];
      sections[at] = random.chance(10) ? foreign : (mutators[at] ?? mutateBytes)(random, own, foreign);
    }
    return joinSections(sections);
  };
