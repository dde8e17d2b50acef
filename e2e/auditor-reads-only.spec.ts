import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, type BrowserContext, expect, type Page } from '@playwright/test';
import { obstacles, tabTo } from './harness/accessibility.ts';
import { beyondTheEdge, openSession, watchComplaints } from './harness/browser.ts';
import { type Console, runCommand, startConsole, startReadOnlyMount, temporaryFolder } from './harness/commands.ts';
import { seedHosts } from './harness/seed.ts';
import { test } from './harness/test.ts';

const HOSTS = 300;
/** Every control of each page that would write. */
const WRITERS: Readonly<Record<string, readonly string[]>> = {
  overview: ['Ask now', 'Board summary…', 'Export…'],
  hosts: ['Ask now', 'Export…', 'Save this view'],
  'hosts/dc%2F0': ['Ask now'],
  policy: ['Ask now', 'Activate'],
  posture: ['Ask now', 'Board summary…', 'Set a target…'],
  map: ['Ask now', 'Save this view'],
  findings: ['Ask now', 'Decide about all 0…', 'Export…', 'Save this view'],
  references: ['Ask now', 'Capture from a host…', 'Import a file…', 'Type values…', 'Propose what a failed host has…', 'Save this view'],
  settings: ['Ask now'],
  jobs: ['Ask now'],
  record: ['Ask now', 'Save this view', 'Export…'],
  'record?tab=proof': ['Ask now', 'Rotate the key…'],
  'record?tab=exports': ['Ask now', 'Delete…', 'Delete…'],
  'record?tab=data': ['Ask now', 'Back up now', 'Delete what is old…', 'Give space back', 'Review the change…'],
  reports: ['Ask now', 'New report…', 'Make now', 'Change…', 'Delete…'],
  'reports?items=1': ['Ask now', `Say it of all ${HOSTS}…`],
  endpoints: ['Ask now'],
};
const PAGES = Object.keys(WRITERS);
const BAND = 'Read-only: nothing can be changed from here.';

const bytesOf = (folder: string): string =>
  createHash('sha256')
    .update(readFileSync(path.join(folder, 'plumbline.db')))
    .digest('hex');

/** SQLite leaves an empty log and its index beside a database that is read. */
const namesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^plumbline\.db-(?:wal|shm)$/u.test(name))
    .toSorted();

/** A folder as an auditor gets it: recorded, signed, with an export, and in use by nobody. */
const keptFolder = async (browser: Browser): Promise<string> => {
  const folder = temporaryFolder('read-only');
  seedHosts(folder, HOSTS);
  const shell = await startConsole([], folder);
  const context = await openSession(browser, shell);
  const page = await context.newPage();
  await page.goto('/#/hosts?sort=name');
  await page.getByRole('button', { name: 'Export…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click();
  await expect(page.getByRole('link', { name: /^Download/ })).toBeVisible();
  await page.goto('/#/reports');
  await page.getByRole('button', { name: 'New report…' }).click();
  await page.getByLabel('Name', { exact: true }).fill('all hosts');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Make now: all hosts' }).click();
  await expect(page.getByRole('row', { name: /all hosts/u })).toContainText('rows');
  await context.close();
  await shell.stop();
  return folder;
};

const writers = (page: Page) => page.locator('button[aria-describedby="read-only"]');

test.describe
  .serial('an auditor is shown a data folder and can change nothing of it', () => {
    let folder: string;
    let before: string;
    let files: string[];
    let shell: Console;
    let context: BrowserContext;
    let page: Page;
    const asked: string[] = [];

    test.beforeAll(async ({ browser }) => {
      folder = await keptFolder(browser);
      before = bytesOf(folder);
      files = namesIn(folder);
      shell = await startConsole(['--read-only'], folder);
      context = await openSession(browser, shell);
      page = await context.newPage();
      page.on('request', (request) => {
        if (request.url().endsWith('/rpc')) asked.push(String((request.postDataJSON() as { name: unknown }).name));
      });
    });
    test.afterAll(async () => {
      await context.close();
      await shell.stop();
    });

    for (const address of PAGES)
      test(`the page ${address} shows what is recorded, says that it is read-only, and nothing fails`, async () => {
        const own = await context.newPage();
        const complaints = await watchComplaints(own);
        await own.goto(`/#/${address}`);
        await expect(own.getByText(BAND)).toBeVisible();
        await expect(own.getByRole('main').getByRole('heading', { level: 1 })).toBeVisible();
        await expect(own.getByText('Asking the engine…')).toHaveCount(0);
        await expect(own.getByText('The engine failed on this question.')).toHaveCount(0);
        expect(await obstacles(own)).toEqual([]);
        expect(complaints.all()).toEqual([]);
        await own.close();
      });

    test('hosts are listed as they were recorded', async () => {
      await page.goto('/#/hosts?verdict=failed');
      await expect(page.getByText(`${HOSTS / 100} of ${HOSTS} hosts`)).toBeVisible();
    });

    test('no control that writes does anything, each says why, and none of them asks the engine', async () => {
      for (const [address, words] of Object.entries(WRITERS)) {
        await page.goto(`/#/${address}`);
        await expect(writers(page)).toHaveText([...words], { useInnerText: true });
        for (const control of await writers(page).all()) {
          await expect(control).toHaveAttribute('aria-disabled', 'true');
          await expect(control).toHaveAccessibleDescription(new RegExp(BAND, 'u'));
          await control.press('Enter');
          await control.click({ force: true });
        }
        await expect(page.getByRole('dialog')).toHaveCount(0);
      }
      const { CALL_EFFECTS } = await import('../shared/contract/call-effects.ts');
      const writing = Object.entries(CALL_EFFECTS).flatMap(([name, effect]) => (effect === 'writes' ? [name] : []));
      expect(asked.length).toBeGreaterThan(PAGES.length);
      expect(asked.filter((name) => writing.includes(name))).toEqual([]);
    });

    test('somebody who asks past the screen is told that there is no such call', async () => {
      const answer = await page.evaluate(async () => {
        const body = JSON.stringify({ name: 'jobs.start', input: { kind: 'compact' } });
        const response = await fetch('/rpc', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
        const wire: unknown = await response.json();
        return wire;
      });
      expect(answer).toMatchObject({ ok: false, error: { code: 'not-registered', message: expect.stringContaining('read-only') } });
    });

    test('the ledger is re-checked, by the keyboard, and nothing is entered about it', async () => {
      await page.goto('/#/record?tab=proof');
      const entries = await page.getByText(/^[\d,]+ entries, all of them signed/u).textContent();
      await tabTo(page, 'button', 'Re-check now');
      await page.keyboard.press('Enter');
      await expect(page.getByText(/Nothing wrong was found/u).first()).toBeVisible();
      await page.goto('/#/record?tab=data');
      await expect(page.getByText('It is not entered into the ledger, because this Plumbline is read-only.').first()).toBeVisible();
      await page.reload();
      await expect(page.getByText(entries ?? 'nothing was said')).toBeVisible();
    });

    test('an export that is kept can be taken, and has the bytes of its entry', async () => {
      await page.goto('/#/record?tab=exports');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page
          .getByRole('link', { name: /^Download/ })
          .first()
          .click(),
      ]);
      const bytes = readFileSync(await download.path());
      await page.goto('/#/record?kind=export');
      await page.getByRole('grid').getByText('export.made').first().click();
      await expect(page.getByRole('main')).toContainText(createHash('sha256').update(bytes).digest('hex'));
    });

    test('a manifest can be tried out, because that changes nothing', async () => {
      await page.goto('/#/policy');
      await page.getByRole('button', { name: 'What if this were in force?' }).click();
      await expect(page.getByText(`Of ${HOSTS} hosts nothing is recorded that could be judged.`)).toBeVisible();
    });

    for (const colorScheme of ['light', 'dark'] as const)
      test(`the band stays in sight, and nothing scrolls sideways at 200 % zoom, ${colorScheme}`, async () => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.goto('/#/record?tab=data');
        await page.reload();
        await expect(page.getByText(BAND)).toBeInViewport();
        expect(await obstacles(page)).toEqual([]);
        await page.setViewportSize({ width: 640, height: 400 });
        await expect(page.getByText(BAND)).toBeInViewport();
        expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
        await page.setViewportSize({ width: 1280, height: 800 });
      });

    test('afterwards the database has the bytes that it had before', async () => {
      expect(bytesOf(folder)).toBe(before);
      await page.close();
      await shell.stop();
      expect(bytesOf(folder)).toBe(before);
      expect(namesIn(folder)).toEqual(files);
    });
  });

