import { describe, expect, it } from 'vitest';
import { parseQuery } from './parse.ts';
import { QUERY_PROBLEM_CODES, type QueryProblem } from './problem.ts';
import { hostFields, policyFields } from './testing/example-fields.ts';

const problemOf = (text: string, fields = hostFields): QueryProblem => {
  const query = parseQuery(text, fields);
  if (query.ok) throw new Error(`${text} was read.`);
  return query.problem;
};

/** Below each query: where it points at (^ each character, | between two), the code, and what it would become. */
const CASES: readonly (readonly [query: string, place: string, code: string, suggested: string | null])[] = [
  // names
  ['verdikt = failed', '^^^^^^^', 'unknown-field', 'verdict = failed'],
  ['a and verdikt = failed', '      ^^^^^^^', 'unknown-field', 'a and verdict = failed'],
  ['lable.role = db', '^^^^^^^^^^', 'unknown-field', 'label.role = db'],
  ['colour = red', '^^^^^^', 'unknown-field', null],
  ['label = db', '^^^^^', 'unknown-field', null],
  ['label. = db', '^^^^^^', 'unknown-field', null],
  ['label."" = db', '^^^^^^^^', 'unknown-field', null],
  ['label."a b"', '           |', 'operator-expected', null],
  ['label. "role" = db', '       ^^^^^^', 'and-or-expected', 'label. and "role" = db'],
  ['"verdict" = failed', '^^^^^^^^^', 'field-expected', 'verdict = failed'],
  ['"web" = failed', '^^^^^', 'field-expected', null],
  ['verdict:failed', '^^^^^^^^^^^^^^', 'colon-is-no-operator', 'verdict = failed'],
  ['labels.role:db and web', '^^^^^^^^^^^^^^', 'colon-is-no-operator', 'label.role = db and web'],
  // values
  ['verdict = fialed', '          ^^^^^^', 'unknown-value', 'verdict = failed'],
  ['verdict in (failed, staled)', '                    ^^^^^^', 'unknown-value', 'verdict in (failed, stale)'],
  ['verdict = unknown', '          ^^^^^^^', 'unknown-value', null],
  ['verdict =', '         |', 'value-expected', null],
  ['verdict = )', '          ^', 'value-expected', null],
  ['name = and', '       ^^^', 'value-expected', 'name = "and"'],
  ['findings > many', '           ^^^^', 'wrong-value', null],
  ['findings > 1e9', '           ^^^', 'wrong-value', null],
  ['findings > 1234567890123456', '           ^^^^^^^^^^^^^^^^', 'wrong-value', null],
  ['disagreement = 1', '               ^', 'wrong-value', null],
  ['poll_interval > 90', '                ^^', 'wrong-value', null],
  ['poll_interval > 1.5h', '                ^^^^', 'wrong-value', null],
  ['poll_interval > 3y', '                ^^', 'wrong-value', null],
  ['poll_interval > 36501d', '                ^^^^^^', 'wrong-value', null],
  ['last_change > yesterday', '              ^^^^^^^^^', 'wrong-value', null],
  ['last_change > 2026-02-30', '              ^^^^^^^^^^', 'wrong-value', null],
  ['last_change > 2026-1-5', '              ^^^^^^^^', 'wrong-value', null],
  ['last_change > 2026-01-05T24:00Z', '              ^^^^^^^^^^^^^^^^^', 'wrong-value', null],
  ['last_change > 2026-01-05T12:00', '              ^^^^^^^^^^^^^^^^', 'wrong-value', 'last_change > 2026-01-05T12:00Z'],
  ['last_change > 2026-01-05T12:00+02:00', '              ^^^^^^^^^^^^^^^^^^^^^^', 'wrong-value', null],
  ['last_change = 7d', '              ^^', 'wrong-value', null],
  ['last_change in (7d)', '                ^^', 'wrong-value', null],
  ['name ~ ""', '       ^^', 'empty-text', null],
  ['""', '^^', 'empty-text', null],
  // wildcards
  ['name = web*', '     ^^^^^^', 'wildcard-needs-like', 'name like web*'],
  ['name=web*', '    ^^^^^', 'wildcard-needs-like', 'name like web*'],
  ['name != web*', '     ^^^^^^^', 'wildcard-needs-like', 'name not like web*'],
  ['name ~ web*', '       ^^^^', 'wildcard-needs-like', 'name ~ "web*"'],
  ['name in (web*)', '         ^^^^', 'wildcard-needs-like', 'name in ("web*")'],
  ['web*', '^^^^', 'wildcard-needs-like', 'web'],
  // operators
  ['verdict > failed', '        ^', 'wrong-operator', null],
  ['name < m', '     ^', 'wrong-operator', null],
  ['findings ~ 3', '         ^', 'wrong-operator', null],
  ['disagreement in (true)', '             ^^', 'wrong-operator', null],
  ['verdict not like f*', '            ^^^^', 'wrong-operator', null],
  ['verdict is failed', '        ^^^^^^^^^', 'value-expected', 'verdict = failed'],
  ['verdict is not failed', '        ^^^^^^^^^^^^^', 'value-expected', 'verdict != failed'],
  ['country is null', '        ^^^^^^^', 'value-expected', 'country is unknown'],
  ['country is not null', '        ^^^^^^^^^^^', 'value-expected', 'country is known'],
  ['country is', '          |', 'value-expected', null],
  // lists
  ['country in DE', '           ^^', 'list-expected', 'country in (DE)'],
  ['country in', '          |', 'list-expected', null],
  ['country in ()', '            ^', 'value-expected', null],
  ['country in (DE,)', '               ^', 'value-expected', null],
  ['country in (DE FR)', '               ^^', 'comma-expected', 'country in (DE , FR)'],
  ['country in (DE and', '               ^^^', 'comma-expected', null],
  ['country in (DE', '              |', 'parenthesis-expected', 'country in (DE)'],
  // structure
  ['web frankfurt', '    ^^^^^^^^^', 'and-or-expected', 'web and frankfurt'],
  ['a (b)', '  ^', 'and-or-expected', 'a and (b)'],
  ['a not b', '  ^^^', 'and-or-expected', 'a and not b'],
  ['verdict = failed = stale', '                 ^', 'and-or-expected', null],
  ['a, b', ' ^', 'and-or-expected', null],
  ['(a', '^', 'parenthesis-expected', null],
  ['(a b', '   ^', 'and-or-expected', '(a and b'],
  ['a)', ' ^', 'parenthesis-expected', 'a'],
  ['()', ' ^', 'condition-expected', null],
  ['a and', '     |', 'condition-expected', null],
  ['and a', '^^^', 'condition-expected', null],
  ['a or or b', '     ^^', 'condition-expected', null],
  ['= failed', '^', 'condition-expected', null],
  ['not', '   |', 'condition-expected', null],
  // characters
  ['a == b', '  ^^', 'unexpected-character', 'a = b'],
  ['findings <> 3', '         ^^', 'unexpected-character', 'findings != 3'],
  ['findings ≥ 3', '         ^', 'unexpected-character', 'findings >= 3'],
  ['a && b', '  ^^', 'unexpected-character', 'a and b'],
  ['a | b', '  ^', 'unexpected-character', 'a or b'],
  ['name = “web”', '       ^', 'unexpected-character', 'name = "web”'],
  ['a&&b', ' ^^', 'unexpected-character', 'a and b'],
  ['!web', '^', 'unexpected-character', 'not web'],
  ['a; b', ' ^', 'unexpected-character', null],
  ['name = C:\\x', '         ^', 'unexpected-character', null],
  ['name = "web', '       ^^^^', 'unterminated-text', null],
  ["o'brien", ' ^^^^^^', 'unterminated-text', null],
  ['name = "C:\\x"', '          ^^', 'unknown-escape', 'name = "C:\\\\x"'],
  ['name = "\\u{110000}"', '        ^^^^^^^^^^', 'unknown-escape', null],
  ['name = "\\u{d800}"', '        ^^^^^^^^', 'unknown-escape', null],
  ['name = "a\\', '         ^', 'unknown-escape', null],
  ['🏢 = 3', '^^', 'unknown-field', null],
  ['🏢 and ;', '       ^', 'unexpected-character', null],
  ['name = a\u202eb', '        ^', 'invisible-character', 'name = ab'],
  ['name = "a\u202eb"', '         ^', 'invisible-character', 'name = "a\\u{202e}b"'],
  ['a\u0000', ' ^', 'invisible-character', 'a'],
  ['"a\nb"', '  ^', 'invisible-character', '"a\\u{a}b"'],
  ['name = "\ud800"', '        ^', 'invisible-character', 'name = "\\u{d800}"'],
];

