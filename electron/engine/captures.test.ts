import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BUILT_IN_MANIFEST } from '../appraisal/manifest/manifest.ts';
import { parseMeasuredBootPolicy } from '../connectors/keylime/measured-boot-policy.ts';
import { parseQuoteString } from '../connectors/keylime/quote.ts';
import { parseRuntimePolicy } from '../connectors/keylime/runtime-policy.ts';
import type { Observation } from '../connectors/port.ts';
import type { HostMemory, HostRecord } from '../store/records.ts';
import { recordOf } from './observe.ts';

const CAPTURES = path.resolve(import.meta.dirname, '../../../shared/keylime-captures');
const present = existsSync(CAPTURES);
const NONCE = 'LABNONCE0123456789ab';
const SOURCE = { provenance: 'a capture', sha256: '0', obtainedAtMs: 0 };
const quoteSchema = z.object({
  results: z.object({ quote: z.string(), mb_measurement_list: z.string(), ima_measurement_list: z.string() }),
});
const registrarSchema = z.object({ results: z.object({ aik_tpm: z.string(), ek_tpm: z.string() }) });

const read = (name: string): string => readFileSync(path.join(CAPTURES, name), 'utf8');
const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');
const valueOf = <T>(result: { ok: true; value: T } | { ok: false }): T => {
  if (!result.ok) throw new Error('the capture cannot be read');
  return result.value;
};

const observationOf = (name: string): Observation => {
  const quote = quoteSchema.parse(JSON.parse(read(`agent-quote-integrity${name === 'good' ? '' : `-${name}`}.json`))).results;
  const keys = registrarSchema.parse(JSON.parse(read(`registrar-agent-${name}.json`))).results;
  const { attest, signature, pcrs, selection } = valueOf(parseQuoteString(quote.quote));
  const measuredBoot = valueOf(parseMeasuredBootPolicy(read('mb-good.json')));
  const runtime = valueOf(parseRuntimePolicy(read('runtime-good.json')));
  return {
    endpoint: 'keylime',
    hostId: name,
    address: null,
    observedAtMs: 0,
    reported: {
      verdict: 'unknown',
      sentence: '',
      lastSuccessAtMs: null,
      attestationPeriodMs: null,
      evaluates: { runtimePolicy: true, measuredBoot: true, pcrPolicy: true },
    },
    identity: { akTpm2bPublic: bytes(keys.aik_tpm), ekTpm2bPublic: bytes(keys.ek_tpm), ekCertDer: null, registrations: 1 },
    claims: { name, hostClass: null, country: null, subdivision: null, site: null, locationToken: null, labels: {}, workloads: [] },
    evidence: {
      kind: 'evidence',
      nonce: Buffer.from(NONCE),
      quote: { attest, signature },
      pcrs,
      claimedSelection: selection,
      eventLog: bytes(quote.mb_measurement_list),
      ima: Buffer.from(quote.ima_measurement_list),
      geo: null,
      geoProblem: null,
      requestedAtMs: 0,
      receivedAtMs: 1,
    },
    reference: { measuredBoot: measuredBoot && { source: SOURCE, ...measuredBoot }, runtime: runtime && { source: SOURCE, ...runtime } },
    demo: false,
  };
};
const remembered = (record: HostRecord): HostMemory => ({
  ...record,
  changedAtMs: 0,
  pulse: { evidenceAtMs: record.evidenceAtMs, quotedAtMs: record.quotedAtMs, seenAtMs: record.seenAtMs },
  akPinnedAtMs: 0,
  kept: { eventLog: null, ima: null, imaPieces: { stretches: [], pieces: [] } },
  // The same capture is judged twice, so its clock stands still; that is not what is tested here.
  clock: null,
});

/** Exchanges of a real Keylime with the real agent, through our own translation, verification and appraisal. */
describe.skipIf(!present)('a real Keylime (skipped where ../shared/keylime-captures is absent)', () => {
  it('the good host is trusted on every link by our own verification', () => {
    expect(recordOf(observationOf('good'), null, BUILT_IN_MANIFEST)).toMatchObject({ verdict: 'trusted', brokenLink: null });
  });

  it('the host that ran a script outside its policy fails at the runtime, by name', () => {
    expect(recordOf(observationOf('imafail'), null, BUILT_IN_MANIFEST)).toMatchObject({
      verdict: 'failed',
      brokenLink: 'runtime',
      reason: expect.stringContaining('/root/evil.sh'),
    });
  });

  it('the host that lists what was never measured is held once, as a race would be, and fails with the next quote', () => {
    const first = recordOf(observationOf('logforge'), null, BUILT_IN_MANIFEST);
    expect(first.verdict).toBe('trusted');
    const second = recordOf(observationOf('logforge'), remembered(first), BUILT_IN_MANIFEST);
    expect(second).toMatchObject({ verdict: 'failed', brokenLink: 'runtime', reason: expect.stringContaining('never measured') });
  });
});
