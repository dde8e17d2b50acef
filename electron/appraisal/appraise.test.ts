import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECK_CODES, CHECK_OUTCOMES, type Check, type CheckCode } from '../../shared/model/check.ts';
import type { MeasuredBootReference, ReferenceValues, RuntimeReference } from '../../shared/model/reference-values.ts';
import { LINKS } from '../../shared/model/verdict.ts';
import type { BootEvent, EvidenceResult, ImaEntry } from '../evidence/types.ts';
import { type AppraisalInput, appraise } from './appraise.ts';
import { BUILT_IN_MANIFEST, DEFAULT_POLICY, type Manifest, type WorkloadRule } from './manifest/manifest.ts';

const hex = (letter: string): string => letter.repeat(64);
const SOURCE = { provenance: 'a test', sha256: hex('0'), obtainedAtMs: 0 };
const OWNER = '77fa9abd-0359-4d32-bd60-28f4e78f784b';

let next = 0;
const event = (pcr: number, claimedType: string, digest: string, over: Partial<BootEvent> = {}): BootEvent => {
  next += 1;
  return {
    index: next,
    offset: 0,
    pcr,
    claimedType,
    digests: { sha256: digest },
    data: 'not-covered',
    dataLength: 0,
    summary: claimedType,
    meaning: { kind: 'other', subject: claimedType, facts: [] },
    ...over,
  };
};
const variable = (name: string, valueHex: string, sha256: string | null = null): BootEvent =>
  event(7, 'EV_EFI_VARIABLE_DRIVER_CONFIG', hex('7'), {
    data: 'verified',
    variable: {
      name,
      guid: OWNER,
      valueHex,
      ...(sha256 !== null && { signatures: [{ owner: OWNER, kind: 'x509', sha256, subject: `${name} key` }] }),
    },
  });
const separator = (pcr: number): BootEvent =>
  event(pcr, 'EV_SEPARATOR', 'df3f619804a92fdb4057192dc43dd748ea778adc52bc498ce80524c014b81119', { data: 'verified' });
const started = (digest: string): BootEvent => event(4, 'EV_EFI_BOOT_SERVICES_APPLICATION', digest);
const text = (pcr: number, line: string, digest: string, data: BootEvent['data'] = 'verified'): BootEvent =>
  event(pcr, 'EV_IPL', digest, { text: line, data });

const goodEvents = (): BootEvent[] => [
  event(0, 'EV_S_CRTM_VERSION', hex('a')),
  event(0, 'EV_EFI_PLATFORM_FIRMWARE_BLOB2', hex('b')),
  separator(0),
  variable('SecureBoot', '01'),
  variable('PK', '', hex('1')),
  variable('KEK', '', hex('2')),
  variable('db', '', hex('3')),
  variable('dbx', '', hex('4')),
  separator(7),
  started(hex('c')),
  started(hex('d')),
  started(hex('e')),
  text(8, 'kernel_cmdline: /vmlinuz root=/dev/vda1 ro', hex('8')),
  text(9, '/initrd.img', hex('9'), 'not-covered'),
];

const measuredBoot: MeasuredBootReference = {
  source: SOURCE,
  bank: 'sha256',
  secureBoot: true,
  firmware: [{ crtm: hex('a'), platformFirmware: [hex('b')] }],
  secureBootKeys: {
    pk: [{ owner: OWNER, sha256: hex('1') }],
    kek: [{ owner: OWNER, sha256: hex('2') }],
    db: [{ owner: OWNER, sha256: hex('3') }],
    dbx: [{ owner: OWNER, sha256: hex('4') }],
  },
  machineOwnerKeys: { mokList: null, mokListX: null },
  notJudged: [],
  bootChains: [
    { shim: hex('c'), bootLoader: hex('d'), kernel: hex('e'), initrd: hex('9'), kernelCommandLine: '^/vmlinuz root=/dev/vda1 ro$' },
  ],
};
const runtime: RuntimeReference = {
  source: SOURCE,
  digests: new Map([
    ['/usr/bin/bash', [hex('f')]],
    ['/usr/bin/containerd', [hex('c')]],
  ]),
  excludes: ['/var/tmp/'],
  notJudged: [],
};

