import { describe, expect, it } from 'vitest';
import { parseEventLog } from '../index.ts';
import { createReport } from '../report.ts';
import { agileEvent, BANK, digestList, le32, OWNER, specId, uefiVariable } from '../testing/host.ts';
import { checkEventTypes } from './type-checks.ts';

const CONFIG = 0x80000001;
const AUTHORITY = 0x800000e0;
const DATABASE = Buffer.from('cbb219d73a3d9645a3bcdad00e67656f', 'hex');
const secureBoot = agileEvent(BANK, 7, CONFIG, uefiVariable('SecureBoot', Buffer.from([1])));
const separator = agileEvent(BANK, 7, 4, Buffer.alloc(4));
const authority = (data: Uint8Array, measured = data): Buffer => agileEvent(BANK, 7, AUTHORITY, data, measured);
const entry = uefiVariable('db', Buffer.concat([OWNER, Buffer.alloc(32, 0xd1)]), DATABASE);

/** EFI_SIGNATURE_LIST of EFI_CERT_SHA1_GUID. */
const sha1List = (count: number): Buffer =>
  Buffer.concat([
    Buffer.from('12a56c8210cfc94ab187be01496631bd', 'hex'),
    le32(28 + 36 * count),
    le32(0),
    le32(36),
    Buffer.alloc(36 * count, 1),
  ]);

const judge = (...events: readonly Buffer[]): readonly [string | undefined, string | undefined] => {
  const parsed = parseEventLog(Buffer.concat([specId(BANK), ...events]));
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const report = createReport();
  checkEventTypes(parsed.value.events, report);
  const check = report.checks().find((one) => one.code === 'event-type');
  return [check?.outcome, check?.message];
};

describe('an authority before the separator of PCR 7', () => {
  it('is one entry of db by which firmware let a driver start', () => {
    expect(judge(secureBoot, authority(entry), separator)[0]).toBe('pass');
  });

  it.each<readonly [string, Buffer]>([
    ['SecureBoot', authority(uefiVariable('SecureBoot', Buffer.from([0])))],
    ['an empty PK', authority(uefiVariable('PK', Buffer.alloc(0)))],
    ['dbx as a list', authority(uefiVariable('dbx', digestList([Buffer.alloc(32, 1)]), DATABASE))],
    ['db as a list', authority(uefiVariable('db', digestList([Buffer.alloc(32, 1)]), DATABASE))],
    // 925 SHA-1 digests: the size of such a list begins like a certificate.
    ['db as a list that looks like a certificate', authority(uefiVariable('db', sha1List(925), DATABASE))],
    ['an entry of dbx', authority(uefiVariable('dbx', Buffer.concat([OWNER, Buffer.alloc(32, 1)]), DATABASE))],
    ['db of another vendor', authority(uefiVariable('db', Buffer.concat([OWNER, Buffer.alloc(32, 1)])))],
    ['an entry of db over a digest of something else', authority(entry, uefiVariable('SecureBoot', Buffer.from([0])))],
    ['what is no variable', authority(Buffer.from('text'))],
  ])('fails where it is %s', (_, event) => {
    const [outcome, message] = judge(secureBoot, event, separator);
    expect(outcome).toBe('fail');
    expect(message).toContain('event 2 before the separator of PCR 7 is labelled an authority');
  });

  it('is not confused with what lets images start after it', () => {
    expect(judge(secureBoot, separator, authority(uefiVariable('SbatLevel', Buffer.from('sbat,1,2022\n'))))[0]).toBe('pass');
  });
});

describe('configuration under another label in PCR 7', () => {
  const hidden = uefiVariable('SecureBoot', Buffer.from([0]));
  const device = uefiVariable('devdb', Buffer.from([1]), DATABASE);

  it.each<readonly [string, Buffer]>([
    ['EV_ACTION', agileEvent(BANK, 7, 0x05, hidden)],
    ['EV_EFI_ACTION', agileEvent(BANK, 7, 0x80000007, hidden)],
    ['a device policy', agileEvent(BANK, 7, 0x800000e3, hidden)],
    ['a device authority', agileEvent(BANK, 7, 0x800000e4, hidden)],
    ['a harmless text over the digest of a variable', agileEvent(BANK, 7, 0x05, Buffer.from('Booting'), hidden)],
    ['a device policy over the digest of a variable', agileEvent(BANK, 7, 0x800000e3, device, hidden)],
    ['an unknown type', agileEvent(BANK, 7, 0x12345678, hidden)],
    ['EV_IPL', agileEvent(BANK, 7, 0x0d, Buffer.from('text'), hidden)],
  ])('fails as %s', (_, event) => {
    expect(judge(event, separator)[0]).toBe('fail');
  });

  it('fails as the only separator', () => {
    expect(judge(secureBoot, agileEvent(BANK, 7, 0x04, hidden))[0]).toBe('fail');
  });

  it('is not what a marker of the firmware or a device policy is', () => {
    expect(judge(secureBoot, agileEvent(BANK, 7, 0x80000007, Buffer.from('DMA Protection Disabled')), separator)[0]).toBe('pass');
    expect(judge(secureBoot, agileEvent(BANK, 7, 0x800000e3, device), separator)[0]).toBe('pass');
  });
});

describe('a separator that reports an error of the firmware', () => {
  const error = Buffer.from('01000000', 'hex');

  it.each<readonly [string, Buffer]>([
    ['says so', error],
    ['holds what the firmware says about the error', Buffer.from('memory training failed')],
    ['holds four bytes about the error', Buffer.from('0c000080', 'hex')],
    ['has been given another text', Buffer.from('Booting')],
  ])('fails in PCR 7 where it %s', (_, data) => {
    const [outcome, message] = judge(secureBoot, agileEvent(BANK, 7, 4, data, error));
    expect([outcome, message]).toEqual(['fail', expect.stringContaining('the firmware failed')]);
  });

  it('is a notice elsewhere, and what the firmware says about it is a claim, not tampering', () => {
    const event = agileEvent(BANK, 0, 4, Buffer.from('memory training failed'), error);
    expect(judge(event)).toEqual(['notice', expect.stringContaining('firmware error')]);
    const parsed = parseEventLog(Buffer.concat([specId(BANK), event]));
    expect(parsed.ok && parsed.value.events[1]).toMatchObject({ data: 'not-covered', summary: expect.stringContaining('firmware error') });
  });

  it('cannot be written as one that reports none', () => {
    const parsed = parseEventLog(Buffer.concat([specId(BANK), agileEvent(BANK, 0, 4, Buffer.alloc(4), error)]));
    expect(parsed.ok && parsed.value.events[1]?.data).toBe('mismatch');
  });
});

describe('odd, and no more than that', () => {
  it.each<readonly [string, readonly Buffer[], string]>([
    [
      'a variable as an action elsewhere',
      [agileEvent(BANK, 1, 0x05, uefiVariable('Boot0001', Buffer.from([1]))), agileEvent(BANK, 1, 4, Buffer.alloc(4))],
      'holds the variable Boot0001',
    ],
    ['a variable that is never extended', [agileEvent(BANK, 0, 3, uefiVariable('SecureBoot', Buffer.from([1])))], 'never extended'],
    ['a separator that reports an error', [agileEvent(BANK, 0, 4, Buffer.from('01000000', 'hex'))], 'firmware error'],
    ['an unknown type', [agileEvent(BANK, 0, 0x12345678, Buffer.from('x'))], 'unknown type'],
  ])('%s', (_, events, part) => {
    expect(judge(...events)).toEqual(['notice', expect.stringContaining(part)]);
  });
});
