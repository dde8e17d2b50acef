/** A small generator with a seed (sfc32), so that every run can be repeated. Not for secrets. */
export type Random = {
  /** 0 to `limit` - 1. */
  readonly below: (limit: number) => number;
  readonly chance: (oneIn: number) => boolean;
  readonly pick: <T>(list: readonly T[]) => T | undefined;
};

export const randomOf = (seed: number): Random => {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, seed | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let i = 0; i < 16; i += 1) next();
  const below = (limit: number): number => (limit <= 1 ? 0 : next() % limit);
  return { below, chance: (oneIn) => below(oneIn) === 0, pick: (list) => list[below(list.length)] };
};