const ima = (path: string, fileDigest: string, over: Partial<ImaEntry> = {}): ImaEntry => {
  next += 1;
  return {
    index: next,
    pcr: 10,
    template: 'ima-ng',
    fileAlg: 'sha256',
    fileDigest,
    path,
    violation: false,
    plainPath: true,
    templateHashOk: true,
    proven: true,
    ...over,
  };
};
const goodIma = (): ImaEntry[] => [ima('boot_aggregate', hex('0')), ima('/usr/bin/bash', hex('f')), ima('/usr/bin/containerd', hex('c'))];

type Spoil = {
  readonly events?: BootEvent[] | null;
  readonly entries?: ImaEntry[];
  readonly checks?: readonly Check[];
  readonly replayed?: Record<number, string>;
  readonly quoted?: Record<number, string>;
  readonly geoTag?: string;
};
const PCRS = Object.fromEntries(Array.from({ length: 16 }, (_value, pcr) => [pcr, hex('5')]));
const check = (code: CheckCode, outcome: Check['outcome'] = 'fail'): Check => ({ code, outcome, message: `${code} ${outcome}.` });

const evidence = (spoil: Spoil = {}): EvidenceResult => {
  const entries = spoil.entries ?? goodIma();
  const checks = spoil.checks ?? [check('signature', 'pass'), check('ak-binding', 'pass'), check('ek-chain', 'not-evaluated')];
  return {
    verdict: checks.some((one) => one.outcome === 'fail') ? 'fail' : 'pass',
    checks,
    quote: {
      scheme: 'ECDSA with SHA-256',
      schemeName: 'ECDSA',
      hash: 'sha256',
      clock: { resetCount: 1, restartCount: 0, clockMs: 1n, safe: true, firmwareVersion: 1n },
      selection: { sha256: LINKS.map((_link, pcr) => pcr) },
      akName: null,
    },
    quotedPcrs: { sha256: spoil.quoted ?? PCRS },
    provenLogPcrs: Object.keys(PCRS).map(Number),
    endorsement: null,
    secureBoot: null,
    eventLog:
      spoil.events === null
        ? null
        : {
            format: 'agile',
            kind: { kind: 'tpm', reason: 'a test' },
            algorithms: ['sha256'],
            startupLocality: null,
            pcrs: { sha256: spoil.replayed ?? PCRS },
            events: spoil.events ?? goodEvents(),
            problems: [],
          },
    ima: {
      entryCount: entries.length,
      continuedAt: 0,
      mode: 'full',
      state: null,
      provenCount: entries.filter((entry) => entry.proven).length,
      templates: { 'ima-ng': entries.length },
      violations: entries.filter((entry) => entry.violation).length,
      templateHashMismatches: 0,
      bootAggregates: 1,
      pcr10: {},
      entries,
      problems: [],
    },
    geoTag: spoil.geoTag === undefined ? null : Buffer.from(spoil.geoTag),
  };
};

const HOST = { id: 'dc/h1', name: 'h1', endpoint: 'dc', address: null, hostClass: null, labels: {}, ekSha256: null, demo: false };

const judge = (spoil: Spoil = {}, over: Partial<AppraisalInput> = {}): ReturnType<typeof appraise> =>
  appraise({
    host: HOST,
    evidence: { kind: 'verified', result: evidence(spoil) },
    reported: 'trusted',
    claims: { country: 'DE', subdivision: null, site: null, locationToken: null, workloads: [] },
    identity: { previousAkName: null, akName: 'ak', previousEkSha256: null, ekSha256: 'ek', sharedWith: null },
    reference: { measuredBoot, runtime },
    manifest: BUILT_IN_MANIFEST,
    ...over,
  });
const link = (result: ReturnType<typeof appraise>, name: (typeof LINKS)[number]) => result.chain.find((one) => one.link === name);
const without = (events: BootEvent[], match: (one: BootEvent) => boolean): BootEvent[] => events.filter((one) => !match(one));

