import { describe, expect, it } from 'vitest';
import type { Query } from './ast.ts';
import { parseQuery } from './parse.ts';
import { printQuery } from './print.ts';
import { hostFields } from './testing/example-fields.ts';

const parsed = (text: string): Query => {
  const query = parseQuery(text, hostFields);
  if (!query.ok) throw new Error(`${text}: ${query.problem.message}`);
  return query.value;
};

describe('a query becomes plain data', () => {
  it('with the fields it names, their types, and values of those types', () => {
    expect(parsed('verdict = failed and country in (DE, FR) and last_change > 7d')).toEqual({
      kind: 'and',
      terms: [
        {
          kind: 'compare',
          field: { name: 'verdict', member: null, type: 'enum' },
          operator: '=',
          value: { kind: 'text', text: 'failed' },
        },
        {
          kind: 'among',
          field: { name: 'country', member: null, type: 'text' },
          values: [
            { kind: 'text', text: 'DE' },
            { kind: 'text', text: 'FR' },
          ],
        },
        {
          kind: 'compare',
          field: { name: 'last_change', member: null, type: 'time' },
          operator: '>',
          value: { kind: 'duration', ms: 604_800_000 },
        },
      ],
    });
  });

  it('with the member of a family', () => {
    expect(parsed('labels.role = "db"')).toMatchObject({ field: { name: 'label', member: 'role', type: 'text' } });
  });

  it('with the fields that a word alone is looked for in', () => {
    expect(parsed('web')).toMatchObject({
      kind: 'search',
      text: 'web',
      fields: [{ name: 'name' }, { name: 'location.site' }, { name: 'tag' }],
    });
  });

  it('with zero as the only zero', () => {
    expect(parsed('findings = -0')).toMatchObject({ value: { number: 0 } });
  });

  it('with a pattern in parts', () => {
    expect(parsed('name like "web-\\*-**?x"')).toMatchObject({
      glob: [{ kind: 'text', text: 'web-*-' }, { kind: 'any' }, { kind: 'one' }, { kind: 'text', text: 'x' }],
    });
  });

  it.each(['', '   ', '\n\t'])('and %j asks nothing: all rows', (text) => {
    expect(parsed(text)).toEqual({ kind: 'all' });
  });

  it('that survives being sent as JSON', () => {
    const query = parsed('not (web or label."a b" is known) and last_change < 2026-01-05 and findings >= 3 and disagreement = yes');
    expect(JSON.parse(JSON.stringify(query))).toEqual(query);
  });
});

