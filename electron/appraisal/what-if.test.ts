import { expect, it } from 'vitest';
import { agedTo, type Said } from './what-if.ts';

const T0 = 1_800_000_000_000;
const trusted: Said = { verdict: 'trusted', brokenLink: null, reason: '', chain: ['trusted', 'not-required'] };

it.each([
  ['is fresh', T0 - 60_000, 'trusted'],
  ['is of now, by a clock that goes a little ahead', T0 + 1_000, 'trusted'],
  ['is too old', T0 - 60_001, 'stale'],
  ['was never there', null, 'stale'],
  // As the live verdict: nobody knows how old it is.
  ['seems to come from the future, because the clock was set back', T0 + 86_400_000, 'stale'],
] as const)('trust with evidence that %s', (_what, evidenceAtMs, verdict) => {
  expect(agedTo(trusted, evidenceAtMs, 60_000, T0)).toMatchObject({
    verdict,
    chain: [verdict === 'stale' ? 'inconclusive' : 'trusted', 'not-required'],
  });
});