describe('a host whose evidence and reference values agree', () => {
  it('is trusted on every link, and says what was not evaluated', () => {
    const result = judge();
    expect(result).toMatchObject({ verdict: 'trusted', brokenLink: null });
    expect(result.chain.map((one) => one.verdict)).toEqual([
      'trusted',
      'trusted',
      'trusted',
      'trusted',
      'trusted',
      'trusted',
      'trusted',
      'not-required',
      'not-required',
    ]);
    expect(link(result, 'hardware')?.notEvaluated).toEqual(['ek-chain not-evaluated.']);
  });
});

describe('nothing is trusted that was not evaluated', () => {
  const NOTHING: ReferenceValues = { measuredBoot: null, runtime: null };

  it('without reference values the measured links are inconclusive, and so is the host', () => {
    const result = judge({}, { reference: NOTHING });
    expect(result.verdict).toBe('inconclusive');
    expect(result.chain.slice(1, 6).map((one) => one.verdict)).toEqual(Array(5).fill('inconclusive'));
  });

  it('without anybody who vouches for the key the hardware is inconclusive', () => {
    const result = judge({ checks: [check('signature', 'pass'), check('ak-binding', 'not-evaluated')] });
    expect(result).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('Nobody vouches') });
  });

  it('without evidence every link is inconclusive', () => {
    const problem = { code: 'unreachable', message: 'No answer.', nextStep: 'Look.' };
    const result = judge({}, { evidence: { kind: 'none', problem } });
    expect(result.verdict).toBe('inconclusive');
    expect(new Set(result.chain.map((one) => one.verdict))).toEqual(new Set(['inconclusive']));
  });

  it('a register outside the signed quote makes its link inconclusive', () => {
    const { 7: _left, ...quoted } = PCRS;
    expect(link(judge({ quoted }), 'secure-boot')?.verdict).toBe('inconclusive');
  });

  it('a reference that names no kernel does not make the kernel trusted', () => {
    const chain = { ...measuredBoot.bootChains[0]!, kernel: null };
    const events = without(goodEvents(), (one) => one.digests.sha256 === hex('e'));
    const result = judge({ events }, { reference: { runtime, measuredBoot: { ...measuredBoot, bootChains: [chain] } } });
    expect(link(result, 'kernel')?.verdict).toBe('inconclusive');
  });

  it('files changed while being measured leave the runtime open', () => {
    expect(link(judge({ entries: [...goodIma(), ima('/run/x', hex('0'), { violation: true })] }), 'runtime')?.verdict).toBe('inconclusive');
  });
});

