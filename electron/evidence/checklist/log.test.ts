/** Points 11 to 13 of docs/evidence-checks.md: form of the event log, and its replay. */
import { describe, expect, it } from 'vitest';
import { verifyEvidence } from '../index.ts';
import { REQUIRED, bootLog, digest, le16, le32, sha1Event, u8 } from '../testing/host.ts';
import { BOOT, EV_NO_ACTION, SHIM, VARIABLES, VERSION, boot, event, locality, logOf, showing, text } from '../testing/boot.ts';
import { type Attack, SPEC_ID, type Step, type Variation, bare, codes, messageOf, outcomeOf } from '../testing/variations.ts';
import type { EvidenceInput } from '../types.ts';

const after = (tail: Uint8Array): EvidenceInput => showing(Buffer.concat([logOf(BOOT), tail]));

/** TCG_EfiSpecIDEvent with these algorithms and sizes. */
const head = (algorithms: readonly (readonly [id: number, size: number])[], count = algorithms.length): Buffer =>
  sha1Event(
    0,
    EV_NO_ACTION,
    Buffer.alloc(20),
    Buffer.concat([
      text('Spec ID Event03\0'),
      le32(0),
      Buffer.from([0, 2, 0, 2]),
      le32(count),
      ...algorithms.flatMap(([id, size]) => [le16(id), le16(size)]),
      u8(0),
    ]),
  );
/** An event with these digests, whatever the head declares. */
const raw = (pcr: number, digests: readonly (readonly [id: number, hash: Buffer])[], data: Uint8Array, count = digests.length): Buffer =>
  Buffer.concat([le32(pcr), le32(0x0d), le32(count), ...digests.flatMap(([id, hash]) => [le16(id), hash]), le32(data.length), data]);
const X = digest('sha256', text('x'));

const FORM: readonly (readonly [string, Uint8Array])[] = [
  ['an event without a digest', raw(9, [], text('x'))],
  [
    'an event with its digest twice',
    raw(
      9,
      [
        [11, X],
        [11, X],
      ],
      text('x'),
    ),
  ],
  ['a digest of an algorithm that was not declared', raw(9, [[4, X.subarray(0, 20)]], text('x'))],
  ['an event of 4 GB', Buffer.concat([raw(9, [[11, X]], text('x')).subarray(0, -5), le32(0xffffffff)])],
  ['an event of 2^32 digests', raw(9, [], text('x'), 0xffffffff)],
  ['PCR 24', raw(24, [[11, X]], text('x'))],
  ['PCR 0xffffffff with something to extend', raw(0xffffffff, [[11, X]], text('x'))],
  ['half an event', raw(9, [[11, X]], text('x')).subarray(0, 30)],
  ['zeros and then an event', Buffer.concat([Buffer.alloc(64), event([9, 0x0d, text('x')])])],
  ['ones and then zeros', Buffer.concat([Buffer.alloc(64, 0xff), Buffer.alloc(64)])],
  ['text', text('<html><body>404 Not Found</body></html>')],
];

const HEADS: readonly (readonly [string, Buffer])[] = [
  ['no algorithm', head([])],
  ['more algorithms than it lists', head([[11, 32]], 2)],
  ['2^32 algorithms', head([[11, 32]], 0xffffffff)],
  [
    'SHA-256 twice',
    head([
      [11, 32],
      [11, 32],
    ]),
  ],
  ['SHA-256 of 20 bytes', head([[11, 20]])],
  ['an unknown algorithm', head([[0x27, 32]])],
];

describe('11: the log has one form, read to its last byte', () => {
  it.each(FORM)('%s at the end of a log that replays fails log-parse', (_what, tail) => {
    expect(codes(after(tail), 'fail')).toContain('log-parse');
  });

  it.each(HEADS)('a head that declares %s fails log-parse', (_what, first) => {
    expect(codes(showing(logOf(BOOT, first)), 'fail')).toContain('log-parse');
  });

  it.each<readonly [string, Uint8Array]>([
    ['zeros', Buffer.alloc(5000)],
    ['ones', Buffer.alloc(5000, 0xff)],
    ['three zeros', Buffer.alloc(3)],
  ])('a tail of %s is padding', (_what, tail) => {
    expect(codes(after(tail), 'fail')).toEqual([]);
  });

  it('a second head is a notice and changes nothing', () => {
    const input = showing(Buffer.concat([logOf(BOOT), event([0, EV_NO_ACTION, SPEC_ID.subarray(32)])]));
    expect(codes(input, 'fail')).toEqual([]);
    expect(outcomeOf(input, 'log-parse')).toBe('notice');
  });

  it('a log in SHA-1 format explains no SHA-256 quote', () => {
    const log = Buffer.concat(BOOT.map(([pcr, type, data, measured = data]) => sha1Event(pcr, type, digest('sha1', measured), data)));
    expect(codes(showing(log), 'fail')).toContain('log-replay');
  });

  it('an empty log is no log', () => expect(codes(showing(Buffer.alloc(0)), 'fail')).toEqual(['log-missing']));
});

