import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { obstacles } from './harness/accessibility.ts';
import { beyondTheEdge, openSession, watchComplaints } from './harness/browser.ts';
import { type Console, startConsole, temporaryFolder } from './harness/commands.ts';
import { setPreferences } from './harness/preferences.ts';
import { seedHosts } from './harness/seed.ts';

test.describe
  .serial('an engineer gets everywhere without a mouse', () => {
    let shell: Console;
    let context: BrowserContext;
    let page: Page;
    let complaints: Awaited<ReturnType<typeof watchComplaints>>;
    const finder = () => page.getByRole('combobox', { name: 'Find a command or a host' });
    const options = () => page.getByRole('listbox', { name: 'Commands and hosts' }).getByRole('option');

    test.beforeAll(async ({ browser }) => {
      const folder = temporaryFolder('commands');
      seedHosts(folder, 40);
      shell = await startConsole([], folder);
      context = await openSession(browser, shell);
      await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: shell.origin });
      page = await context.newPage();
      complaints = await watchComplaints(page);
      await page.goto('/#/overview');
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    });
    test.afterAll(async () => {
      expect(complaints.all()).toEqual([]);
      await context.close();
      await shell.stop();
    });

    test('to a page, by a few letters of its name', async () => {
      await page.keyboard.press('Control+k');
      await expect(finder()).toBeFocused();
      await page.keyboard.type('repo');
      await expect(options().first()).toHaveText(/^Go to Reports/u);
      await page.keyboard.press('Enter');
      await expect(page.getByRole('heading', { level: 1, name: 'Reports' })).toBeVisible();
      await expect(finder()).toBeHidden();
    });

    test('to a host, by a part of its name, and the verdict stands beside it', async () => {
      await page.keyboard.press('Control+k');
      await page.keyboard.type('node');
      const hosts = options().filter({ hasText: /Trusted|Failed|Stale|Inconclusive/u });
      await expect(hosts.first()).toBeVisible();
      const name = ((await hosts.first().locator('span').first().textContent()) ?? '').trim();
      while ((await page.locator('[role=option][aria-selected=true]').textContent())?.includes(name) !== true)
        await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect(page).toHaveURL(/#\/hosts\/dc%2F0$/u);
    });

    test('nothing that fits is said, and Escape leaves', async () => {
      await page.keyboard.press('Control+k');
      await page.keyboard.type('no such thing anywhere');
      await expect(page.getByText('Nothing has all of these words.')).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(finder()).toBeHidden();
    });

    test('the link of what is shown is copied, with its filter', async () => {
      await page.goto('/#/hosts?verdict=failed');
      await page.keyboard.press('Control+k');
      await page.keyboard.type('copy link');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(`${shell.origin}/#/hosts?verdict=failed`);
    });

    test('"?" lists every command that has keys, as they are now', async () => {
      await page.keyboard.press('?');
      const help = page.getByRole('dialog', { name: 'Keyboard' });
      for (const [keys, does] of [
        ['g h', 'Go to Hosts'],
        ['/', 'Search in the list'],
        ['Ctrl+k', 'Find a command or a host'],
      ] as const)
        await expect(help.locator('div', { has: page.locator('dt', { hasText: keys }) }).getByText(does, { exact: true })).toBeVisible();
      await page.keyboard.press('Escape');
    });

    test('a command gets other keys, keeps them over a reload, and those of another are refused', async () => {
      await page.goto('/#/settings');
      const change = page.getByRole('button', { name: 'Change the keys of Go to Hosts' });
      const row = page.getByRole('row', { name: /^Go to Hosts/u });
      await change.click();
      await page.keyboard.press('g');
      await page.keyboard.press('p');
      await page.keyboard.press('Enter');
      await expect(row).toContainText('g p is taken by “Go to Policy”. Nothing was changed.');
      await expect(row.locator('kbd')).toHaveText('g h');
      await change.click();
      await page.keyboard.press('Alt+h');
      await page.keyboard.press('Enter');
      await expect(row.locator('kbd')).toHaveText('Alt+h');
      await page.reload();
      await expect(row.locator('kbd')).toHaveText('Alt+h');
      await page.keyboard.press('Alt+h');
      await expect(page.getByRole('heading', { level: 1, name: 'Hosts' })).toBeVisible();
      await page.goto('/#/settings');
      await page.getByRole('button', { name: 'All keys as they come' }).click();
      await expect(row.locator('kbd')).toHaveText('g h');
    });

    test('a command without keys does nothing by keys, and is still found', async () => {
      await page.getByRole('button', { name: 'No keys for Go to Policy' }).click();
      await page.getByRole('heading', { level: 1 }).click();
      await page.keyboard.press('g');
      await page.keyboard.press('p');
      await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
      await page.keyboard.press('Control+k');
      await page.keyboard.type('policy');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('heading', { level: 1, name: 'Policy' })).toBeVisible();
    });

    test('what was kept of keys and cannot be read is left aside', async () => {
      await setPreferences(page, { keys: { 'go.hosts': '\u202e' } });
      await page.goto('/#/settings');
      await page.reload();
      await expect(page.getByRole('row', { name: /^Go to Hosts/u }).locator('kbd')).toHaveText('g h');
    });

    for (const colorScheme of ['light', 'dark'] as const)
      for (const contrast of ['no-preference', 'more'] as const)
        test(`nothing stands in the way of settings and palette, ${colorScheme}, contrast ${contrast}`, async () => {
          await page.emulateMedia({ colorScheme, contrast, reducedMotion: 'reduce' });
          await page.goto('/#/settings');
          await page.reload();
          await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
          expect(await obstacles(page)).toEqual([]);
          await page.setViewportSize({ width: 640, height: 400 });
          expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
          await page.setViewportSize({ width: 1280, height: 800 });
          await page.keyboard.press('Control+k');
          await expect(finder()).toBeVisible();
          expect(await obstacles(page)).toEqual([]);
          await page.keyboard.press('Escape');
        });
  });