describe('the chain says where it first breaks', () => {
  it.each([
    [
      'firmware',
      'Firmware changed',
      goodEvents().map((one) => (one.claimedType.startsWith('EV_EFI_PLATFORM') ? { ...one, digests: { sha256: hex('6') } } : one)),
    ],
    [
      'secure-boot',
      'Secure boot is switched off',
      goodEvents().map((one) => (one.variable?.name === 'SecureBoot' ? variable('SecureBoot', '00') : one)),
    ],
    ['secure-boot', 'trusts a key', goodEvents().map((one) => (one.variable?.name === 'db' ? variable('db', '', hex('6')) : one))],
    [
      'secure-boot',
      'revocation is missing',
      goodEvents().map((one) => (one.variable?.name === 'dbx' ? variable('dbx', '', hex('6')) : one)),
    ],
    ['secure-boot', 'measured twice', [variable('SecureBoot', '01'), ...goodEvents()]],
    ['boot-loader', 'Boot loader changed', goodEvents().map((one) => (one.digests.sha256 === hex('d') ? started(hex('6')) : one))],
    ['boot-loader', 'First boot loader', goodEvents().map((one) => (one.digests.sha256 === hex('c') ? started(hex('6')) : one))],
    ['boot-loader', 'Something else was started', [...goodEvents(), started(hex('6'))]],
    ['kernel', 'Kernel changed', goodEvents().map((one) => (one.digests.sha256 === hex('e') ? started(hex('6')) : one))],
    ['kernel', 'Initial RAM disk changed', goodEvents().map((one) => (one.pcr === 9 ? text(9, '/initrd.img', hex('6')) : one))],
    [
      'kernel',
      'Kernel command line changed',
      goodEvents().map((one) => (one.pcr === 8 ? text(8, 'kernel_cmdline: /vmlinuz init=/bin/sh', hex('8')) : one)),
    ],
  ] as const)('%s: %s', (where, words, events) => {
    const result = judge({ events: [...events] });
    expect(result).toMatchObject({ verdict: 'failed', brokenLink: where, reason: expect.stringContaining(words) });
    expect(result.brokenEvents.length).toBeGreaterThan(0);
  });

  it.each([
    ['runtime', 'An unknown program ran', ima('/tmp/x', hex('6'))],
    ['runtime', 'changed', ima('/usr/bin/bash', hex('6'))],
    ['container-engine', 'unknown container engine', ima('/usr/sbin/runc', hex('6'))],
    ['orchestrator', 'unknown orchestrator', ima('/usr/bin/kubelet', hex('6'))],
  ] as const)('%s: %s', (where, words, entry) => {
    const result = judge({ entries: [...goodIma(), entry] });
    expect(result).toMatchObject({ verdict: 'failed', brokenLink: where, reason: expect.stringContaining(words) });
    expect(result.brokenIma.map((one) => one.index)).toEqual([entry.index]);
  });

  it('does not judge an excluded path, and says how many there were', () => {
    const result = judge({ entries: [...goodIma(), ima('/var/tmp/x', hex('6'))] });
    expect(result.verdict).toBe('trusted');
    expect(link(result, 'runtime')?.notEvaluated).toEqual(['1 entries: excluded by the reference values.']);
  });

  it('does not judge what was measured after the quote', () => {
    expect(judge({ entries: [...goodIma(), ima('/tmp/x', hex('6'), { proven: false })] }).verdict).toBe('trusted');
  });

  it('fails a list whose uncovered entries are still uncovered by the next quote', () => {
    const entries = [...goodIma(), ima('/usr/bin/bash', hex('f'), { proven: false })];
    expect(judge({ entries }, { heldImaAt: 2 }).verdict).toBe('trusted');
    const result = judge({ entries }, { heldImaAt: 3 });
    expect(result).toMatchObject({ verdict: 'failed', brokenLink: 'runtime', reason: expect.stringContaining('never measured') });
    expect(result.brokenIma.map((one) => one.index)).toEqual([entries.at(-1)?.index]);
  });

  it('shows nothing above a break as trusted', () => {
    const result = judge({ events: goodEvents().map((one) => (one.digests.sha256 === hex('d') ? started(hex('6')) : one)) });
    const above = result.chain.slice(LINKS.indexOf('boot-loader') + 1);
    expect(above.map((one) => one.verdict)).not.toContain('trusted');
    expect(above.every((one) => !one.believable)).toBe(true);
    expect(link(result, 'firmware')).toMatchObject({ verdict: 'trusted', believable: true });
  });
});

