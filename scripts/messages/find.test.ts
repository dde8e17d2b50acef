import { describe, expect, test } from 'vitest';
import { findMessages } from './find.ts';
import { valuesIn } from './rules.ts';
import { parseSource } from './syntax.ts';

const idsIn = (source: string, values: readonly string[] = []): readonly string[] =>
  findMessages('a.tsx', source, new Set(values)).map(({ id, plural }) => (plural === null ? id : `${id} | ${plural}`));

describe('a message of markup', () => {
  test('is a whole sentence, with its values and elements by number', () => {
    expect(idsIn('<p>Line {line}, see <a href={to}>the docs of {name}</a> or <Code text={a} />.</p>')).toEqual([
      'Line {0}, see <1>the docs of {2}</1> or <3/>.',
    ]);
  });

  test('has the spaces that the browser shows, and not the lines of the source', () => {
    expect(idsIn("<p>\n  All of\n  them{' '}\n  <b>hold</b>.{/* why */}\n</p>")).toEqual(['All of them <0>hold</0>.']);
  });

  test('is none where no words stand in an element itself; what is in it is looked at alone', () => {
    expect(idsIn('<ul><li>One host</li><li>{many}</li> · </ul>')).toEqual(['One host']);
  });

  test('has no words of commands, files and keys', () => {
    expect(idsIn('<p>Start <code>plumbline serve</code> or press <kbd>Esc</kbd>.</p>')).toEqual(['Start <0/> or press <1/>.']);
    expect(idsIn('<code>plumbline serve</code>')).toEqual([]);
  });

  test('is without the spaces around it', () => {
    expect(idsIn("<>{' '}Did you mean <code>{a}</code>?</>; const b = ` and ${c} more `;")).toEqual(['Did you mean <0/>?', 'and {0} more']);
  });

  test('does not hide messages in its values and attributes', () => {
    expect(idsIn('<p title="why">It {ok ? \'holds\' : <b>is broken</b>}</p>')).toEqual(['It {0}', 'why', 'holds', 'is broken']);
  });
});

describe('a text', () => {
  test.each([
    ['an attribute of words', '<input placeholder="name" />', ['name']],
    ['a property of words', "const a = { word: 'due', key: 'due' };", ['due']],
    ['a table that is named so', "const STATE_WORD = { type: 'by hand', open: 'open' };", ['by hand', 'open']],
    ['what reads like words', "const a = f('It is meant.');", ['It is meant.']],
    ['a template, with its values by number', 'const a = `Of ${n} in ${place(m)}.`;', ['Of {0} in {1}.']],
  ])('is said: %s', (_, source, ids) => expect(idsIn(source)).toEqual(ids));

  test.each([
    ['a class, a key, an address', '<a className="is on" key={`a ${b}`} href="#/a b" role="Grid">{x}</a>'],
    ['what is compared', "const a = b === 'In part' || c !== 'Enter it';"],
    ['a type, an import, the name of a property', "import 'A b'; type A = 'In part'; const a = { 'In part': b };"],
    ['an argument of the platform', "document.querySelector('main [role] a'); addEventListener('Some thing', f);"],
    ['the name of a key', "const a = 'Escape';"],
    [
      'a sample of a file, a command, a condition',
      "const a = ['a b:\\n  - kind: x', 'plumbline serve --data x', 'kind = x']; const b = '1px solid var(--line)';",
    ],
  ])('is not said: %s', (_, source) => expect(idsIn(source)).toEqual([]));

  test('by which the program tells things apart is none, though it reads like words; in a table of words it is one', () => {
    const source = "const f = (): Standing => 'in part'; const STANDING_WORD = { part: 'in part' };";
    expect(idsIn(source, ['in part'])).toEqual(['in part']);
    expect(idsIn(source)).toHaveLength(2);
  });
});

test('what the program tells apart is read from types, lists as const, schemas and comparisons', () => {
  const source =
    "type A = 'in part'; const L = ['On hold'] as const; f(['x', 'Nobody’s'] as const); const s = z.enum(['Not yet']); if (a === 'No rule') b();";
  expect(valuesIn(parseSource('a.ts', source))).toEqual(['in part', 'On hold', 'Not yet', 'No rule']);
});

test('a number of things is one message with its forms, and the number is in it', () => {
  expect(idsIn("const a = plural(hosts.length, 'host', 'hosts');")).toEqual(['{0} host | {0} hosts']);
});
