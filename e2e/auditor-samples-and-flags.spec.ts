import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BrowserContext, expect, type Page } from '@playwright/test';
import { obstacles, tabTo } from './harness/accessibility.ts';
import { beyondTheEdge, openSession } from './harness/browser.ts';
import { type Console, startConsole, temporaryFolder } from './harness/commands.ts';
import { seedHosts } from './harness/seed.ts';
import { test } from './harness/test.ts';

const HOSTS = 300;
const SIZE = 12;
const SEED = 'audit-2026:4-6-1';
const DOC = path.join(import.meta.dirname, '..', 'docs', 'exports.md');

test.describe
  .serial('an auditor draws a sample, and flags what is wrong with it', () => {
    let folder: string;
    let shell: Console;
    let context: BrowserContext;
    let page: Page;

    test.beforeAll(async ({ browser }) => {
      folder = temporaryFolder('sampled');
      seedHosts(folder, HOSTS);
      shell = await startConsole([], folder);
      context = await openSession(browser, shell);
      page = await context.newPage();
    });
    test.afterAll(async () => {
      await context.close();
      await shell.stop();
    });

    const fileOf = (name: string): string => path.join(folder, 'exports', name);
    const newest = (): string => {
      const name = readdirSync(path.join(folder, 'exports')).toSorted().at(-1);
      return fileOf(name ?? '');
    };
    const idsIn = (file: string): readonly string[] =>
      readFileSync(file, 'utf8')
        .split('\r\n')
        .filter((line) => /^[\w-]+\//u.test(line))
        .map((line) => line.split(',')[0] ?? '');
    const openDialog = async (): Promise<void> => {
      await page.goto('/#/hosts');
      await expect(page.getByText(`${HOSTS} hosts`, { exact: true })).toBeVisible();
      await page.getByRole('button', { name: 'Export…' }).press('Enter');
    };
    const exportHosts = async (fill: () => Promise<void>): Promise<string> => {
      await openDialog();
      const dialog = page.getByRole('dialog', { name: 'Export hosts' });
      await fill();
      await dialog.getByRole('button', { name: 'Export', exact: true }).press('Enter');
      const name = await dialog.getByRole('link', { name: /^Download/u }).getAttribute('download');
      await dialog.getByRole('button', { name: 'Close' }).press('Enter');
      return fileOf(name ?? '');
    };

    let sampled: readonly string[];

    test('the dialog says in words why the dossier is not made of many hosts, and which seed is none', async () => {
      await openDialog();
      const dialog = page.getByRole('dialog', { name: 'Export hosts' });
      await expect(dialog.getByRole('button', { name: 'Host PDF' })).toHaveAttribute('aria-disabled', 'true');
      await expect(dialog.getByText('Host PDF: It is of exactly one host.')).toBeVisible();
      await dialog.getByLabel('Seed of the sample').fill('two words');
      await dialog.getByRole('button', { name: 'Export', exact: true }).press('Enter');
      await expect(dialog.getByLabel('Sample size')).toBeFocused();
      await expect(dialog.getByText('A seed draws a sample: say of how many hosts.')).toBeVisible();
      await expect(dialog.getByText(/^Give one word of letters/u)).toBeVisible();
      expect(await obstacles(page)).toEqual([]);
      await page.keyboard.press('Escape');
    });

    test('a sample of the seed is what the script of the documentation draws from all hosts', async () => {
      const all = await exportHosts(async () => {});
      const file = await exportHosts(async () => {
        await page.getByLabel('Sample size').fill(String(SIZE));
        await page.getByLabel('Seed of the sample').fill(SEED);
      });
      sampled = idsIn(file);
      expect(sampled).toHaveLength(SIZE);
      const script = path.join(folder, 'sample.sh');
      writeFileSync(script, /```sh\n(#!\/bin\/sh\n# sample\.sh[\s\S]*?)```/u.exec(readFileSync(DOC, 'utf8'))?.[1] ?? '');
      const drawn = execFileSync('sh', [script, all, String(SIZE), SEED], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      expect(drawn.trimEnd().split('\n').toSorted()).toEqual(sampled.toSorted());
      await page.goto('/#/record?tab=exports');
      await expect(page.getByText(`A sample of ${SIZE} of ${HOSTS}, seed ${SEED}`)).toBeVisible();
    });

    test('a report of the same sample is defined and made', async () => {
      await page.goto('/#/reports');
      await page.getByRole('button', { name: 'New report…' }).press('Enter');
      await page.getByLabel('Name', { exact: true }).fill('audit sample');
      await page.getByRole('button', { name: 'CSV' }).press('Enter');
      await page.getByLabel('Sample size').fill(String(SIZE));
      await page.getByLabel('Seed of the sample').fill(SEED);
      await page.getByRole('button', { name: 'Save' }).press('Enter');
      await page.getByRole('button', { name: 'Make now: audit sample' }).press('Enter');
      await expect(page.getByRole('row', { name: /audit sample/u })).toContainText(`${SIZE} rows`);
      expect(idsIn(newest()).toSorted()).toEqual(sampled.toSorted());
    });

    let flagged: string;

    test('one item is flagged by the keyboard, and not without a comment', async () => {
      await page.getByRole('link', { name: 'Items of audit sample' }).press('Enter');
      await expect(page.getByRole('heading', { name: 'Items of audit sample' })).toBeVisible();
      await expect(page.getByRole('button', { name: `Ready ${SIZE}` })).toBeVisible();
      await tabTo(page, 'grid', 'Items of the run. Enter opens one.');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      const title = page.getByRole('heading', { level: 3 }).first();
      await expect(title).toBeFocused();
      flagged = ((await title.textContent()) ?? '').split(':')[0] ?? '';
      // Ready, approved, flagged.
      for (let step = 0; step < 3; step += 1) await page.keyboard.press('Tab');
      await expect(page.getByRole('button', { name: 'Flagged', exact: true })).toBeFocused();
      await page.keyboard.press('Enter');
      await tabTo(page, 'button', 'Enter it');
      await page.keyboard.press('Enter');
      await expect(page.getByText('Say why, so that the next one understands it.')).toBeVisible();
      await expect(page.getByLabel('Comment')).toBeFocused();
      await page.keyboard.type('Ask the vendor <b>why</b>.');
      expect(await obstacles(page)).toEqual([]);
      await page.getByRole('button', { name: 'Enter it' }).press('Enter');
      await expect(page.getByText(`${flagged}: flagged, and the ledger says so.`)).toBeVisible();
      await expect(page.getByRole('grid')).toBeFocused();
      await page.getByRole('button', { name: 'Flagged 1' }).press('Enter');
      await expect(page.getByRole('row').nth(1)).toContainText(flagged);
      await expect(page.getByRole('row').nth(1)).toContainText('Ask the vendor <b>why</b>.');
    });

    test('the others are approved at once', async () => {
      await page.getByRole('button', { name: /^Ready/u }).press('Enter');
      await page.getByRole('button', { name: `Say it of all ${SIZE - 1}…` }).press('Enter');
      await page.getByRole('button', { name: 'Enter it' }).press('Enter');
      await expect(page.getByRole('button', { name: `Approved ${SIZE - 1}` })).toBeVisible();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.reload();
        await expect(page.getByRole('button', { name: `Approved ${SIZE - 1}` })).toBeVisible();
        expect(await obstacles(page)).toEqual([]);
        await page.setViewportSize({ width: 640, height: 400 });
        expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
        await page.setViewportSize({ width: 1280, height: 800 });
      }
    });

    test('the next run is ready to be judged again, and shows what was flagged', async () => {
      await page.goto('/#/reports');
      await page.getByRole('button', { name: 'Make now: audit sample' }).press('Enter');
      const row = page.getByRole('row', { name: /audit sample/u });
      await expect(row).toContainText('Flagged before:');
      await expect(row).toContainText(`${flagged} was flagged`);
      await expect(row).toContainText('Ask the vendor <b>why</b>.');
      await page.getByRole('link', { name: 'Items of audit sample' }).press('Enter');
      await expect(page.getByRole('button', { name: `Ready ${SIZE}` })).toBeVisible();
      await page.getByLabel('Name', { exact: true }).fill(flagged);
      await expect(page.getByRole('row').nth(1)).toContainText('Flagged (');
      await page.getByRole('row').nth(1).click();
      await expect(page.getByRole('heading', { name: 'What was said of it' })).toBeVisible();
      await expect(page.getByRole('listitem').filter({ hasText: 'Ask the vendor' })).toBeVisible();
      await page.goto('/#/record?kind=report');
      await expect(page.getByRole('grid')).toContainText('is flagged. Ask the vendor <b>why</b>.');
    });
  });
