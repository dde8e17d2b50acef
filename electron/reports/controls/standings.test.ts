import { describe, expect, it } from 'vitest';
import type { EvidenceCoverage } from './coverage.ts';
import { controlStandings } from './standings.ts';

type Support = EvidenceCoverage['supports'][number];
const support = (control: string, strength: Support['strength']): Support => ({
  framework: 'sp800-53r5',
  control,
  title: `Title of ${control}`,
  strength,
  why: 'w',
  read: true,
});
const evidence = (hosts: EvidenceCoverage['hosts'], supports: readonly Support[], evidenced = true): EvidenceCoverage => ({
  id: 'e',
  title: 'E',
  limit: 'l',
  supports,
  hosts,
  evidenced,
  sentence: 's',
});
const standing = (...coverage: readonly EvidenceCoverage[]) => controlStandings(coverage).map(({ id, standing: how }) => `${id}: ${how}`);

describe('how a control stood', () => {
  it('is against where evidence of any host speaks against it', () => {
    expect(standing(evidence({ holds: 9, against: 1, notEvaluated: 0 }, [support('SI-7', 'direct')]))).toEqual([
      'sp800-53r5 SI-7: against',
    ]);
  });

  it('is never supported where anything was not evaluated', () => {
    const one = [support('SI-7', 'direct')];
    for (const coverage of [evidence({ holds: 9, against: 0, notEvaluated: 1 }, one), evidence(null, one, false)])
      expect(standing(coverage)).toEqual(['sp800-53r5 SI-7: not-evaluated']);
  });

  it('is supported where all was evaluated and nothing speaks against it', () => {
    expect(
      standing(
        evidence({ holds: 9, against: 0, notEvaluated: 0 }, [support('SI-7', 'direct')]),
        evidence(null, [support('AU-9', 'partial')]),
      ),
    ).toEqual(['sp800-53r5 AU-9: supported', 'sp800-53r5 SI-7: supported']);
  });

  it('is the worst that any evidence of it says', () => {
    const good = evidence({ holds: 1, against: 0, notEvaluated: 0 }, [support('SI-7', 'direct')]);
    const bad = evidence({ holds: 0, against: 1, notEvaluated: 0 }, [support('SI-7', 'partial')]);
    for (const both of [
      [good, bad],
      [bad, good],
    ])
      expect(standing(...both)).toEqual(['sp800-53r5 SI-7: against']);
  });

  it('is not against by evidence that only helps', () => {
    expect(standing(evidence({ holds: 0, against: 1, notEvaluated: 0 }, [support('CM-8', 'supporting')]))).toEqual([
      'sp800-53r5 CM-8: not-evaluated',
    ]);
  });
});
