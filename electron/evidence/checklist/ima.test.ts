/** Points 17 to 22 of docs/evidence-checks.md: the IMA list, its replay, boot_aggregate, hostile text. Signatures: ima/signatures.test.ts. */
import { describe, expect, it } from 'vitest';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { parseIma, verifyEvidence } from '../index.ts';
import { FILES, REQUIRED, digest, imaNgData, le32 } from '../testing/host.ts';
import {
  type Attack,
  type Pcrs,
  type Variation,
  bare,
  codes,
  hexOf,
  honestPcrs,
  messageOf,
  outcomeOf,
  quote,
  withIma,
} from '../testing/variations.ts';
import type { EvidenceInput } from '../types.ts';

/** An entry as its template data and the text of its fields; what the hash column and PCR 10 hold follows, unless a test says otherwise. */
type Entry = { readonly data: Buffer; readonly text: string; readonly column?: Buffer; readonly extend?: Buffer; readonly pcr?: number };

const field = (bytes: Uint8Array): Buffer => Buffer.concat([le32(bytes.length), bytes]);
const ng = (path: string, hash: Buffer, alg = 'sha256', more: Partial<Entry> = {}): Entry => ({
  data: imaNgData(path, hash, alg),
  text: `ima-ng ${alg}:${hash.toString('hex')} ${path}`,
  ...more,
});
const ONES = Buffer.alloc(32, 0xff);
const ZERO20 = Buffer.alloc(20);
const violation = (path: string, hash: Buffer = Buffer.alloc(32)): Entry => ng(path, hash, 'sha256', { column: ZERO20, extend: ONES });

const lines = (entries: readonly Entry[], column = 'sha1'): string =>
  entries.map(({ data, text, column: held = digest(column, data), pcr = 10 }) => `${pcr} ${held.toString('hex')} ${text}\n`).join('');
const pcr10 = (entries: readonly Entry[]): Buffer =>
  entries
    .filter((entry) => (entry.pcr ?? 10) === 10)
    .reduce<Buffer>((pcr, { data, extend = digest('sha256', data) }) => digest('sha256', pcr, extend), Buffer.alloc(32));
const padded = (entries: readonly Entry[], ones = 20): Buffer =>
  entries.reduce<Buffer>((pcr, { data, extend }) => {
    const extended = extend === undefined ? digest('sha1', data) : extend.subarray(0, ones);
    return digest('sha256', pcr, extended, Buffer.alloc(32 - extended.length));
  }, Buffer.alloc(32));

const pcrsUpTo = (last: number): readonly Buffer[] =>
  Array.from({ length: last + 1 }, (_, pcr) => honestPcrs['sha256']?.[pcr] ?? Buffer.alloc(32));
const AGGREGATE = ng('boot_aggregate', digest('sha256', ...pcrsUpTo(9)));
const LIST: readonly Entry[] = [AGGREGATE, ...FILES.map((file) => ng(file.path, file.digest))];
const VIOLATED: readonly Entry[] = [...LIST, violation('/var/log/messages'), ng('/opt/tool', digest('sha256', Buffer.from('tool')))];
const EXTRA = ng('/usr/bin/evil', digest('sha256', Buffer.from('evil')));

/** A host that measured these entries and shows this list of them. */
const measured = (entries: readonly Entry[], list: string = lines(entries), ten = pcr10(entries)): EvidenceInput => withIma(list, ten);
/** A host that measured as it should and shows another list. */
const showing = (entries: readonly Entry[]): EvidenceInput => measured(LIST, lines(entries));

const legacy = (path: string, hash: Buffer): Entry => ({
  data: Buffer.concat([hash, Buffer.from(path), Buffer.alloc(256 - path.length)]),
  text: `ima ${hash.toString('hex')} ${path}`,
});
const withSignature = (path: string, hash: Buffer, signature: Uint8Array): Entry => ({
  data: Buffer.concat([imaNgData(path, hash), field(signature)]),
  text: `ima-sig sha256:${hash.toString('hex')} ${path} ${Buffer.from(signature).toString('hex')}`,
});

const HASH = digest('sha256', Buffer.from('x'));
const SHA1 = digest('sha1', Buffer.from('x'));

