import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as limits from './limits.ts';
import { OPERATORS_OF } from './operators.ts';
import { parseQuery } from './parse.ts';
import { printQuery } from './print.ts';
import { hostFields } from './testing/example-fields.ts';

const page = readFileSync(new URL('../../docs/query.md', import.meta.url), 'utf8');
const examples = page
  .split('\n')
  .filter((line) => /^\| (?:CISO|auditor|engineer|policy) \|/u.test(line))
  .map((line) => /`([^`]+)` \|$/u.exec(line)?.[1] ?? line);

describe('docs/query.md', () => {
  it('has examples for everybody', () => {
    expect(examples.length).toBeGreaterThanOrEqual(8);
  });

  it.each(examples)('%s can be asked, and is canonical but for the quotes and names that it shows', (example) => {
    const query = parseQuery(example, hostFields);
    expect(query.ok ? printQuery(query.value) : query.problem).toBe(example.replace('labels.', 'label.').replace('"db"', 'db'));
  });

  it('names every bound with its value', () => {
    for (const [name, value] of Object.entries(limits)) {
      const row = page.split('\n').find((line) => line.includes(`\`${name}\``)) ?? '';
      expect(row).toContain(name === 'MAX_DURATION_MS' ? `${value / 365 / 86_400_000} years` : ` ${value}`);
    }
  });

  it.each(['text', 'enum', 'number', 'boolean'] as const)('names the operators of %s', (type) => {
    const row = page.split('\n').find((line) => line.startsWith(`| ${type} |`)) ?? '';
    const operators = Array.from((row.split('|')[3] ?? '').matchAll(/`([^`]+)`/gu), (match) => match[1] ?? '');
    expect([...operators, 'is'].sort()).toEqual([...OPERATORS_OF[type]].sort());
  });
});
