import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { join, negate, type Query, type Term } from './ast.ts';
import { compileQuery } from './compile.ts';
import { parseQuery, readQuery } from './parse.ts';
import { printQuery } from './print.ts';
import { QUERY_PROBLEM_CODES } from './problem.ts';
import { almostQuery, anyTerm, comparisons, fullRow, lessKnown, NOW, readRow, type Row, wordTerms } from './testing/arbitrary-query.ts';
import { hostFields } from './testing/example-fields.ts';
import { tokenise } from './tokens.ts';

const RUNS = { numRuns: 1000 };
const anyText = fc.oneof(almostQuery, almostQuery, fc.string({ unit: 'binary', maxLength: 40 }), anyTerm.map(printQuery));
const anyRow = fullRow.chain(lessKnown);

const parse = (text: string): Query | null => {
  const query = parseQuery(text, hostFields);
  return query.ok ? query.value : null;
};
const answer = (query: Query, row: Row): string => compileQuery<Row>(query, (field) => (one) => readRow(one, field))(row, NOW);

/** The place of the parenthesis that closes another one. */
const closing = (text: string, open: number): number => {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return text.length;
};

const conditionsOf = (term: Term): readonly Term[] => {
  if (term.kind === 'not') return conditionsOf(term.term);
  return term.kind === 'and' || term.kind === 'or' ? term.terms.flatMap(conditionsOf) : [term];
};

describe('reading and printing', () => {
  it('a query that is printed is read as the same query', () => {
    fc.assert(
      fc.property(anyTerm, (term) => {
        expect(parse(printQuery(term))).toEqual(term);
      }),
      { numRuns: 3000 },
    );
  });

  it('what was read from any text is printed once and for all', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const query = parse(text);
        if (!query) return;
        const printed = printQuery(query);
        expect(parse(printed)).toEqual(query);
        expect(printed).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
      { numRuns: 5000 },
    );
  });

  it('no pair of parentheses can be left out', () => {
    fc.assert(
      fc.property(wordTerms, (term) => {
        const printed = printQuery(term);
        for (const { index: open } of printed.matchAll(/\(/gu)) {
          const close = closing(printed, open);
          const without = `${printed.slice(0, open)}${printed.slice(open + 1, close)}${printed.slice(close + 1)}`;
          expect(parse(without)).not.toEqual(term);
        }
      }),
      RUNS,
    );
  });
});

