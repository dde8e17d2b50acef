import { describe, expect, test } from 'vitest';
import { inForm, pluralForms } from './in-form.ts';

test('a language has as many forms as its whole numbers need, in the order of CLDR', () => {
  expect(pluralForms('en')).toEqual(['one', 'other']);
  expect(pluralForms('ja')).toEqual(['other']);
  expect(pluralForms('pl')).toEqual(['one', 'few', 'many']);
  expect(pluralForms('ar')).toEqual(['zero', 'one', 'two', 'few', 'many', 'other']);
});

describe('a number of things in Polish', () => {
  const hosts = ['{0} host', '{0} hosty', '{0} hostów'];
  test.each([
    [1, '1 host'],
    [3, '3 hosty'],
    [5, '5 hostów'],
    [22, '22 hosty'],
    [0, '0 hostów'],
  ])('%d is “%s”', (value, said) => expect(inForm(value, 'pl', hosts)).toBe(said));
});

test('the number stands where the language has it, and may be left out', () => {
  expect(inForm(1, 'de', ['ein Host', 'Hosts: {0}'])).toBe('ein Host');
  expect(inForm(12_000, 'de', ['ein Host', 'Hosts: {0}'])).toBe('Hosts: 12,000');
});
