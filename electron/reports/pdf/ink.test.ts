import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { INK } from './ink.ts';

const tokens = readFileSync(path.resolve(import.meta.dirname, '../../../renderer/ui/tokens.css'), 'utf8').split(':root[')[0] ?? '';
const tokenOf = (name: string): string | undefined => new RegExp(`--${name}: (#[0-9a-f]{6});`, 'u').exec(tokens)?.[1];
const STATUS = /^(?:trusted|failed|stale|inconclusive)/u;
const dashed = (name: string): string => name.replaceAll(/([A-Z]|\d)/gu, '-$1').toLowerCase();

it('paper has the colours of the light screen, by the same names', () => {
  for (const [name, ink] of Object.entries(INK)) {
    if (name === 'paper') continue;
    expect([name, ink]).toEqual([name, tokenOf(STATUS.test(name) ? `verdict-${dashed(name)}` : dashed(name))]);
  }
});
