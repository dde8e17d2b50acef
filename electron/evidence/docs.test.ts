import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHECK_CODES } from '../../shared/model/check.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(ROOT, 'docs/evidence-checks.md'), 'utf8');
const rows = page.split('\n').filter((line) => /^\| \d+ /u.test(line));
const cells = rows.map((row) => row.slice(2, -2).split(' | '));
const inTicks = (text: string): readonly string[] => [...text.matchAll(/`([^`]+)`/gu)].map((match) => match[1] ?? '');

describe('docs/evidence-checks.md', () => {
  it('has the points 1 to 23, each once, in order', () => {
    expect(cells.map(([point = '']) => Number(point.split(' ')[0]))).toEqual(Array.from({ length: 23 }, (_, index) => index + 1));
  });

  it('names every check code, and no other', () => {
    const named = new Set(cells.flatMap(([, codes = '']) => inTicks(codes)));
    expect([...named].sort()).toEqual([...CHECK_CODES].sort());
  });

  it('says of every point what it proves and what it does not', () => {
    expect(cells.filter(([, , proves = '', not = '']) => proves.trim() === '' || not.trim() === '')).toEqual([]);
  });

  it('names test files that exist, and every file of the checklist', () => {
    const named = [...new Set(cells.flatMap((row) => inTicks(row[4] ?? '')))];
    expect(named.filter((file) => !existsSync(path.join(import.meta.dirname, file)))).toEqual([]);
    const files = readdirSync(path.join(import.meta.dirname, 'checklist')).map((file) => `checklist/${file}`);
    expect(files.filter((file) => !named.includes(file))).toEqual([]);
  });

  it('names a test for every point', () => {
    const without = cells.filter((row) => inTicks(row[4] ?? '').length === 0).map(([, codes = '']) => inTicks(codes));
    expect(without.flat()).toEqual([]);
  });
});
