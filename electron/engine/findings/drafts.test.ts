import { describe, expect, it } from 'vitest';
import { BUILT_IN_MANIFEST, type Manifest } from '../../appraisal/manifest/manifest.ts';
import type { Observation } from '../../connectors/port.ts';
import type { HostRecord } from '../../store/records.ts';
import { observe, record, remembered, T0 } from '../testing/observation.ts';

describe('findings', () => {
  it('a pass that rests on no policy is a finding', () => {
    const reported = { ...observe().reported, evaluates: { runtimePolicy: false, measuredBoot: false, pcrPolicy: false } };
    expect(record(observe({}, { reported })).findings.map((finding) => finding.kind)).toContain('reported-without-policy');
  });

  it('an endpoint that trusts what the evidence condemns is a critical finding', () => {
    expect(record(observe({ magic: 1 })).findings).toContainEqual(expect.objectContaining({ kind: 'disagreement', severity: 'critical' }));
  });

  const HOUR = 3_600_000;
  const kinds = (found: HostRecord): string[] => found.findings.map((finding) => finding.kind);
  const saidAt = (ago: number, over: Partial<Observation['reported']> = {}): Partial<Observation> => ({
    reported: { ...observe().reported, lastSuccessAtMs: T0 - ago, ...over },
  });

  it.each([
    ['more than an hour', HOUR + 1, {}, true],
    ['an hour', HOUR, {}, false],
    ['ten of its own long periods', 2 * HOUR, { attestationPeriodMs: HOUR }, false],
    ['more than ten of its own long periods', 10 * HOUR + 1, { attestationPeriodMs: HOUR }, true],
    ['a day, while it says failed', 24 * HOUR, { verdict: 'failed' as const }, false],
    ['a day, of a period that it does not tell', 24 * HOUR, { attestationPeriodMs: null }, true],
    ['never', 0, { lastSuccessAtMs: null }, false],
  ])('an endpoint whose last success is ago: %s', (_what, ago, over, frozen) => {
    expect(kinds(record(observe({}, saidAt(ago, over)))).includes('endpoint-frozen')).toBe(frozen);
  });

  it('a host that nobody reaches does not show that the endpoint stopped looking, and its silence does not end what was shown', () => {
    expect(kinds(record(observe('unreachable', saidAt(2 * HOUR))))).not.toContain('endpoint-frozen');
    const shown = record(observe({}, saidAt(2 * HOUR)));
    expect(kinds(record(observe('unreachable', saidAt(2 * HOUR)), remembered(shown)))).toContain('endpoint-frozen');
  });

  const inPlace = (country: string | null, over: Partial<Observation> = {}): Partial<Observation> => ({
    claims: { ...observe().claims, country },
    ...over,
  });
  const later = (country: string | null, ms = 60_000): Partial<Observation> => inPlace(country, { observedAtMs: T0 + ms });

  it('another country without a reset of the TPM is a move that no machine makes, told once', () => {
    const first = record(observe({ clock: { reset: 5 } }, inPlace('DE')));
    const moved = record(observe({ clock: { reset: 5 } }, later('US')), remembered(first));
    expect(moved.findings).toContainEqual(
      expect.objectContaining({
        kind: 'impossible-move',
        momentary: true,
        severity: 'critical',
        what: expect.not.stringContaining('web-1'),
      }),
    );
    expect(kinds(record(observe({ clock: { reset: 5 } }, later('US', 120_000)), remembered(moved)))).not.toContain('impossible-move');
  });

  it('the place before is remembered through silence and through not knowing', () => {
    const first = record(observe({ clock: { reset: 5 } }, inPlace('DE')));
    const silent = record(observe('unreachable', later('US')), remembered(first));
    expect(kinds(silent)).not.toContain('impossible-move');
    const unknown = record(observe({ clock: { reset: 5 } }, later(null)), remembered(silent, { clock: first.clock, akName: first.akName }));
    const moved = record(observe({ clock: { reset: 5 } }, later('US', 120_000)), remembered(unknown));
    expect(kinds(moved)).toContain('impossible-move');
  });

  it('a host that was switched off may be elsewhere, and a person who writes a place into the manifest moves no machine', () => {
    const first = record(observe({ clock: { reset: 5 } }, inPlace('DE')));
    expect(kinds(record(observe({ clock: { reset: 6 } }, later('US')), remembered(first)))).not.toContain('impossible-move');
    const declared = (country: string): Manifest => ({
      ...BUILT_IN_MANIFEST,
      locations: [{ hosts: 'endpoint = "dc"', country, subdivision: null, site: null, latitude: null, longitude: null }],
    });
    const said = record(observe({ clock: { reset: 5 } }, inPlace(null)), null, declared('DE'));
    expect(said.location).toMatchObject({ country: 'DE', assurance: 'declared' });
    expect(kinds(record(observe({ clock: { reset: 5 } }, later(null)), remembered(said), declared('US')))).not.toContain('impossible-move');
  });

  it('words about a place that disagree are a finding, and silence does not speak about them', () => {
    const manifest: Manifest = {
      ...BUILT_IN_MANIFEST,
      locations: [{ hosts: 'endpoint = "dc"', country: 'US', subdivision: null, site: null, latitude: null, longitude: null }],
    };
    const found = record(observe({}, inPlace('DE')), null, manifest);
    expect(found.findings).toContainEqual(
      expect.objectContaining({ kind: 'location-contradiction', severity: 'warning', detail: expect.stringContaining('DE') }),
    );
    const silent = record(observe('unreachable', inPlace('DE')), remembered(found), manifest);
    expect(silent.silent).toBe(true);
    expect(kinds(silent)).not.toContain('location-contradiction');
  });
});
