import { describe, expect, it } from 'vitest';
import { parseEventLog } from '../index.ts';
import { createReport } from '../report.ts';
import { BANK, OWNER, agileEvent, digestList, specId, uefiVariable } from '../testing/host.ts';
import { checkSecureBootState } from './secure-boot-state.ts';
import type { SecureBootState } from './secure-boot-types.ts';
import { checkEventTypes } from './type-checks.ts';

const CONFIG = 0x80000001;
const AUTHORITY = 0x800000e0;
const IMAGE_SECURITY = Buffer.from('cbb219d73a3d9645a3bcdad00e67656f', 'hex');
const GLOBAL_KEY = digestList([Buffer.alloc(32, 0x11)]);
const ALLOWED = Buffer.alloc(32, 0xd1);

const config = (name: string, value: Uint8Array, guid?: Buffer): Buffer => agileEvent(BANK, 7, CONFIG, uefiVariable(name, value, guid));
const boot = (value: number, platformKey: Buffer = GLOBAL_KEY): readonly Buffer[] => [
  config('SecureBoot', Buffer.from([value])),
  config('PK', platformKey),
  config('KEK', GLOBAL_KEY),
  config('db', digestList([ALLOWED]), IMAGE_SECURITY),
  config('dbx', digestList([Buffer.alloc(32, 0xdd)]), IMAGE_SECURITY),
];
const separator = agileEvent(BANK, 7, 4, Buffer.alloc(4));
const authority = (hash: Buffer): Buffer =>
  agileEvent(BANK, 7, AUTHORITY, uefiVariable('db', Buffer.concat([OWNER, hash]), IMAGE_SECURITY));
const started = agileEvent(BANK, 4, 0x80000003, Buffer.alloc(32), Buffer.from('image'));
const action = (text: string): Buffer => agileEvent(BANK, 7, 0x80000007, Buffer.from(text));

type Judged = { readonly state: SecureBootState; readonly outcome: string | undefined; readonly message: string };
const judge = (events: readonly Buffer[], proven: readonly number[] = [4, 7, 14]): Judged => {
  const parsed = parseEventLog(Buffer.concat([specId(BANK), ...events]));
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const report = createReport();
  checkEventTypes(parsed.value.events, report);
  const state = checkSecureBootState(parsed.value.events, proven, report);
  const check = report.checks().find((one) => one.code === 'secure-boot-state');
  return { state, outcome: check?.outcome, message: check?.message ?? '' };
};

describe('the state of Secure Boot', () => {
  it('is derived from verified events of a proven PCR 7', () => {
    const { state, outcome, message } = judge([...boot(1), separator, authority(ALLOWED), started]);
    expect([outcome, state.mode, state.proven]).toEqual(['pass', 'enabled', true]);
    expect(message).toContain('Secure Boot is on');
    expect(state.keys.db).toHaveLength(1);
    expect(state.authorities).toMatchObject([{ database: 'db', beforeSeparator: false, listed: true }]);
    expect(state.derivations.every((one) => one.basis === 'verified' && one.proven && one.events.length > 0)).toBe(true);
  });

  it('a text that says that shim validates does not hide one that says that it does not', () => {
    const mok = (pcr: number, value: number): Buffer => agileEvent(BANK, pcr, 0x0d, Buffer.from('MokSBState\0'), Buffer.from([value]));
    for (const order of [
      [mok(14, 0), mok(14, 1)],
      [mok(12, 0), mok(14, 1)],
      [mok(16, 0), mok(14, 1)],
      [mok(16, 1), mok(14, 1)],
    ]) {
      const { state, outcome, message } = judge([...boot(1), separator, authority(ALLOWED), started, ...order]);
      expect([outcome, state.shimValidation]).toEqual(['notice', 'off']);
      expect(message).toContain("shim's own validation is off");
    }
    expect(judge([...boot(1), separator, authority(ALLOWED), started, mok(16, 0)]).state.shimValidation).toBe('not-said');
  });

  it('off is a state too; whether it may be is policy', () => {
    expect(judge([...boot(0), separator, started])).toMatchObject({ outcome: 'pass', state: { mode: 'disabled' } });
    expect(judge([config('SecureBoot', Buffer.alloc(0)), separator])).toMatchObject({ outcome: 'pass', state: { mode: 'disabled' } });
  });

  it('without proof of PCR 7 it is only a claim', () => {
    const { state, outcome, message } = judge([...boot(1), separator, authority(ALLOWED), started], [0, 4]);
    expect([outcome, state.proven]).toEqual(['not-evaluated', false]);
    expect(message).toContain('PCR 7 is not proven');
    expect(state.derivations.some((one) => one.proven)).toBe(false);
  });

  it('without the variable it is not known', () => {
    expect(judge([separator])).toMatchObject({ outcome: 'not-evaluated', state: { mode: 'unknown' } });
    expect(judge([separator]).message).toContain('SecureBoot variable');
    expect(judge([started]).message).toContain('no event of PCR 7');
  });

  it('does not count data that its digest does not cover', () => {
    const edited = agileEvent(BANK, 7, CONFIG, uefiVariable('SecureBoot', Buffer.from([1])), uefiVariable('SecureBoot', Buffer.from([0])));
    expect(judge([edited, separator]).state.mode).toBe('unknown');
  });
});

describe('what is odd is a notice', () => {
  it.each<readonly [string, readonly Buffer[], string]>([
    ['setup mode', [...boot(0, Buffer.alloc(0)), separator], 'no platform key'],
    ['the UEFI debugger', [...boot(1), action('UEFI Debug Mode'), separator, authority(ALLOWED)], 'debugger'],
    ['DMA protection off', [...boot(1), action('DMA Protection Disabled'), separator, authority(ALLOWED)], 'DMA'],
    ['a program started without an authority', [...boot(1), separator, started], 'no authority'],
    [
      "shim's validation off, as a variable",
      [...boot(1), separator, authority(ALLOWED), agileEvent(BANK, 7, AUTHORITY, uefiVariable('MokSBState', Buffer.from([1])))],
      "shim's own validation is off",
    ],
    [
      "shim's validation off, told by the digest alone",
      [...boot(1), separator, authority(ALLOWED), agileEvent(BANK, 14, 0x0d, Buffer.from('MokSBState\0'), Buffer.from([1]))],
      "shim's own validation is off",
    ],
  ])('%s', (_, events, part) => {
    const { outcome, message } = judge(events);
    expect([outcome, message]).toEqual(['notice', expect.stringContaining(part)]);
  });
});

describe('what no firmware writes fails', () => {
  it('a SecureBoot that is neither on nor off', () => {
    expect(judge([config('SecureBoot', Buffer.from([7])), separator])).toMatchObject({ outcome: 'fail' });
  });

  it('a program allowed by an entry that db does not have', () => {
    const { outcome, message } = judge([...boot(1), separator, authority(Buffer.alloc(32, 0xee)), started]);
    expect([outcome, message]).toEqual(['fail', expect.stringContaining('db does not have')]);
  });

  it('where PCR 7 has no form, no state is derived', () => {
    const { outcome, message } = judge([...boot(1), separator, separator]);
    expect([outcome, message]).toEqual(['not-evaluated', expect.stringContaining('form')]);
  });
});
