import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINKS, type Verdict } from '../../../shared/model/verdict.ts';
import { CAUSES } from '../chain/link.ts';
import type { HostFacts } from '../facts-schema.ts';
import { BUILT_IN_MANIFEST, DEFAULT_POLICY, type Manifest, type Policy, type WorkloadRule } from '../manifest/manifest.ts';
import { at, broken, file, fine, goodFacts, open, tally, withPolicy } from '../testing/facts.ts';
import { type Before, decide, NOTHING_BEFORE } from './decide.ts';

const NOT = { require: 'not-required' } as const;
const { quote, secureBoot, kernel, runtime } = DEFAULT_POLICY;
const T0 = 1_800_000_000_000;

/** Facts, the manifest's rules, and what must come out: verdict, broken link, words of the reason. */
type Row = readonly [string, HostFacts, Manifest, Verdict, HostFacts['links'][number]['link'] | null, RegExp];

const runtimeFacts = (over: Parameters<typeof tally>[1]): HostFacts['runtime'] => ({
  hasReference: true,
  notJudged: [],
  basis: [],
  tallies: [tally('runtime', over), tally('container-engine', { counted: 0, judged: 0 }), tally('orchestrator', { counted: 0, judged: 0 })],
});
const rule = (over: Partial<WorkloadRule>): WorkloadRule => ({
  name: '*',
  places: null,
  countries: null,
  minimumAssurance: 'unknown',
  hosts: null,
  images: null,
  encrypted: 'any',
  ...over,
});
const runs = (over: Partial<HostFacts['workloads'][number]> = {}): HostFacts =>
  goodFacts({ workloads: [{ name: 'pay', image: null, encrypted: null, ...over }] });
const ruled = (over: Partial<WorkloadRule>): Manifest => withPolicy({}, { workloads: [rule(over)] });
const EU = { name: 'eu', countries: ['DE', 'FR'], subdivisions: [], sites: [], polygons: [] };
const inEu = (over: Partial<Policy['location']> = {}): Manifest =>
  withPolicy({ location: { places: ['eu'], minimumAssurance: 'unknown', ...over } }, { places: [EU] });
const cmdline = (over: Partial<Policy['kernel']['commandLine']>): Manifest =>
  withPolicy({ kernel: { ...kernel, commandLine: { require: [], forbid: [], ...over } } });

