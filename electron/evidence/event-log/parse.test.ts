import { describe, expect, it } from 'vitest';
import { parseEventLog } from '../index.ts';
import { agileEvent, digest, digestList, le32, locality, sha1Event, specId, uefiVariable } from '../testing/host.ts';
import type { EventLogFacts } from '../types.ts';

const BANKS = ['sha1', 'sha256'] as const;
const action = (pcr: number, text: string): Buffer => agileEvent(BANKS, pcr, 0x80000007, Buffer.from(text));
const log = (...events: readonly Buffer[]): Buffer => Buffer.concat([specId(BANKS), ...events]);

const facts = (bytes: Uint8Array): EventLogFacts => {
  const parsed = parseEventLog(bytes);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
};
/** Why reading stopped, and where; null when it did not. */
const stop = (bytes: Uint8Array): readonly [number, string] | null => {
  const parsed = parseEventLog(bytes);
  if (!parsed.ok) return [-1, parsed.problem.message];
  const problem = parsed.value.problems.find(({ code }) => code === 'log-parse');
  return problem === undefined ? null : [problem.offset, problem.message];
};
const HEAD = specId(BANKS).length;

describe('replay', () => {
  it('extends every bank by the digests, and only PCRs that have events', () => {
    const { pcrs } = facts(log(action(4, 'Calling EFI Application')));
    expect(pcrs).toEqual({
      sha1: { 4: digest('sha1', Buffer.alloc(20), digest('sha1', Buffer.from('Calling EFI Application'))).toString('hex') },
      sha256: { 4: digest('sha256', Buffer.alloc(32), digest('sha256', Buffer.from('Calling EFI Application'))).toString('hex') },
    });
  });

  it('reads over the digests of a bank that it does not know, and says so', () => {
    // SHA3-256 between two banks that are known.
    const head = sha1Event(
      0,
      3,
      Buffer.alloc(20),
      Buffer.concat([
        Buffer.from('Spec ID Event03\0'),
        le32(0),
        Buffer.from([0, 2, 0, 2]),
        le32(3),
        Buffer.from([4, 0, 20, 0, 0x27, 0, 32, 0, 11, 0, 32, 0, 0]),
      ]),
    );
    const data = Buffer.from('Calling EFI Application');
    const event = (count: number, ...digests: readonly Uint8Array[]): Buffer =>
      Buffer.concat([le32(4), le32(0x80000007), le32(count), ...digests, le32(data.length), data]);
    const [sha1, sha3, sha256] = [
      Buffer.concat([Buffer.from([4, 0]), digest('sha1', data)]),
      Buffer.concat([Buffer.from([0x27, 0]), Buffer.alloc(32, 7)]),
      Buffer.concat([Buffer.from([11, 0]), digest('sha256', data)]),
    ];
    const read = facts(Buffer.concat([head, event(3, sha1, sha3, sha256), event(3, sha1, sha256, sha3)]));
    const known = facts(log(action(4, data.toString()), action(4, data.toString())));
    expect([read.algorithms, read.pcrs]).toEqual([['sha1', 'sha256'], known.pcrs]);
    expect(read.events.slice(1).map((one) => one.data)).toEqual(['verified', 'verified']);
    expect(read.problems).toMatchObject([{ code: 'log-algorithm', message: 'the digests of hash algorithm 0x27 are not replayed' }]);
    expect(stop(Buffer.concat([head, event(3, sha1, sha3, sha3)]))?.[1]).toBe('the event carries 0x27 twice');
  });

  it('never extends EV_NO_ACTION, even with a digest', () => {
    const event = Buffer.concat([
      le32(1),
      le32(3),
      le32(2),
      Buffer.from([4, 0]),
      Buffer.alloc(20, 5),
      Buffer.from([11, 0]),
      Buffer.alloc(32, 5),
      le32(0),
    ]);
    expect(facts(log(event)).pcrs).toEqual({ sha1: {}, sha256: {} });
  });

  it.each([0, 3, 4])('starts PCR 0 at startup locality %i', (value) => {
    const start = Buffer.alloc(32);
    start[31] = value;
    const read = facts(log(locality(BANKS, value), action(0, 'x')));
    expect(read.startupLocality).toBe(value);
    expect(read.pcrs.sha256?.[0]).toBe(digest('sha256', start, digest('sha256', Buffer.from('x'))).toString('hex'));
  });

  it('starts PCR 0 at locality 4 after an H-CRTM event', () => {
    const start = Buffer.alloc(32);
    start[31] = 4;
    const read = facts(log(agileEvent(BANKS, 0, 0x80000010, Buffer.from('HCRTM'))));
    expect(read.pcrs.sha256?.[0]).toBe(digest('sha256', start, digest('sha256', Buffer.from('HCRTM'))).toString('hex'));
  });

  it('starts PCRs 17 to 22 at all ones', () => {
    expect(facts(log(action(17, 'x'))).pcrs.sha256?.[17]).toBe(
      digest('sha256', Buffer.alloc(32, 255), digest('sha256', Buffer.from('x'))).toString('hex'),
    );
  });

  it('reads the TPM 1.2 format', () => {
    const read = facts(sha1Event(4, 5, digest('sha1', Buffer.from('x')), Buffer.from('x')));
    expect([read.format, read.algorithms, Object.keys(read.pcrs.sha1 ?? {})]).toEqual(['sha1', ['sha1'], ['4']]);
  });

  it('lets an event leave out a bank, as Windows does, and extends only the other', () => {
    const event = agileEvent(['sha256'], 12, 6, Buffer.from('12345678payload'));
    expect(facts(log(event)).pcrs).toMatchObject({ sha1: {}, sha256: { 12: expect.any(String) } });
  });
});

