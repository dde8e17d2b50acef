import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { beyondTheEdge } from './harness/browser.ts';
import { ROOT } from './harness/commands.ts';

/** What axe still finds, as "example: rule". It may only shrink: what is not found any more must be taken out of it. */
const BASELINE: unknown = JSON.parse(readFileSync(path.join(ROOT, 'e2e', 'design-system-baseline.json'), 'utf8'));
const LOOKS = [
  ['light', 'no-preference'],
  ['dark', 'no-preference'],
  ['light', 'more'],
  ['dark', 'more'],
] as const;

test.describe('the design system', () => {
  let serving: ChildProcess;
  let url: string;

  test.beforeAll(async () => {
    serving = spawn(process.execPath, [path.join(ROOT, 'scripts', 'ui.mjs'), '--json'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    url = await new Promise((resolve, reject) => {
      serving.stdout?.once('data', (line: Buffer) => resolve(String(JSON.parse(line.toString()).url)));
      serving.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
    });
  });
  test.afterAll(() => serving.kill());

  test('each component has a page, and axe finds no more on any of them than before, in every theme', async ({ page }) => {
    test.setTimeout(180_000);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(url);
    const examples = await page
      .getByRole('navigation', { name: 'Components' })
      .getByRole('link')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
    expect(examples.length).toBeGreaterThan(12);
    const found = new Set<string>();
    for (const [colorScheme, contrast] of LOOKS) {
      await page.emulateMedia({ colorScheme, contrast, reducedMotion: 'reduce' });
      for (const example of examples) {
        await page.goto(`${url}${example}`);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        const axe = new AxeBuilder({ page });
        // Only colours differ between the themes.
        const rules = colorScheme === 'light' && contrast === 'no-preference' ? axe : axe.withRules(['color-contrast']);
        for (const { id } of (await rules.analyze()).violations) found.add(`${example.slice(1)}: ${id}`);
      }
    }
    expect(errors).toEqual([]);
    expect([...found].toSorted()).toEqual(BASELINE);
  });

  test('none of them goes beyond the edge at 200 % zoom', async ({ page }) => {
    await page.setViewportSize({ width: 640, height: 400 });
    await page.goto(url);
    const links = page.getByRole('navigation', { name: 'Components' }).getByRole('link');
    for (let at = 0; at < (await links.count()); at += 1) {
      await links.nth(at).click();
      expect(await beyondTheEdge(page), await links.nth(at).textContent().then(String)).toBeLessThanOrEqual(0);
    }
  });
});
