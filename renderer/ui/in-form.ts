import { count } from './words.ts';

/** Every language has its forms by whole numbers; none needs more than these to show which. */
const NUMBERS = [...Array.from({ length: 201 }, (_, number) => number), 1000, 1_000_000];

/** The categories of plural (CLDR) that whole numbers have in a language, in CLDR's order: `one`, `other` in English; `one`, `few`, `many` in Polish. */
export const pluralForms = (tag: string): readonly Intl.LDMLPluralRule[] => {
  const rules = new Intl.PluralRules(tag);
  const used = new Set(NUMBERS.map((number) => rules.select(number)));
  return (['zero', 'one', 'two', 'few', 'many', 'other'] as const).filter((form) => used.has(form));
};

/**
 * A number of things in a language that is not English, with the number where that language has it: `{0} hosty`. `forms` has one text for each of
 * `pluralForms`. Calls of `plural` become this in a build in another language (scripts/messages).
 */
export const inForm = (value: number, tag: string, forms: readonly string[]): string => {
  const at = pluralForms(tag).indexOf(new Intl.PluralRules(tag).select(value));
  return (forms[at] ?? forms.at(-1) ?? '').replace('{0}', () => count(value));
};
