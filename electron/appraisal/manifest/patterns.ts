import { RE2JS } from 're2js';
import { excusesAll } from '../exclusion.ts';
import type { Path, Say } from './problems.ts';
import { MANIFEST_LIMITS } from './schema.ts';

const { patternSteps, patternStepsOfList, patternStepsTogether } = MANIFEST_LIMITS;

/**
 * A check of lists of patterns, which remembers how much all of them ask for. RE2 takes a time linear in the text, and each character costs
 * up to as many steps as the pattern has: `.{64}` has 64.
 */
export const createPatternCheck = (problem: Say): ((patterns: readonly string[] | undefined, path: Path, use?: 'exclude') => void) => {
  let together = 0;
  return (patterns, path, use) => {
    let list = 0;
    for (const [index, pattern] of (patterns ?? []).entries()) {
      if (together > patternStepsTogether) return;
      const at = [...path, index];
      try {
        const compiled = RE2JS.compile(pattern);
        const steps = compiled.programSize();
        list += steps;
        together += steps;
        if (steps > patternSteps) problem(at, `The pattern repeats too much: it has ${steps} steps; at most ${patternSteps} are allowed.`);
        else if (use === 'exclude' && excusesAll(compiled))
          problem(at, 'The pattern excludes every file. Name the folder that is meant, or write runtime: not-required.');
      } catch (error) {
        const why = error instanceof Error ? error.message : 'it cannot be read';
        problem(at, `The pattern is not one that takes linear time (RE2): ${why}.`);
      }
      if (together > patternStepsTogether) problem(at, `All patterns together have more than ${patternStepsTogether} steps.`);
      if (list <= patternStepsOfList) continue;
      problem(path, `The patterns of this list have more than ${patternStepsOfList} steps.`);
      return;
    }
  };
};
