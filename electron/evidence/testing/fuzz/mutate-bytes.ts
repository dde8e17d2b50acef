import type { Random } from './random.ts';

/** Changes one input; `other` is a second input to take parts from. The result has at most `MAX_INPUT_BYTES`. */
export type Mutator = (random: Random, input: Buffer, other: Buffer) => Buffer;

export const MAX_INPUT_BYTES = 256 * 1024;

const INTERESTING: readonly number[] = [
  0, 1, 2, 3, 4, 5, 8, 15, 16, 17, 20, 23, 24, 28, 31, 32, 33, 48, 64, 65, 66, 127, 128, 129, 255, 256, 257, 512, 1024, 4095, 4096, 4097,
  32767, 32768, 65535, 65536, 0x00ffffff, 0x01000000, 0x7ffffffe, 0x7fffffff, 0x80000000, 0xfffffffc, 0xfffffffe, 0xffffffff,
];

const spliced = (input: Buffer, at: number, remove: number, insert: Uint8Array): Buffer =>
  Buffer.concat([input.subarray(0, at), insert, input.subarray(at + remove)]);

const copyOf = (input: Buffer): Buffer => Buffer.from(input);

const flipBit: Mutator = (random, input) => {
  const copy = copyOf(input);
  const at = random.below(copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
  return copy;
};

const setByte: Mutator = (random, input) => {
  const copy = copyOf(input);
  copy[random.below(copy.length)] = random.chance(2) ? (INTERESTING[random.below(25)] ?? 0) : random.below(256);
  return copy;
};

/** An interesting integer of 16, 32 or 64 bits in either order, or the one that stands there moved by a little. */
const setInteger: Mutator = (random, input) => {
  const width = random.pick([2, 4, 8]) ?? 4;
  if (input.length < width) return input;
  const copy = copyOf(input);
  const at = random.below(copy.length - width + 1);
  const part = copy.subarray(at, at + width);
  const little = random.chance(2);
  const held = BigInt(`0x${Buffer.from(little ? Buffer.from(part).reverse() : part).toString('hex')}`);
  const moved = held + BigInt(random.below(17) - 8);
  const wanted = random.chance(3) ? moved : BigInt(random.pick(INTERESTING) ?? 0) - (random.chance(8) ? 2n ** 40n : 0n);
  const bytes = Buffer.from(
    BigInt.asUintN(width * 8, wanted)
      .toString(16)
      .padStart(width * 2, '0'),
    'hex',
  );
  (little ? bytes.reverse() : bytes).copy(copy, at);
  return copy;
};

const blockOf = (random: Random, input: Buffer): { readonly at: number; readonly length: number } => {
  const at = random.below(input.length);
  return { at, length: 1 + random.below(Math.min(input.length - at, random.chance(4) ? 4096 : 64)) };
};

const deleteBlock: Mutator = (random, input) => {
  const { at, length } = blockOf(random, input);
  return spliced(input, at, length, Buffer.alloc(0));
};

const duplicateBlock: Mutator = (random, input) => {
  const { at, length } = blockOf(random, input);
  const block = input.subarray(at, at + length);
  const times = 1 + random.below(random.chance(6) ? 40 : 2);
  return spliced(input, random.below(input.length + 1), 0, Buffer.concat(Array.from({ length: times }, () => block)));
};

const insertBlock: Mutator = (random, input) =>
  spliced(
    input,
    random.below(input.length + 1),
    0,
    Buffer.alloc(1 + random.below(64), random.pick([0, 0xff, 0x41, 0x20, 0x0a, 0x30]) ?? 0),
  );

const truncate: Mutator = (random, input) => input.subarray(0, random.below(input.length));

const splice: Mutator = (random, input, other) => {
  const { at, length } = blockOf(random, other);
  const target = random.below(input.length + 1);
  return spliced(input, target, random.chance(2) ? length : 0, other.subarray(at, at + length));
};

const cross: Mutator = (random, input, other) =>
  Buffer.concat([input.subarray(0, random.below(input.length + 1)), other.subarray(random.below(other.length))]);

/** Finds what may be a length in front of that many bytes, and changes both together: the structure stays whole. */
const resizeField: Mutator = (random, input) => {
  for (let tries = 0; tries < 40; tries += 1) {
    const width = random.chance(2) ? 2 : 4;
    if (input.length < width + 1) return input;
    const at = random.below(input.length - width);
    const little = random.chance(2);
    const length = little ? input.readUIntLE(at, width) : input.readUIntBE(at, width);
    const start = at + width;
    if (length === 0 || length > input.length - start) continue;
    const wanted = random.chance(3) ? 0 : Math.min(2 ** (width * 8) - 1, Math.max(0, length + random.below(33) - 16));
    const body = Buffer.alloc(wanted, random.below(256));
    input.copy(body, 0, start, start + Math.min(length, wanted));
    const out = spliced(input, start, length, body);
    if (little) out.writeUIntLE(wanted, at, width);
    else out.writeUIntBE(wanted, at, width);
    return out;
  }
  return input;
};

const ALL: readonly Mutator[] = [
  flipBit,
  flipBit,
  setByte,
  setByte,
  setInteger,
  setInteger,
  setInteger,
  deleteBlock,
  duplicateBlock,
  insertBlock,
  truncate,
  splice,
  cross,
  resizeField,
  resizeField,
];

/** Applies some mutators after each other; one in two times a single one, so that near misses of a good input stay frequent. */
export const stacked =
  (mutators: readonly Mutator[]): Mutator =>
  (random, input, other) => {
    let current = input.length === 0 ? Buffer.alloc(1) : input;
    const rounds = random.chance(2) ? 1 : 1 + random.below(8);
    for (let round = 0; round < rounds; round += 1) {
      const mutator = random.pick(mutators);
      if (mutator === undefined || current.length === 0) break;
      current = mutator(random, current, other.length === 0 ? current : other).subarray(0, MAX_INPUT_BYTES);
    }
    return current;
  };

export const mutateBytes: Mutator = stacked(ALL);