describe('claims cannot stand in for proof', () => {
  it('started code relabelled as another event type is still unknown code', () => {
    const events = [...goodEvents(), event(4, 'EV_COMPACT_HASH', hex('6'))];
    expect(judge({ events })).toMatchObject({ verdict: 'failed', brokenLink: 'boot-loader' });
  });

  it('a secure boot variable measured after the separator says nothing about the firmware', () => {
    const events = without(goodEvents(), (one) => one.variable?.name === 'SecureBoot');
    expect(link(judge({ events: [...events, variable('SecureBoot', '01')] }), 'secure-boot')?.verdict).toBe('inconclusive');
  });

  it('a separator that claims to be something else still ends what the firmware measured', () => {
    const disguised = goodEvents().flatMap((one) => {
      if (one.claimedType === 'EV_SEPARATOR' && one.pcr === 7)
        return [{ ...one, claimedType: 'EV_EFI_ACTION' }, variable('SecureBoot', '01')];
      return one.variable?.name === 'SecureBoot' ? [] : [one];
    });
    expect(link(judge({ events: disguised }), 'secure-boot')?.verdict).toBe('inconclusive');
  });

  it('a command line whose text is not covered by its digest does not count as matching', () => {
    const events = goodEvents().map((one) => (one.pcr === 8 ? { ...one, data: 'not-covered' as const } : one));
    expect(link(judge({ events }), 'kernel')?.notEvaluated).toContain(
      'Kernel command line: not measured, or its text is not covered by the digest.',
    );
  });

  it('a log that does not replay fails the link whose register differs', () => {
    const result = judge({ replayed: { ...PCRS, 4: hex('6') } });
    expect(result).toMatchObject({ verdict: 'failed', brokenLink: 'boot-loader', reason: expect.stringContaining('PCR 4') });
    expect(result.nextStep).toContain('its event log was edited');
    expect(result.brokenEvents).toEqual([]);
  });

  it('a missing log fails where measured boot is to be judged', () => {
    expect(judge({ events: null })).toMatchObject({ verdict: 'failed', brokenLink: 'firmware' });
  });

  it('a missing list of programs fails where PCR 10 says that there were some', () => {
    expect(judge({ entries: [] })).toMatchObject({ verdict: 'failed', brokenLink: 'runtime' });
  });

  it('a reference pattern that cannot be evaluated in linear time is not evaluated', () => {
    const chain = { ...measuredBoot.bootChains[0]!, kernelCommandLine: '(?=x)y' };
    const result = judge({}, { reference: { runtime, measuredBoot: { ...measuredBoot, bootChains: [chain] } } });
    expect(link(result, 'kernel')?.notEvaluated.join()).toContain('linear time');
  });
});

describe('no changed measurement hides behind another label', () => {
  const relabel = (match: (one: BootEvent) => boolean, change: Partial<BootEvent>): BootEvent[] =>
    goodEvents().map((one) => (match(one) ? { ...one, ...change } : one));
  const isBlob = (one: BootEvent): boolean => one.claimedType.startsWith('EV_EFI_PLATFORM');

  it.each([
    ['a firmware volume as EV_POST_CODE', 'firmware', relabel(isBlob, { claimedType: 'EV_POST_CODE', digests: { sha256: hex('6') } })],
    [
      'a firmware version as EV_POST_CODE',
      'firmware',
      relabel((one) => one.claimedType === 'EV_S_CRTM_VERSION', { claimedType: 'EV_POST_CODE', digests: { sha256: hex('6') } }),
    ],
    [
      'the right firmware volume measured only after the firmware phase',
      'firmware',
      [
        ...relabel(isBlob, { claimedType: 'EV_POST_CODE', digests: { sha256: hex('6') } }),
        event(0, 'EV_EFI_PLATFORM_FIRMWARE_BLOB2', hex('b')),
      ],
    ],
    [
      'an initial RAM disk under another name',
      'kernel',
      relabel((one) => one.pcr === 9, { text: '/unicode.pf2', digests: { sha256: hex('6') } }),
    ],
    [
      'started code as an action whose data is the image itself',
      'boot-loader',
      [event(4, 'EV_EFI_ACTION', hex('6'), { data: 'verified', dataLength: 4096 }), ...goodEvents()],
    ],
  ] as const)('%s', (_what, where, events) => {
    expect(judge({ events: [...events] })).toMatchObject({ verdict: 'failed', brokenLink: where });
  });

  it.each(['PK', 'KEK', 'db', 'dbx'])('%s under another type leaves secure boot open', (name) => {
    const events = relabel((one) => one.variable?.name === name, { claimedType: 'EV_EFI_VARIABLE_AUTHORITY' });
    expect(link(judge({ events }), 'secure-boot')?.verdict).toBe('inconclusive');
  });

  it('a kernel command line under another label leaves the kernel open', () => {
    const events = relabel((one) => one.pcr === 8, { text: 'grub_cmd: /vmlinuz init=/bin/sh' });
    expect(link(judge({ events }), 'kernel')?.verdict).toBe('inconclusive');
  });

  it('short verified actions and separators in PCR 4 are not started code', () => {
    const action = event(4, 'EV_EFI_ACTION', hex('6'), { data: 'verified', dataLength: 40 });
    expect(judge({ events: [action, separator(4), ...goodEvents()] }).verdict).toBe('trusted');
  });

  it('events taken out of the log altogether are missed', () => {
    const { 8: _eight, ...replayed } = PCRS;
    const events = without(goodEvents(), (one) => one.pcr === 8);
    expect(judge({ events, replayed })).toMatchObject({
      verdict: 'failed',
      brokenLink: 'kernel',
      reason: expect.stringContaining('no event for it'),
    });
  });
});

