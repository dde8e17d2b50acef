import { createHash, randomBytes } from 'node:crypto';
import type { Sample, SampleAsk } from '../../shared/contract/export-schemas.ts';

/** A seed that nobody chose: 128 bits from the operating system, in hex. */
export const makeSeed = (): string => randomBytes(16).toString('hex');

/** What hosts are ordered by: SHA-256 in hex over `plumbline-sample-v1`, the seed and the id of the host, with a line feed between them. */
export const sampleDigest = (seed: string, id: string): string =>
  createHash('sha256').update(`plumbline-sample-v1\n${seed}\n${id}`, 'utf8').digest('hex');

type Candidate = { readonly digest: string; readonly id: string };
const byDigest = (a: Candidate, b: Candidate): number => (a.digest < b.digest ? -1 : a.digest > b.digest ? 1 : 0);

/**
 * The hosts with the smallest digests (`sampleDigest`), all of them where there are fewer than were asked for. Goes through `ids` once and holds at
 * most twice as many as are drawn. `ids`: of the population, sorted by their bytes and each once; `goOn` throws when it is to be stopped.
 * It shows that nobody chose the hosts who did not choose the seed; not that the seed was not tried before.
 */
export const drawSample = (
  ids: Iterable<string>,
  { size, seed: given }: SampleAsk,
  goOn: () => void = () => {},
): { readonly ids: readonly string[]; readonly sample: Sample } => {
  const seed = given ?? makeSeed();
  const all = createHash('sha256');
  let population = 0;
  let best: Candidate[] = [];
  /** None that comes behind it is drawn; empty until there are as many as are drawn. */
  let limit = '';
  const cut = (): void => {
    best = best.sort(byDigest).slice(0, size);
    limit = best.length < size ? '' : (best.at(-1)?.digest ?? '');
  };
  for (const id of ids) {
    if (population % 256 === 0) goOn();
    population += 1;
    all.update(`${id}\n`, 'utf8');
    const digest = sampleDigest(seed, id);
    if (limit !== '' && digest > limit) continue;
    best.push({ digest, id });
    if (best.length >= size * 2) cut();
  }
  cut();
  return {
    ids: best.map(({ id }) => id),
    sample: {
      algorithm: 'plumbline-sample-v1',
      size,
      seed,
      seedBy: given === undefined ? 'made' : 'given',
      population,
      populationSha256: all.digest('hex'),
    },
  };
};
