import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReferenceItem, ReferenceSet } from '../../../shared/model/reference-set.ts';
import type { ReferenceValues } from '../../../shared/model/reference-values.ts';
import type { BootEvent, EvidenceResult, ImaEntry } from '../../evidence/types.ts';
import { judgeMeasuredBoot } from '../chain/measured-boot.ts';
import { judgeRuntime } from '../chain/runtime.ts';
import { factsBeforeReference } from '../facts.ts';
import { captureGroup, captureHost } from './capture.ts';
import { createJudging, withOwn } from './effective.ts';
import { checkedItems, distinctItems, itemKey, itemWords } from './items.ts';
import { createSeen, lintSets } from './lint.ts';
import { measuredIn } from './measured.ts';
import { promotionOf } from './promote.ts';

const hex = (letter: string): string => letter.repeat(64).slice(0, 64);
const OWNER = '77fa9abd-0359-4d32-bd60-28f4e78f784b';
const AT = 1_800_000_000_000;
const NONE: ReferenceValues = { measuredBoot: null, runtime: null };
const FACTS = factsBeforeReference({
  host: { id: 'e/a', name: 'a', endpoint: 'e', address: null, hostClass: null, labels: {}, ekSha256: null, demo: false },
  evidence: { kind: 'none', problem: { code: '', message: '', nextStep: '' } },
  claims: { country: null, subdivision: null, site: null, locationToken: null, workloads: [] },
  reported: 'unknown',
});

type Boot = {
  readonly loader?: string;
  readonly initrd?: string;
  readonly line?: string;
  readonly on?: string;
  readonly db?: string;
  readonly firmware?: string;
};
const eventsOf = ({ loader = 'd', initrd = '9', line = 'ro a.b', on = '01', db = '3', firmware = 'b' }: Boot): BootEvent[] => {
  const event = (pcr: number, claimedType: string, digest: string, over: Partial<BootEvent> = {}): Omit<BootEvent, 'index'> => ({
    offset: 0,
    pcr,
    claimedType,
    digests: { sha256: digest },
    data: 'not-covered',
    dataLength: 0,
    summary: claimedType,
    meaning: { kind: 'other', subject: claimedType, facts: [] },
    ...over,
  });
  const separator = (pcr: number) => event(pcr, 'EV_SEPARATOR', hex('0'), { data: 'verified', dataLength: 4 });
  const variable = (name: string, valueHex: string, key: string | null = null) =>
    event(7, 'EV_EFI_VARIABLE_DRIVER_CONFIG', hex('7'), {
      data: 'verified',
      variable: { name, guid: OWNER, valueHex, ...(key !== null && { signatures: [{ owner: OWNER, kind: 'x509', sha256: hex(key) }] }) },
    });
  return [
    event(0, 'EV_S_CRTM_VERSION', hex('a')),
    event(0, 'EV_EFI_PLATFORM_FIRMWARE_BLOB2', hex(firmware)),
    separator(0),
    variable('SecureBoot', on),
    variable('PK', '', '1'),
    variable('KEK', '', '2'),
    variable('db', '', db),
    variable('dbx', '', '4'),
    separator(7),
    ...['c', loader, 'e'].map((letter) => event(4, 'EV_EFI_BOOT_SERVICES_APPLICATION', hex(letter))),
    event(8, 'EV_IPL', hex('8'), { text: `kernel_cmdline: ${line}`, data: 'verified' }),
    event(9, 'EV_IPL', hex(initrd), { text: '/initrd.img' }),
    event(14, 'EV_IPL', hex('5')),
    event(14, 'EV_IPL', hex('6')),
  ].map((one, index) => ({ ...one, index }));
};
const PCRS = Object.fromEntries(Array.from({ length: 16 }, (_value, pcr) => [pcr, hex('5')]));
const entry = (index: number, path: string, fileDigest: string, over: Partial<ImaEntry> = {}): ImaEntry => ({
  index,
  pcr: 10,
  template: 'ima-ng',
  fileAlg: 'sha256',
  fileDigest,
  path,
  plainPath: true,
  violation: false,
  templateHashOk: true,
  proven: true,
  ...over,
});

