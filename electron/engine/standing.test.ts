import { describe, expect, it } from 'vitest';
import { LINKS } from '../../shared/model/verdict.ts';
import type { HostFacts } from '../appraisal/facts-schema.ts';
import { type Before, NOTHING_BEFORE } from '../appraisal/decide/decide.ts';
import { BUILT_IN_MANIFEST } from '../appraisal/manifest/manifest.ts';
import { broken, fine, goodFacts, open, tally, withPolicy } from '../appraisal/testing/facts.ts';
import { decisiveDigest, judgeStanding, type Standing, standingAfter } from './standing.ts';

const T0 = 1_800_000_000_000;
const before = (over: Partial<Before>): Before => ({ ...NOTHING_BEFORE, atMs: T0, verdict: 'trusted', ...over });
const gone = goodFacts({ missing: { message: 'The host does not answer.', nextStep: 'Start it.' }, links: [], runtime: null, quote: null });
const race = goodFacts({
  failures: [{ code: 'ima-replay', outcome: 'fail', message: 'The list is behind.' }],
  runtime: null,
  links: [...LINKS.slice(0, 5).map(fine), broken('runtime', 'race')],
});
/** A host that fell silent behind this observation. */
const silentAfter = (facts: HostFacts, afterMs: number, then: Partial<Before>): Standing =>
  standingAfter(gone, before({ ...then, atMs: T0 + afterMs }), null, standingAfter(facts, before({}), T0, null));

describe('a host that falls silent', () => {
  it('does not keep a race for doubt: when the time is over, it is what it looks like', () => {
    const held = { verdict: 'inconclusive', heldSinceMs: T0, doubtSinceMs: T0 } as const;
    expect(judgeStanding(silentAfter(race, 60_000, held), BUILT_IN_MANIFEST).verdict).toBe('inconclusive');
    const late = judgeStanding(silentAfter(race, 120_000, held), BUILT_IN_MANIFEST);
    expect(late).toMatchObject({ verdict: 'failed', ofLast: true, appraisal: { brokenLink: 'runtime', heldSinceMs: T0 } });
  });

  it('stays in doubt no longer than the manifest allows', () => {
    const bounded = withPolicy({ failAfterMs: 3_600_000 });
    const unknown = goodFacts({}, [open('kernel', 'no-reference')]);
    const doubt = { verdict: 'inconclusive', doubtSinceMs: T0 } as const;
    expect(judgeStanding(silentAfter(unknown, 60_000, doubt), bounded).verdict).toBe('inconclusive');
    expect(judgeStanding(silentAfter(unknown, 3_600_000, doubt), bounded).verdict).toBe('failed');
    const never = standingAfter(gone, before({ verdict: 'inconclusive', doubtSinceMs: T0, atMs: T0 + 3_600_000 }), null, null);
    expect(judgeStanding(never, bounded).verdict).toBe('failed');
  });

  it('is stale where it was trusted, however long that is ago', () => {
    const bounded = withPolicy({ failAfterMs: 3_600_000 });
    expect(judgeStanding(silentAfter(goodFacts(), 86_400_000, { verdict: 'stale' }), bounded).verdict).toBe('stale');
  });
});

describe('what decides of a standing', () => {
  const runtime: NonNullable<HostFacts['runtime']> = { hasReference: true, notJudged: [], basis: [], tallies: [tally('runtime')] };
  const digestOf = (over: Partial<HostFacts>): string =>
    decisiveDigest(standingAfter(goodFacts({ runtime, ...over }), before({}), T0, null));
  it.each<readonly [string, Partial<HostFacts>]>([
    ['a location token', { locationToken: 'a.b.c' }],
    ['the endorsement key that it is for', { host: { ...goodFacts().host, ekSha256: null } }],
    ['an address', { host: { ...goodFacts().host, address: '192.0.2.1' } }],
    ['whether there is a reference', { runtime: { ...runtime, hasReference: false } }],
    ['what a reference leaves open', { runtime: { ...runtime, notJudged: ['keyrings'] } }],
    ['whether any program was judged', { runtime: { ...runtime, tallies: [tally('runtime', { judged: 0 })] } }],
  ])('%s is told apart, so that another manifest can decide by it', (_what, over) => {
    expect(digestOf(over)).not.toBe(digestOf({}));
  });

  it('a count that no rule goes by is not', () => {
    expect(digestOf({ runtime: { ...runtime, tallies: [tally('runtime', { counted: 9, judged: 7 })] } })).toBe(digestOf({}));
  });
});
