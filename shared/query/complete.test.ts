import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accept, complete, type Completion, withValues } from './complete.ts';
import { parseQuery } from './parse.ts';
import { printQuery } from './print.ts';
import { almostQuery, anyTerm } from './testing/arbitrary-query.ts';
import { hostFields, policyFields } from './testing/example-fields.ts';

/** The cursor is where the bar is. */
const at = (marked: string, fields = hostFields): Completion => complete(marked.replace('|', ''), marked.indexOf('|'), fields);
const texts = (marked: string): string[] => at(marked).suggestions.map((one) => one.text);

describe('what can follow', () => {
  it.each([
    ['|', ['name', 'verdict', 'country', 'label.', 'not']],
    ['ver|', ['verdict']],
    ['VER|', ['verdict']],
    ['not |', ['name', 'verdict', 'label.']],
    ['(|', ['name', 'verdict']],
    ['verdict = failed and |', ['name', 'country']],
    ['web or l|', ['last_change', 'label.']],
    ['verdict |', ['=', '!=', 'in', 'is known', 'is unknown', 'not in']],
    ['name |', ['~', 'like']],
    ['last_change |', ['<', '>']],
    ['name not |', ['~', 'in', 'like']],
    ['verdict = |', ['failed', 'trusted', 'stale']],
    ['verdict = f|', ['failed']],
    ['verdict in (|', ['failed', 'trusted']],
    ['verdict in (failed, |', ['trusted', 'stale']],
    ['verdict in (failed |', [',', ')']],
    ['verdict in |', ['(']],
    ['verdict is |', ['known', 'unknown']],
    ['verdict is not |', ['known', 'unknown']],
    ['disagreement = |', ['true', 'false']],
    ['last_change > |', ['1h', '7d']],
    ['poll_interval < |', ['15m']],
    ['failed_link = k|', ['kernel']],
    ['verdict = failed |', ['and', 'or']],
    ['(verdict = failed |', ['and', 'or', ')']],
    ['"a b" |', ['and', 'or']],
    ['label."two words" |', ['=', 'like']],
    ['label.role |', ['=', 'like']],
  ])('%s: %j among others', (marked, expected) => {
    expect(texts(marked)).toEqual(expect.arrayContaining(expected));
  });

  it.each([
    ['verdict |', '<', 'words have no order'],
    ['verdict |', '~', 'a word is not searched in'],
    ['name |', '<', 'text has no order'],
    ['disagreement |', 'in', 'there are only two values'],
    ['verdict = failed |', 'verdict', 'two conditions need and or or between them'],
    ['verdict = failed |', ')', 'no parenthesis is open'],
    ['last_change = |', '7d', 'no time is exactly that long ago'],
    ['name not |', '=', 'not stands before in, like and ~'],
  ])('%s: never %s, because %s', (marked, never) => {
    expect(texts(marked)).not.toContain(never);
  });

  it.each(['verdict = = |', ') |', 'verdict = "x" y |', 'verdict in failed |', '& |'])('%s: nothing, as it makes no sense', (marked) => {
    expect(at(marked)).toMatchObject({ suggestions: [], ask: null });
  });

  it('what begins like what was typed comes first, then what contains it', () => {
    expect(texts('link|')).toEqual(['failed_link']);
    expect(texts('n|')[0]).toBe('name');
  });

  it('says in a few words what each means', () => {
    for (const marked of ['|', 'name |', 'last_change |', 'verdict = |', 'verdict = failed |'])
      for (const { doc } of at(marked).suggestions) expect(doc).not.toBe('');
    expect(at('last_change |').suggestions.find((one) => one.text === '>')?.doc).toContain('longer ago');
  });

  it('a word alone is offered only where there is a search', () => {
    expect(at('web |', policyFields).suggestions).toEqual([]);
  });
});

