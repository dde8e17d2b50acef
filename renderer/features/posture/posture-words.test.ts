import { describe, expect, it } from 'vitest';
import type { Posture } from '../../../shared/contract/posture-schemas.ts';
import { answerWords, changeWords, movedPoints, trustedPercent } from './posture-words.ts';

const tally = (trusted: number, inventory: number) => ({ inventory, trusted, failed: inventory - trusted, stale: 0, inconclusive: 0 });
const posture = (over: Partial<Posture>): Posture => ({
  nowMs: 0,
  sinceMs: 0,
  beganAtMs: 0,
  tally: tally(90, 100),
  before: tally(80, 100),
  target: null,
  changes: { better: 12, worse: 2, fresh: 0, firstBetter: [], firstWorse: [] },
  trend: [],
  links: [],
  causes: { total: 0, rows: [] },
  waivers: { total: 0, rows: [] },
  detect: { findings: 0, medianMs: null, worstMs: null },
  resolve: { findings: 0, medianMs: null },
  ...over,
});

describe('the share of trusted hosts', () => {
  it('is never rounded up to a hundred', () => {
    expect(trustedPercent(tally(99_999, 100_000))).toBe(99.9);
    expect(trustedPercent(tally(100_000, 100_000))).toBe(100);
  });
  it('is none without hosts', () => {
    expect(trustedPercent(tally(0, 0))).toBeNull();
  });
});

describe('the answer', () => {
  it('says that nothing is aimed at', () => {
    expect(answerWords(posture({}))).toBe('90 of 100 hosts trusted, 90 %. No target is set.');
  });
  it('says by how many hosts a target is missed', () => {
    expect(answerWords(posture({ target: 98 }))).toBe('90 of 100 hosts trusted, 90 %: below the target of 98 % by 8 hosts.');
    expect(answerWords(posture({ target: 99.9, tally: tally(99_899, 100_000) }))).toContain('by 1 host.');
  });
  it('says that it is reached, and that of no hosts nothing is said', () => {
    expect(answerWords(posture({ target: 90 }))).toContain('at or above the target of 90 %');
    expect(answerWords(posture({ target: 0, tally: tally(0, 0) }))).toBe('No host is known yet.');
  });
});

describe('what became of it', () => {
  it('is told where something was known, and is not guessed where not', () => {
    expect(changeWords(posture({}), 30)).toBe('In 30 days: 2 got worse, 12 got better, 0 came.');
    expect(changeWords(posture({ before: null }), 365)).toBe('Nothing was recorded 365 days ago, so nothing is compared with it.');
    expect(movedPoints(posture({}))).toBe(10);
    expect(movedPoints(posture({ before: null }))).toBeNull();
  });
});
