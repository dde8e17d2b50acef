import { describe, expect, it } from 'vitest';
import { addressText } from './view-schemas.ts';

describe('the address of a saved view', () => {
  it.each([
    '',
    'state=open',
    'state=open,waived&severity=critical&q=two%20words&sort=newest',
    'at=1790000000000',
    "q=it's~(a)*b!",
    'person=',
  ])('may be %j', (text) => {
    expect(addressText.safeParse(text).success).toBe(true);
  });

  it.each([
    '#/hosts',
    'state=open#/policy',
    'javascript:alert(1)',
    '//example.org',
    'q=a b',
    'q=<b>',
    'q="',
    'q=a\\b',
    'state=open&',
    '&',
    '\u202Eq=1',
    `q=${'x'.repeat(13_000)}`,
  ])('is never %j', (text) => {
    expect(addressText.safeParse(text).success).toBe(false);
  });
});
