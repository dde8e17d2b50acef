import { expect, test } from 'vitest';
import { pseudo } from './pseudo.ts';
import { allMessages } from './sources.ts';

test('a message is bracketed, accented and about a third longer, and keeps its values and elements', () => {
  expect(pseudo('Filter {0} by <1>state</1>')).toBe('⟦Ƒîļţéŕ {0} ƀý <1>šţáţé</1> ļöñĝé⟧');
  expect(pseudo('Every link of the chain was verified.')).toHaveLength(Math.round(37 * 1.35) + 2);
});

test('no plain letter is left in any message, so that what is plain on a screen is not in the catalogue', () => {
  const left = allMessages().flatMap(({ id, plural }) =>
    [id, ...(plural === null ? [] : [plural])].map(pseudo).filter((text) => /[a-z]/iu.test(text)),
  );
  expect(left).toEqual([]);
});
