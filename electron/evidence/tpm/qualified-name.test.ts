import { expect, it } from 'vitest';
import { verifyEvidence } from '../index.ts';
import { createReport } from '../report.ts';
import { makeEvidence, makeKey, nameOf, tpm2b } from '../testing/host.ts';
import { resolveAttestationKey } from './key-checks.ts';
import { checkQualifiedSigner, qualifiedName } from './qualified-name.ts';

const ek = makeKey('ecdsa256').area();
const input = { ...makeEvidence(), ekTpm2bPublic: ek };
const ak = resolveAttestationKey(input);
const akName = ak.area?.name ?? '';

const outcome = (signer: string | null): string | null => {
  const report = createReport();
  checkQualifiedSigner(input, ak, Buffer.from(signer ?? '', 'hex'), report);
  return report.outcome('qualified-signer');
};

it('knows a primary key of the owner hierarchy', () => {
  expect(outcome(qualifiedName('40000001', akName))).toBe('pass');
});

it('knows a key under the endorsement key', () => {
  expect(outcome(qualifiedName(qualifiedName('4000000b', nameOf(ek)) ?? '', akName))).toBe('pass');
});

it('remarks on a key that does not outlive a reset', () => {
  expect(outcome(qualifiedName('40000007', akName))).toBe('notice');
});

it('judges nothing where the parent is unknown', () => {
  expect(outcome(qualifiedName('81000001', akName))).toBe('not-evaluated');
});

it('believes no place that only an unsigned quote names', () => {
  const { attest, signature } = input.quote;
  const signer = tpm2b(Buffer.from(qualifiedName('4000000b', akName) ?? '', 'hex'));
  // Behind magic and type stands the qualified signer; ours is as long as the one it replaces.
  const forged = Buffer.concat([attest.subarray(0, 6), signer, attest.subarray(6 + signer.length)]);
  const { checks } = verifyEvidence({ ...input, quote: { attest: forged, signature } });
  expect(checks.find(({ code }) => code === 'signature')?.outcome).toBe('fail');
  expect(checks.find(({ code }) => code === 'qualified-signer')?.outcome).toBe('not-evaluated');
});