describe('a query that cannot be read', () => {
  it.each(CASES)('%j', (query, place, code, suggested) => {
    const problem = problemOf(query);
    const between = place.endsWith('|');
    expect(problem).toMatchObject({ code, at: between ? place.length - 1 : place.indexOf('^'), length: between ? 0 : place.trim().length });
    const { at, length, suggestion } = problem;
    expect(suggestion === undefined ? null : query.slice(0, at) + suggestion + query.slice(at + length)).toBe(suggested);
  });

  it('is told in plain words, with what to do', () => {
    expect(problemOf('verdict = fialed')).toEqual({
      code: 'unknown-value',
      at: 10,
      length: 6,
      message: '"verdict" is never "fialed". Did you mean "failed"?',
      nextStep: 'Known are: failed, inconclusive, stale, trusted.',
      suggestion: 'failed',
    });
    expect(problemOf('verdict = unknown').nextStep).toContain('"is unknown"');
  });

  it('never sends text that cannot be seen, or without end, back to the screen', () => {
    const { message } = problemOf(`verdict = "\\u{1b}[31m${'x'.repeat(500)}"`);
    expect(message).not.toMatch(/\p{Cc}/u);
    expect(message.length).toBeLessThan(200);
  });

  it('finds no field behind a colon that is none: an image or a digest can be searched for', () => {
    expect(parseQuery('registry:5000/web', hostFields)).toMatchObject({ ok: true });
  });

  it('is a word alone where there is nothing to search, as in a policy', () => {
    expect(problemOf('label.role = db and production', policyFields)).toMatchObject({ code: 'nothing-to-search', at: 20, length: 10 });
  });
});

