import { describe, expect, it } from 'vitest';
import { compileQuery, type FieldValue, matches } from './compile.ts';
import { parseQuery } from './parse.ts';
import { hostFields } from './testing/example-fields.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const DAY = 86_400_000;

type Row = Readonly<Record<string, FieldValue>>;

const parsed = (text: string) => {
  const query = parseQuery(text, hostFields);
  if (!query.ok) throw new Error(`${text}: ${query.problem.message}`);
  return query.value;
};

/** A row knows its fields by name, and labels as label.NAME. */
const answer = (text: string, row: Row, nowMs = NOW): string =>
  compileQuery<Row>(parsed(text), (field) => {
    const key = field.member === null ? field.name : `${field.name}.${field.member}`;
    return (one) => one[key];
  })(row, nowMs);

const web: Row = {
  name: 'web-01.fra',
  verdict: 'failed',
  country: 'DE',
  'location.site': 'Frankfurt Hall 3',
  last_change: NOW - 8 * DAY,
  poll_interval: 300_000,
  findings: 2,
  disagreement: true,
  tag: ['gpu', 'Edge'],
  failed_link: ['kernel', 'runtime'],
  'label.role': 'Web',
};

describe('a row that knows everything', () => {
  it.each([
    ['verdict = failed and country in (DE, FR) and last_change > 7d', 'yes'],
    ['verdict = trusted or country = de', 'yes'],
    ['verdict != failed', 'no'],
    ['verdict in (failed, stale)', 'yes'],
    ['verdict not in (failed, stale)', 'no'],
    ['name = WEB-01.FRA', 'yes'],
    ['name = web-01', 'no'],
    ['name ~ "01.F"', 'yes'],
    ['name not ~ "01.F"', 'no'],
    ['name like web-*', 'yes'],
    ['name like web-', 'no'],
    ['name not like db-*', 'yes'],
    ['label.role = web', 'yes'],
    ['labels."role" in (db, web)', 'yes'],
    ['findings = 2', 'yes'],
    ['findings != 2', 'no'],
    ['findings < 2', 'no'],
    ['findings <= 2', 'yes'],
    ['findings > 2', 'no'],
    ['findings >= 2', 'yes'],
    ['findings in (1, 2)', 'yes'],
    ['poll_interval = 5m', 'yes'],
    ['poll_interval < 1h', 'yes'],
    ['poll_interval in (300s, 1h)', 'yes'],
    ['disagreement = true', 'yes'],
    ['disagreement = no', 'no'],
    ['disagreement != yes', 'no'],
    ['', 'yes'],
  ])('%s: %s', (text, expected) => {
    expect(answer(text, web)).toBe(expected);
  });
});

describe('lists: one element is enough, and `!=` means none', () => {
  it.each([
    ['tag = gpu', 'yes'],
    ['tag = edge', 'yes'],
    ['tag != gpu', 'no'],
    ['tag != lab', 'yes'],
    ['tag in (lab, gpu)', 'yes'],
    ['tag not in (lab)', 'yes'],
    ['tag ~ dg', 'yes'],
    ['tag like e*', 'yes'],
    ['failed_link = kernel and failed_link = runtime', 'yes'],
    ['failed_link = firmware', 'no'],
  ])('%s: %s', (text, expected) => {
    expect(answer(text, web)).toBe(expected);
  });

  it('an empty list is known to be empty', () => {
    expect(answer('tag = gpu', { tag: [] })).toBe('no');
    expect(answer('tag != gpu', { tag: [] })).toBe('yes');
    expect(answer('tag is known', { tag: [] })).toBe('yes');
  });
});

describe('a duration compared with a time is an age', () => {
  it.each([
    ['last_change > 7d', NOW - 7 * DAY - 1, 'yes'],
    ['last_change > 7d', NOW - 7 * DAY, 'no'],
    ['last_change >= 7d', NOW - 7 * DAY, 'yes'],
    ['last_change < 7d', NOW - 7 * DAY, 'no'],
    ['last_change < 7d', NOW - 7 * DAY + 1, 'yes'],
    ['last_change <= 7d', NOW - 7 * DAY, 'yes'],
    // A time to come is younger than any age, so a clock that is a little ahead does not make evidence old.
    ['last_change < 7d', NOW + DAY, 'yes'],
    ['last_change > 0s', NOW + DAY, 'no'],
    ['last_change > 0s', NOW, 'no'],
  ])('%s of %i: %s', (text, atMs, expected) => {
    expect(answer(text, { last_change: atMs })).toBe(expected);
  });

  it('is not known where it is not known what time it is', () => {
    expect(answer('last_change > 7d', web, Number.NaN)).toBe('unknown');
  });
});

