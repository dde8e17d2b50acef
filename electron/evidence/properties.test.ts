import {
  type Arbitrary,
  array,
  assert,
  boolean,
  constant,
  constantFrom,
  json,
  nat,
  oneof,
  pre,
  property,
  record,
  string,
  tuple,
  uint8Array,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECK_CODES } from '../../shared/model/check.ts';
import { akNameOf, akPemOf, parseBundle, parseEventLog, parseIma, verifyEvidence } from './index.ts';
import { parseAttest } from './tpm/attest.ts';
import { parseSignature } from './tpm/signature.ts';
import { bootLog, makeEvidence, makeKey } from './testing/host.ts';

const RUNS = 300;
const honest = makeEvidence({ key: makeKey('ecdsa256') });
const bytes = uint8Array({ maxLength: 600 });

/** A copy of `source` with some bytes overwritten and perhaps its end cut. */
const mutated = (source: Uint8Array): Arbitrary<Uint8Array> =>
  record({
    edits: array(tuple(nat(source.length - 1), oneof(constantFrom(0, 1, 0x7f, 0x80, 0xff), nat(255))), {
      minLength: 1,
      maxLength: 12,
    }),
    length: oneof(constant(source.length), nat(source.length)),
  }).map(({ edits, length }) => {
    const copy = Uint8Array.from(source);
    for (const [at, value] of edits) copy[at] = value;
    return copy.subarray(0, length);
  });

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

describe('no input throws', () => {
  it('TPM structures', () => {
    assert(
      property(oneof(bytes, mutated(honest.quote.attest), mutated(honest.quote.signature)), (input) => {
        parseAttest(input);
        parseSignature(input);
        const name = akNameOf(input);
        const pem = akPemOf(input);
        expect(pem.ok && !name.ok).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  it('event logs: every summary is one visible line and reading ends where it says', () => {
    assert(
      property(oneof(bytes, mutated(bootLog())), (input) => {
        const parsed = parseEventLog(input);
        if (!parsed.ok) return;
        for (const event of parsed.value.events) expect(event.summary).not.toMatch(/\p{Cc}/u);
        for (const problem of parsed.value.problems) expect(problem.offset).toBeLessThanOrEqual(input.length);
      }),
      { numRuns: RUNS },
    );
  });

  it('IMA lists: entries are numbered, paths visible', () => {
    assert(
      property(oneof(bytes, mutated(honest.ima)), (input) => {
        const parsed = parseIma(input);
        if (!parsed.ok) return;
        const entries = [...parsed.value.entries];
        expect(entries.map((entry) => entry.index)).toEqual(entries.map((_, i) => i));
        for (const entry of entries) expect(entry.path).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: RUNS },
    );
  });

  it('bundles', () => {
    assert(
      property(
        oneof(
          string(),
          json(),
          json().map((text) => `{"host":"h","nonce":"00","quote":${text},"pcrs":${text}}`),
        ),
        (text) => {
          const parsed = parseBundle(text);
          expect(parsed.ok ? 'bundle' : parsed.problem.code).toBe('bundle');
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe('no changed quote is accepted', () => {
  it('whatever bytes of the attestation or the signature change', () => {
    assert(
      property(mutated(honest.quote.attest), mutated(honest.quote.signature), boolean(), (attest, signature, which) => {
        const quote = which ? { attest, signature: honest.quote.signature } : { attest: honest.quote.attest, signature };
        pre(!same(quote.attest, honest.quote.attest) || !same(quote.signature, honest.quote.signature));
        const result = verifyEvidence({ ...honest, quote });
        expect(result.verdict).toBe('fail');
        expect(result.quotedPcrs).toEqual({});
        expect(result.checks.map((check) => check.code)).toEqual([...CHECK_CODES]);
      }),
      { numRuns: RUNS },
    );
  });

  it('whatever bytes of the IMA list change, no changed entry is proven', () => {
    const original = [...(verifyEvidence(honest).ima?.entries ?? [])];
    assert(
      property(mutated(honest.ima), (ima) => {
        const { ima: facts } = verifyEvidence({ ...honest, ima });
        // An entry whose template hash was changed is not proven although what follows it is; the check of that name fails then.
        const proven = [...(facts?.entries ?? [])].filter((entry) => entry.proven);
        expect(proven).toEqual(proven.map((entry) => original[entry.index]));
      }),
      { numRuns: RUNS },
    );
  });

  it('whatever bytes of the log change, digests of proven PCRs are the original ones', () => {
    const original = verifyEvidence(honest).eventLog?.events ?? [];
    const digestsOf = (events: typeof original, pcr: number): readonly unknown[] =>
      events.filter((event) => event.pcr === pcr && event.claimedType !== 'EV_NO_ACTION').map((event) => event.digests);
    assert(
      property(mutated(honest.eventLog), (eventLog) => {
        const result = verifyEvidence({ ...honest, eventLog });
        for (const pcr of result.provenLogPcrs) expect(digestsOf(result.eventLog?.events ?? [], pcr)).toEqual(digestsOf(original, pcr));
      }),
      { numRuns: RUNS },
    );
  });
});
