import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type BrowserContext, expect, type Page } from '@playwright/test';
import { obstacles, tabTo } from './harness/accessibility.ts';
import { beyondTheEdge, openSession } from './harness/browser.ts';
import { type Console, startConsole, temporaryFolder } from './harness/commands.ts';
import { FAILED_EVERY, nameOf, seedHosts } from './harness/seed.ts';
import { test } from './harness/test.ts';

const HOSTS = 300;
const MORE = 302;
const FAILED = HOSTS / FAILED_EVERY;

test.describe
  .serial('an auditor has reports made again', () => {
    let folder: string;
    let shell: Console;
    let context: BrowserContext;
    let page: Page;

    const open = async (browser: Parameters<typeof openSession>[0]): Promise<void> => {
      shell = await startConsole([], folder);
      context = await openSession(browser, shell);
      page = await context.newPage();
      await page.goto('/#/reports');
    };
    test.beforeAll(async ({ browser }) => {
      folder = temporaryFolder('reports');
      seedHosts(folder, HOSTS);
      await open(browser);
    });
    test.afterAll(async () => {
      await context.close();
      await shell.stop();
    });

    const row = (name: string) => page.getByRole('row', { name: new RegExp(name, 'u') });

    test('where there is none, it is said what to do', async () => {
      await expect(page.getByText('No report is defined.')).toBeVisible();
      expect(await obstacles(page)).toEqual([]);
    });

    test('one is defined by the keyboard, and what is missing is said with its field', async () => {
      await tabTo(page, 'button', 'New report…');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('heading', { name: 'New report', exact: true })).toBeFocused();
      await page.getByRole('button', { name: 'Save' }).press('Enter');
      await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
      await expect(page.getByText('Give it a name.')).toBeVisible();
      await page.keyboard.type('failed hosts');
      await tabTo(page, 'textbox', 'Filter');
      await page.keyboard.type('verdict = failed or name = node-00001');
      await page.getByRole('button', { name: 'JSON Lines' }).press('Enter');
      await page.getByRole('button', { name: 'Every week' }).press('Enter');
      await page.getByLabel('Day of the week').selectOption('Friday');
      await page.getByLabel('Time', { exact: true }).fill('25:00');
      await page.getByRole('button', { name: 'Save' }).press('Enter');
      await expect(page.getByText('Give a time such as 06:30.')).toBeVisible();
      await page.getByLabel('Time', { exact: true }).fill('06:30');
      expect(await obstacles(page)).toEqual([]);
      await page.getByRole('button', { name: 'Save' }).press('Enter');
      await expect(page.getByText('failed hosts is saved, and the ledger says so.')).toBeVisible();
      await expect(row('failed hosts')).toContainText('Every Friday at 06:30 UTC');
      await expect(row('failed hosts')).toContainText('never yet');
    });

    test('a filter that cannot be read is refused with what is wrong', async () => {
      await page.getByRole('button', { name: 'New report…' }).click();
      await page.getByLabel('Name', { exact: true }).fill('another');
      await page.getByLabel('Filter').fill('verdict =');
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByText(/The query cannot be read:/u)).toBeVisible();
      await page.getByRole('heading', { name: 'New report', exact: true }).press('Escape');
      await expect(page.getByRole('button', { name: 'New report…' })).toBeFocused();
    });

    test('it is made now, as an export with an entry', async () => {
      await page.getByRole('button', { name: 'Make now: failed hosts' }).press('Enter');
      await expect(row('failed hosts')).toContainText(`${FAILED + 1} rows`);
      await expect(row('failed hosts')).toContainText('There is no run before it to hold it against.');
      const [name] = readdirSync(path.join(folder, 'exports'));
      expect(
        readFileSync(path.join(folder, 'exports', name ?? ''), 'utf8')
          .trimEnd()
          .split('\n'),
      ).toHaveLength(FAILED + 2);
      await row('failed hosts')
        .getByRole('link', { name: /^entry/u })
        .click();
      await expect(page.getByRole('grid')).toContainText('From the report failed hosts.');
    });

    test('made again after more was recorded, it says what differs', async ({ browser }) => {
      await context.close();
      await shell.stop();
      seedHosts(folder, MORE);
      await open(browser);
      await page.getByRole('button', { name: 'Make now: failed hosts' }).click();
      await expect(row('failed hosts')).toContainText(`1 host came: ${nameOf(HOSTS)}`);
      await page.getByRole('button', { name: 'Make now: failed hosts' }).click();
      await expect(row('failed hosts')).toContainText('no host came, went, or has another verdict.');
    });

    test('it is changed, keeps its run, and is deleted after a question', async () => {
      await page.getByRole('button', { name: 'Change failed hosts…' }).click();
      await expect(page.getByLabel('Filter')).toHaveValue('verdict = failed or name = node-00001');
      await page.getByRole('button', { name: 'When asked' }).click();
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(row('failed hosts')).toContainText('When somebody asks for it');
      await expect(row('failed hosts')).toContainText(`${FAILED + 2} rows`);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.reload();
        await expect(row('failed hosts')).toBeVisible();
        expect(await obstacles(page)).toEqual([]);
        await page.setViewportSize({ width: 640, height: 400 });
        expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
        await page.setViewportSize({ width: 1280, height: 800 });
      }
      await page.getByRole('button', { name: 'Delete failed hosts…' }).press('Enter');
      await expect(page.getByRole('heading', { name: 'Delete failed hosts?' })).toBeFocused();
      await page.getByRole('button', { name: 'Delete it' }).press('Enter');
      await expect(page.getByText('failed hosts is deleted, and the ledger says so.')).toBeVisible();
      await expect(page.getByText('No report is defined.')).toBeVisible();
    });
  });
