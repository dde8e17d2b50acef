import type { Mutator } from './mutate-bytes.ts';

/** What one input led to. `shape` names the path it took: an input with a new one is kept. `broken`: a promise that did not hold. */
export type Outcome = { readonly shape: string; readonly output: unknown; readonly broken?: string | undefined };

export type Target = {
  readonly name: string;
  readonly mutate: Mutator;
  /** Our own inputs. */
  readonly seeds: () => readonly Uint8Array[];
  /** Folders of the corpus whose files are added to the seeds where it is present. */
  readonly corpus: readonly string[];
  readonly run: (input: Buffer) => Outcome;
};