describe('no check fails unheard', () => {
  it.each(CHECK_CODES)('a failed %s never leaves a host trusted', (code) => {
    expect(judge({ checks: [check('ak-binding', 'pass'), check(code)] }).verdict).toBe('failed');
  });
});

describe('machine owner keys', () => {
  const mok = (...digests: string[]): BootEvent[] => [...goodEvents(), ...digests.map((digest) => event(14, 'EV_IPL', digest))];
  const reference = { runtime, measuredBoot: { ...measuredBoot, machineOwnerKeys: { mokList: [hex('1')], mokListX: [hex('2')] } } };

  it('are trusted where shim measured them', () => {
    expect(judge({ events: mok(hex('1'), hex('2'), hex('3')) }, { reference }).verdict).toBe('trusted');
  });
  it('break the boot loader when they changed', () => {
    expect(judge({ events: mok(hex('6'), hex('2')) }, { reference })).toMatchObject({ verdict: 'failed', brokenLink: 'boot-loader' });
  });
  it('are open when the known list was only measured later', () => {
    expect(judge({ events: mok(hex('6'), hex('2'), hex('1')) }, { reference }).verdict).toBe('inconclusive');
  });
});

describe('programs', () => {
  it('a file that calls itself boot_aggregate is a file', () => {
    const result = judge({ entries: [...goodIma(), ima('boot_aggregate', hex('6'))] });
    expect(result).toMatchObject({ verdict: 'failed', brokenLink: 'runtime' });
  });
  it('the same boot_aggregate again, as after kexec, is not', () => {
    expect(judge({ entries: [...goodIma(), ima('boot_aggregate', hex('0'))] }).verdict).toBe('trusted');
  });
  it('a path that only looks like one of the policy is not that path', () => {
    expect(judge({ entries: [...goodIma(), ima('/usr/bin/bash', hex('f'), { plainPath: false })] }).verdict).toBe('failed');
  });
  it('exclusions that would cost too much exclude nothing, and that is said', () => {
    const excludes = [...Array.from({ length: 60 }, (_, index) => `/x${index}(?:.?){900}`), '/opt/'];
    const entries = [...goodIma(), ima('/opt/stranger', hex('3'))];
    const result = judge({ entries }, { reference: { measuredBoot, runtime: { ...runtime, excludes } } });
    expect(link(result, 'runtime')).toMatchObject({
      verdict: 'trusted',
      notEvaluated: expect.arrayContaining([expect.stringMatching(/^\d+ exclude patterns cannot be evaluated in bounded time/u)]),
    });
  });

  it('a policy that excludes everything judges nothing', () => {
    expect(
      link(judge({}, { reference: { measuredBoot, runtime: { ...runtime, digests: new Map(), excludes: ['/'] } } }), 'runtime')?.verdict,
    ).toBe('inconclusive');
  });
  it('a policy that also accepts by signature leaves an unknown program open instead of condemning it', () => {
    const reference = { measuredBoot, runtime: { ...runtime, notJudged: ['verification-keys'] } };
    expect(judge({ entries: [...goodIma(), ima('/opt/signed', hex('6'))] }, { reference })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('verification-keys'),
    });
  });
  it('measured buffers are told, not condemned', () => {
    const result = judge({ entries: [...goodIma(), ima('.ima', hex('6'), { template: 'ima-buf' })] });
    expect(result.verdict).toBe('trusted');
    expect(link(result, 'runtime')?.notEvaluated.join()).toContain('1 measured buffers');
  });
});

describe('one TPM, one host', () => {
  const identity = { previousAkName: 'ak', akName: 'ak', previousEkSha256: 'ek', ekSha256: 'ek', sharedWith: null };
  it('a TPM that answers for two hosts makes both inconclusive', () => {
    expect(judge({}, { identity: { ...identity, sharedWith: 'web-2' } })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('web-2'),
    });
  });
  it('a new attestation key without an endorsement key is not taken on trust', () => {
    expect(judge({}, { identity: { ...identity, akName: 'ak2', ekSha256: null } })).toMatchObject({ verdict: 'inconclusive' });
  });
});