const evidence = (boot: Boot = {}, files: readonly ImaEntry[] = []): EvidenceResult => {
  const entries = [entry(0, 'boot_aggregate', hex('0')), entry(1, '/usr/bin/bash', hex('f')), ...files];
  return {
    verdict: 'pass',
    checks: [],
    quote: null,
    quotedPcrs: { sha256: PCRS },
    provenLogPcrs: Object.keys(PCRS).map(Number),
    endorsement: null,
    secureBoot: null,
    geoTag: null,
    eventLog: {
      format: 'agile',
      kind: { kind: 'tpm', reason: '' },
      algorithms: ['sha256'],
      startupLocality: null,
      pcrs: { sha256: PCRS },
      problems: [],
      events: eventsOf(boot),
    },
    ima: {
      entryCount: entries.length,
      continuedAt: 0,
      mode: 'full',
      state: null,
      provenCount: entries.length,
      templates: {},
      violations: 0,
      templateHashMismatches: 0,
      bootAggregates: 1,
      pcr10: {},
      entries: { length: entries.length, at: (index) => entries[index], [Symbol.iterator]: () => entries.values() },
      problems: [],
    },
  };
};
const measured = (result: EvidenceResult) => {
  const found = measuredIn(result);
  if (found === null) throw new Error('nothing is proven');
  return found;
};
const setOf = (items: readonly ReferenceItem[], over: Partial<ReferenceSet> = {}): ReferenceSet => ({
  id: 1,
  name: 'a set',
  scope: null,
  items,
  provenance: { how: 'typed', words: 'Typed by ann', sha256: hex('0') },
  fromMs: AT - 1_000,
  toMs: null,
  state: 'approved',
  author: 'ann',
  reason: 'r',
  proposedAtMs: AT - 1_000,
  approvedBy: 'bob',
  decidedAtMs: AT - 500,
  withdrawnBy: null,
  replaces: null,
  ...over,
});
const verdicts = (result: EvidenceResult, reference: ReferenceValues): string[] =>
  judgeMeasuredBoot(result, reference.measuredBoot).map((link) => link.verdict);
const golden = (): ReferenceValues => withOwn(NONE, [setOf(captureHost(measured(evidence())).items)], FACTS, AT).reference;

describe('a golden host', () => {
  it('is accepted by what was captured from it, alone where the endpoint gives nothing', () => {
    expect(verdicts(evidence(), golden())).toEqual(['trusted', 'trusted', 'trusted', 'trusted']);
    expect(captureHost(measured(evidence())).left).toEqual([]);
    const runtime = judgeRuntime(evidence(), golden().runtime);
    expect('counted' in runtime && runtime.counted.tallies[0]?.broken).toEqual([]);
  });

  it.each<[string, Boot, number]>([
    ['firmware', { firmware: '9' }, 0],
    ['secure boot', { on: '00' }, 1],
    ['a key', { db: '9' }, 1],
    ['the boot loader', { loader: '9' }, 2],
    ['the initial RAM disk', { initrd: 'a' }, 3],
    ['the command line, whose dot is no pattern', { line: 'ro axb' }, 3],
  ])('does not accept another that differs in %s', (_what, boot, link) => {
    expect(verdicts(evidence(boot), golden())[link]).toBe('failed');
  });

  it('gives only what replay proves', () => {
    const result = evidence({}, [entry(2, '/tmp/x', hex('1'), { proven: false }), entry(3, '/tmp/y', hex('1'), { violation: true })]);
    const { items } = captureHost(measured({ ...result, provenLogPcrs: [0, 7] }));
    expect(items.map((item) => item.kind)).not.toContain('boot-chain');
    expect(items.filter((item) => item.kind === 'file')).toEqual([{ kind: 'file', path: '/usr/bin/bash', digest: hex('f') }]);
    expect(measuredIn({ ...result, checks: [{ code: 'signature', outcome: 'fail', message: '' }] })).toBeNull();
    expect(measuredIn({ ...result, quotedPcrs: {} })).toBeNull();
  });
});

describe('a group', () => {
  it('gives what enough have, and names who has something else', () => {
    const group = Array.from({ length: 20 }, (_value, at) => ({
      id: `host ${at}`,
      items: captureHost(measured(evidence(at === 7 ? { loader: '9' } : {}))).items,
    }));
    const { items, deviating } = captureGroup(group, 0.95);
    expect(items).toEqual(group[0]?.items);
    expect(deviating).toEqual([{ id: 'host 7', differs: 1, words: [expect.stringContaining('boot loader 99999999…9999')] }]);
    expect(captureGroup(group, 1).items).toHaveLength(items.length - 1);
  });
});