test('beside the Plumbline that keeps the folder, what that one records shows up', async ({ browser }) => {
  const folder = temporaryFolder('read-only-beside');
  seedHosts(folder, HOSTS);
  const keeping = await startConsole([], folder);
  const reading = await startConsole(['--read-only'], folder);
  const writer = await openSession(browser, keeping);
  const reader = await openSession(browser, reading);
  const [theirs, mine] = [await writer.newPage(), await reader.newPage()];
  await mine.goto('/#/hosts');
  await theirs.goto('/#/hosts?q=verdict%20%3D%20failed');
  await theirs.getByRole('button', { name: 'Save this view' }).click();
  await theirs.getByLabel('Name of the view').fill('what failed');
  await theirs.keyboard.press('Enter');
  await expect(mine.getByLabel('Saved views')).toContainText('what failed');
  await Promise.all([writer.close(), reader.close()]);
  await Promise.all([keeping.stop(), reading.stop()]);
});

test('a folder on a read-only disk is shown', async ({ browser }) => {
  const probe = spawnSync('unshare', ['-m', 'true']);
  test.skip(probe.status !== 0, 'making a read-only mount needs the rights for it');
  const folder = await keptFolder(browser);
  const names = readdirSync(folder).toSorted();
  const shell = await startReadOnlyMount(folder);
  const context = await openSession(browser, shell);
  const page = await context.newPage();
  await page.goto('/#/hosts');
  await expect(page.getByText(`${HOSTS} hosts`, { exact: true })).toBeVisible();
  await page.goto('/#/record?tab=proof');
  await page.getByRole('button', { name: 'Re-check now' }).click();
  await expect(page.getByText(/Nothing wrong was found/u).first()).toBeVisible();
  await context.close();
  await shell.stop();
  expect(readdirSync(folder).toSorted()).toEqual(names);
});

test('a folder without a database is refused, and none is made', async () => {
  const folder = temporaryFolder('read-only-empty');
  const { code, stderr } = await runCommand(['serve', '--read-only', '--data', folder]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('There is no database in') });
  expect(existsSync(path.join(folder, 'plumbline.db'))).toBe(false);
});

test('what asks endpoints is refused together with it', async () => {
  const { code, stderr } = await runCommand(['serve', '--read-only', '--demo']);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--read-only asks no endpoint') });
});
