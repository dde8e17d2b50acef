import { describe, expect, it } from 'vitest';
import { parseIma } from '../index.ts';
import { digest } from '../testing/host.ts';
import type { ImaEntry } from '../types.ts';

const le32 = (value: number): Buffer => Buffer.from([value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24]);
const HASH = digest('sha256', Buffer.from('file'));

/** One ASCII line of template ima-ng whose path is these very bytes. */
const line = (path: Uint8Array): Buffer => {
  const first = Buffer.concat([Buffer.from('sha256:\0'), HASH]);
  const data = Buffer.concat([le32(first.length), first, le32(path.length + 1), path, Buffer.alloc(1)]);
  return Buffer.concat([
    Buffer.from(`10 ${digest('sha1', data).toString('hex')} ima-ng sha256:${HASH.toString('hex')} `),
    path,
    Buffer.from('\n'),
  ]);
};

const entryOf = (path: Uint8Array): ImaEntry => {
  const parsed = parseIma(line(path));
  const entry = parsed.ok ? parsed.value.entries.at(0) : undefined;
  if (entry === undefined) throw new Error('no entry');
  expect(entry.templateHashOk).toBe(true);
  return entry;
};

describe('a path', () => {
  it.each([
    '/usr/bin/bash',
    '/opt/with  two spaces',
    '/home/jürgen/bin/größe',
    '/usr/share/日本',
    '/opt/a\\x1bb',
    `/${'a'.repeat(4095)}`,
    '',
  ])('is plain where it is shown as it is: %s', (text) => {
    expect(entryOf(Buffer.from(text))).toMatchObject({ path: text, plainPath: true });
  });

  it.each<readonly [string, Uint8Array]>([
    ['a control character', Buffer.from('/usr/bin/\u001bbash')],
    ['a zero-width character', Buffer.from('/usr/bin/ba\u200bsh')],
    ['a direction override', Buffer.from('/usr/bin/\u202ebash')],
    ['a byte order mark in front', Buffer.from('\ufeff/usr/bin/bash')],
    ['a byte that is not UTF-8', Buffer.concat([Buffer.from('/usr/bin/b'), Buffer.from([0xff]), Buffer.from('sh')])],
    ['a surrogate in three bytes', Buffer.from([0x2f, 0xed, 0xa0, 0x80])],
    ['more characters than are shown', Buffer.from(`/${'a'.repeat(4096)}`)],
    ['more characters than are shown, beyond ASCII', Buffer.from(`/${'ä'.repeat(4096)}`)],
  ])('is not plain with %s', (_, path) => {
    expect(entryOf(path).plainPath).toBe(false);
  });

  it('that was escaped reads like another one, and only the other is plain', () => {
    const [escaped, literal] = [entryOf(Buffer.from('/a\u001b')), entryOf(Buffer.from('/a\\x1b'))];
    expect(escaped.path).toBe(literal.path);
    expect([escaped.plainPath, literal.plainPath]).toEqual([false, true]);
  });
});

describe('an entry of template evm-sig', () => {
  const fields = (file: boolean): readonly Buffer[] => [
    Buffer.concat([Buffer.from('sha256:\0'), HASH]),
    Buffer.from(file ? '/bin/a b\0' : 'boot_aggregate\0'),
    ...(file
      ? [
          Buffer.from('0502', 'hex'),
          Buffer.from('security.selinux|security.ima\0'),
          Buffer.concat([le32(3), le32(2)]),
          Buffer.from('abcdef0102', 'hex'),
          le32(1000),
          le32(4294967295),
          Buffer.from([0xed, 0x81]),
        ]
      : Array.from({ length: 7 }, () => Buffer.alloc(0))),
  ];
  const dataOf = (file: boolean): Buffer => Buffer.concat(fields(file).flatMap((field) => [le32(field.length), field]));
  const ascii = (file: boolean, text: string): string =>
    `10 ${digest('sha1', dataOf(file)).toString('hex')} evm-sig sha256:${HASH.toString('hex')} ${text}\n`;
  const binary = (file: boolean): Buffer =>
    Buffer.concat([le32(10), digest('sha1', dataOf(file)), le32(7), Buffer.from('evm-sig'), le32(dataOf(file).length), dataOf(file)]);
  const FILE = '/bin/a b 0502 security.selinux|security.ima 0300000002000000 abcdef0102 1000 4294967295 33261';
  const NO_FILE = 'boot_aggregate  (null)     ';

  it('is the same in ascii as in binary, also without a file', () => {
    const [text, bytes] = [
      parseIma(Buffer.from(ascii(false, NO_FILE) + ascii(true, FILE))),
      parseIma(Buffer.concat([binary(false), binary(true)])),
    ];
    if (!text.ok || !bytes.ok) throw new Error('unreadable');
    expect(text.value.pcr10).toEqual(bytes.value.pcr10);
    expect(Object.keys(text.value.pcr10)).toEqual(['sha1', 'sha256']);
    expect(text.value).toMatchObject({ templateHashMismatches: 0, unknownTemplates: 0, bootAggregates: 1 });
    expect(text.value.entries.at(1)).toEqual(bytes.value.entries.at(1));
    expect(text.value.entries.at(1)?.path).toBe('/bin/a b');
  });

  it.each(['01000', '+1000', '4294967296', '1e3', '0x10'])('is not read where its owner is %s', (owner) => {
    const parsed = parseIma(Buffer.from(ascii(true, FILE.replace(' 1000 ', ` ${owner} `))));
    expect(parsed.ok ? '' : parsed.problem.message).toContain('field 7 of template evm-sig is not a number');
  });
});

describe('a last line without its line feed', () => {
  const whole = line(Buffer.from('/bin/a')).toString('latin1');
  const violation = `10 ${'0'.repeat(40)} ima-ng sha256:${'0'.repeat(64)} /var/log/messages`;
  const problems = (text: string): readonly string[] => {
    const parsed = parseIma(Buffer.from(text, 'latin1'));
    return parsed.ok ? parsed.value.problems.map((problem) => problem.code) : [parsed.problem.code];
  };

  it.each<readonly [string, string]>([
    ['whose template hash matches', whole.slice(0, -1)],
    ['that is a violation, of which nothing but the place is covered', whole + violation],
  ])('counts where it is one %s', (_, text) => {
    expect(problems(text)).toEqual([]);
  });

  it.each<readonly [string, string]>([
    ['a path', whole + whole.slice(0, -2)],
    ['the digest of a violation', whole + violation.slice(0, 90)],
    ['the template hash of a violation', whole + violation.slice(0, 23)],
  ])('is torn where it ends inside %s', (_, text) => {
    expect(problems(text)).toEqual(['ima-parse']);
  });
});