describe('a date is the whole day in UTC, and a minute the whole minute', () => {
  const first = Date.UTC(2026, 0, 5);
  const last = first + DAY - 1;
  it.each([
    ['last_change = 2026-01-05', [first, last], [first - 1, last + 1]],
    ['last_change != 2026-01-05', [first - 1, last + 1], [first, last]],
    ['last_change < 2026-01-05', [first - 1], [first]],
    ['last_change <= 2026-01-05', [last], [last + 1]],
    ['last_change > 2026-01-05', [last + 1], [last]],
    ['last_change >= 2026-01-05', [first], [first - 1]],
    ['last_change in (2026-01-03, 2026-01-05)', [first, last, first - DAY - 1], [first - 1, last + 1]],
    ['last_change = 2026-01-05T00:00Z', [first, first + 59_999], [first + 60_000]],
    ['last_change = 2026-01-05T00:00:00Z', [first, first + 999], [first + 1000]],
    ['last_change = 2026-01-05T00:00:00.000Z', [first], [first + 1]],
    ['last_change > 2026-01-05T00:00:00.000Z', [first + 1], [first]],
  ])('%s', (text, inside, outside) => {
    for (const at of inside) expect(answer(text, { last_change: at })).toBe('yes');
    for (const at of outside) expect(answer(text, { last_change: at })).toBe('no');
  });
});

describe('what is missing', () => {
  it.each([
    'verdict = trusted',
    'verdict != trusted',
    'verdict in (trusted)',
    'verdict not in (trusted)',
    'name ~ web',
    'name not ~ web',
    'name like web*',
    'name not like web*',
    'findings < 5',
    'not findings < 5',
    'last_change < 7d',
    'not last_change < 7d',
    'disagreement = false',
    'tag = gpu',
    'tag != gpu',
    'label.role = db',
    'label.role != db',
  ])('answers %s neither way, so that not evaluated is never passed', (text) => {
    expect(answer(text, {})).toBe('unknown');
    expect(answer(`not (${text})`, {})).toBe('unknown');
  });

  it.each([
    ['verdict is known', 'no'],
    ['verdict is unknown', 'yes'],
    ['not verdict is unknown', 'no'],
    ['label.role is unknown', 'yes'],
    ['verdict != trusted or verdict is unknown', 'yes'],
    // What decides, decides: the missing value could not change it.
    ['verdict = trusted and name is known', 'no'],
    ['verdict = trusted or name is unknown', 'yes'],
    ['verdict = trusted and name is unknown', 'unknown'],
    ['verdict = trusted or name is known', 'unknown'],
  ])('%s: %s', (text, expected) => {
    expect(answer(text, {})).toBe(expected);
  });

  it.each([
    ['null', null],
    ['undefined', undefined],
    ['a number where text belongs', 7],
    ['a list where one text belongs', ['DE']],
  ])('%s is missing', (_what, country) => {
    expect(answer('country != FR', { country })).toBe('unknown');
    expect(answer('country is unknown', { country })).toBe('yes');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, '7'])('%s is no number', (findings) => {
    expect(answer('findings >= 0', { findings })).toBe('unknown');
  });

  it('the empty text is a text', () => {
    expect(answer('name = ""', { name: '' })).toBe('yes');
    expect(answer('name is known', { name: '' })).toBe('yes');
  });
});

describe('a word alone', () => {
  it.each([
    ['FRA', 'yes'],
    ['"hall 3"', 'yes'],
    ['gpu', 'yes'],
    ['failed', 'no'],
    ['not failed', 'yes'],
    ['web and verdict = failed', 'yes'],
  ])('%s is looked for in the searchable fields: %s', (text, expected) => {
    expect(answer(text, web)).toBe(expected);
  });

  it('asks what is shown of a row, and a missing field shows nothing: it is found or not, never unknown', () => {
    expect(answer('web', {})).toBe('no');
    expect(answer('not web', {})).toBe('yes');
    expect(answer('web', { tag: ['web'] })).toBe('yes');
  });
});

describe('one row without compiling', () => {
  it('matches only where the answer is yes', () => {
    expect(matches(parsed('verdict = failed'), () => 'failed', NOW)).toBe(true);
    expect(matches(parsed('verdict = failed'), () => 'stale', NOW)).toBe(false);
    expect(matches(parsed('verdict = failed'), () => null, NOW)).toBe(false);
    expect(matches(parsed('verdict != failed'), () => null, NOW)).toBe(false);
    expect(matches(parsed('last_change > 7d'), () => NOW - 8 * DAY, NOW)).toBe(true);
  });
});
