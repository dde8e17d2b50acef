import { expect, it } from 'vitest';
import { CALL_EFFECTS } from './call-effects.ts';
import { CALL_NAMES } from './contract.ts';

it('every call of the contract says whether it reads or writes, and nothing else is said', () => {
  expect(Object.keys(CALL_EFFECTS).toSorted()).toEqual(CALL_NAMES.toSorted());
});

it.each(CALL_NAMES.filter((name) => /\.(?:save|delete|set|start|approve|withdraw|activate|now)$/u.test(name) && name !== 'exports.save'))(
  '%s, which changes something by its name, is not taken for one that reads',
  (name) => {
    expect(CALL_EFFECTS[name]).toBe('writes');
  },
);