describe('the grammar, shown by the canonical form', () => {
  it.each([
    // not binds tighter than and, and tighter than or
    ['a or b and c', 'a or b and c'],
    ['(a or b) and c', '(a or b) and c'],
    ['a or (b and c)', 'a or b and c'],
    ['not a and b', 'not a and b'],
    ['not (a and b)', 'not (a and b)'],
    ['(not a) or ((b))', 'not a or b'],
    ['a and (b and (c and d))', 'a and b and c and d'],
    ['not not a', 'not not a'],
    // keywords, field names and values of enums in any case
    ['A AND Not B Or C', 'A and not B or C'],
    ['VERDICT = Failed', 'verdict = failed'],
    ['Labels.Role = DB', 'label.Role = DB'],
    // operators
    ['findings=3', 'findings = 3'],
    ['findings!=3', 'findings != 3'],
    ['findings<3 or findings<=3 or findings>3 or findings>=3', 'findings < 3 or findings <= 3 or findings > 3 or findings >= 3'],
    ['name~web', 'name ~ web'],
    ['name not ~ web', 'name not ~ web'],
    ['country in(DE,FR)', 'country in (DE, FR)'],
    ['country not in (DE)', 'country not in (DE)'],
    ['country is known', 'country is known'],
    ['country is not known', 'country is unknown'],
    ['country is not unknown', 'country is known'],
    ['name like web-*', 'name like web-*'],
    ['name not like "web-0?"', 'name not like web-0?'],
    ['verdict in ("failed")', 'verdict in (failed)'],
    ['tag = gpu', 'tag = gpu'],
    ['failed_link in (kernel, secure-boot)', 'failed_link in (kernel, secure-boot)'],
    // not moves to where it reads best
    ['not verdict = failed', 'verdict != failed'],
    ['not country in (DE)', 'country not in (DE)'],
    ['not country is known', 'country is unknown'],
    ['not name ~ web', 'name not ~ web'],
    ['not findings > 3', 'not findings > 3'],
    ['not verdict != failed', 'not verdict != failed'],
    // values
    ['findings = -0', 'findings = 0'],
    ['findings = 0012.500', 'findings = 12.5'],
    ['disagreement = YES', 'disagreement = true'],
    ['poll_interval = 90m', 'poll_interval = 90m'],
    ['poll_interval = 120M', 'poll_interval = 2h'],
    ['poll_interval = 2w', 'poll_interval = 14d'],
    ['poll_interval = 1500ms', 'poll_interval = 1500ms'],
    ['poll_interval = 0w', 'poll_interval = 0s'],
    ['last_change < 2026-01-05', 'last_change < 2026-01-05'],
    ['last_change < 2026-01-05t12:30z', 'last_change < 2026-01-05T12:30Z'],
    ['last_change < 2026-01-05T12:30:00Z', 'last_change < 2026-01-05T12:30:00Z'],
    ['last_change < 2026-01-05T12:30:00.250Z', 'last_change < 2026-01-05T12:30:00.250Z'],
    // what looks like a value of another type is text where text is compared
    ['label.keep = 7d', 'label.keep = 7d'],
    ['label.version = 1.10', 'label.version = 1.10'],
    // words and texts
    ['"web"', 'web'],
    ["name = 'web'", 'name = web'],
    ['name = ""', 'name = ""'],
    ['name = "and"', 'name = "and"'],
    ['name = "a \\"quoted\\" word"', 'name = "a \\"quoted\\" word"'],
    ['name = "a*"', 'name = "a*"'],
    ['name = C:/x', 'name = C:/x'],
    ['"verdict:failed"', '"verdict:failed"'],
    ['name = Zürich', 'name = Zürich'],
    ['name = O’Brien', 'name = O’Brien'],
    ['label.app.kubernetes.io/name = db', 'label.app.kubernetes.io/name = db'],
    ['label."two words" = x', 'label."two words" = x'],
    ['label."role" = x', 'label.role = x'],
    ['label.in = x', 'label.in = x'],
    ['location.site ~ hall', 'location.site ~ hall'],
    // a word is a field only where an operator follows
    ['verdict', 'verdict'],
    ['known or unknown or true', 'known or unknown or true'],
    // blanks from a text processor or another keyboard
    ['web\u00a0and\u3000db', 'web and db'],
    ['web\r\n  and db', 'web and db'],
  ])('%j is %j', (text, canonical) => {
    expect(printQuery(parsed(text))).toBe(canonical);
  });

  it.each([
    ['a line feed', '\n', '\\n'],
    ['a tab', '\t', '\\t'],
    ['a NUL', '\0', '\\u{0}'],
    ['an override of direction', '\u202e', '\\u{202e}'],
    ['an isolate', '\u2066', '\\u{2066}'],
    ['a zero-width space', '\u200b', '\\u{200b}'],
    ['a selector of variants', '\ufe0f', '\\u{fe0f}'],
    ['a space that does not break', '\u00a0', '\\u{a0}'],
    ['a character beyond the first plane', '\u{e0041}', '\\u{e0041}'],
  ])('%s can be asked for as an escape, and is printed as one', (_what, char, escape) => {
    const query = parsed(`name = "a${escape}b"`);
    expect(query).toMatchObject({ value: { text: `a${char}b` } });
    expect(printQuery(query)).toBe(`name = "a${escape}b"`);
  });

  it('an escape of something visible is printed as what it is', () => {
    expect(printQuery(parsed('name = "\\u{7a}\\u{fc}\\u{1f3e2}"'))).toBe('name = zü🏢');
  });
});
