import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { assert, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTrustAnchors, parseBundle, verifyEvidence } from '../index.ts';
import type { EvidenceInput } from '../types.ts';
import { parseCertificate } from './certificate.ts';
import { findPath } from './path.ts';
import { isRocaModulus } from './profile.ts';

const CORPUS = path.resolve(import.meta.dirname, '../../../../shared/corpus');
const present = existsSync(path.join(CORPUS, 'MANIFEST.tsv'));
const reason = present ? '' : ' (skipped: ../shared/corpus is absent)';
const bytes = (file: string): Buffer => readFileSync(path.join(CORPUS, file));
const files = (folder: string): readonly string[] =>
  present
    ? readdirSync(path.join(CORPUS, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.expected.json'))
        .map((entry) => path.relative(CORPUS, path.join(entry.parentPath, entry.name)))
    : [];
const AT = Date.UTC(2027, 0, 1);

const scenario = (file: string): EvidenceInput => {
  const bundle = parseBundle(bytes(file).toString());
  if (!bundle.ok) throw new Error(bundle.problem.message);
  return { ...bundle.value, endorsement: { anchors: createTrustAnchors([bytes('scenario-ek-issuer.pem')]), atMs: AT } };
};
const outcome = (input: EvidenceInput, code: string): string | undefined =>
  verifyEvidence(input).checks.find((check) => check.code === code)?.outcome;

it('no byte string throws', () => {
  assert(
    property(uint8Array({ maxLength: 600 }), (input) => {
      parseCertificate(input);
      createTrustAnchors([input]);
    }),
    { numRuns: 500 },
  );
});

it('knows the fingerprint of ROCA by its powers of 65537', () => {
  expect(isRocaModulus(65537n ** 100n)).toBe(true);
  expect(isRocaModulus(2n ** 2047n + 9n)).toBe(false);
});

describe.skipIf(!present)(`real endorsement certificates${reason}`, () => {
  it('reads every manufacturer certificate and chains those whose issuers are there', () => {
    const authorities = createTrustAnchors(
      [],
      files('tpm-ca').map((file) => bytes(file)),
    );
    expect(authorities.unreadable.length).toBeLessThanOrEqual(1);
    const all = [...authorities.bySubject.values()].flat();
    expect(all.length).toBe(1561);
    const roots = new Set(all.filter((item) => item.subject === item.issuer).map((item) => item.sha256));
    const chained = all.filter((item) => findPath(item, { ...authorities, roots }).ok).length;
    expect(chained).toBe(1539);
    expect(all.filter((item) => findPath(item, authorities).ok)).toEqual([]);
  });

  it.each(files('scenario').filter((file) => file.includes('honest-')))('%s chains to its issuer, and not without it', (file) => {
    const input = scenario(file);
    expect(outcome(input, 'ek-chain')).toBe('pass');
    expect(outcome(input, 'ek-certificate')).not.toBe('fail');
    expect(outcome({ ...input, endorsement: { anchors: createTrustAnchors([]), atMs: AT } }, 'ek-chain')).toBe('fail');
  });

  it('judges validity by the policy given', () => {
    const input = scenario('scenario/honest-ecdsa.json');
    const { anchors } = input.endorsement ?? { anchors: createTrustAnchors([]) };
    const early = (expired: 'refuse' | 'notice' | 'accept'): string | undefined =>
      outcome({ ...input, endorsement: { anchors, atMs: 0, expired } }, 'ek-chain');
    expect([early('refuse'), early('notice'), early('accept')]).toEqual(['fail', 'notice', 'pass']);
  });

  it('no changed bit of a certificate chains, whichever it is', () => {
    const { ekCertDer = new Uint8Array(), endorsement } = scenario('scenario/honest-ecdsa.json');
    const anchors = endorsement?.anchors ?? createTrustAnchors([]);
    const accepted: number[] = [];
    for (let bit = 0; bit < ekCertDer.length * 8; bit += 1) {
      const changed = Uint8Array.from(ekCertDer);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const parsed = parseCertificate(changed);
      if (parsed.ok && findPath(parsed.value, anchors).ok) accepted.push(bit);
    }
    expect(accepted).toEqual([]);
  });
});
