import { RE2JS } from 're2js';
import { type Broken, judgement, type LinkJudgement } from '../chain/link.ts';
import type { RuntimeFacts, RuntimeTally } from '../facts-schema.ts';
import type { Policy } from '../manifest/manifest.ts';

const ABSENT: Readonly<Record<RuntimeTally['link'], string>> = {
  runtime: 'No program has been measured on this host since it booted.',
  'container-engine': 'No container engine has been run on this host since it booted.',
  orchestrator: 'No orchestrator has been run on this host since it booted.',
};
const TRUSTED: Readonly<Record<RuntimeTally['link'], string>> = {
  runtime: 'Every judged program that was measured since boot is in the reference values.',
  'container-engine': 'The container engine is the one in the reference values.',
  orchestrator: 'The orchestrator is the one in the reference values.',
};
const NO_REFERENCE = 'No reference values for programs: the list is authentic, but nobody has said that it is good.';

const compiled = new WeakMap<readonly string[], readonly RE2JS[]>();
/** Patterns were checked when the manifest was read; one that cannot be compiled all the same excludes nothing. */
const patternsOf = (patterns: readonly string[]): readonly RE2JS[] => {
  const known = compiled.get(patterns);
  if (known !== undefined) return known;
  const made = patterns.flatMap((pattern) => {
    try {
      return [RE2JS.compile(pattern)];
    } catch {
      return [];
    }
  });
  compiled.set(patterns, made);
  return made;
};

/** What is left of the broken files when the manifest's exclusions are applied. A path that had to be escaped is never excluded. */
const withoutExcluded = (broken: readonly Broken[], exclude: readonly string[]): readonly Broken[] => {
  if (exclude.length === 0 || broken.length === 0) return broken;
  const patterns = patternsOf(exclude);
  return broken.filter(({ path }) => path === undefined || !patterns.some((pattern) => pattern.matcher(path).lookingAt()));
};

const judgeTally = (tally: RuntimeTally, facts: RuntimeFacts, rules: Policy['runtime']): LinkJudgement => {
  const { link } = tally;
  const { basis } = facts;
  const broken = withoutExcluded(tally.broken, rules.exclude);
  const excluded = tally.broken.length - broken.length;
  const notEvaluated = [...tally.notEvaluated, ...(excluded > 0 ? [`${excluded} files: excluded by the manifest.`] : [])];
  const [first] = broken;
  if (first && facts.hasReference) {
    const more = broken.length + tally.more - 1;
    const reason = more > 0 ? `${first.reason} ${more} more like it.` : first.reason;
    if (facts.notJudged.length > 0) {
      const why = `The policy may accept it by other means (${facts.notJudged.join(', ')}), which this version does not judge.`;
      return judgement(link, 'inconclusive', `${first.reason} ${why}`, { basis, notEvaluated: [why, ...notEvaluated], brokenIma: broken });
    }
    return judgement(link, 'failed', reason, { cause: 'differs', basis, notEvaluated, brokenIma: broken });
  }
  if (link !== 'runtime' && tally.counted === 0) return judgement(link, 'not-required', ABSENT[link], { cause: 'absent', basis });
  if (!facts.hasReference) return judgement(link, 'inconclusive', NO_REFERENCE, { cause: 'no-reference', basis });
  if (tally.more > 0)
    return judgement(link, 'inconclusive', 'The manifest excludes so many files that the rest of the list was not judged.', {
      basis,
      notEvaluated: [...notEvaluated, `${tally.more} entries: not judged.`],
    });
  if (tally.violations > rules.violations) {
    const reason = `${tally.violations} ${tally.violations === 1 ? 'file was' : 'files were'} changed while being measured; what ran is not known.`;
    return judgement(link, 'inconclusive', reason, {
      basis,
      notEvaluated: [...notEvaluated, `${tally.violations} violations: content unknown.`],
    });
  }
  const accepted = tally.violations > 0 ? [`${tally.violations} violations: accepted by the manifest; content unknown.`] : [];
  if (tally.judged === 0)
    return judgement(link, 'inconclusive', 'The reference values judge none of the measured programs.', {
      cause: 'no-reference',
      basis,
      notEvaluated: [...notEvaluated, ...accepted],
    });
  return judgement(link, 'trusted', TRUSTED[link], { basis, notEvaluated: [...notEvaluated, ...accepted] });
};

/** Runtime, container engine and orchestrator by the rules of a manifest. `violations` counts for each of the three by itself. */
export const decideRuntime = (facts: RuntimeFacts, rules: Policy['runtime']): readonly LinkJudgement[] =>
  facts.tallies.map((tally) => judgeTally(tally, facts, rules));
