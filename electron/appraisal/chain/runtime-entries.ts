import { RE2JS, RE2Set } from 're2js';
import { engineProgramOf } from '../../../shared/model/container-engines.ts';
import type { RuntimeReference } from '../../../shared/model/reference-values.ts';
import type { ImaEntry } from '../../evidence/types.ts';

export type ImaJudgement = 'allowed' | 'unknown-path' | 'changed' | 'excluded' | 'violation' | 'no-reference';

export type RuntimeLink = 'runtime' | 'container-engine' | 'orchestrator';

/** Which link a measured file belongs to, by its path. A path is part of what PCR 10 covers. */
export const linkOfPath = (path: string): RuntimeLink => {
  const program = engineProgramOf(path);
  if (program === null) return 'runtime';
  return program.role === 'orchestrator' ? 'orchestrator' : 'container-engine';
};

type Excludes = { readonly matches: (path: string) => boolean; readonly refused: number };
const MAX_REMEMBERED_PATHS = 200_000;
/** Of all exclusions of a reference together. Every strange file of a list may cost that many steps a character. */
const MAX_STEPS = 50_000;

/**
 * Excludes of one reference, compiled once and matched together. A pattern that RE2 does not know, or that is one too many, excludes nothing, so
 * that its files are judged rather than skipped.
 */
const compileExcludes = (patterns: readonly string[]): Excludes => {
  const compiled = new RE2Set(RE2Set.ANCHOR_START);
  let steps = 0;
  let applied = 0;
  for (const pattern of patterns) {
    try {
      const size = RE2JS.compile(pattern).programSize();
      if (steps + size > MAX_STEPS) continue;
      compiled.add(pattern);
      steps += size;
      applied += 1;
    } catch {
      // counted below and named in the result
    }
  }
  const known = new Map<string, boolean>();
  const matches = (path: string): boolean => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const found = applied > 0 && compiled.match(path).length > 0;
    if (known.size < MAX_REMEMBERED_PATHS) known.set(path, found);
    return found;
  };
  return { matches, refused: patterns.length - applied };
};
const excludesOf = new WeakMap<RuntimeReference, Excludes>();
export const cachedExcludes = (reference: RuntimeReference): Excludes => {
  const known = excludesOf.get(reference) ?? compileExcludes(reference.excludes);
  excludesOf.set(reference, known);
  return known;
};

/** Measured buffers (keyrings, critical data) are not files; no reference names them. */
export const isBuffer = (entry: ImaEntry): boolean => entry.template === 'ima-buf';

/**
 * Judges single IMA entries against a runtime reference. `first` is the list's first entry: only there, or repeated with the same digest after
 * kexec, is boot_aggregate what the kernel wrote (its value is an evidence check). Anywhere else it is a file by that name.
 */
export const imaJudge = (reference: RuntimeReference | null, first: ImaEntry | undefined): ((entry: ImaEntry) => ImaJudgement) => {
  const excludes = reference === null ? null : cachedExcludes(reference);
  const aggregate = first?.path === 'boot_aggregate' ? first : undefined;
  return (entry) => {
    if (entry.violation) return 'violation';
    if (reference === null || excludes === null || isBuffer(entry)) return 'no-reference';
    if (
      entry === aggregate ||
      (entry.path === 'boot_aggregate' && entry.fileAlg === aggregate?.fileAlg && entry.fileDigest === aggregate.fileDigest)
    )
      return 'allowed';
    // A path that had to be escaped to be shown equals no path of a policy, whatever it looks like.
    const known = entry.plainPath ? reference.digests.get(entry.path) : undefined;
    if (known?.includes(entry.fileDigest)) return 'allowed';
    if (entry.plainPath && excludes.matches(entry.path)) return 'excluded';
    return known === undefined ? 'unknown-path' : 'changed';
  };
};
