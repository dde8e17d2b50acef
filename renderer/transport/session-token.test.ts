import { expect, it } from 'vitest';
import { takeToken } from './session-token.ts';

it.each([
  ['#t=abc', 'abc', ''],
  ['#/hosts?t=abc', 'abc', '#/hosts'],
  ['#/hosts?verdict=failed&t=a%2Bb', 'a+b', '#/hosts?verdict=failed'],
  ['#/hosts?verdict=failed', null, '#/hosts?verdict=failed'],
  ['', null, ''],
])('takes the token out of %j', (hash, token, rest) => {
  expect(takeToken(hash)).toEqual({ token, hash: rest });
});