const HONEST: readonly Variation[] = [
  [
    '17: several spaces, a leading and a trailing space in a path',
    () => measured([...LIST, ng('  /a  b  ', HASH)]),
    'ima-template-hash',
    'pass',
  ],
  [
    '17: the ima-sig template, signed and unsigned',
    () => measured([AGGREGATE, withSignature('/a', HASH, Buffer.from([3, 2])), withSignature('/b c', HASH, new Uint8Array())]),
    'ima-template-hash',
    'pass',
  ],
  [
    '17: file digests of SHA-1, SHA-384 and SHA-512',
    () => measured([...LIST, ...(['sha1', 'sha384', 'sha512'] as const).map((alg) => ng(`/${alg}`, digest(alg, HASH), alg))]),
    'ima-template-hash',
    'pass',
  ],
  ['17: the legacy ima template', () => measured([AGGREGATE, legacy('/bin/sh', SHA1)]), 'ima-template-hash', 'pass'],
  ['17: a list whose hash column is SHA-256', () => measured(LIST, lines(LIST, 'sha256')), 'ima-replay', 'pass'],
  [
    '17: a template that cannot be rebuilt is a claim',
    () => measured([...LIST, { data: HASH, text: 'ima-new a b c', extend: HASH }], undefined, pcr10(LIST)),
    'ima-template-hash',
    'notice',
  ],
  ['18: a violation is surfaced', () => measured([...LIST, violation('/var/log/a')]), 'ima-violation', 'notice'],
  ['18: no violation', () => measured(LIST), 'ima-violation', 'pass'],
  [
    '18: a zero hash column beside a file digest is surfaced',
    () => measured([...LIST, violation('/bin/a', HASH)]),
    'ima-violation',
    'notice',
  ],
  ['19: entries measured after the quote wait for the next one', () => measured(LIST, lines([...LIST, EXTRA])), 'ima-partial', 'notice'],
  [
    '19: a bank extended with the padded SHA-1, as kernels before 5.8 do',
    () => measured(LIST, lines(LIST), padded(LIST)),
    'ima-replay',
    'pass',
  ],
  [
    '19: a violation in such a bank, whose twenty bytes of ones are padded as well',
    () => measured(VIOLATED, lines(VIOLATED), padded(VIOLATED)),
    'ima-replay',
    'pass',
  ],
  [
    '19: a violation in a padded bank, extended as ones to the end',
    () => measured(VIOLATED, lines(VIOLATED), padded(VIOLATED, 32)),
    'ima-replay',
    'pass',
  ],
  ['19: an empty list and an untouched PCR 10', () => withIma('', Buffer.alloc(32)), 'ima-replay', 'pass'],
  [
    '20: SHA-256 over PCRs 0 to 7',
    () => measured([ng('boot_aggregate', digest('sha256', ...pcrsUpTo(7))), ...LIST.slice(1)]),
    'boot-aggregate',
    'pass',
  ],
  ['20: SHA-256 over PCRs 0 to 9', () => measured(LIST), 'boot-aggregate', 'pass'],
  ['20: again after kexec', () => measured([...LIST, AGGREGATE]), 'boot-aggregate', 'notice'],
  [
    '20: SHA-1 where no SHA-1 bank was quoted',
    () => measured([ng('boot_aggregate', digest('sha1', ...pcrsUpTo(7)), 'sha1'), ...LIST.slice(1)]),
    'boot-aggregate',
    'not-evaluated',
  ],
  ['an entry for PCR 11 is surfaced', () => measured([...LIST, { ...EXTRA, pcr: 11 }]), 'ima-violation', 'notice'],
];

const text = lines(LIST);
const ATTACKS: readonly Attack[] = [
  [
    '17: a path changed under its template hash',
    () => measured(LIST, text.replace('/bin/bash', '/bin/bosh')),
    ['ima-template-hash', 'ima-replay'],
  ],
  [
    '17: a file digest changed under its template hash',
    () => measured(LIST, text.replace((FILES[0]?.digest ?? HASH).toString('hex'), HASH.toString('hex'))),
    ['ima-template-hash', 'ima-replay'],
  ],
  [
    '17: a template hash changed beside its fields',
    () => measured(LIST, text.replace(/^10 [0-9a-f]{40}/u, `10 ${'ab'.repeat(20)}`)),
    ['ima-template-hash'],
  ],
  ['17: two spaces of a path made one', () => measured(LIST, text.replace('with  two', 'with two')), ['ima-template-hash', 'ima-replay']],
  ['17: line ends of CR LF', () => measured(LIST, text.replaceAll('\n', '\r\n')), ['boot-aggregate', 'ima-template-hash', 'ima-replay']],
  ['17: a torn last line', () => measured(LIST, text.slice(0, -20)), ['ima-parse', 'ima-replay']],
  ['17: text that is no list', () => measured(LIST, '<html>not found</html>\n'), ['ima-parse']],
  ['19: the first entry left out', () => showing(LIST.slice(1)), ['ima-replay', 'boot-aggregate']],
  ['19: an entry in the middle left out', () => showing(LIST.filter((_, index) => index !== 2)), ['ima-replay']],
  ['19: the last entry left out', () => showing(LIST.slice(0, -1)), ['ima-replay']],
  ['19: two entries exchanged', () => showing([...LIST.slice(0, 1), ...LIST.slice(1).reverse()]), ['ima-replay']],
  ['19: an entry twice', () => showing([...LIST.slice(0, 2), ...LIST.slice(1)]), ['ima-replay']],
  ['19: an entry slipped in', () => showing([AGGREGATE, EXTRA, ...LIST.slice(1)]), ['ima-replay']],
  [
    '19: a path changed and its template hash made to fit',
    () => showing(LIST.map((entry, index) => (index === 1 ? ng('/usr/bin/evil', FILES[0]?.digest ?? HASH) : entry))),
    ['ima-replay'],
  ],
  [
    '19: an entry hidden as one of PCR 11',
    () => showing(LIST.map((entry, index) => (index === 1 ? { ...entry, pcr: 11 } : entry))),
    ['ima-replay'],
  ],
  [
    '19: an entry hidden as a violation',
    () => showing(LIST.map((entry, index) => (index === 1 ? { ...entry, column: ZERO20 } : entry))),
    ['ima-replay'],
  ],
  ['19: a violation shown as a file', () => measured([...LIST, violation('/a')], lines([...LIST, ng('/a', HASH)])), ['ima-replay']],
  ['19: the list of another boot', () => withIma(text, digest('sha256', HASH)), ['ima-replay']],
  ['19: an empty list although PCR 10 was extended', () => measured(LIST, ''), ['ima-replay']],
  ['20: boot_aggregate of other PCRs', () => measured([ng('boot_aggregate', HASH), ...LIST.slice(1)]), ['boot-aggregate']],
  ['20: boot_aggregate missing', () => measured(LIST.slice(1)), ['boot-aggregate']],
  ['20: boot_aggregate not first', () => measured([...LIST.slice(1), AGGREGATE]), ['boot-aggregate']],
  ['20: a second boot_aggregate of another boot', () => measured([...LIST, ng('boot_aggregate', HASH)]), ['boot-aggregate']],
];

