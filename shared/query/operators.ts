import type { FieldRef, FieldType } from './fields.ts';
import { printField } from './print.ts';
import { type Parsed, reject, shown, type Span } from './problem.ts';

export const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', '~', 'in', 'like', 'is'] as const;
export type Operator = (typeof OPERATORS)[number];

/** What can be asked of a field of each type. Text has no order: which comes first is a matter of language. */
export const OPERATORS_OF: Readonly<Record<FieldType, readonly Operator[]>> = {
  text: ['=', '!=', '~', 'in', 'like', 'is'],
  enum: ['=', '!=', 'in', 'is'],
  number: ['=', '!=', '<', '<=', '>', '>=', 'in', 'is'],
  duration: ['=', '!=', '<', '<=', '>', '>=', 'in', 'is'],
  time: ['=', '!=', '<', '<=', '>', '>=', 'in', 'is'],
  boolean: ['=', '!=', 'is'],
  'list of text': ['=', '!=', '~', 'in', 'like', 'is'],
  'list of enum': ['=', '!=', 'in', 'is'],
};

/** Each type in a sentence. */
export const TYPE_IN_WORDS: Readonly<Record<FieldType, string>> = {
  text: 'text',
  enum: 'one of a few words',
  number: 'a number',
  duration: 'a duration',
  time: 'a time',
  boolean: 'true or false',
  'list of text': 'a list of texts',
  'list of enum': 'a list of words',
};

const inWords = (operator: Operator): string => (operator === 'is' ? 'is known' : operator);

export const checkOperator = (field: FieldRef, operator: Operator, span: Span): Parsed<null> => {
  const allowed = OPERATORS_OF[field.type];
  if (allowed.includes(operator)) return { ok: true, value: null };
  return reject(
    'wrong-operator',
    span,
    `${shown(printField(field))} is ${TYPE_IN_WORDS[field.type]}, and ${operator} says nothing about that.`,
    `Here you can use ${allowed.map(inWords).join(', ')}.`,
  );
};
