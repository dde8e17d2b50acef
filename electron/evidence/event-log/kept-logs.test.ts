import { describe, expect, it } from 'vitest';
import { createLogCache, verifyEvidence } from '../index.ts';
import { bootLog, makeEvidence, makeKey } from '../testing/host.ts';

const key = makeKey('ecdsa256');
const honest = makeEvidence({ key });
const codes = (result: ReturnType<typeof verifyEvidence>): readonly unknown[] =>
  result.checks.map(({ code, outcome, message }) => [code, outcome, message]);

describe('event logs kept by content', () => {
  it('gives the same checks the second time, and the very same description', () => {
    const logCache = createLogCache();
    const first = verifyEvidence(honest, { logCache });
    const second = verifyEvidence({ ...honest, eventLog: Buffer.from(honest.eventLog) }, { logCache });
    expect(codes(second)).toEqual(codes(first));
    expect(second.eventLog).toBe(first.eventLog);
    expect(second.provenLogPcrs).toEqual(first.provenLogPcrs);
  });

  it('judges the same log anew against other quoted values', () => {
    const logCache = createLogCache();
    verifyEvidence(honest, { logCache });
    const other = { ...honest, eventLog: bootLog(0) };
    verifyEvidence(other, { logCache });
    for (const input of [honest, other]) expect(codes(verifyEvidence(input, { logCache }))).toEqual(codes(verifyEvidence(input)));
  });

  it('does not take one log for another that differs in one byte', () => {
    for (let at = 100; at < honest.eventLog.length; at += 7) {
      const logCache = createLogCache();
      verifyEvidence(honest, { logCache });
      const eventLog = Buffer.from(honest.eventLog);
      eventLog[at] = (eventLog[at] ?? 0) ^ 1;
      const input = { ...honest, eventLog };
      expect(codes(verifyEvidence(input, { logCache }))).toEqual(codes(verifyEvidence(input)));
    }
  });

  it('does not carry a verdict over to evidence without a valid quote', () => {
    const logCache = createLogCache();
    verifyEvidence(honest, { logCache });
    const unsigned = { ...honest, quote: { ...honest.quote, signature: Buffer.alloc(4) } };
    expect(codes(verifyEvidence(unsigned, { logCache }))).toEqual(codes(verifyEvidence(unsigned)));
    expect(codes(verifyEvidence(honest, { logCache }))).toEqual(codes(verifyEvidence(honest)));
  });

  it('holds no more bytes than it may', () => {
    const logCache = createLogCache(honest.eventLog.length * 8 * 3);
    const logs = Array.from({ length: 10 }, (_, i) => Buffer.concat([honest.eventLog, Buffer.alloc(i)]));
    for (const eventLog of logs) verifyEvidence({ ...honest, eventLog }, { logCache });
    expect(logs.filter((log) => logCache.find(log, 'sha256') !== undefined).length).toBeLessThanOrEqual(3);
  });
});
