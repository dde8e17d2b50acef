import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const page = readFileSync(path.join(import.meta.dirname, '../../resources/pack/check.html'), 'utf8');
const digestOf = (tag: string): string => {
  const content = new RegExp(`<${tag}>([^]*?)</${tag}>`, 'u').exec(page)?.[1] ?? '';
  return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
};

it('the page of a pack may run its own script and style, and nothing else: no network, no other script', () => {
  expect(page).toContain(
    `content="default-src 'none'; script-src ${digestOf('script')}; style-src ${digestOf('style')}; base-uri 'none'; form-action 'none'"`,
  );
  expect(page.match(/<script|<style|<link|<img|<iframe/gu)).toEqual(['<style', '<script']);
  expect(page).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|fetch\(|https?:\/\/(?!www\.w3\.org\/2000\/svg)/u);
});