describe('17 to 20: the list', () => {
  it.each(HONEST)('%s', (_what, input, code, outcome) => {
    expect(codes(input(), 'fail')).toEqual([]);
    expect(outcomeOf(input(), code)).toBe(outcome);
  });

  it.each(ATTACKS)('%s fails', (_what, input, fails) => {
    expect(codes(input(), 'fail')).toEqual([...fails].sort());
    const { ima } = verifyEvidence(input());
    // Whatever fails, only what was measured is ever proven.
    const proven = [...(ima?.entries ?? [])].filter((entry) => entry.proven).length;
    expect(proven > 0).toBe(!fails.includes('ima-replay') && ima !== null);
  });

  it('20: SHA-1 over PCRs 0 to 7 of a quoted SHA-1 bank passes, of other values fails', () => {
    const sha1 = Object.fromEntries(Array.from({ length: 8 }, (_, pcr) => [pcr, Buffer.alloc(20, pcr + 1)]));
    const aggregate = (pcrs: readonly Buffer[]): EvidenceInput => {
      const entries = [ng('boot_aggregate', digest('sha1', ...pcrs), 'sha1'), ...LIST.slice(1)];
      const pcrs10: Pcrs = { sha256: { ...honestPcrs['sha256'], 10: pcr10(entries) }, sha1 };
      const made = quote(pcrs10, [
        ['sha1', [0, 1, 2, 3, 4, 5, 6, 7]],
        ['sha256', REQUIRED],
      ]);
      return { ...bare, ima: Buffer.from(lines(entries)), pcrs: hexOf(pcrs10), quote: made };
    };
    expect(outcomeOf(aggregate(Object.values(sha1)), 'boot-aggregate')).toBe('pass');
    expect(outcomeOf(aggregate(Object.values(sha1).reverse()), 'boot-aggregate')).toBe('fail');
  });

  it('19: a template that cannot be recomputed fails without calling it tampering', () => {
    const unknown: Entry = { ...ng('/bin/a', HASH), text: 'my-own /bin/a' };
    const input = measured([...LIST, unknown]);
    expect(codes(input, 'fail')).toEqual(['ima-replay']);
    expect(messageOf(input, 'ima-replay')).toContain('sha256 cannot be computed');
    expect(messageOf(input, 'ima-replay')).not.toContain('removed');
  });

  it('18: of a violation only the place is proven, so its path may be anything', () => {
    const entries = [...LIST, violation('/bin/a')];
    const input = measured(entries, lines([...LIST, violation('/bin/b')]));
    expect(codes(input, 'fail')).toEqual([]);
    expect(messageOf(input, 'ima-violation')).toContain('/bin/b');
  });
});

describe('22: every text of a host is hostile', () => {
  const HOSTILE: readonly string[] = [
    '/bin/\u001b[2Jx',
    '/bin/\u202exe.sh',
    '/bin/\u200bsh',
    '/bin/sh\ufe0f',
    `/${'a'.repeat(5000)}`,
    '/bin/\u0085',
  ];

  it.each(HOSTILE)('a path like %j reaches no sentence and no entry as it is', (path) => {
    const bytes = Buffer.from(path);
    const entry = ng(bytes.toString('latin1'), HASH);
    const list = Buffer.from(
      lines([
        ...LIST,
        {
          ...entry,
          data: Buffer.concat([imaNgData('', HASH).subarray(0, 44), field(Buffer.concat([bytes, Buffer.alloc(1)]))]),
          column: SHA1,
        },
      ]),
      'latin1',
    );
    const parsed = parseIma(list);
    const shown = parsed.ok ? (parsed.value.entries.at(-1)?.path ?? '') : '';
    expect(shown).not.toBe(path);
    expect(visibleText(shown, 20_000)).toBe(shown);
    const message = messageOf(withIma(list, pcr10(LIST)), 'ima-template-hash');
    expect(visibleText(message, 20_000)).toBe(message);
  });
});
