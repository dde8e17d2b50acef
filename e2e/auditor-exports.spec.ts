import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type BrowserContext, expect, type Locator, type Page } from '@playwright/test';
import { obstacles, tabTo } from './harness/accessibility.ts';
import { beyondTheEdge, openSession } from './harness/browser.ts';
import { type Console, runCommand, startConsole, temporaryFolder } from './harness/commands.ts';
import { FAILED_EVERY, seedHosts } from './harness/seed.ts';
import { test } from './harness/test.ts';

const HOSTS = 1_500;
const FAILED = HOSTS / FAILED_EVERY;

const fromDownload = async (page: Page, link: Locator): Promise<{ readonly name: string; readonly text: string }> => {
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
};
const rowsOf = (csv: string): string[] =>
  csv
    .trimEnd()
    .split('\r\n')
    .filter((line) => !/^\uFEFF?"?# /u.test(line))
    .slice(1);

test.describe
  .serial('an auditor takes lists away', () => {
    let shell: Console;
    let context: BrowserContext;
    let page: Page;

    test.beforeAll(async ({ browser }) => {
      const folder = temporaryFolder('exports');
      seedHosts(folder, HOSTS);
      shell = await startConsole([], folder);
      context = await openSession(browser, shell);
      page = await context.newPage();
    });
    test.afterAll(async () => {
      await context.close();
      await shell.stop();
    });

    const dialog = () => page.getByRole('dialog', { name: /^Export / });

    test('as many hosts are in the file as on the screen, with what was asked printed on it', async () => {
      await page.goto('/#/hosts?verdict=failed&q=node');
      await expect(page.getByText(`${FAILED} of 1,500 hosts`)).toBeVisible();
      await tabTo(page, 'button', 'Export…');
      await page.keyboard.press('Enter');
      await expect(dialog()).toContainText(`${FAILED} hosts`);
      await expect(dialog()).toContainText('verdict = failed and node');
      expect(await obstacles(page)).toEqual([]);
      await dialog().getByRole('button', { name: 'Export', exact: true }).press('Enter');
      const link = dialog().getByRole('link', { name: /^Download/ });
      await expect(link).toBeFocused();
      const { name, text } = await fromDownload(page, link);
      expect(name).toMatch(/^plumbline-hosts-\d{8}T\d{6}Z\.csv$/u);
      expect(rowsOf(text)).toHaveLength(FAILED);
      expect(text).toContain('# query: verdict = failed and node\r\n');
      await expect(dialog()).toContainText(createHash('sha256').update(text).digest('hex'));
      expect(await obstacles(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('button', { name: 'Export…' })).toBeFocused();
    });

    test('all rows and not the page, as JSON Lines', async () => {
      await page.goto('/#/hosts?sort=name');
      await expect(page.getByText('1,500 hosts', { exact: true })).toBeVisible();
      await page.getByRole('button', { name: 'Export…' }).click();
      await dialog().getByRole('button', { name: 'JSON Lines' }).click();
      await dialog().getByRole('button', { name: 'Export', exact: true }).click();
      const { name, text } = await fromDownload(page, dialog().getByRole('link', { name: /^Download/ }));
      expect(name).toMatch(/\.jsonl$/u);
      expect(text.trimEnd().split('\n')).toHaveLength(HOSTS + 1);
      await dialog().getByRole('button', { name: 'Close' }).click();
    });

    test('a list whose filter cannot be read is not exported', async () => {
      await page.goto('/#/hosts?q=verdict%20%3D');
      await expect(page.getByText('This filter cannot be read.')).toBeVisible();
      await expect(page.getByRole('button', { name: 'Export…' })).toHaveAttribute('aria-disabled', 'true');
      await page.getByRole('button', { name: 'Export…' }).press('Enter');
      await expect(dialog()).toHaveCount(0);
    });

    test('as many entries of a kind are in the file as in the list', async () => {
      await page.goto('/#/record?kind=export');
      const grid = page.getByRole('grid', { name: /Entries/ });
      await expect(grid.getByText('export.made')).toHaveCount(2);
      await page.getByRole('button', { name: 'Export…' }).click();
      await expect(dialog()).toContainText('2 entries of the ledger');
      await dialog().getByRole('button', { name: 'Export', exact: true }).click();
      const { text } = await fromDownload(page, dialog().getByRole('link', { name: /^Download/ }));
      expect(rowsOf(text)).toHaveLength(2);
      expect(text).toContain('export.made');
      await dialog().getByRole('button', { name: 'Close' }).click();
    });

    test('what is kept is listed with its digest, downloaded again, and deleted after a question', async () => {
      await page.goto('/#/record?tab=exports');
      const kept = page.getByRole('table', { name: /Exports that are kept/ });
      await expect(kept.getByRole('row')).toHaveCount(4);
      const { text } = await fromDownload(page, kept.getByRole('link', { name: /^Download/ }).last());
      expect(rowsOf(text)).toHaveLength(FAILED);
      await kept
        .getByRole('button', { name: /^Delete/ })
        .last()
        .press('Enter');
      await expect(page.getByRole('heading', { name: /^Delete plumbline-hosts.*\?$/u })).toBeFocused();
      await page.keyboard.press('Escape');
      await expect(kept.getByRole('button', { name: /^Delete/ }).last()).toBeFocused();
      await page.keyboard.press('Enter');
      await tabTo(page, 'button', 'Delete it', 1);
      await page.keyboard.press('Enter');
      await expect(page.getByText('is deleted, and the ledger says so.')).toBeVisible();
      await expect(kept.getByRole('row')).toHaveCount(3);
      expect(readdirSync(path.join(shell.dataFolder, 'exports'))).toHaveLength(2);
    });

    test('somebody without a session gets nothing', async ({ browser }) => {
      const stranger = await browser.newContext({ baseURL: shell.origin });
      const [id] =
        (
          await page
            .getByRole('link', { name: /^Download/ })
            .first()
            .getAttribute('href')
        )?.match(/\d+$/u) ?? [];
      expect((await stranger.request.get(`/exports/${id}`)).status()).toBe(401);
      await stranger.close();
    });

    test('two clicks from Overview, the board has two pages', async () => {
      await page.goto('/#/overview');
      await page.getByRole('button', { name: 'Board summary…' }).click();
      await expect(dialog().getByRole('button', { name: 'Board PDF' })).toHaveAttribute('aria-pressed', 'true');
      expect(await beyondTheEdge(page)).toBe(0);
      expect(await obstacles(page)).toEqual([]);
      await dialog().getByRole('button', { name: 'Export', exact: true }).click();
      const { name, text } = await fromDownload(page, dialog().getByRole('link', { name: /^Download/ }));
      expect(name).toMatch(/^plumbline-board-\d{8}T\d{6}Z\.pdf$/u);
      expect(text).toMatch(/^%PDF-1\.7/u);
      await dialog().getByRole('button', { name: 'Close' }).click();
    });

    test('the command beside it gives the same rows, and says that they are not entered', async () => {
      const out = path.join(temporaryFolder('export-out'), 'failed.csv');
      const args = ['export', '--data', shell.dataFolder, '--format', 'csv', '--out', out, '--query', 'verdict = failed', '--json'];
      const { code, stdout, stderr } = await runCommand(args);
      expect({ code, rows: JSON.parse(stdout).rows }).toEqual({ code: 0, rows: FAILED });
      expect(stderr).toContain('not entered');
      expect(rowsOf(readFileSync(out, 'utf8'))).toHaveLength(FAILED);
    });

    for (const colorScheme of ['light', 'dark'] as const)
      test(`nothing stands in the way, and nothing scrolls sideways at 200 % zoom, ${colorScheme}`, async () => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.goto('/#/record?tab=exports');
        await page.reload();
        await expect(page.getByRole('table', { name: /Exports that are kept/ })).toBeVisible();
        expect(await obstacles(page)).toEqual([]);
        await page.setViewportSize({ width: 640, height: 400 });
        expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
        await page.goto('/#/hosts');
        await page.getByRole('button', { name: 'Export…' }).click();
        expect(await obstacles(page)).toEqual([]);
        expect(await dialog().evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0);
        await page.setViewportSize({ width: 1280, height: 800 });
      });
  });
