/** Points 14 to 16 of docs/evidence-checks.md: claimed types, data under a digest, what a boot rests on. */
import { describe, expect, it } from 'vitest';
import { verifyEvidence } from '../index.ts';
import { digestList, u8, uefiVariable } from '../testing/host.ts';
import { BOOT, DRIVER_CONFIG, EV_EFI_ACTION, EV_SEPARATOR, SHIM, VARIABLES, ZERO4, boot, logOf, showing, text } from '../testing/boot.ts';
import { type Attack, type Step, codes, outcomeOf } from '../testing/variations.ts';
import type { EvidenceInput } from '../types.ts';

const relabelled = (index: number, type: number): Buffer =>
  logOf(BOOT.map((step, at): Step => (at === index ? [step[0], type, step[2], step[3] ?? step[2]] : step)));

describe('14: types are claims; those that contradict the form of PCR 7 fail', () => {
  it.each<Attack>([
    ['a variable labelled EV_IPL', () => showing(relabelled(1, 0x0d)), ['event-type']],
    ['a variable labelled EV_EFI_VARIABLE_AUTHORITY', () => showing(relabelled(1, 0x800000e0)), ['event-type']],
    ['the separator labelled EV_EFI_ACTION', () => showing(relabelled(11, EV_EFI_ACTION)), ['event-type']],
    ['two separators', () => boot([...BOOT, [7, EV_SEPARATOR, ZERO4]]), ['event-type']],
    ['no separator', () => boot(BOOT.filter(([pcr, type]) => pcr !== 7 || type !== EV_SEPARATOR)), ['event-type']],
    ['a variable after the separator', () => boot([...BOOT, [7, DRIVER_CONFIG, uefiVariable('dbx', digestList([]))]]), ['event-type']],
    ['a variable twice', () => boot([...VARIABLES.slice(0, 1), ...BOOT]), ['event-type']],
    ['SecureBoot first off, then on', () => boot([[7, DRIVER_CONFIG, uefiVariable('SecureBoot', u8(0))], ...BOOT]), ['event-type']],
    ['a variable that is none', () => boot([[7, DRIVER_CONFIG, text('none')], ...BOOT]), ['event-type']],
  ])('%s fails although it replays', (_what, input, fails) => {
    expect(codes(input(), 'fail').filter((code) => code !== 'secure-boot-state')).toEqual([...fails]);
    expect(outcomeOf(input(), 'log-replay')).toBe('pass');
  });
});

describe('15: data under its own digest', () => {
  const changed = (index: number, data: Uint8Array): EvidenceInput =>
    showing(logOf(BOOT.map((step, at): Step => (at === index ? [step[0], step[1], data, step[3] ?? step[2]] : step))));

  it.each<readonly [string, EvidenceInput]>([
    ['the value of a variable', changed(1, uefiVariable('SecureBoot', u8(0)))],
    ['the name of a variable', changed(1, uefiVariable('SecureBooT', u8(1)))],
    ['a variable replaced by nothing', changed(2, Buffer.alloc(0))],
    ['a separator of an error', changed(11, Buffer.from([1, 0, 0, 0]))],
  ])('%s fails event-data-digest', (_what, input) => {
    expect(codes(input, 'fail')).toContain('event-data-digest');
    expect(outcomeOf(input, 'log-replay')).toBe('pass');
  });

  it('what let a program start cannot be replaced by another entry, nor hidden behind text', () => {
    const mok = uefiVariable('MokSBState', u8(1));
    for (const data of [uefiVariable('MokSBState', u8(0)), uefiVariable('SbatLevel', text('sbat,1\n')), text('Booting')]) {
      const input = boot([...BOOT, [7, 0x800000e0, data, mok]]);
      expect(codes(input, 'fail')).toContain('event-data-digest');
      expect(outcomeOf(input, 'log-replay')).toBe('pass');
    }
  });

  it('the description of an image is a claim: changed, it passes and is called not covered', () => {
    const at = BOOT.indexOf(SHIM);
    const input = changed(at, Buffer.alloc(64, 7));
    expect(codes(input, 'fail')).toEqual([]);
    expect(verifyEvidence(input).eventLog?.events[at + 1]?.data).toBe('not-covered');
  });

  it('the text of GRUB is covered after its prefix; changed, it is called not covered', () => {
    const at = BOOT.indexOf(SHIM) + 1;
    expect(verifyEvidence(showing(logOf(BOOT))).eventLog?.events[at + 1]?.data).toBe('verified');
    expect(verifyEvidence(changed(at, text('grub_cmd: linux /evil\0'))).eventLog?.events[at + 1]?.data).toBe('not-covered');
  });
});

describe('16: what the state of the boot rests on', () => {
  it('every PCR whose events explain it is named, and no other', () => {
    expect(verifyEvidence(showing(logOf(BOOT))).provenLogPcrs).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
