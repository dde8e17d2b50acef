import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseManifest } from './manifest.ts';

const good = `apiVersion: plumbline/v1
kind: TrustManifest
metadata: { name: europe }
freshness: { maxAge: 10m }
workloads:
  - name: payments-ledger
    countries: [DE, FR]
`;

describe('a trust manifest', () => {
  it('is read', () => {
    expect(parseManifest(good)).toEqual({
      ok: true,
      manifest: {
        name: 'europe',
        builtIn: false,
        maxEvidenceAgeMs: 600_000,
        workloads: [{ name: 'payments-ledger', countries: ['DE', 'FR'] }],
      },
    });
  });

  it.each([
    ['a country that is none', good.replace('[DE, FR]', '[DE, France]'), 7, 21, /workloads\.0\.countries\.1/],
    ['a wrong duration', good.replace('10m', '10 minutes'), 4, 22, /freshness\.maxAge/],
    ['a wrong kind', good.replace('TrustManifest', 'Deployment'), 2, 7, /kind/],
  ])('%s is named with line and column', (_what, text, line, column, message) => {
    expect(parseManifest(text)).toMatchObject({ ok: false, problems: [{ line, column, message: expect.stringMatching(message) }] });
  });

  it('refuses a key it does not know, so that a misspelt rule is never silently without effect', () => {
    expect(parseManifest(good.replace('workloads:', 'workload:'))).toMatchObject({ ok: false });
  });

  it('refuses aliases, which can grow without bound', () => {
    expect(parseManifest(`a: &a [x]\nb: [*a, *a]\n`)).toMatchObject({ ok: false });
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        expect(parseManifest(text)).toHaveProperty('ok');
      }),
    );
  });
});
