import { describe, expect, it } from 'vitest';
import { compareText } from './compare-text.ts';

const numbered = (count: number, every = 0): string =>
  Array.from({ length: count }, (_value, index) => (every > 0 && index % every === 0 ? `# other ${index}` : `# ${index}`)).join('\n');

describe('two versions, line by line', () => {
  it('shows changes with what is around them', () => {
    expect(compareText('a\nb\nc\nd\ne\n', 'a\nb\nc\nD\ne\n').map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'same a',
      'same b',
      'same c',
      'removed d',
      'added D',
      'same e',
    ]);
    expect(compareText('a', 'a')).toEqual([]);
    expect(compareText('', 'a\nb')).toMatchObject([
      { kind: 'added', text: 'a', from: null, to: 1 },
      { kind: 'added', text: 'b', from: null, to: 2 },
    ]);
  });

  it('shows what would hide a rule, or turn the order of a line around', () => {
    const [, added] = compareText('a: 1', 'a: 2 # \u202e}off :toob eruces{\u2066');
    expect(added).toMatchObject({ kind: 'added', text: 'a: 2 # \\u{202e}}off :toob eruces{\\u{2066}' });
  });

  it.each<[string, string, string]>([
    ['a very long first version', '', '#\n'.repeat(2_000_000)],
    ['two long texts with nothing in common', '#a\n'.repeat(1_000_000), '#b\n'.repeat(1_000_000)],
    ['very many small changes', numbered(45_000), numbered(45_000, 7)],
    ['few kinds of lines in another order', numbered(40_000), numbered(40_000).split('\n').reverse().join('\n')],
  ])('%s: keeps nobody waiting, and is no more than a person can look through', (_what, from, to) => {
    const lines = compareText(from, to);
    expect(lines.length).toBeLessThanOrEqual(10_002);
    expect(lines.at(-1)?.text).toMatch(/^\d+ more lines$/u);
  });
});