describe('promotion', () => {
  it.each<[string, Boot, string]>([
    ['firmware', { firmware: '9' }, 'firmware: bbbbbbbb…bbbb → 99999999…9999'],
    ['secure boot', { on: '00' }, 'secure boot: on → off'],
    ['a key', { db: '9' }, 'db: new key 99999999…9999'],
    ['boot loader', { loader: '9' }, 'boot loader: dddddddd…dddd → 99999999…9999'],
    ['initial RAM disk', { initrd: 'a' }, 'initial RAM disk: 99999999…9999 → aaaaaaaa…aaaa'],
    ['command line', { line: 'ro axb' }, 'kernel command line: now ro axb'],
  ])('of %s makes exactly that change accepted', (_what, boot, words) => {
    const result = evidence(boot);
    const before = golden();
    const failed = judgeMeasuredBoot(result, before.measuredBoot).find((link) => link.verdict === 'failed');
    const promoted = promotionOf(
      { cause: failed?.cause ?? 'none', broken: failed?.brokenEvents ?? [], knownChains: before.measuredBoot?.bootChains ?? [] },
      measured(result),
    );
    if (!promoted.ok) throw new Error(promoted.problem.message);
    expect(promoted.value.changes[0]).toBe(words);
    expect(promoted.value.items).toHaveLength(1);
    const after = withOwn(before, [setOf(promoted.value.items)], FACTS, AT).reference;
    expect(verdicts(result, after)).toEqual(['trusted', 'trusted', 'trusted', 'trusted']);
    expect(verdicts(evidence(), after)).toEqual(['trusted', 'trusted', 'trusted', 'trusted']);
    expect(verdicts(evidence({ ...boot, ...(boot.loader === undefined ? { loader: 'a' } : { initrd: 'a' }) }), after)).toContain('failed');
  });

  const promoted = (result: EvidenceResult) => {
    const { measuredBoot } = golden();
    const failed = judgeMeasuredBoot(result, measuredBoot).find((link) => link.verdict === 'failed');
    const answer = promotionOf(
      { cause: failed?.cause ?? 'none', broken: failed?.brokenEvents ?? [], knownChains: measuredBoot?.bootChains ?? [] },
      measured(result),
    );
    if (!answer.ok) throw new Error(answer.problem.message);
    return answer.value;
  };

  it.each<[string, (digest: string) => Boot]>([
    ['boot loader', (loader) => ({ loader })],
    ['initial RAM disk', (initrd) => ({ initrd })],
    ['key', (db) => ({ db })],
    ['firmware', (firmware) => ({ firmware })],
  ])('a %s that is made to look alike when it is shortened is another change', (_what, boot) => {
    const good = promoted(evidence(boot(hex('7'))));
    const evil = promoted(evidence(boot(`${'7'.repeat(8)}${'6'.repeat(52)}7777`)));
    expect(evil.changes).toEqual(good.changes);
    expect(evil.same).not.toBe(good.same);
    expect(promoted(evidence(boot(hex('7')))).same).toBe(good.same);
  });

  it('of firmware shows all that is accepted with the first difference, and more of it is another change', () => {
    const one = evidence({ firmware: '9' });
    const log = one.eventLog;
    const [, volume] = log?.events ?? [];
    if (log === null || volume === undefined) throw new Error('there is no log');
    const two = {
      ...one,
      eventLog: {
        ...log,
        events: log.events.flatMap((event) =>
          event === volume ? [event, { ...event, index: 99, digests: { sha256: hex('6') } }] : [event],
        ),
      },
    };
    expect(promoted(one).changes).toEqual(['firmware: bbbbbbbb…bbbb → 99999999…9999', 'firmware, accepted with it: aaaaaaaa…aaaa']);
    expect(promoted(two).changes).toContain('firmware, accepted with it: 66666666…6666');
    expect(promoted(two).same).not.toBe(promoted(one).same);
  });

  it('of evidence that contradicts itself is refused', () => {
    expect(promotionOf({ cause: 'tampered', broken: [], knownChains: [] }, measured(evidence())).ok).toBe(false);
    expect(promotionOf({ cause: 'differs', broken: [], knownChains: [] }, measured(evidence())).ok).toBe(false);
  });
});

