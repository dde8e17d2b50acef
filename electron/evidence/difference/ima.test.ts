import { describe, expect, it } from 'vitest';
import { parseIma } from '../index.ts';
import { digest, imaNgLine, le32 } from '../testing/host.ts';
import type { ImaEntry, ImaFacts } from '../types.ts';
import { diffIma } from './ima.ts';

type File = readonly [path: string, content: string];
const list = (...files: readonly File[]): ImaFacts => {
  const parsed = parseIma(Buffer.from(files.map(([path, content]) => imaNgLine(path, digest('sha256', Buffer.from(content)))).join('')));
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
};
const BOOT: File = ['boot_aggregate', 'boot'];
const SHELL: File = ['/usr/bin/bash', '1'];
const LIBRARY: File = ['/usr/lib/libc.so.6', '1'];

describe('two IMA lists', () => {
  it('are identical whatever the order in which files were used', () => {
    expect(diffIma(list(BOOT, SHELL, LIBRARY), list(BOOT, LIBRARY, SHELL))).toMatchObject({
      identical: true,
      changes: [],
      firstDivergence: null,
    });
  });

  it('differ in new, changed and missing files', () => {
    const { identical, changes, counts } = diffIma(list(BOOT, SHELL, LIBRARY), list(BOOT, ['/usr/bin/bash', '2'], ['/tmp/x', '1']));
    expect(identical).toBe(false);
    expect(changes.map(({ change, path }) => [change, path])).toEqual([
      ['changed', '/usr/bin/bash'],
      ['added', '/tmp/x'],
      ['removed', '/usr/lib/libc.so.6'],
    ]);
    expect(counts).toEqual({ same: 1, added: 1, changed: 1, removed: 1, violations: 0 });
    expect(changes[0]?.reason).toMatch(/^\/usr\/bin\/bash has other content: from .* to /u);
  });

  it('diverge first where a file is missing, not at what comes after it', () => {
    const { firstDivergence, changes } = diffIma(list(BOOT, SHELL, LIBRARY), list(BOOT, LIBRARY, ['/tmp/x', '1']));
    expect(firstDivergence).toMatchObject({ change: 'removed', path: '/usr/bin/bash', indexA: 1, indexB: null });
    expect(changes).toHaveLength(2);
  });

  const signed = (signature: Buffer, path = '/usr/bin/bash'): ImaFacts => {
    const [name, file] = [Buffer.from(`${path}\0`), Buffer.concat([Buffer.from('sha256:\0'), digest('sha256', Buffer.from('1'))])];
    const data = Buffer.concat([file, name, signature].flatMap((field) => [le32(field.length), field]));
    const text = `10 ${digest('sha1', data).toString('hex')} ima-sig sha256:${file.subarray(8).toString('hex')} ${path} ${signature.toString('hex')}\n`;
    const parsed = parseIma(
      Buffer.concat([Buffer.from(imaNgLine('boot_aggregate', digest('sha256', Buffer.from('boot')))), Buffer.from(text)]),
    );
    if (!parsed.ok) throw new Error(parsed.problem.message);
    return parsed.value;
  };

  it.each<readonly [string, ImaFacts]>([
    ['another signature', signed(Buffer.from('030204', 'hex'))],
    ['no signature', signed(Buffer.alloc(0))],
    ['another template', list(BOOT, SHELL)],
  ])('of one file with %s name that file, and do not call its content another', (_, b) => {
    const { identical, changes, notCompared } = diffIma(signed(Buffer.from('030205', 'hex')), b);
    expect([identical, changes.map(({ change, path }) => [change, path]), notCompared]).toEqual([
      false,
      [['changed', '/usr/bin/bash']],
      [],
    ]);
    expect(changes[0]?.reason).toBe('/usr/bin/bash has the same content, measured with another signature or template.');
  });

  it('report the reverse the other way round', () => {
    const [a, b] = [list(BOOT, SHELL), list(BOOT, LIBRARY, ['/x', '1'])];
    const [forth, back] = [diffIma(a, b).counts, diffIma(b, a).counts];
    expect([forth.added, forth.removed]).toEqual([back.removed, back.added]);
  });

  it('know the files of the next kernel release', () => {
    const modules = (release: string): readonly File[] =>
      ['a', 'b'].map((name): File => [`/lib/modules/${release}/kernel/${name}.ko`, release + name]);
    const { changes, causes, counts } = diffIma(list(BOOT, ...modules('6.1.0-13-amd64')), list(BOOT, ...modules('6.1.0-18-amd64')));
    expect(counts).toMatchObject({ added: 0, removed: 0, changed: 2 });
    expect(changes[0]?.formerPath).toBe('/lib/modules/6.1.0-13-amd64/kernel/a.ko');
    expect(causes).toContainEqual({
      cause: 'kernel update',
      judgement: 'likely-benign',
      reasons: ['2 files moved from release 6.1.0-13-amd64 → 6.1.0-18-amd64'],
    });
  });

  it('report a file that was changed while it was measured', () => {
    const line = `10 ${'0'.repeat(40)} ima-ng sha256:${'0'.repeat(64)} /usr/bin/bash\n`;
    const violated = parseIma(
      Buffer.concat([Buffer.from(imaNgLine('boot_aggregate', digest('sha256', Buffer.from('boot')))), Buffer.from(line)]),
    );
    if (!violated.ok) throw new Error('unreadable');
    const { changes } = diffIma(list(BOOT, SHELL), violated.value);
    expect(changes).toMatchObject([{ change: 'changed', violation: true, path: '/usr/bin/bash' }]);
  });

  it('a file measured once more is no identical list', () => {
    expect(diffIma(list(BOOT, SHELL), list(BOOT, SHELL, SHELL))).toMatchObject({ identical: false, counts: { changed: 1 } });
  });

  it('says where else new content was seen', () => {
    const { changes } = diffIma(list(SHELL), list(['/usr/bin/bash', '2']), { seenOn: () => ({ hosts: 1, sinceMs: 0 }) });
    expect(changes[0]?.reason).toContain('the new digest was seen on 1 other host since 1970-01-01');
  });

  it('of a hundred thousand entries are compared in bounded time, and the list of changes is bounded', () => {
    const entries = (salt: string): ImaEntry[] =>
      Array.from({ length: 100_000 }, (_, index) => ({
        index,
        pcr: 10,
        template: 'ima-ng',
        fileAlg: 'sha256',
        fileDigest: digest('sha256', Buffer.from(salt)).toString('hex'),
        path: `/usr/bin/${index}`,
        plainPath: true,
        violation: false,
        templateHashOk: true,
        proven: true,
      }));
    const facts = (salt: string): ImaFacts => ({ ...list(BOOT), entries: entries(salt) });
    const [a, b] = [facts('a'), facts('b')];
    const { changes, counts, notCompared } = diffIma(a, b);
    expect([changes.length, counts.changed]).toEqual([1000, 100_000]);
    expect(notCompared).toContain('99000 further changes are counted but not listed.');
  });
});