const ROWS: readonly Row[] = [
  ['everything as it should be', goodFacts(), BUILT_IN_MANIFEST, 'trusted', null, /from the hardware up/u],

  [
    'a link not asked for, that differs',
    goodFacts({}, [broken('firmware', 'differs')]),
    withPolicy({ firmware: NOT }),
    'trusted',
    null,
    /./u,
  ],
  [
    'a link not asked for, whose evidence lies',
    goodFacts({}, [broken('firmware', 'tampered')]),
    withPolicy({ firmware: NOT }),
    'failed',
    'firmware',
    /firmware/u,
  ],
  ['a link without reference values', goodFacts({}, [open('kernel', 'no-reference')]), BUILT_IN_MANIFEST, 'inconclusive', null, /kernel/u],
  [
    'the same, not asked for',
    goodFacts({}, [open('kernel', 'no-reference')]),
    withPolicy({ kernel: { ...kernel, ...NOT } }),
    'trusted',
    null,
    /./u,
  ],
  [
    'a withheld log, where the link is asked for when present',
    goodFacts({}, [broken('firmware', 'absent')]),
    withPolicy({ firmware: { require: 'when-present' } }),
    'failed',
    'firmware',
    /./u,
  ],
  [
    'no orchestrator, required',
    goodFacts({ runtime: runtimeFacts({}) }),
    withPolicy({ orchestrator: { require: 'required' } }),
    'inconclusive',
    null,
    /The manifest requires it/u,
  ],
  ['no orchestrator, when present', goodFacts({ runtime: runtimeFacts({}) }), BUILT_IN_MANIFEST, 'trusted', null, /./u],

  [
    'secure boot off, although the reference allows it',
    goodFacts({ secureBootOn: false }),
    withPolicy({ secureBoot: { ...secureBoot, state: 'on' } }),
    'failed',
    'secure-boot',
    /Secure boot is off/u,
  ],
  [
    'secure boot not shown',
    goodFacts({ secureBootOn: null }),
    withPolicy({ secureBoot: { ...secureBoot, state: 'on' } }),
    'inconclusive',
    null,
    /does not show/u,
  ],

  [
    'a command line with what is forbidden',
    goodFacts({ commandLines: ['ro mitigations=off'] }),
    cmdline({ forbid: ['mitigations=off'] }),
    'failed',
    'kernel',
    /forbids/u,
  ],
  ['a command line without what is required', goodFacts(), cmdline({ require: ['lockdown='] }), 'failed', 'kernel', /lacks/u],
  [
    'one of two command lines without what is required',
    goodFacts({ commandLines: ['lockdown=x', 'ro'] }),
    cmdline({ require: ['lockdown='] }),
    'failed',
    'kernel',
    /lacks/u,
  ],
  [
    'a command line that nobody measured with its text',
    goodFacts({ commandLines: null }),
    cmdline({ forbid: ['x'] }),
    'inconclusive',
    null,
    /none was measured/u,
  ],

  [
    'an unknown program',
    goodFacts({ runtime: runtimeFacts({ broken: [file('/opt/x')] }) }),
    BUILT_IN_MANIFEST,
    'failed',
    'runtime',
    /\/opt\/x/u,
  ],
  [
    'an unknown program that is excluded',
    goodFacts({ runtime: runtimeFacts({ broken: [file('/opt/x')] }) }),
    withPolicy({ runtime: { ...runtime, exclude: ['/opt/'] } }),
    'trusted',
    null,
    /./u,
  ],
  [
    'an exclusion matches from the start only',
    goodFacts({ runtime: runtimeFacts({ broken: [file('/tmp/opt/x')] }) }),
    withPolicy({ runtime: { ...runtime, exclude: ['/opt/'] } }),
    'failed',
    'runtime',
    /./u,
  ],
  [
    'so many excluded that the rest was not judged',
    goodFacts({ runtime: runtimeFacts({ broken: [file('/opt/x')], more: 7 }) }),
    withPolicy({ runtime: { ...runtime, exclude: ['/opt/'] } }),
    'inconclusive',
    null,
    /not judged/u,
  ],
  ['violations', goodFacts({ runtime: runtimeFacts({ violations: 2 }) }), BUILT_IN_MANIFEST, 'inconclusive', null, /2 files were changed/u],
  [
    'as many violations as are accepted',
    goodFacts({ runtime: runtimeFacts({ violations: 2 }) }),
    withPolicy({ runtime: { ...runtime, violations: 2 } }),
    'trusted',
    null,
    /./u,
  ],

  ['a scheme that is not accepted', goodFacts(), withPolicy({ quote: { ...quote, schemes: ['RSAPSS'] } }), 'failed', 'hardware', /ECDSA/u],
  ['a hash that is not accepted', goodFacts(), withPolicy({ quote: { ...quote, hashes: ['sha384'] } }), 'failed', 'hardware', /sha256/u],
  [
    'a register that is required and not quoted',
    goodFacts(),
    withPolicy({ quote: { ...quote, pcrs: [12] } }),
    'inconclusive',
    null,
    /PCR 12/u,
  ],
  [
    'an endorsement that is required and was not followed',
    goodFacts({ quote: { scheme: 'ECDSA', hash: 'sha256', pcrs: [], safeClock: true, endorsement: 'not-evaluated' } }),
    withPolicy({ quote: { ...quote, endorsement: 'required' } }),
    'inconclusive',
    null,
    /manufacturer root/u,
  ],
  [
    'a clock that must be safe',
    goodFacts({ quote: { scheme: 'ECDSA', hash: 'sha256', pcrs: [], safeClock: false, endorsement: 'pass' } }),
    withPolicy({ quote: { ...quote, safeClock: 'required' } }),
    'inconclusive',
    null,
    /clock/u,
  ],

  ['a host where it may be', goodFacts(), inEu(), 'trusted', null, /./u],
  ['a host where it may not be', goodFacts({ locations: [at('US')] }), inEu(), 'failed', 'workloads', /is in US.*may only be in eu/u],
  ['a host of which nobody says where it is', goodFacts({ locations: [] }), inEu(), 'inconclusive', null, /not known/u],
  [
    'a place known too weakly',
    goodFacts(),
    inEu({ minimumAssurance: 'tpm-certified' }),
    'inconclusive',
    null,
    /tpm-certified; it is only reported/u,
  ],

  [
    'workloads that could not be read, where there are rules',
    goodFacts({ workloadsUnread: 3 }),
    ruled({ countries: ['DE'] }),
    'inconclusive',
    null,
    /3 further workloads .* could not be read/u,
  ],
  ['a workload where it may not run', runs(), ruled({ countries: ['US'] }), 'failed', 'workloads', /allowed only in US/u],
  [
    'every rule that matches must hold',
    runs(),
    withPolicy({}, { workloads: [rule({ name: 'p*', countries: ['DE'] }), rule({ name: 'pay', countries: ['US'] })] }),
    'failed',
    'workloads',
    /US/u,
  ],
  [
    'a workload on a host that the rule does not choose',
    runs(),
    ruled({ hosts: 'label.role = web' }),
    'failed',
    'workloads',
    /does not choose/u,
  ],
  ['a workload from another image', runs({ image: 'docker.io/evil' }), ruled({ images: ['registry/*'] }), 'failed', 'workloads', /image/u],
  ['a workload of which nobody knows the image', runs(), ruled({ images: ['registry/*'] }), 'inconclusive', null, /not known/u],
  ['an image in the clear', runs({ encrypted: false }), ruled({ encrypted: 'required' }), 'failed', 'workloads', /not encrypted/u],
  ['an image of which nobody says whether it is encrypted', runs(), ruled({ encrypted: 'required' }), 'inconclusive', null, /nobody says/u],
  [
    "a tag that is not the host's",
    goodFacts({ tagProblem: { forged: true, message: 'Another key signed it.' } }),
    BUILT_IN_MANIFEST,
    'failed',
    'workloads',
    /not this host/u,
  ],
];