const REPLAY_ATTACKS: readonly Attack[] = [
  [
    'StartupLocality after PCR 0 was extended',
    () => showing(logOf([VERSION, locality(u8(3)), ...BOOT.slice(1)])),
    ['log-parse', 'log-replay'],
  ],
  ['StartupLocality twice', () => boot(BOOT, logOf([locality(u8(3)), locality(u8(3)), ...BOOT]), 3), ['log-parse', 'log-replay']],
  ['StartupLocality 1', () => boot(BOOT, logOf([locality(u8(1)), ...BOOT]), 1), ['log-parse', 'log-replay']],
  ['StartupLocality of PCR 7', () => boot(BOOT, logOf([locality(u8(3), 7), ...BOOT]), 3), ['log-parse', 'log-replay']],
  ['StartupLocality of two bytes', () => boot(BOOT, logOf([locality(Buffer.from([3, 0])), ...BOOT]), 3), ['log-parse', 'log-replay']],
  ['StartupLocality 3 that was not', () => boot(BOOT, logOf([locality(u8(3)), ...BOOT])), ['log-replay']],
  ['no StartupLocality where it was 3', () => boot(BOOT, logOf(BOOT), 3), ['log-replay']],
  ['the log of another host', () => showing(bootLog()), ['log-replay']],
  ['an event left out', () => showing(logOf(BOOT.filter((step) => step !== SHIM))), ['log-replay']],
  ['an event too many', () => showing(logOf([...BOOT, SHIM])), ['log-replay']],
  ['two events of one PCR exchanged', () => showing(logOf([VERSION, ...[...VARIABLES].reverse(), ...BOOT.slice(4)])), ['log-replay']],
  [
    'an event labelled EV_NO_ACTION',
    () => showing(logOf(BOOT.map((step): Step => (step === SHIM ? [4, EV_NO_ACTION, step[2], step[3]] : step)))),
    ['log-replay'],
  ],
  [
    'an event moved to another PCR',
    () => showing(logOf(BOOT.map((step): Step => (step === SHIM ? [5, step[1], step[2], step[3]] : step)))),
    ['log-replay'],
  ],
];

const HONEST: readonly Variation[] = [
  ['12: StartupLocality 3', () => boot(BOOT, logOf([locality(u8(3)), ...BOOT]), 3), 'log-replay', 'pass'],
  ['12: StartupLocality 4', () => boot(BOOT, logOf([locality(u8(4)), ...BOOT]), 4), 'log-replay', 'pass'],
  [
    '12: an H-CRTM event first makes the start value 4',
    () => boot([[0, 0x80000010, text('HCRTM')], ...BOOT], undefined, 4),
    'log-replay',
    'pass',
  ],
  [
    '12: EV_NO_ACTION of no PCR',
    () => boot(BOOT, logOf([[0xffffffff, EV_NO_ACTION, text('SP800-155 Event')], ...BOOT])),
    'log-replay',
    'pass',
  ],
  [
    '12: EV_NO_ACTION with a digest, which is not extended',
    () => {
      const log = logOf(BOOT);
      const odd = Buffer.concat([le32(0), le32(EV_NO_ACTION), le32(1), le16(11), X, le32(1), text('x')]);
      return boot(BOOT, Buffer.concat([log, odd]));
    },
    'log-replay',
    'pass',
  ],
  [
    '13: PCR 17, which starts at all ones, is replayed but not required',
    () => boot(BOOT, Buffer.concat([logOf(BOOT), event([17, 0x0d, text('x')])])),
    'log-replay',
    'pass',
  ],
  [
    '14: events of different PCRs exchanged: their order is not provable',
    () => showing(logOf([...BOOT.slice(1, 4), VERSION, ...BOOT.slice(4)])),
    'log-replay',
    'pass',
  ],
];

describe('12, 13: replay by the rules of the specification gives the quoted values', () => {
  it.each(REPLAY_ATTACKS)('%s fails', (_what, input, fails) => {
    expect(codes(input(), 'fail').filter((code) => code !== 'event-type' && code !== 'log-banks')).toEqual([...fails].sort());
  });

  it.each(HONEST)('%s', (_what, input, code, outcome) => {
    expect(codes(input(), 'fail')).toEqual([]);
    expect(outcomeOf(input(), code)).toBe(outcome);
  });

  it('13: a required bank that the log does not have fails', () => {
    const sha1 = Object.fromEntries(REQUIRED.map((pcr) => [pcr, '00'.repeat(20)]));
    const input = { ...bare, pcrs: { ...bare.pcrs, sha1 }, requiredSelection: { sha1: REQUIRED } };
    expect(verifyEvidence(input).verdict).toBe('fail');
  });

  it('13: a value that was quoted and no event explains fails for every boot PCR', () => {
    for (const pcr of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const log = logOf(BOOT.filter((step) => step[0] !== pcr));
      expect(messageOf(showing(log), 'log-replay')).toContain(`PCR ${pcr}`);
    }
  });
});