describe('bounds', () => {
  const many = (count: number, one: string, between: string): string => Array.from({ length: count }, () => one).join(between);

  it.each([
    ['4000 characters', 'x'.repeat(250) + ' '.repeat(3750), ' '.repeat(4001), 'too-long', 4000],
    ['32 parentheses', `${'('.repeat(32)}a${')'.repeat(32)}`, `${'('.repeat(33)}a${')'.repeat(33)}`, 'too-deep', 32],
    ['32 times not', `${'not '.repeat(32)}a`, `${'not '.repeat(33)}a`, 'too-deep', 128],
    ['200 conditions', many(200, 'a', ' or '), many(201, 'a', ' or '), 'too-many-conditions', 1000],
    ['500 values', `country in (${many(500, 'D', ',')})`, `country in (${many(501, 'D', ',')})`, 'list-too-long', 1012],
    ['256 characters to search', 'x'.repeat(256), 'x'.repeat(257), 'pattern-too-long', 0],
    ['256 characters of a pattern', `name like ${'x'.repeat(256)}`, `name like ${'x'.repeat(257)}`, 'pattern-too-long', 10],
    ['256 characters to contain', `name ~ ${'x'.repeat(256)}`, `name ~ ${'x'.repeat(257)}`, 'pattern-too-long', 7],
    ['256 characters of a label', `label.${'x'.repeat(256)} = a`, `label.${'x'.repeat(257)} = a`, 'unknown-field', 0],
  ])('%s and no more', (_what, good, bad, code, at) => {
    expect(parseQuery(good, hostFields)).toMatchObject({ ok: true });
    expect(problemOf(bad)).toMatchObject({ code, at });
  });

  it('what fits as typed but not in its canonical form is refused, so that everything that was read can be stored', () => {
    expect(problemOf(`name = "${'\u3000'.repeat(700)}"`)).toMatchObject({ code: 'too-long', at: 0, length: 709 });
  });

  it('parentheses that were never opened cost no depth', () => {
    expect(problemOf(')'.repeat(4000))).toMatchObject({ code: 'condition-expected', at: 0 });
  });
});

describe('codes', () => {
  it('are all shown here', () => {
    const bounds = ['too-long', 'too-deep', 'too-many-conditions', 'list-too-long', 'pattern-too-long', 'nothing-to-search'];
    expect([...new Set([...CASES.map(([, , code]) => code), ...bounds])].sort()).toEqual([...QUERY_PROBLEM_CODES].sort());
  });
});
