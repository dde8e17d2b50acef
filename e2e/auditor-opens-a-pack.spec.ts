import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { obstacles, tabTo } from './harness/accessibility.ts';
import { beyondTheEdge, openSession, watchComplaints } from './harness/browser.ts';
import { type Console, runCommand, startFleet, startPackConsole, temporaryFolder } from './harness/commands.ts';

test.describe
  .serial('an auditor opens an evidence pack without the data folder it came from', () => {
    let folder: string;
    let pack: string;
    let key: string;
    let shell: Console;
    let context: BrowserContext;
    let page: Page;
    let complaints: Awaited<ReturnType<typeof watchComplaints>>;

    test.beforeAll(async ({ browser }) => {
      folder = temporaryFolder('open-pack');
      const data = path.join(folder, 'data');
      const fleet = await startFleet(['--hosts', '8', '--tamper', '3', '--seed', '7']);
      await runCommand(['poll', '--endpoints', fleet.endpointsFile, '--data', data, '--once']);
      await fleet.stop();
      pack = path.join(folder, 'pack.zip');
      await runCommand(['export', '--format', 'pack', '--out', pack, '--data', data]);
      key = (await runCommand(['audit', 'key', '--data', data])).stdout.trim();
      shell = await startPackConsole(pack, '--key', key);
      context = await openSession(browser, shell);
      page = await context.newPage();
      complaints = await watchComplaints(page);
    });
    test.afterAll(async () => {
      await context.close();
      await shell.stop();
    });

    test('the first page says what holds, of when it is, and what it does not show', async () => {
      await page.goto('/#/pack');
      await expect(page.getByText('The pack holds.')).toBeVisible();
      await expect(page.getByText('by the key that was given from elsewhere')).toBeVisible();
      await expect(page.getByRole('heading', { name: 'What it does not show' })).toBeVisible();
      await expect(page.getByText('Demo data', { exact: true })).toBeVisible();
      await expect(page.getByText('Read-only: nothing can be changed from here.')).toBeVisible();
    });

    test('each number leads to its hosts, and a host shows which event broke trust', async () => {
      await page
        .getByRole('list', { name: 'Hosts of the pack by verdict' })
        .getByRole('link', { name: /Failed 3/u })
        .click();
      await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '4');
      await page.getByRole('grid').getByRole('link').first().click();
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await page.getByRole('tab', { name: /Boot events/u }).click();
      await expect(page.getByRole('grid').first()).toBeVisible();
    });

    test('what a pack does not have is said, and never shown as nothing', async () => {
      await page.getByRole('tab', { name: /History/u }).click();
      await expect(page.getByText('An evidence pack has its hosts and their evidence, and not this')).toBeVisible();
      for (const address of ['overview', 'record', 'endpoints', 'policy', 'reports']) {
        await page.goto(`/#/${address}`);
        await expect(page.getByRole('heading', { name: 'Evidence pack', level: 1 })).toBeVisible();
      }
    });

    test('an entry is opened by keyboard alone', async () => {
      await page.goto('/#/pack');
      await tabTo(page, 'grid', /Entries of the pack/u);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('region', { name: /^Entry \d+$/u })).toBeVisible();
    });

    for (const theme of ['light', 'dark'] as const)
      test(`nothing stands in the way, and nothing scrolls sideways at 200 % zoom, ${theme}`, async () => {
        await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
        await page.goto('/#/pack');
        await page.reload();
        await expect(page.getByText('The pack holds.')).toBeVisible();
        expect(await obstacles(page)).toEqual([]);
        await page.setViewportSize({ width: 640, height: 400 });
        expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
        await page.setViewportSize({ width: 1280, height: 720 });
        expect(complaints.all()).toEqual([]);
      });

    test('a pack of which a byte was changed is not opened, and what is wrong is named', async () => {
      const bytes = readFileSync(pack);
      bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
      const bad = path.join(folder, 'bad.zip');
      writeFileSync(bad, bytes);
      const { code, stderr } = await runCommand(['serve', '--pack', bad, '--key', key]);
      expect(code).toBe(2);
      expect(stderr).toContain('bad.zip does not hold, and is not shown.');
    });
  });
