import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTrustAnchors, verifyEvidence } from '../index.ts';
import { readIndex, readPublicArea } from '../testing/live/commands.ts';
import { SoftwareTpm, noManufacturer } from '../testing/live/software-tpm.ts';
import { honest } from '../testing/variations.ts';
import type { EvidenceInput } from '../types.ts';

const DAY_MS = 86_400_000;
/** Where TPMs keep endorsement keys and their certificates (TCG EK Credential Profile, 2.2.1.4 and 2.2.2). */
const RSA = { handle: 0x81010001, index: 0x01c00002 } as const;
const ECC = { handle: 0x81010016, index: 0x01c00016 } as const;
type Endorsed = { readonly ekTpm2bPublic: Buffer; readonly ekCertDer: Buffer };

/** Certificates as a maker of TPMs issues them: a root, an issuer, and one in the TPM's own memory. */
describe.skipIf(noManufacturer !== '')(`endorsement certificates of a software TPM${noManufacturer}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-maker-'));
  const tpm = new SoftwareTpm(folder);
  let authority: { readonly root: Buffer; readonly issuer: Buffer };
  let rsa: Endorsed;
  let ecc: Endorsed;

  beforeAll(async () => {
    authority = tpm.manufacture();
    await tpm.powerOn();
    const read = async ({ handle, index }: typeof RSA | typeof ECC): Promise<Endorsed> => ({
      ekTpm2bPublic: await readPublicArea(tpm, handle),
      ekCertDer: await readIndex(tpm, index),
    });
    rsa = await read(RSA);
    ecc = await read(ECC);
  }, 60_000);
  afterAll(async () => {
    await tpm.powerOff('none');
    rmSync(folder, { recursive: true, force: true });
  });

  const outcomes = (made: Endorsed, roots: readonly Buffer[], intermediates: readonly Buffer[] = []): Record<string, string> => {
    const anchors = createTrustAnchors(roots, intermediates);
    const input: EvidenceInput = { ...honest, ...made, endorsement: { anchors, atMs: Date.now() + DAY_MS } };
    return Object.fromEntries(
      verifyEvidence(input)
        .checks.filter((check) => check.code.startsWith('ek-'))
        .map((check) => [check.code, check.outcome]),
    );
  };
  const PASS = { 'ek-mismatch': 'pass', 'ek-certificate': 'pass', 'ek-chain': 'pass', 'ek-revocation': 'not-evaluated' };

  it.each([
    ['RSA', () => rsa],
    ['ECC', () => ecc],
  ] as const)('%s: is for its key and leads over its issuer to its root, and to nothing else', (_kind, made) => {
    expect(outcomes(made(), [authority.root], [authority.issuer])).toEqual(PASS);
    expect(outcomes(made(), [authority.issuer])).toEqual(PASS);
    expect(outcomes(made(), [authority.root])['ek-chain']).toBe('fail');
    expect(outcomes(made(), [], [authority.issuer, authority.root])['ek-chain']).toBe('fail');
  });

  it('the certificate of another endorsement key of the same TPM is told apart', () => {
    expect(outcomes({ ...rsa, ekCertDer: ecc.ekCertDer }, [authority.root], [authority.issuer])['ek-mismatch']).toBe('fail');
  });
});
