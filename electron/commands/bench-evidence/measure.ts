import type { BenchResult } from '../bench-result.ts';

const ROUNDS = 25;

export type Compared = { readonly value: number; readonly limit: number };

/** Microseconds per call of work and of its bare limit, the best of rounds in which both take turns: load on the machine hits both. */
export const compare = (work: () => unknown, bare: () => unknown, calls: number, signal: AbortSignal, rounds = ROUNDS): Compared => {
  let value = Number.POSITIVE_INFINITY;
  let limit = Number.POSITIVE_INFINITY;
  const timed = (one: () => unknown): number => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < calls; i += 1) one();
    return Number(process.hrtime.bigint() - start) / 1000 / calls;
  };
  for (let round = 0; round < rounds && !signal.aborted; round += 1) {
    limit = Math.min(limit, timed(bare));
    value = Math.min(value, timed(work));
  }
  return { value, limit };
};

export const resultOf = (name: string, { value, limit }: Compared, unit: 'us' | 'ms'): BenchResult => ({
  name,
  value: unit === 'ms' ? value / 1000 : value,
  unit,
  limit: unit === 'ms' ? limit / 1000 : limit,
  ratio: limit / value,
});

/** Gives the next of a few inputs each time, so that nothing is measured that only an unchanged input could give. */
export const inTurn = <T>(items: readonly T[]): (() => T) => {
  let next = 0;
  return () => {
    const item = items[next % items.length];
    next += 1;
    if (item === undefined) throw new Error('nothing to take turns with');
    return item;
  };
};
