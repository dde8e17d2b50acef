import { describe, expect, it } from 'vitest';
import { itemParts, stateOf } from './set-words.ts';
import { brokenLine, MOST_TYPED, typedItems } from './typed-items.ts';

const DIGEST = 'ab'.repeat(32);

describe('values as they are typed', () => {
  it('are lines of sha256sum and exclusions; comments and empty lines say nothing', () => {
    expect(typedItems(`# of the build\n\n${DIGEST.toUpperCase()}  /usr/bin/a b\r\n${DIGEST} */opt/c\nexclude /var/tmp/.*\n`)).toEqual({
      items: [
        { kind: 'file', path: '/usr/bin/a b', digest: DIGEST },
        { kind: 'file', path: '/opt/c', digest: DIGEST },
        { kind: 'exclude', pattern: '/var/tmp/.*' },
      ],
    });
  });
  it.each(['/usr/bin/a', `${DIGEST}  relative`, 'abc  /usr/bin/a', 'exclude', `${DIGEST}g /x`])(
    'the line %j is named by its number, and nothing is taken',
    (line) => {
      expect(typedItems(`${DIGEST}  /a\n\n${line}`)).toEqual({
        problem: { message: expect.stringMatching(/^Line 3 cannot be read: /u), nextStep: expect.stringContaining('sha256sum') },
      });
    },
  );
  it('what is hostile in a line is made visible', () => {
    expect(JSON.stringify(typedItems('\u202egnp.exe'))).not.toContain('\u202e');
  });
  it('have an end, and are never none', () => {
    expect(typedItems(`${DIGEST}  /a\n`.repeat(MOST_TYPED))).toHaveProperty('items');
    expect(typedItems(`${DIGEST}  /a\n`.repeat(MOST_TYPED + 1))).toHaveProperty('problem');
    expect(typedItems('# nothing')).toHaveProperty('problem');
  });
});

describe('a file', () => {
  it('that is JSON is for the engine to read; one that is none is named by its line', () => {
    expect(brokenLine('{"digests":{}}')).toBe(null);
    expect(brokenLine('{\n "a": 1,\n "b": }\n')?.message).toBe('The file is no JSON: line 3 cannot be read.');
    expect(brokenLine('')?.message).toContain('line 1');
  });
});

describe('a set', () => {
  it('that is approved is in force until its end', () => {
    expect(stateOf({ state: 'approved', toMs: null }, 10)).toBe('in-force');
    expect(stateOf({ state: 'approved', toMs: 11 }, 10)).toBe('in-force');
    expect(stateOf({ state: 'approved', toMs: 10 }, 10)).toBe('ended');
    expect(stateOf({ state: 'withdrawn', toMs: 1 }, 10)).toBe('withdrawn');
  });
  it('shows each item by what it names, and hides nothing in a path', () => {
    expect(itemParts({ kind: 'file', path: '/a\u202eb', digest: DIGEST })).toEqual({
      kind: 'File',
      what: expect.not.stringContaining('\u202e'),
      digest: DIGEST,
    });
    expect(itemParts({ kind: 'secure-boot-off' })).toMatchObject({ what: 'may be off', digest: '' });
    expect(
      itemParts({ kind: 'boot-chain', shim: DIGEST, bootLoader: null, kernel: null, initrd: null, kernelCommandLine: null }),
    ).toMatchObject({ what: 'shim', digest: DIGEST });
  });
});
