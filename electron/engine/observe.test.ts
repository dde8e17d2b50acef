import { describe, expect, it } from 'vitest';
import { BUILT_IN_MANIFEST, DEFAULT_POLICY, type Manifest } from '../appraisal/manifest/manifest.ts';
import { keptDetailSchema } from './kept-detail.ts';
import { KEY, observe, record, remembered, T0 } from './testing/observation.ts';

const NOT = { require: 'not-required' } as const;
/** Asks for nothing that needs reference values of the boot. */
const RELAXED: Manifest = {
  ...BUILT_IN_MANIFEST,
  defaults: {
    ...DEFAULT_POLICY,
    firmware: NOT,
    secureBoot: { ...DEFAULT_POLICY.secureBoot, ...NOT },
    bootLoader: NOT,
    kernel: { ...DEFAULT_POLICY.kernel, ...NOT },
    runtime: { ...DEFAULT_POLICY.runtime, ...NOT },
  },
};

describe('one observation becomes one record', () => {
  it('keeps a detail that the host page can read', () => {
    expect(keptDetailSchema.safeParse(JSON.parse(record(observe()).detail)).success).toBe(true);
  });

  it('never trusts a host whose measured boot has no reference values, whatever the endpoint says', () => {
    expect(record(observe()).verdict).toBe('inconclusive');
  });

  it('pins the clock only of a quote whose hardware link holds', () => {
    expect(record(observe()).clock).toMatchObject({ resetCount: expect.any(Number), countSeenAtMs: T0 });
    expect(record(observe({ magic: 1 })).clock).toBeNull();
  });
});

describe('what is remembered decides', () => {
  const first = record(observe({ clock: { reset: 5 } }));

  it('a lower reset counter than before is a rolled-back TPM', () => {
    expect(record(observe({ clock: { reset: 4 } }), remembered(first))).toMatchObject({
      verdict: 'failed',
      brokenLink: 'hardware',
      reason: expect.stringContaining('The TPM went back'),
    });
  });

  it('stays failed until the counter is past the one that was accepted', () => {
    const rolled = record(observe({ clock: { reset: 4 } }), remembered(first));
    const memory = remembered(rolled, { clock: first.clock, akName: first.akName });
    expect(record(observe({ clock: { reset: 4, clock: 10_000_000n } }), memory).verdict).toBe('failed');
  });

  it('a higher reset counter is a reboot, told once as a finding', () => {
    const rebooted = record(observe({ clock: { reset: 6 } }), remembered(first));
    expect(rebooted.brokenLink).toBeNull();
    expect(rebooted.findings).toContainEqual(expect.objectContaining({ kind: 'reboot', momentary: true }));
  });

  it('another endorsement key is an exchanged TPM, and the one first seen stays pinned', () => {
    const exchanged = record(
      observe({}, { identity: { akTpm2bPublic: KEY.area(), ekTpm2bPublic: Buffer.from('another'), ekCertDer: null, registrations: 2 } }),
      remembered(first),
    );
    expect(exchanged).toMatchObject({ verdict: 'failed', brokenLink: 'hardware', ekSha256: first.ekSha256 });
  });
});

describe('a host that cannot be asked', () => {
  it('is inconclusive when it was never judged', () => {
    expect(record(observe('unreachable'))).toMatchObject({ verdict: 'inconclusive', reason: 'The agent does not answer.', blobs: null });
  });

  it('is stale when it was trusted, and no link of it looks trusted', () => {
    const trusted = record(observe(), null, RELAXED);
    expect(trusted.verdict).toBe('trusted');
    const stale = record(observe('unreachable'), remembered(trusted), RELAXED);
    expect(stale.verdict).toBe('stale');
    expect(stale.chain).not.toContain('trusted');
    expect(stale.reason).toContain('last trusted at 2027-01-15 08:00:00 UTC');
  });

  it('is judged by the manifest of now, from what was known of it then', () => {
    const trusted = record(observe(), null, RELAXED);
    const silent = record(observe('unreachable'), remembered(trusted), BUILT_IN_MANIFEST);
    expect(silent.verdict).toBe('inconclusive');
    const again = record(observe('unreachable'), remembered(silent), RELAXED);
    expect(again.verdict).toBe('stale');
  });

  it('stays failed when it failed: going silent never improves a verdict', () => {
    const failed = record(observe({ magic: 1 }));
    const silent = record(observe('unreachable'), remembered(failed));
    expect(silent).toMatchObject({ verdict: 'failed', brokenLink: 'hardware', reason: failed.reason });
    expect(silent.chain).toEqual(failed.chain);
  });
});