describe('a rule of the manifest', () => {
  it.each(ROWS)('%s', (_what, facts, manifest, verdict, link, reason) => {
    expect(decide(facts, manifest)).toMatchObject({ verdict, brokenLink: link, reason: expect.stringMatching(reason) });
  });
});

describe('host classes', () => {
  const classes = (when: string, unmatched: Manifest['unmatched'] = 'inconclusive'): Manifest => ({
    ...BUILT_IN_MANIFEST,
    unmatched,
    classes: [
      { name: 'first', when, policy: { ...DEFAULT_POLICY, firmware: NOT } },
      { name: 'second', when: 'label.role = db', policy: DEFAULT_POLICY },
    ],
  });
  const changed = goodFacts({}, [broken('firmware', 'differs')]);

  it.each([
    ['label.role = db and country = DE', 'first', 'trusted'],
    ['label.role = web', 'second', 'failed'],
    // What is not known of a host chooses nothing.
    ['label.tier = edge', 'second', 'failed'],
    ['not label.tier = edge', 'second', 'failed'],
  ])('the first that matches applies: %s', (when, name, verdict) => {
    expect(decide(changed, classes(when))).toMatchObject({ verdict, hostClass: { name } });
  });

  it.each([
    ['inconclusive', 'inconclusive'],
    ['failed', 'failed'],
    ['defaults', 'trusted'],
  ] as const)('a host that matches none, where the manifest says %s', (unmatched, verdict) => {
    const manifest: Manifest = {
      ...classes('country = US', unmatched),
      classes: [{ name: 'us', when: 'country = US', policy: DEFAULT_POLICY }],
    };
    expect(decide(goodFacts(), manifest)).toMatchObject({ verdict, hostClass: { name: null } });
  });
});

describe('coverage is a dimension of its own', () => {
  it('counts the links that are required and were held against a reference', () => {
    expect(decide(goodFacts(), BUILT_IN_MANIFEST).coverage).toEqual({ covered: 8, required: 8 });
    expect(decide(goodFacts({}, [open('kernel', 'no-reference')]), BUILT_IN_MANIFEST).coverage).toEqual({ covered: 7, required: 8 });
    const relaxed = withPolicy({ kernel: { ...kernel, ...NOT } });
    expect(decide(goodFacts({}, [open('kernel', 'no-reference')]), relaxed).coverage).toEqual({ covered: 7, required: 7 });
  });

  it('counts nothing above a break', () => {
    expect(decide(goodFacts({}, [broken('firmware', 'differs')]), BUILT_IN_MANIFEST).coverage).toEqual({ covered: 2, required: 8 });
  });
});

