import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FINDING_KINDS } from '../../../shared/contract/finding-schemas.ts';
import { BUILT_IN_MANIFEST } from '../../appraisal/manifest/manifest.ts';
import type { HostFacts } from '../../appraisal/facts-schema.ts';
import { judgement } from '../../appraisal/chain/link.ts';
import { at, file, goodFacts, tally, withPolicy } from '../../appraisal/testing/facts.ts';
import { judgeStanding } from '../standing.ts';
import { brokenCause, clusterSentence, contradictionCause, type WhatBroke, whatBroke, wordsCause } from './cause.ts';

const AA = 'a'.repeat(64);
const BB = 'b'.repeat(64);
const NOTHING: WhatBroke = {
  link: 'boot-loader',
  failedLinks: ['boot-loader'],
  measured: [],
  checks: [],
  workloads: [],
  words: [],
  reason: '',
};
const key = (over: Partial<WhatBroke>): string => brokenCause('host-failed', { ...NOTHING, ...over });

describe('the key of what broke', () => {
  it.each([
    ['the same event on two hosts', { measured: [{ digest: AA }] }, { measured: [{ digest: AA }] }],
    [
      'the same files in another order, one of them twice',
      {
        measured: [
          { path: '/a', digest: AA },
          { path: '/b', digest: BB },
        ],
      },
      {
        measured: [
          { path: '/b', digest: BB },
          { path: '/a', digest: AA },
          { path: '/a', digest: AA },
        ],
      },
    ],
    ['the same check, whatever it says of the host', { checks: ['nonce'], reason: 'x' }, { checks: ['nonce'], reason: 'y' }],
    [
      'the same words but for moments and numbers of more',
      { reason: 'In doubt since 2027-01-15T08:00:00Z, longer than allowed: no list. 3 more like it.' },
      { reason: 'In doubt since 2026-12-24T23:59:59Z, longer than allowed: no list.' },
    ],
    [
      'an exchanged TPM, whichever two they are',
      { reason: 'Its endorsement key is 11112222…3333, and was 44445555…6666.' },
      { reason: 'Its endorsement key is aaaabbbb…cccc, and was ddddeeee…ffff.' },
    ],
  ] satisfies [string, Partial<WhatBroke>, Partial<WhatBroke>][])('is one key: %s', (_what, one, other) => {
    expect(key(one)).toBe(key(other));
  });

  it.each([
    ['another digest of the same file', { measured: [{ path: '/a', digest: AA }] }, { measured: [{ path: '/a', digest: BB }] }],
    ['the same content under another path', { measured: [{ path: '/a', digest: AA }] }, { measured: [{ path: '/b', digest: AA }] }],
    [
      'one more stranger beside the same update',
      { measured: [{ path: '/a', digest: AA }] },
      {
        measured: [
          { path: '/a', digest: AA },
          { path: '/tmp/x', digest: BB },
        ],
      },
    ],
    ['a failed check beside the same event', { measured: [{ digest: AA }] }, { measured: [{ digest: AA }], checks: ['log-replay'] }],
    ['another link', { measured: [{ digest: AA }] }, { measured: [{ digest: AA }], link: 'kernel', failedLinks: ['kernel'] }],
    ['one more failed link', { measured: [{ digest: AA }] }, { measured: [{ digest: AA }], failedLinks: ['boot-loader', 'workloads'] }],
    ['a link that differs in other words', { words: ['aaaabbbb…cccc was not measured.'] }, { words: ['ddddeeee…ffff was not measured.'] }],
    [
      'a forbidden command line beside the same event',
      { measured: [{ digest: AA }] },
      { measured: [{ digest: AA }], words: ['The command line holds x.'] },
    ],
    ['another workload', { workloads: ['payments: Runs in US.'] }, { workloads: ['ledger: Runs in US.'] }],
  ] satisfies [string, Partial<WhatBroke>, Partial<WhatBroke>][])('is another key: %s', (_what, one, other) => {
    expect(key(one)).not.toBe(key(other));
  });

  it('begins with the kind and the link, and holds nothing that a host said', () => {
    expect(key({ measured: [{ path: '/tmp/\u202eevil', digest: AA }] })).toMatch(/^host-failed\/boot-loader\/[0-9a-f]{24}$/u);
    expect(key({ link: null })).toMatch(/^host-failed\/host\//u);
    expect(wordsCause('endpoint-silent', 'timeout')).toMatch(/^endpoint-silent\/[0-9a-f]{24}$/u);
  });
});

describe('what broke on a host', () => {
  const judged = (facts: HostFacts, manifest = BUILT_IN_MANIFEST) =>
    judgeStanding(
      { now: { facts, before: { atMs: 1, verdict: null, doubtSinceMs: null, heldSinceMs: null }, receivedAtMs: 1 }, last: null },
      manifest,
    );
  const withFiles = (...files: ReturnType<typeof file>[]): HostFacts =>
    goodFacts({
      runtime: {
        hasReference: true,
        notJudged: [],
        basis: [],
        tallies: [tally('runtime', { broken: files }), tally('container-engine'), tally('orchestrator')],
      },
    });

  it('is every file that is not as it should be', () => {
    const broke = whatBroke(judged(withFiles({ ...file('/opt/x'), digest: AA }, { ...file('/opt/y'), digest: BB })));
    expect(broke).toMatchObject({ link: 'runtime', failedLinks: ['runtime'], measured: [{ path: '/opt/x' }, { path: '/opt/y' }] });
  });

  it('is said in words where a rule of the manifest fails a link of which nothing measured is wrong', () => {
    const noSecureBoot = goodFacts({ secureBootOn: false });
    const { secureBoot } = BUILT_IN_MANIFEST.defaults;
    const manifest = withPolicy({ secureBoot: { ...secureBoot, state: 'on' } });
    expect(whatBroke(judged(noSecureBoot, manifest))).toMatchObject({
      link: 'secure-boot',
      words: ['Secure boot is off; the manifest requires it.'],
    });
  });

  it('is nothing that was measured, where the quote does not hold', () => {
    const facts = withFiles({ ...file('/opt/x'), digest: AA });
    const forged = {
      ...facts,
      links: facts.links.map((link) => (link.link === 'hardware' ? judgement('hardware', 'failed', 'A replay.') : link)),
      failures: [
        { code: 'nonce' as const, outcome: 'fail' as const, message: 'not ours' },
        { code: 'geo-nonce' as const, outcome: 'fail' as const, message: 'not ours' },
      ],
    };
    expect(whatBroke(judged(forged))).toMatchObject({ link: 'hardware', measured: [], checks: ['nonce'] });
  });

  it('names a place by its country: subdivisions of one country are one cause', () => {
    const abroad = (subdivision: string): string => {
      const facts = goodFacts({ locations: [at('US', { subdivision })], workloads: [{ name: 'payments', image: null, encrypted: null }] });
      const manifest = {
        ...BUILT_IN_MANIFEST,
        workloads: [
          {
            name: 'payments',
            places: null,
            countries: ['DE'],
            minimumAssurance: 'unknown' as const,
            hosts: null,
            images: null,
            encrypted: 'any' as const,
          },
        ],
      };
      const before = { atMs: 1, verdict: null, doubtSinceMs: null, heldSinceMs: null };
      return brokenCause('host-failed', whatBroke(judgeStanding({ now: { facts, before, receivedAtMs: 1 }, last: null }, manifest)));
    };
    expect(abroad('US-CA')).toBe(abroad('US-NY'));
    expect(abroad('US-CA')).toContain('host-failed/workloads/');
  });

  it('is the same forged tag, whatever nonce and host its message names', () => {
    const said = (message: string) =>
      contradictionCause(message, {
        tagProblem: { forged: true, message },
        failures: [{ code: 'geo-signer', outcome: 'fail', message }],
      });
    expect(said('by a key that is not enrolled for host 1')).toBe(said('by a key that is not enrolled for host 2'));
    const none = { tagProblem: null, failures: [] };
    expect(contradictionCause('A says DE, b says FR.', none)).not.toBe(contradictionCause('A says DE, b says US.', none));
  });
});

describe('docs/findings.md', () => {
  it('has a row for every kind', () => {
    const page = readFileSync(new URL('../../../docs/findings.md', import.meta.url), 'utf8');
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows.flatMap((row) => row.split('|')[1]?.match(/[a-z-]+/gu) ?? []).sort()).toEqual([...FINDING_KINDS].sort());
  });
});

describe('a cluster in one sentence', () => {
  it.each([
    [38, 38, 2 * 3_600_000, '38 hosts within 2 hours: Boot loader changed.'],
    [38, 38, 2 * 3_600_000 + 1, '38 hosts within 3 hours: Boot loader changed.'],
    [2, 2, 0, '2 hosts within a minute: Boot loader changed.'],
    [2, 2, 90_000, '2 hosts within 2 minutes: Boot loader changed.'],
    [2, 2, 3 * 86_400_000, '2 hosts within 3 days: Boot loader changed.'],
    [1, 1, 0, '1 host: Boot loader changed.'],
    [2, 0, 60_000, '2 endpoints within a minute: Boot loader changed.'],
  ])('%j findings on %j hosts, %j ms apart', (findings, hosts, spread, sentence) => {
    expect(clusterSentence('Boot loader changed', findings, hosts, 1000, 1000 + spread)).toBe(sentence);
  });
});