const digest = fc.constantFrom(hex('a'), hex('b'), hex('c'));
const anyItem: fc.Arbitrary<ReferenceItem> = fc.oneof(
  fc.record({ kind: fc.constant('firmware' as const), crtm: digest, platformFirmware: fc.array(digest, { maxLength: 2 }) }),
  fc.record({ kind: fc.constant('file' as const), path: fc.constantFrom('/a', '/b'), digest }),
  fc.record({
    kind: fc.constant('secure-boot-key' as const),
    database: fc.constantFrom('pk', 'db', 'dbx'),
    owner: fc.constant(OWNER),
    sha256: digest,
  }),
  fc.constant({ kind: 'secure-boot-off' as const }),
  fc.constant({ kind: 'exclude' as const, pattern: '/tmp/' }),
);
const anySet = fc.record({
  items: fc.array(anyItem, { minLength: 1, maxLength: 5 }),
  state: fc.constantFrom('proposed' as const, 'approved' as const, 'withdrawn' as const),
  scope: fc.constantFrom(null, 'name = a', 'name = b'),
  fromMs: fc.constantFrom(AT - 10, AT, AT + 10),
  toMs: fc.constantFrom(null, AT - 5, AT, AT + 20),
});
const anySets = fc.array(anySet, { maxLength: 5 }).map((sets) => sets.map((set, at) => setOf(set.items, { ...set, id: at + 1 })));

describe('what a host is judged by', () => {
  it('sets that do not count change nothing, and their order never matters', () => {
    fc.assert(
      fc.property(anySets, fc.boolean(), (sets, alone) => {
        const endpoint = alone ? NONE : golden();
        const counting = sets.filter(
          (set) => set.state === 'approved' && set.scope !== 'name = b' && set.fromMs <= AT && (set.toMs === null || set.toMs > AT),
        );
        const all = withOwn(endpoint, sets, FACTS, AT);
        expect(all).toEqual(withOwn(endpoint, counting, FACTS, AT));
        expect(all).toEqual(withOwn(endpoint, sets.toReversed(), FACTS, AT));
        expect(counting.length > 0 || all.reference.runtime === endpoint.runtime).toBe(true);
        expect(counting.length > 0 || all.reference.measuredBoot === endpoint.measuredBoot).toBe(true);
      }),
    );
  });

  it('what the endpoint accepts stays accepted, whatever is added', () => {
    fc.assert(
      fc.property(anySets, (sets) => {
        expect(verdicts(evidence(), withOwn(golden(), sets, FACTS, AT).reference)).toEqual(['trusted', 'trusted', 'trusted', 'trusted']);
      }),
    );
  });

  it('names every source, and gives equal hosts the same object', () => {
    const sets = [setOf([{ kind: 'file', path: '/a', digest: hex('1') }], { id: 3 })];
    const judging = createJudging(sets);
    const endpoint = golden();
    const first = judging(endpoint, FACTS, AT);
    expect(judging(endpoint, FACTS, AT).reference.runtime).toBe(first.reference.runtime);
    expect(first.sources.map((source) => source.kind)).toEqual(['measured-boot', 'runtime', 'runtime']);
    expect(first.reference.runtime?.source.provenance).toContain('set 3 “a set”');
  });
});

describe('items', () => {
  it('say what they are, and are compared by what they say', () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        expect(itemWords(item).length).toBeGreaterThan(3);
        expect(itemKey({ ...item })).toBe(itemKey(item));
        expect(distinctItems([item, { ...item }])).toHaveLength(1);
      }),
    );
  });

  it.each<[ReferenceItem]>([
    [{ kind: 'exclude', pattern: '.*' }],
    [{ kind: 'exclude', pattern: '/' }],
    [{ kind: 'exclude', pattern: '.+' }],
    [{ kind: 'exclude', pattern: '(?=x)' }],
    [{ kind: 'exclude', pattern: '(' }],
    [{ kind: 'firmware', crtm: null, platformFirmware: [] }],
    [{ kind: 'boot-chain', shim: null, bootLoader: null, kernel: null, initrd: null, kernelCommandLine: null }],
  ])('that excuse everything or say nothing are refused: %#', (item) => {
    expect(checkedItems([item]).ok).toBe(false);
  });
});

describe('lint', () => {
  it('tells what is unused, in conflict, past its end or near it', () => {
    const file = (letter: string): ReferenceItem => ({ kind: 'file', path: '/a', digest: hex(letter) });
    const sets = [
      setOf([file('1')], { id: 1 }),
      setOf([file('2')], { id: 2, toMs: AT + 1_000 }),
      setOf([file('3')], { id: 3, toMs: AT - 1 }),
      setOf([file('4')], { id: 4, state: 'withdrawn' }),
      setOf([file('5')], { id: 5, state: 'proposed' }),
    ];
    const seen = createSeen();
    seen.add([file('1')]);
    expect(lintSets(sets, seen.has, AT).map(({ set, kind }) => [set, kind])).toEqual([
      [3, 'expired'],
      [2, 'expires-soon'],
      [2, 'conflict'],
      [2, 'unused'],
    ]);
  });
});
