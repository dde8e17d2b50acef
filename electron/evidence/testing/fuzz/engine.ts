import { brokenText, textsOf } from './oracle.ts';
import { type Random, randomOf } from './random.ts';
import type { Target } from './target.ts';

export type Finding = { readonly what: string; readonly input: Buffer };

export type Progress = { runs: number; corpus: Buffer[]; readonly shapes: Set<string>; readonly findings: Finding[] };

/** What the caller's platform adds: whether code was reached that was not reached before, time, memory, a note of what is running. */
export type Probe = {
  /** True when the inputs run since the last call reached new code. */
  readonly reachedNewCode: () => boolean;
  /** After that: whether the input run since the last call is one that reached it. */
  readonly reachedItAgain: () => boolean;
  readonly nowMs: () => number;
  readonly memoryBytes: () => number;
  readonly aboutToRun: (input: Buffer) => void;
};

const MAX_SHAPES = 4000;
const MAX_CORPUS = 8000;
const MAX_FINDINGS = 20;
const BATCH = 24;
const SLOW_MS = 1500;
const MAX_GROWTH_BYTES = 400 * 1024 * 1024;

const reasonOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 160) : 'a thrown value');

/** A slow run is repeated: a busy machine is slow once, a slow input always. */
const fastest = (target: Target, input: Buffer, probe: Probe, first: number): number => {
  let best = first;
  for (let again = 0; again < 2 && best > SLOW_MS; again += 1) {
    const started = probe.nowMs();
    target.run(input);
    best = Math.min(best, probe.nowMs() - started);
  }
  return best;
};

/** Runs one input and says which promise broke, if any: no exception, bounded time and memory, safe text, the same result twice. */
export const judge = (
  target: Target,
  input: Buffer,
  probe: Probe,
  twice: boolean,
): { readonly shape: string; readonly broken: string | null } => {
  probe.aboutToRun(input);
  const started = probe.nowMs();
  const memory = probe.memoryBytes();
  try {
    const outcome = target.run(input);
    const elapsed = fastest(target, input, probe, probe.nowMs() - started);
    const texts = textsOf(outcome.output);
    let broken = outcome.broken ?? brokenText(texts);
    if (broken === null && elapsed > SLOW_MS) broken = `took ${Math.round(elapsed)} ms for ${input.length} bytes`;
    if (broken === null && probe.memoryBytes() - memory > MAX_GROWTH_BYTES) broken = `kept more than ${MAX_GROWTH_BYTES} bytes of memory`;
    if (broken === null && twice) {
      const again = textsOf(target.run(input).output);
      if (again.length !== texts.length || again.some((text, index) => text !== texts[index])) broken = 'another result the second time';
    }
    return { shape: outcome.shape, broken };
  } catch (error) {
    return { shape: 'exception', broken: `threw ${reasonOf(error)}` };
  }
};

/** What a finding is about, without its numbers: one per kind is kept. */
const kindOf = (what: string): string => what.replace(/\d+/gu, '#');

/** The shortest input that still breaks the same promise, by leaving out ever smaller blocks. Bounded in tries. */
export const minimised = (target: Target, finding: Finding, probe: Probe): Finding => {
  let best = finding.input;
  let tries = 0;
  for (let size = Math.ceil(best.length / 2); size >= 1 && tries < 2000; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length && tries < 2000; ) {
      tries += 1;
      const candidate = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      const { broken } = judge(target, candidate, probe, finding.what.includes('second time'));
      if (broken !== null && kindOf(broken) === kindOf(finding.what)) best = candidate;
      else at += size;
    }
  }
  return { what: finding.what, input: best };
};

const noteRun = (target: Target, progress: Progress, input: Buffer, probe: Probe, twice: boolean): void => {
  const { shape, broken } = judge(target, input, probe, twice);
  progress.runs += 1;
  if (
    broken !== null &&
    progress.findings.length < MAX_FINDINGS &&
    !progress.findings.some((known) => kindOf(known.what) === kindOf(broken))
  )
    progress.findings.push({ what: broken, input: Buffer.from(input) });
  if (!progress.shapes.has(shape) && progress.shapes.size < MAX_SHAPES) {
    progress.shapes.add(shape);
    progress.corpus.push(Buffer.from(input));
  }
};

const nextInput = (target: Target, corpus: readonly Buffer[], random: Random): Buffer => {
  // Half of the inputs come from the youngest quarter of the corpus: what was new lately leads further.
  const recent = random.chance(2) ? Math.floor((corpus.length * 3) / 4) : 0;
  const base = corpus[recent + random.below(corpus.length - recent)] ?? Buffer.alloc(1);
  return target.mutate(random, base, random.pick(corpus) ?? base);
};

export type Campaign = { readonly target: Target; readonly seeds: readonly Uint8Array[]; readonly seed: number };

/**
 * Fuzzes one target until `isDone`. Feedback is twofold: the shape of a result, seen for every run, and code reached for the first time, asked
 * for once per batch because asking is slow; a batch that reached new code is run again one by one to find which input did.
 */
export const fuzz = ({ target, seeds, seed }: Campaign, probe: Probe, isDone: (progress: Progress) => boolean): Progress => {
  const random = randomOf(seed);
  const corpus = [...seeds].map((bytes) => Buffer.from(bytes)).sort((a, b) => a.length - b.length);
  const progress: Progress = { runs: 0, corpus: [...corpus], shapes: new Set(), findings: [] };
  for (const input of corpus) noteRun(target, progress, input, probe, true);
  probe.reachedNewCode();
  while (!isDone(progress)) {
    const batch: Buffer[] = [];
    for (let i = 0; i < BATCH && !isDone(progress); i += 1) {
      const input = nextInput(target, progress.corpus, random);
      batch.push(input);
      noteRun(target, progress, input, probe, random.chance(8));
    }
    if (!probe.reachedNewCode()) continue;
    for (const input of batch) {
      judge(target, input, probe, false);
      if (probe.reachedItAgain() && progress.corpus.length < MAX_CORPUS) progress.corpus.push(input);
    }
  }
  return progress;
};