describe('what stops the reading', () => {
  it.each<readonly [string, Buffer, number, string]>([
    ['an empty file', Buffer.alloc(0), -1, 'empty'],
    ['a second StartupLocality', log(locality(BANKS, 3), locality(BANKS, 0)), HEAD + 89, 'second StartupLocality'],
    ['StartupLocality of another PCR', log(locality(BANKS, 3, 4)), HEAD, 'only PCR 0'],
    ['StartupLocality after PCR 0 was extended', log(action(0, 'x'), locality(BANKS, 3)), HEAD + 73, 'after PCR 0'],
    ['StartupLocality 1', log(locality(BANKS, 1)), HEAD, 'locality 0, 3 or 4'],
    ['PCR 24', log(action(24, 'x')), HEAD, 'PCR 24'],
    ['an extend into PCR 0xffffffff', log(action(0xffffffff, 'x')), HEAD, 'PCR 4294967295'],
    ['an undeclared bank', log(agileEvent(['sha384'], 0, 4, Buffer.alloc(4))), HEAD + 12, 'not declared'],
    ['a bank twice', log(agileEvent(['sha1', 'sha1'], 0, 4, Buffer.alloc(4))), HEAD + 34, 'sha1 twice'],
    ['data behind padding', log(Buffer.alloc(64), action(0, 'x')), HEAD, 'data follows padding'],
    ['a bank declared twice', specId(['sha256', 'sha256']), -1, 'declares sha256 twice'],
    ['an event cut short', log(action(0, 'x')).subarray(0, -1), HEAD + 72, 'needs 1 bytes'],
  ])('%s', (_, bytes, offset, reason) => {
    expect(stop(bytes)).toEqual([offset, expect.stringContaining(reason)]);
  });

  it.each([0, 0xff])('not padding of 0x%s', (fill) => {
    expect(stop(log(action(0, 'x'), Buffer.alloc(5000, fill)))).toBeNull();
  });

  it('keeps what was read before', () => {
    expect(facts(log(action(4, 'x'), action(24, 'x'))).events).toHaveLength(2);
  });
});

const coverage = (pcr: number, type: number, data: Uint8Array, measured: Uint8Array): string | undefined =>
  facts(log(agileEvent(BANKS, pcr, type, data, measured))).events[1]?.data;

describe('data against its digest', () => {
  const secureBoot = uefiVariable('SecureBoot', Buffer.from([1]));

  it.each<readonly [string, number, Buffer, Buffer, string]>([
    ['a Secure Boot variable', 0x80000001, secureBoot, secureBoot, 'verified'],
    ['a changed Secure Boot variable', 0x80000001, secureBoot, uefiVariable('SecureBoot', Buffer.from([0])), 'mismatch'],
    ['a changed action', 0x80000007, Buffer.from('a'), Buffer.from('b'), 'mismatch'],
    ['a changed separator', 4, Buffer.from([1, 0, 0, 0]), Buffer.alloc(4), 'mismatch'],
    ['a separator with a name, as OpenPOWER writes', 4, Buffer.from('Skiboot Boot'), Buffer.alloc(4, 255), 'not-covered'],
    [
      'a boot variable measured without its name',
      0x80000002,
      uefiVariable('BootOrder', Buffer.from([1, 0])),
      Buffer.from([1, 0]),
      'verified',
    ],
    ["GRUB's text without prefix and NUL", 0x0d, Buffer.from('grub_cmd: boot\0'), Buffer.from('boot'), 'verified'],
    ['a file name beside the digest of a file', 0x0d, Buffer.from('/vmlinuz\0'), Buffer.from('the kernel'), 'not-covered'],
    ['the location of an image', 0x80000003, Buffer.alloc(32), Buffer.from('the image'), 'not-covered'],
  ])('%s', (_, type, data, measured, expected) => {
    expect(coverage(7, type, data, measured)).toBe(expected);
  });
});

describe('words', () => {
  it('decodes signature lists: owner in standard form, digests as themselves', () => {
    const hash = Buffer.alloc(32, 0xab);
    const event = facts(log(agileEvent(BANKS, 7, 0x80000001, uefiVariable('dbx', digestList([hash]))))).events[1];
    expect(event?.variable).toMatchObject({
      name: 'dbx',
      guid: '8be4df61-93ca-11d2-aa0d-00e098032b8c',
      signatures: [{ owner: '77fa9abd-0359-4d32-bd60-28f4e78f784b', kind: 'sha256', sha256: hash.toString('hex') }],
    });
  });

  it('never lets control characters through', () => {
    const event = facts(log(agileEvent(BANKS, 8, 0x0d, Buffer.from('grub_cmd: \u001b[2J\u202e<b>\0')))).events[1];
    expect([event?.text, event?.summary]).toEqual(['grub_cmd: \\x1b[2J\\u{202e}<b>', 'grub_cmd: \\x1b[2J\\u{202e}<b>']);
  });
});
