/** One measured figure beside the bare limit measured in the same run. `ratio` = value / limit. */
export type BenchResult = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limit: number | null;
  readonly ratio: number | null;
};