describe('hardware', () => {
  it.each(['signature', 'nonce', 'magic', 'ak-binding', 'clock-rollback', 'pcr-digest'] as const)(
    'a failed %s breaks the chain at its root',
    (code) => {
      const result = judge({ checks: [check(code), ...(code === 'ak-binding' ? [] : [check('ak-binding', 'pass')])] });
      expect(result).toMatchObject({ verdict: 'failed', brokenLink: 'hardware' });
      expect(result.chain.slice(1).map((one) => one.verdict)).not.toContain('trusted');
    },
  );

  it('another endorsement key under the same host is an exchanged TPM', () => {
    const result = judge(
      {},
      { identity: { previousAkName: 'ak', akName: 'ak2', previousEkSha256: 'ek', ekSha256: 'ek2', sharedWith: null } },
    );
    expect(result).toMatchObject({ verdict: 'failed', brokenLink: 'hardware', reason: expect.stringContaining('TPM was exchanged') });
  });

  it('a renewed attestation key on the same TPM is accepted and named', () => {
    const result = judge(
      {},
      { identity: { previousAkName: 'ak', akName: 'ak2', previousEkSha256: 'ek', ekSha256: 'ek', sharedWith: null } },
    );
    expect(result.verdict).toBe('trusted');
    expect(link(result, 'hardware')?.basis.join()).toContain('renewed');
  });
});

const ledgerIn = (country: string | null) => ({
  country,
  subdivision: null,
  site: null,
  locationToken: null,
  workloads: [{ name: 'ledger', image: null, encrypted: null }],
});

const LEDGER_RULE: WorkloadRule = {
  name: 'ledger',
  places: null,
  countries: ['DE', 'FR'],
  minimumAssurance: 'unknown',
  hosts: null,
  images: null,
  encrypted: 'any',
};

describe('rules about the kernel command line', () => {
  const { kernel } = DEFAULT_POLICY;
  const forbids = { ...kernel, commandLine: { require: [], forbid: ['mitigations=off'] } };
  const manifest: Manifest = { ...BUILT_IN_MANIFEST, defaults: { ...DEFAULT_POLICY, kernel: forbids } };
  const line = (commandLine: string | null, data: BootEvent['data'] = 'verified'): BootEvent => ({
    ...text(12, '', hex('c'), data),
    meaning: {
      kind: 'kernel-command-line',
      subject: 'kernel command line',
      facts: [{ label: 'command line', value: 'cut', basis: data === 'verified' ? 'verified' : 'claimed' }],
      commandLine,
    },
  });
  const many = Array.from({ length: 9 }, () => line('root=/dev/vda1 ro'));

  it.each<readonly [string, readonly BootEvent[], string]>([
    ['holds what is allowed', [line('root=/dev/vda1 ro')], 'trusted'],
    ['holds what is forbidden far behind', [line(`root=/dev/vda1 ${'quiet '.repeat(600)}mitigations=off`)], 'failed'],
    ['is longer than is read', [line(null)], 'inconclusive'],
    [
      'is one of two of which the other is not covered by its digest',
      [line('root=/dev/vda1 ro'), line('ro', 'not-covered')],
      'inconclusive',
    ],
    ['is one of more than are kept', [...many, line('mitigations=off')], 'inconclusive'],
    ['was not measured', [], 'inconclusive'],
  ])('one that %s', (_what, lines, verdict) => {
    expect(judge({ events: [...goodEvents(), ...lines] }, { manifest }).verdict).toBe(verdict);
  });
});