describe('confidence in time', () => {
  const race = goodFacts({
    failures: [{ code: 'ima-replay', outcome: 'fail', message: 'The list is behind.' }],
    runtime: null,
    links: [...LINKS.slice(0, 5).map(fine), broken('runtime', 'race')],
  });
  const before = (over: Partial<Before>): Before => ({ ...NOTHING_BEFORE, atMs: T0, verdict: 'trusted', ...over });

  it('a list that is behind its quote is held as doubt for a host that was trusted, and fails when that lasts', () => {
    const first = decide(race, BUILT_IN_MANIFEST, before({}));
    expect(first).toMatchObject({ verdict: 'inconclusive', heldSinceMs: T0, reason: expect.stringContaining('Held as doubt until') });
    const soon = before({ atMs: T0 + 60_000, verdict: 'inconclusive', heldSinceMs: first.heldSinceMs });
    expect(decide(race, BUILT_IN_MANIFEST, soon).verdict).toBe('inconclusive');
    const late = before({ atMs: T0 + 120_000, verdict: 'inconclusive', heldSinceMs: first.heldSinceMs });
    expect(decide(race, BUILT_IN_MANIFEST, late)).toMatchObject({ verdict: 'failed', brokenLink: 'runtime' });
    const later = before({ atMs: T0 + 180_000, verdict: 'failed', heldSinceMs: first.heldSinceMs });
    expect(decide(race, BUILT_IN_MANIFEST, later).verdict).toBe('failed');
  });

  it.each([
    ['a host that was never trusted', before({ verdict: null }), BUILT_IN_MANIFEST, race],
    ['a manifest that holds nothing', before({}), withPolicy({ holdRacesMs: 0 }), race],
    ['evidence that no honest host shows', before({}), BUILT_IN_MANIFEST, goodFacts({}, [broken('kernel', 'tampered')])],
    [
      'a second fault beside the race',
      before({}),
      BUILT_IN_MANIFEST,
      { ...race, failures: [...race.failures, { code: 'nonce' as const, outcome: 'fail' as const, message: 'Old.' }] },
    ],
  ])('is not held for %s', (_what, then, manifest, facts) => {
    expect(decide(facts, manifest, then).verdict).toBe('failed');
  });

  it('doubt that lasts longer than the manifest allows is failure', () => {
    const facts = goodFacts({}, [open('kernel', 'no-reference')]);
    const bounded = withPolicy({ failAfterMs: 3_600_000 });
    const first = decide(facts, bounded, before({}));
    expect(first).toMatchObject({ verdict: 'inconclusive', doubtSinceMs: T0 });
    const then = before({ atMs: T0 + 3_600_000, verdict: 'inconclusive', doubtSinceMs: T0 });
    expect(decide(facts, bounded, then)).toMatchObject({
      verdict: 'failed',
      brokenLink: 'kernel',
      reason: expect.stringContaining('In doubt since'),
    });
    expect(decide(goodFacts(), bounded, then).doubtSinceMs).toBeNull();
  });
});

const RANK: Readonly<Record<Verdict, number>> = { failed: 0, inconclusive: 1, stale: 1, trusted: 2 };
const requirement = fc.constantFrom('required' as const, 'when-present' as const, 'not-required' as const);
const policies = fc
  .record({
    a: requirement,
    b: requirement,
    c: requirement,
    d: requirement,
    e: requirement,
    on: fc.boolean(),
    violations: fc.nat(2),
    hold: fc.boolean(),
  })
  .map(({ a, b, c, d, e, on, violations, hold }) =>
    withPolicy({
      firmware: { require: a },
      secureBoot: { require: b, state: on ? 'on' : 'any' },
      bootLoader: { require: c },
      kernel: { ...kernel, require: d },
      runtime: { require: e, exclude: ['/opt/'], violations },
      holdRacesMs: hold ? 60_000 : 0,
    }),
  );
