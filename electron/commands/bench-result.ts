/** One measured figure beside the bare limit measured in the same run. `ratio` = limit / value: the share of the bare speed that is left, 1 at best. */
export type BenchResult = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limit: number | null;
  readonly ratio: number | null;
};
