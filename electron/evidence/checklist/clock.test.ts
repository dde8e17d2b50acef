/** Point 6 of docs/evidence-checks.md: the clock of the TPM. */
import { describe, expect, it } from 'vitest';
import { NONCE, REQUIRED, makeKey, nameOf } from '../testing/host.ts';
import { type Select, ak, bare, codes, honestPcrs, outcomeOf, quote, withQuote } from '../testing/variations.ts';
import type { ClockFacts, EvidenceInput } from '../types.ts';

const ALL: readonly Select[] = [['sha256', REQUIRED]];

describe('6: reset count, restart count and clock only grow within one key', () => {
  const before: ClockFacts = { resetCount: 3, restartCount: 1, clockMs: 5000n, safe: true, firmwareVersion: 7n };
  const after = (clock: Parameters<typeof quote>[4], more: Partial<EvidenceInput> = { previous: before }): EvidenceInput => ({
    ...withQuote(quote(honestPcrs, ALL, ak, NONCE, clock)),
    ...more,
  });

  it.each<readonly [string, Parameters<typeof quote>[4], string]>([
    ['the clock a millisecond later', { clock: 5001n }, 'pass'],
    ['the same clock: the same quote again', { clock: 5000n }, 'fail'],
    ['a lower clock', { clock: 4999n }, 'fail'],
    ['a higher restart count with a lower clock', { restart: 2, clock: 1n }, 'pass'],
    ['a lower restart count', { restart: 0, clock: 9000n }, 'fail'],
    ['a lower reset count, however high the rest', { reset: 2, restart: 9, clock: 9000n }, 'fail'],
    ['a higher reset count with a later clock', { reset: 4, restart: 0, clock: 5001n }, 'pass'],
    ['a higher reset count with everything else at its start', { reset: 4, restart: 0, clock: 0n }, 'notice'],
    ['the highest reset count', { reset: 0xffffffff, restart: 0, clock: 9000n }, 'pass'],
    ['a firmware version that went back, even over a reset', { reset: 4, firmware: 6n }, 'fail'],
    ['a new firmware version', { reset: 4, firmware: 8n }, 'notice'],
    ['a clock that is not safe', { clock: 6000n, safe: 0 }, 'notice'],
    ['a clock that went back and is not safe', { clock: 4000n, safe: 0 }, 'fail'],
  ])('%s', (_what, clock, outcome) => {
    expect(outcomeOf(after(clock), 'clock-rollback')).toBe(outcome);
  });

  it('a safe flag other than 0 and 1 is no quote', () => {
    expect(codes(after({ safe: 2, clock: 9000n }), 'fail')).toContain('attest-trailing');
  });

  it('the earlier quote of another key is not compared', () => {
    const foreign = quote(honestPcrs, ALL, makeKey('ecdsa256'), NONCE, { reset: 99 });
    expect(outcomeOf(after({ clock: 6000n }, { previousQuote: foreign }), 'clock-rollback')).toBe('not-evaluated');
  });

  it('an earlier quote of this key is, whatever nonce it answered', () => {
    const earlier = quote(honestPcrs, ALL, ak, Buffer.from('another'), { clock: 8000n });
    expect(outcomeOf(after({ clock: 6000n }, { previousQuote: earlier }), 'clock-rollback')).toBe('fail');
    expect(outcomeOf(after({ clock: 8001n }, { previousQuote: earlier }), 'clock-rollback')).toBe('pass');
  });

  it('the clock of a quote that is not signed says nothing', () => {
    const forged = { ...after({ clock: 9000n }), akTpm2bPublic: makeKey('ecdsa256').area() };
    expect(outcomeOf(forged, 'clock-rollback')).toBe('not-evaluated');
    expect(nameOf(Buffer.from(forged.akTpm2bPublic))).not.toBe(bare.enrolment?.akName);
  });
});
