import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECK_CODES } from '../../../shared/model/check.ts';
import { LINKS, type Verdict } from '../../../shared/model/verdict.ts';
import type { HostFacts } from '../facts-schema.ts';
import { BUILT_IN_MANIFEST, DEFAULT_POLICY, type Manifest, type WorkloadRule } from '../manifest/manifest.ts';
import { at, broken, fine, goodFacts, open, withPolicy } from '../testing/facts.ts';
import { type Before, decide, NOTHING_BEFORE } from './decide.ts';
import { LINK_OF_CHECK } from './words.ts';

const T0 = 1_800_000_000_000;
const WITHHELD = { forged: false, message: 'The host does not answer for its geo tag.' };
const before = (over: Partial<Before>): Before => ({ ...NOTHING_BEFORE, atMs: T0, verdict: 'trusted', ...over });
const failure = (code: (typeof CHECK_CODES)[number]): HostFacts['failures'][number] => ({
  code,
  outcome: 'fail',
  message: `${code} fails.`,
});
const ONLY_US: WorkloadRule = {
  name: '*',
  places: null,
  countries: ['US'],
  minimumAssurance: 'unknown',
  hosts: null,
  images: null,
  encrypted: 'any',
};
const PAY = { name: 'pay', image: null, encrypted: null };

describe('a host that withholds its own tag', () => {
  it('is in no place by what others say of it, not even of its site', () => {
    const site = { name: 'ams', countries: [], subdivisions: [], sites: ['ams-2'], polygons: [] };
    const manifest = withPolicy({ location: { places: ['ams'], minimumAssurance: 'unknown' } }, { places: [site] });
    const there = goodFacts({ locations: [at('NL', { site: 'ams-2' })] });
    expect(decide(there, manifest).verdict).toBe('trusted');
    expect(decide({ ...there, tagProblem: WITHHELD }, manifest)).toMatchObject({ verdict: 'inconclusive', location: { site: null } });
  });

  const strict = { ...DEFAULT_POLICY, secureBoot: { ...DEFAULT_POLICY.secureBoot, state: 'on' as const } };
  const classes: Manifest = {
    ...BUILT_IN_MANIFEST,
    classes: [{ name: 'german', when: 'country = DE', policy: strict }],
    unmatched: 'defaults',
  };
  it('does not leave a class of stricter rules by that', () => {
    const off = goodFacts({ secureBootOn: false });
    expect(decide(off, classes).verdict).toBe('failed');
    expect(decide({ ...off, tagProblem: WITHHELD }, classes)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'Whether the host is of the class german is not known: The host does not answer for its geo tag.',
    });
  });

  it('is not in doubt where it would be of no other class', () => {
    const elsewhere = { ...classes, classes: [{ name: 'web', when: 'label.role = web and country = DE', policy: strict }] };
    expect(decide(goodFacts({ tagProblem: WITHHELD }), elsewhere).verdict).toBe('trusted');
  });
});

describe('a check that fails', () => {
  it('is heard beside another failure, so that the chain breaks where it first breaks', () => {
    const facts = goodFacts({ workloads: [PAY], failures: [failure('event-data-digest'), failure('ima-template-hash')] });
    const { brokenLink, disagreement, chain } = decide(facts, withPolicy({}, { workloads: [ONLY_US] }));
    expect({ brokenLink, disagreement }).toEqual({ brokenLink: 'firmware', disagreement: true });
    expect(chain.filter(({ verdict }) => verdict === 'failed').map(({ link }) => link)).toEqual(['firmware', 'runtime', 'workloads']);
  });

  it('never leaves its link green, whatever else is wrong', () => {
    const link = (name: (typeof LINKS)[number]): fc.Arbitrary<HostFacts['links'][number]> =>
      fc.constantFrom(fine(name), broken(name, 'differs'), broken(name, 'race'), open(name, 'no-reference'));
    const boot = fc.tuple(...LINKS.slice(0, 5).map(link));
    fc.assert(
      fc.property(boot, fc.subarray([...CHECK_CODES]), fc.boolean(), (links, codes, relaxed) => {
        const manifest = relaxed ? withPolicy({ firmware: { require: 'not-required' } }) : BUILT_IN_MANIFEST;
        const { chain, verdict } = decide({ ...goodFacts({ failures: codes.map(failure) }), links }, manifest);
        for (const code of codes) expect(chain.find((one) => one.link === LINK_OF_CHECK[code])?.verdict).toMatch(/failed|inconclusive/u);
        expect(codes.length === 0 || verdict === 'failed').toBe(true);
      }),
    );
  });
});

