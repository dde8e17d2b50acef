import { describe, expect, test } from 'vitest';
import type { Language } from './language.ts';
import { rewrite } from './rewrite.ts';

const ABOUT = { values: new Set<string>(), formsFrom: '/in-form.ts' };
const inGerman = (source: string, said: Readonly<Record<string, readonly string[]>>): string => {
  const language: Language = { tag: 'de', say: (id) => said[id] ?? null };
  return rewrite('a.tsx', source, language, ABOUT)?.code ?? source;
};

describe('a source in another language', () => {
  test('has values and elements where the language has them', () => {
    expect(
      inGerman('<p>Line {line}, see <a href={to}>the docs</a>.</p>', {
        'Line {0}, see <1>the docs</1>.': ['Siehe <1>Doku</1>, Zeile {0}.'],
      }),
    ).toBe('<p>{"Siehe "}<a href={to}>{"Doku"}</a>{", Zeile "}{line}{"."}</p>');
  });

  test('has templates in order of the language, and cannot be left by a quote or a dollar', () => {
    expect(inGerman('const a = `Of ${n} in ${place(m)}.`;', { 'Of {0} in {1}.': ['In {1}: `${x}` {0}'] })).toBe(
      'const a = `In ${place(m)}: \\`\\${x}\\` ${n}`;',
    );
    expect(inGerman('<input placeholder="name" />', { name: ['"<Name>{'] })).toBe('<input placeholder={"\\"<Name>{"} />');
  });

  test('keeps the spaces around a message', () => {
    expect(inGerman("<>{' '}It is {a}</>", { 'It is {0}': ['{0} ist es'] })).toBe('<>{" "}{a}{" ist es"}</>');
    expect(inGerman("const a = ' At least '; const b = ` of ${c} `;", { 'At least': ['Mindestens'], 'of {0}': ['von {0}'] })).toBe(
      'const a = " Mindestens "; const b = ` von ${c} `;',
    );
  });

  test('has messages within the values of a message in the language as well', () => {
    expect(inGerman("<p>It {ok ? 'holds' : x}</p>", { 'It {0}': ['Es {0}'], holds: ['gilt'] })).toBe('<p>{"Es "}{ok ? "gilt" : x}</p>');
  });

  test('chooses among the forms of its plural when it runs', () => {
    expect(inGerman("const a = plural(f(n), 'host', 'hosts');", { '{0} host': ['{0} Host', '{0} Hosts'] })).toBe(
      'import { inForm as __inForm } from "/in-form.ts";\nconst a = __inForm(f(n), "de", ["{0} Host","{0} Hosts"]);',
    );
  });

  test('formats numbers and names of regions as the language does', () => {
    expect(inGerman("const n = new Intl.NumberFormat('en-GB');", {})).toBe('const n = new Intl.NumberFormat("de");');
  });

  test('keeps the English of what is not translated', () => {
    expect(inGerman('<p>One host</p>', {})).toBe('<p>One host</p>');
  });

  test.each(['Ohne Zeile.', '{0} {0}', 'Zeile {1}', '<0>Zeile</0>', 'Zeile {0'])(
    'is refused where a translation loses, doubles or invents a value: %s',
    (text) => expect(() => inGerman('<p>Line {line}</p>', { 'Line {0}': [text] })).toThrow('“'),
  );
});
