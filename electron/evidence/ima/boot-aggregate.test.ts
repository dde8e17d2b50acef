import { describe, expect, it } from 'vitest';
import type { Check } from '../../../shared/model/check.ts';
import { createReport } from '../report.ts';
import { digest, imaNgLine, makeEvidence } from '../testing/host.ts';
import type { Bank, PcrValues } from '../types.ts';
import { judgeIma } from './checks.ts';

const input = makeEvidence();
const valueOf = (bank: Bank, pcr: number): Buffer => digest(bank, Buffer.from(`${bank} ${pcr}`));
const to = (last: number): readonly number[] => Array.from({ length: last + 1 }, (_, pcr) => pcr);
const aggregate = (bank: Bank, pcrs: readonly number[]): Buffer => digest(bank, ...pcrs.map((pcr) => valueOf(bank, pcr)));
const line = (bank: Bank, value: Buffer): string => imaNgLine('boot_aggregate', value, bank);
const quoted = (banks: readonly Bank[], last = 9): PcrValues =>
  Object.fromEntries(banks.map((bank) => [bank, Object.fromEntries(to(last).map((pcr) => [pcr, valueOf(bank, pcr).toString('hex')]))]));

const judge = (quotedPcrs: PcrValues, ...lines: readonly string[]): Check | undefined => {
  const report = createReport();
  judgeIma({ ...input, ima: Buffer.from(lines.join('')) }, quotedPcrs, null, 'full', report);
  return report.checks().find((check) => check.code === 'boot-aggregate');
};

const file = imaNgLine('/usr/bin/bash', digest('sha256', Buffer.from('bash')));
const sha256 = line('sha256', aggregate('sha256', to(9)));
const sha1 = line('sha1', aggregate('sha1', to(7)));

describe('boot_aggregate', () => {
  it.each<readonly [Bank, number]>([
    ['sha1', 7],
    ['sha256', 7],
    ['sha256', 9],
    ['sha384', 9],
    ['sha512', 7],
  ])('over %s PCRs 0 to %i agrees with the quote', (bank, last) => {
    expect(judge(quoted([bank]), line(bank, aggregate(bank, to(last))), file)).toMatchObject({
      outcome: 'pass',
      message: expect.stringContaining(`quoted ${bank} boot PCRs`),
    });
  });

  it('of SHA-1 never covers PCRs 8 and 9', () => {
    expect(judge(quoted(['sha1']), line('sha1', aggregate('sha1', to(9))))?.outcome).toBe('fail');
  });

  it('is compared in every entry, each in the bank of its own algorithm', () => {
    expect(judge(quoted(['sha1', 'sha256']), sha256, file, sha1)).toMatchObject({
      outcome: 'notice',
      message: expect.stringContaining('appears 2 times'),
    });
    expect(judge(quoted(['sha1', 'sha256']), sha256, file, line('sha1', Buffer.alloc(20, 7)))).toMatchObject({
      outcome: 'fail',
      message: expect.stringContaining('IMA entry 2 is sha1 0707'),
    });
  });

  it('is not evaluated where the bank of one entry is not quoted, and says which entry', () => {
    expect(judge(quoted(['sha256']), sha256, file, line('sha1', Buffer.alloc(20, 7)))).toMatchObject({
      outcome: 'not-evaluated',
      message: expect.stringMatching(/IMA entry 2 .*sha1 PCRs 0–7/u),
    });
    expect(judge({}, sha256)).toMatchObject({ outcome: 'not-evaluated', message: expect.stringContaining('IMA entry 0') });
  });

  it('fails where one entry disagrees, whatever cannot be compared', () => {
    const foreign = line('sha256', Buffer.alloc(32, 7));
    expect(judge(quoted(['sha256']), sha256, sha1, foreign)).toMatchObject({
      outcome: 'fail',
      message: expect.stringContaining('IMA entry 2'),
    });
  });

  it('is not evaluated where it may cover PCRs that are not quoted', () => {
    expect(judge(quoted(['sha256'], 7), sha256)).toMatchObject({
      outcome: 'not-evaluated',
      message: expect.stringContaining('sha256 PCRs 0–9'),
    });
    expect(judge(quoted(['sha256'], 7), line('sha256', aggregate('sha256', to(7))))?.outcome).toBe('pass');
  });

  it('of an algorithm that no PCR bank has is not evaluated', () => {
    const value = digest('sha224', Buffer.from('x'));
    expect(judge(quoted(['sha256']), sha256, imaNgLine('boot_aggregate', value, 'sha224'))).toMatchObject({
      outcome: 'not-evaluated',
      message: expect.stringContaining('sha224'),
    });
  });

  it('must come first', () => {
    expect(judge(quoted(['sha256']), file, sha256)?.outcome).toBe('fail');
  });
});