const linkFacts = fc.tuple(
  ...LINKS.slice(0, 5).map((link) =>
    fc.oneof(
      fc.constant(fine(link)),
      fc.constantFrom(...CAUSES).map((cause) => broken(link, cause === 'none' ? 'differs' : cause)),
      fc.constantFrom('open' as const, 'no-reference' as const).map((cause) => open(link, cause)),
    ),
  ),
);
const hosts = fc
  .record({ links: linkFacts, on: fc.constantFrom(true, false, null), violations: fc.nat(3), unknown: fc.boolean() })
  .map(({ links, on, violations, unknown }) =>
    goodFacts({ links, secureBootOn: on, runtime: runtimeFacts({ violations, broken: unknown ? [file('/usr/x')] : [] }) }),
  );

describe('for every host and every manifest', () => {
  it('evidence against a host never improves its verdict', () => {
    const worse: readonly ((facts: HostFacts) => HostFacts)[] = [
      ...LINKS.slice(0, 5).map(
        (link) =>
          (facts: HostFacts): HostFacts => ({
            ...facts,
            links: facts.links.map((one) => (one.link === link ? broken(link, 'tampered') : one)),
          }),
      ),
      (facts) => ({ ...facts, failures: [...facts.failures, { code: 'nonce', outcome: 'fail', message: 'Old.' }] }),
      (facts) => ({ ...facts, secureBootOn: false }),
      (facts) => ({
        ...facts,
        runtime: runtimeFacts({
          broken: [file('/usr/bad'), ...(facts.runtime?.tallies[0]?.broken ?? [])],
          violations: facts.runtime?.tallies[0]?.violations ?? 0,
        }),
      }),
      (facts) => ({ ...facts, tagProblem: { forged: true, message: 'Another key.' } }),
    ];
    fc.assert(
      fc.property(hosts, policies, fc.constantFrom(...worse), (facts, manifest, spoil) => {
        expect(RANK[decide(spoil(facts), manifest).verdict]).toBeLessThanOrEqual(RANK[decide(facts, manifest).verdict]);
      }),
      { numRuns: 500 },
    );
  });

  it('a trusted host has no link that was not judged', () => {
    const never = fc.check(
      fc.property(hosts, policies, (facts, manifest) => {
        const { verdict, chain } = decide(facts, manifest);
        const unjudged = chain.filter((link) => link.verdict !== 'trusted' && link.verdict !== 'not-required');
        return verdict !== 'trusted' || unjudged.length === 0;
      }),
      { numRuns: 500 },
    );
    expect(never.failed ? fc.defaultReportMessage(never) : null).toBeNull();
  });

  it('the order of links, workloads, claims, rules and places does not matter', () => {
    const busy = goodFacts({
      locations: [at('DE'), at('FR', { assurance: 'tpm-certified', source: 'The tag in the TPM' })],
      workloads: [
        { name: 'pay', image: null, encrypted: null },
        { name: 'shop', image: 'registry/shop', encrypted: true },
      ],
    });
    const manifest = withPolicy(
      {},
      {
        places: [EU, { ...EU, name: 'us', countries: ['US'] }],
        workloads: [rule({ name: 'pay', places: ['us', 'eu'] }), rule({ name: 's*', images: ['registry/*'] })],
      },
    );
    const told = (facts: HostFacts, under: Manifest): unknown => {
      const { verdict, brokenLink, reason, chain, location } = decide(facts, under);
      return { verdict, brokenLink, reason, chain: chain.map((link) => link.verdict), location };
    };
    fc.assert(
      fc.property(hosts, fc.integer(), (facts, seed) => {
        const mixed = <T>(list: readonly T[]): T[] =>
          list.toSorted((a, b) => ((JSON.stringify(a).length * 7 + seed) % 5) - ((JSON.stringify(b).length * 7 + seed) % 5));
        const one = { ...busy, links: facts.links, runtime: facts.runtime };
        const other = { ...one, links: mixed(one.links), workloads: mixed(one.workloads), locations: mixed(one.locations) };
        expect(told(other, { ...manifest, places: mixed(manifest.places), workloads: mixed(manifest.workloads) })).toEqual(
          told(one, manifest),
        );
      }),
    );
  });
});