describe('whatever is typed', () => {
  it('is read, or is a problem with a place in the text; nothing throws', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const query = parseQuery(text, hostFields);
        if (query.ok) return;
        const { at, length, code, message, nextStep } = query.problem;
        expect(QUERY_PROBLEM_CODES).toContain(code);
        expect(at).toBeGreaterThanOrEqual(0);
        expect(length).toBeGreaterThanOrEqual(0);
        expect(at + length).toBeLessThanOrEqual(text.length);
        expect(message + nextStep).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
      { numRuns: 5000 },
    );
  });

  it('following one suggestion after another comes to an end', () => {
    fc.assert(
      fc.property(anyText, (typed) => {
        let text = typed;
        for (let steps = 0; steps <= 2 * typed.length; steps += 1) {
          const query = parseQuery(text, hostFields);
          if (query.ok || query.problem.suggestion === undefined) return;
          const { at, length, suggestion } = query.problem;
          text = text.slice(0, at) + suggestion + text.slice(at + length);
        }
        expect.unreachable(`${JSON.stringify(typed)} became ${JSON.stringify(text)}`);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('logic with missing values', () => {
  it('De Morgan', () => {
    fc.assert(
      fc.property(anyTerm, anyTerm, anyRow, (a, b, row) => {
        expect(answer(negate(join('and', a, [b])), row)).toBe(answer(join('or', negate(a), [negate(b)]), row));
        expect(answer(negate(join('or', a, [b])), row)).toBe(answer(join('and', negate(a), [negate(b)]), row));
      }),
      RUNS,
    );
  });

  it('not not changes nothing', () => {
    fc.assert(
      fc.property(anyTerm, anyRow, (term, row) => {
        expect(answer(negate(negate(term)), row)).toBe(answer(term, row));
      }),
      RUNS,
    );
  });

  it('the order of terms never matters', () => {
    const shuffled = fc
      .array(anyTerm, { minLength: 1, maxLength: 5 })
      .chain((terms) => fc.tuple(fc.constant(terms), fc.shuffledSubarray(terms, { minLength: terms.length })));
    fc.assert(
      fc.property(shuffled, fc.constantFrom('and', 'or'), anyTerm, anyRow, ([before, after], kind, first, row) => {
        expect(answer(join(kind, first, after), row)).toBe(answer(join(kind, first, before), row));
        expect(answer(join(kind, first, [...after].reverse()), row)).toBe(answer(join(kind, first, before), row));
      }),
      RUNS,
    );
  });

  it('and distributes over or', () => {
    fc.assert(
      fc.property(anyTerm, anyTerm, anyTerm, anyRow, (a, b, c, row) => {
        expect(answer(join('and', a, [join('or', b, [c])]), row)).toBe(answer(join('or', join('and', a, [b]), [join('and', a, [c])]), row));
      }),
      RUNS,
    );
  });

  it('a row that knows everything is never in doubt', () => {
    fc.assert(
      fc.property(anyTerm, fullRow, (term, row) => {
        expect(answer(term, row)).not.toBe('unknown');
      }),
      RUNS,
    );
  });

  it('knowing less can bring doubt, but never the other answer', () => {
    fc.assert(
      fc.property(
        comparisons,
        fullRow.chain((row) => fc.tuple(fc.constant(row), lessKnown(row))),
        (term, [row, less]) => {
          expect([answer(term, row), 'unknown']).toContain(answer(term, less));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('about a row of which nothing is known, nothing can be said by comparing', () => {
    fc.assert(
      fc.property(comparisons, (term) => {
        expect(answer(term, new Map())).toBe('unknown');
      }),
      RUNS,
    );
  });
});

describe('what it costs, in steps', () => {
  it('tokens follow one another: no character is read twice', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const tokens = tokenise(text);
        if (!tokens.ok) return;
        let end = 0;
        for (const token of tokens.value) {
          expect(token.at).toBeGreaterThanOrEqual(end);
          end = token.at + token.length;
        }
        expect(end).toBe(text.length);
        expect(tokens.value.length).toBeLessThanOrEqual(text.length + 1);
      }),
      RUNS,
    );
  });

  it('the parser looks at each token a bounded number of times, however deep or long the query', () => {
    const looks = (text: string): { readonly count: number; readonly tokens: number } => {
      const tokens = tokenise(text);
      if (!tokens.ok) return { count: 0, tokens: 1 };
      let count = 0;
      const counted = new Proxy(tokens.value, {
        get: (all, key) => {
          if (key === 'length') return all.length;
          count += 1;
          return all[Number(key)];
        },
      });
      readQuery({ source: text, tokens: counted, fields: hostFields, next: 0, conditions: 0 });
      return { count, tokens: tokens.value.length };
    };
    const hostile = [
      `${'('.repeat(32)}a${')'.repeat(32)}`,
      '('.repeat(4000),
      'not '.repeat(1000),
      `country in (${'D,'.repeat(490)}D)`,
      `${'a or b and '.repeat(99)}a`,
      `${'(a or '.repeat(32)}a${')'.repeat(32)}`,
    ];
    for (const text of hostile) expect(looks(text).count).toBeLessThanOrEqual(20 * looks(text).tokens);
    fc.assert(
      fc.property(anyText, (text) => {
        const { count, tokens } = looks(text);
        expect(count).toBeLessThanOrEqual(20 * tokens);
      }),
      RUNS,
    );
  });

  it('a compiled query asks a row at most once for each field that a condition names', () => {
    fc.assert(
      fc.property(anyTerm, anyRow, (term, row) => {
        let reads = 0;
        compileQuery<Row>(term, (field) => (one) => {
          reads += 1;
          return readRow(one, field);
        })(row, NOW);
        const most = conditionsOf(term).map((condition) => (condition.kind === 'search' ? condition.fields.length : 1));
        expect(reads).toBeLessThanOrEqual(most.reduce((sum, one) => sum + one, 0));
      }),
      RUNS,
    );
  });
});