describe('a workload rule that chooses its hosts', () => {
  it.each<readonly [string, Verdict]>([
    ['label.role = db', 'trusted'],
    ['label.role = web', 'failed'],
    ['label.tier = edge', 'inconclusive'],
    ['not label.tier = edge', 'inconclusive'],
  ])('by %s: what is not known is not held against the host, nor for it', (hosts, verdict) => {
    const manifest = withPolicy({}, { workloads: [{ ...ONLY_US, countries: null, hosts }] });
    expect(decide(goodFacts({ workloads: [PAY] }), manifest).verdict).toBe(verdict);
  });
});

describe('polygons', () => {
  it('are gone through once for a host, however many rules and workloads ask', () => {
    const ring = Array.from({ length: 500 }, (_, index): readonly [number, number] => [Math.cos(index / 80), Math.sin(index / 80)]);
    const places = Array.from({ length: 200 }, (_, index) => ({
      name: `p${index}`,
      countries: [],
      subdivisions: [],
      sites: [],
      polygons: [ring],
    }));
    const rules = Array.from({ length: 10 }, () => ({ ...ONLY_US, countries: null, places: places.map(({ name }) => name) }));
    const facts = goodFacts({
      locations: [at('DE', { latitude: 50, longitude: 8 })],
      workloads: Array.from({ length: 100 }, () => PAY),
    });
    expect(decide(facts, withPolicy({}, { places, workloads: rules })).verdict).toBe('failed');
  });
});

describe('two words about a place', () => {
  it('are told apart, whatever their names hold', () => {
    const facts = goodFacts({
      locations: [at('DE', { site: 'north and south', assurance: 'tpm-certified', source: 'The tag in the TPM' }), at('DE', { site: 'x' })],
    });
    expect(decide(facts, BUILT_IN_MANIFEST).location.contradiction).toBe('The tag in the TPM says north and south, the endpoint says x.');
  });
});

describe('time that is not as expected', () => {
  const race = goodFacts({
    failures: [failure('ima-replay')],
    runtime: null,
    links: [...LINKS.slice(0, 5).map(fine), broken('runtime', 'race')],
  });
  const unknown = goodFacts({}, [open('kernel', 'no-reference')]);
  const bounded = withPolicy({ failAfterMs: 3_600_000 });
  const gone = goodFacts({
    missing: { message: 'The host does not answer.', nextStep: 'Start it.' },
    links: [],
    runtime: null,
    quote: null,
  });

  it('a race is held for a host that could not be asked while it rebooted', () => {
    expect(decide(race, BUILT_IN_MANIFEST, before({ verdict: 'stale' }))).toMatchObject({ verdict: 'inconclusive', heldSinceMs: T0 });
  });

  it('a clock set back makes neither a race nor doubt last', () => {
    const set = before({ atMs: T0 - 86_400_000, verdict: 'inconclusive', heldSinceMs: T0, doubtSinceMs: T0 });
    const { heldSinceMs } = decide(race, BUILT_IN_MANIFEST, set);
    expect(heldSinceMs).toBe(set.atMs);
    expect(decide(race, BUILT_IN_MANIFEST, { ...set, heldSinceMs, atMs: set.atMs + 120_000 }).verdict).toBe('failed');
    expect(decide(unknown, bounded, set).doubtSinceMs).toBe(set.atMs);
  });

  it('doubt that lasts fails a host that is silent, too', () => {
    const first = decide(gone, bounded, before({ verdict: null }));
    expect(first).toMatchObject({ verdict: 'inconclusive', doubtSinceMs: T0 });
    const late = before({ verdict: 'inconclusive', doubtSinceMs: T0, atMs: T0 + 3_600_000 });
    expect(decide(gone, bounded, late)).toMatchObject({ verdict: 'failed', reason: expect.stringContaining('In doubt since') });
    expect(decide(gone, bounded, { ...late, verdict: 'failed', atMs: late.atMs + 1 }).verdict).toBe('failed');
  });

  it.each(['trusted', 'stale', 'failed'] as const)('silence of a host that was %s is not doubt', (verdict) => {
    expect(decide(gone, bounded, before({ verdict }))).toMatchObject({ verdict: 'inconclusive', doubtSinceMs: null });
  });
});