describe('places and workloads', () => {
  const manifest: Manifest = { ...BUILT_IN_MANIFEST, workloads: [LEDGER_RULE] };

  it('a workload outside its countries breaks the chain, but is no disagreement: the endpoint knows no such rule', () => {
    const result = judge({}, { manifest, claims: ledgerIn('US') });
    expect(result).toMatchObject({ verdict: 'failed', brokenLink: 'workloads', disagreement: false });
  });

  it('a tag certified by the TPM outweighs what the endpoint says, and the contradiction is named', () => {
    const result = judge({ geoTag: '{"v":1,"country":"US"}' }, { manifest, claims: ledgerIn('DE') });
    expect(result.location).toMatchObject({ country: 'US', assurance: 'tpm-certified', contradiction: expect.stringContaining('says DE') });
    expect(result.verdict).toBe('failed');
  });

  it("a tag that was announced and did not come is not outweighed by the endpoint's word", () => {
    const result = judge({}, { manifest, claims: ledgerIn('DE'), geoProblem: 'The host does not answer for its geo tag.' });
    expect(result).toMatchObject({ verdict: 'inconclusive', location: { country: null, assurance: 'unknown' } });
  });

  it.each([
    ['holds no place', { geoTag: '{"country":"Germany"}' }, /holds no place that can be read/u],
    [
      'is certified by a key of which nothing says whose it is',
      { checks: [check('ak-binding', 'pass'), check('geo-type', 'pass'), check('geo-signer', 'not-evaluated')] },
      /geo-signer not-evaluated/u,
    ],
  ])("a tag that came and %s is not outweighed by the endpoint's word", (_what, spoil, message) => {
    const result = judge(spoil, { manifest, claims: ledgerIn('DE') });
    expect(result).toMatchObject({
      verdict: 'inconclusive',
      location: { country: null, assurance: 'unknown', contradiction: expect.stringMatching(message) },
    });
  });

  it('a forged tag breaks the chain, whatever the endpoint says of the place', () => {
    const result = judge({ checks: [check('ak-binding', 'pass'), check('geo-signer')] }, { manifest, claims: ledgerIn('DE') });
    expect(result).toMatchObject({ verdict: 'failed', brokenLink: 'workloads', location: { country: null } });
  });

  it('an unknown place is not an allowed place', () => {
    expect(judge({}, { manifest, claims: ledgerIn(null) })).toMatchObject({ verdict: 'inconclusive' });
  });

  it.each(['not json', '{"country":"Germany"}', '[]', '{"country":"DE"'])('a tag that says %s is no location', (tag) => {
    expect(judge({ geoTag: tag }, { claims: ledgerIn(null) }).location.assurance).toBe('unknown');
  });
});

describe('for any outcome of the checks', () => {
  const RANK = { failed: 0, inconclusive: 1, stale: 1, trusted: 2 };
  const WORSE = { pass: 'not-evaluated', notice: 'not-evaluated', 'not-evaluated': 'fail', fail: 'fail' } as const;
  const outcomes = fc.dictionary(fc.constantFrom(...CHECK_CODES), fc.constantFrom(...CHECK_OUTCOMES), { maxKeys: 4 });
  const checksOf = (over: Readonly<Record<string, Check['outcome']>>): Check[] =>
    CHECK_CODES.map((code) => check(code, over[code] ?? (code.startsWith('geo-') ? 'not-evaluated' : 'pass')));
  const verdictOf = (over: Readonly<Record<string, Check['outcome']>>): number => RANK[judge({ checks: checksOf(over) }).verdict];

  it('one that fails is never trusted, and a worse one never makes a better verdict', () => {
    fc.assert(
      fc.property(outcomes, fc.constantFrom(...CHECK_CODES), (over, code) => {
        const before = over[code] ?? (code.startsWith('geo-') ? 'not-evaluated' : 'pass');
        expect(verdictOf({ ...over, [code]: WORSE[before] })).toBeLessThanOrEqual(verdictOf(over));
        expect(verdictOf({ ...over, [code]: 'fail' })).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('reported beside verified', () => {
  it('disagrees where the endpoint trusts what the evidence condemns', () => {
    expect(judge({ checks: [check('nonce')] }).disagreement).toBe(true);
  });
  it('disagrees where the endpoint condemns what the evidence supports', () => {
    expect(judge({}, { reported: 'failed' }).disagreement).toBe(true);
  });
  it('does not call an open question a disagreement', () => {
    expect(judge({}, { reported: 'trusted', reference: { measuredBoot: null, runtime: null } }).disagreement).toBe(false);
  });
});