describe('taking a suggestion', () => {
  const taken = (marked: string, text: string): string => {
    const completion = at(marked);
    const suggestion = completion.suggestions.find((one) => one.text === text);
    if (suggestion === undefined) throw new Error(`${text} is not suggested`);
    const after = accept(marked.replace('|', ''), completion, suggestion);
    return `${after.text.slice(0, after.cursor)}|${after.text.slice(after.cursor)}`;
  };
  it.each([
    ['ver|', 'verdict', 'verdict |'],
    ['ver|dikt = failed', 'verdict', 'verdict| = failed'],
    ['verdict = f|', 'failed', 'verdict = failed |'],
    ['verdict |', 'in', 'verdict in (|'],
    ['verdict in (f|', 'failed', 'verdict in (failed|'],
    ['la|', 'label.', 'label.|'],
    ['verdict = failed |', 'and', 'verdict = failed and |'],
    ['name |= web', 'like', 'name like |= web'],
  ])('%s takes %s: %s', (marked, text, expected) => {
    expect(taken(marked, text)).toBe(expected);
  });
});

describe('values that only the data knows', () => {
  it.each([
    ['country = |', { kind: 'values', field: 'country', typed: '' }],
    ['country = D|', { kind: 'values', field: 'country', typed: 'D' }],
    ['country in (DE, F|', { kind: 'values', field: 'country', typed: 'F' }],
    ['name ~ "two w|', { kind: 'values', field: 'name', typed: 'two w' }],
    ['label.role = |', { kind: 'values', field: 'label.role', typed: '' }],
    ['label.ro|', { kind: 'members', field: 'label', typed: 'ro' }],
    ['labels.ro|', { kind: 'members', field: 'label', typed: 'ro' }],
    ['verdict = |', null],
    ['findings > |', null],
    ['web|', null],
  ])('%s asks for %j', (marked, ask) => {
    expect(at(marked).ask).toEqual(ask);
  });

  it('are put in quotes where the language needs it', () => {
    const completion = withValues(at('location.site = |'), [
      { value: 'ber1', doc: '12 hosts' },
      { value: 'hall 3', doc: '1 host' },
      { value: 'a*', doc: '1 host' },
      { value: 'x" or name ~ "', doc: '1 host' },
    ]);
    expect(completion.suggestions.map((one) => one.insert)).toEqual(['ber1', '"hall 3"', '"a*"', '"x\\" or name ~ \\""']);
  });

  it('are names of labels after the name of the family', () => {
    const completion = withValues(at('label.|'), [
      { value: 'role', doc: '' },
      { value: 'two words', doc: '' },
    ]);
    expect(completion.suggestions.map((one) => one.insert)).toEqual(expect.arrayContaining(['label.role ', 'label."two words" ']));
  });
});

describe('whatever is typed', () => {
  it('nothing throws, and the span is in the text', () => {
    fc.assert(
      fc.property(almostQuery, fc.nat(60), (text, cursor) => {
        const { span } = complete(text, cursor, hostFields);
        expect(span.at).toBeGreaterThanOrEqual(0);
        expect(span.at + span.length).toBeLessThanOrEqual(Math.max(cursor, text.length));
      }),
      { numRuns: 3000 },
    );
  });

  it('a query is never in the way of its own end: and, or or more can follow every one', () => {
    fc.assert(
      fc.property(anyTerm, (term) => {
        const text = `${printQuery(term)} `;
        const offered = complete(text, text.length, hostFields).suggestions.map((one) => one.text);
        // A word alone that is the name of a field may become a comparison.
        expect(offered.includes('and') || offered.includes('=')).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('every field and operator that is suggested can be read with a value of the type', () => {
    const sample = {
      'list of text': 'x',
      'list of enum': 'kernel',
      text: 'x',
      enum: 'failed',
      number: '1',
      duration: '1d',
      time: '2026-01-05',
      boolean: 'true',
    };
    for (const { name, type } of hostFields.fields)
      for (const { insert } of complete(`${name} `, name.length + 1, hostFields).suggestions) {
        const value = insert.startsWith('is ') ? '' : sample[type];
        const text = `${name} ${insert}${value}${insert.endsWith('(') ? ')' : ''}`;
        expect({ text, read: parseQuery(text, hostFields) }).toMatchObject({ read: { ok: true } });
      }
  });

  it('every value that is suggested can be read', () => {
    for (const before of ['verdict = ', 'failed_link != ', 'last_change > ', 'poll_interval <= ', 'disagreement = '])
      for (const { insert } of complete(before, before.length, hostFields).suggestions)
        expect({ insert, read: parseQuery(before + insert, hostFields) }).toMatchObject({ read: { ok: true } });
  });
});
