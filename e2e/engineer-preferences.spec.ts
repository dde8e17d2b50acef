import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test';
import { obstacles } from './harness/accessibility.ts';
import { beyondTheEdge, openSession, watchComplaints } from './harness/browser.ts';
import { type Console, startConsole, temporaryFolder } from './harness/commands.ts';
import { preferencesOf, setPreferences } from './harness/preferences.ts';
import { seedHosts } from './harness/seed.ts';

/** A console over a data folder, at any free port, and a page of it in a browser that has never been there. */
const open = async (browser: Browser, folder: string, ...args: readonly string[]) => {
  const shell: Console = await startConsole(args, folder);
  const context: BrowserContext = await openSession(browser, shell, { colorScheme: 'light' });
  const page: Page = await context.newPage();
  const complaints = await watchComplaints(page);
  await page.goto('/#/settings');
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
  const close = async (): Promise<void> => {
    expect(complaints.all()).toEqual([]);
    await context.close();
    await shell.stop();
  };
  return { shell, context, page, close };
};
const look = (page: Page) => page.getByRole('region', { name: 'Look' });
const isDark = (page: Page) => expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');

test.describe
  .serial('an engineer sets Plumbline up once', () => {
    const folder = temporaryFolder('preferences');
    test.beforeAll(() => seedHosts(folder, 12));

    test('and finds it so after the next start, at another port and in another browser', async ({ browser }) => {
      const first = await open(browser, folder);
      await look(first.page).getByRole('button', { name: 'Dark' }).click();
      await look(first.page).getByRole('button', { name: 'More' }).click();
      await look(first.page).getByRole('button', { name: 'Local' }).click();
      await first.page.getByRole('button', { name: 'No keys for Go to Policy' }).click();
      await first.page.getByLabel('Quiet from').fill('22:00');
      await expect
        .poll(() => preferencesOf(first.page))
        .toMatchObject({ theme: 'dark', contrast: 'more', zone: 'local', keys: { 'go.policy': null }, quiet: { from: 1320, to: 0 } });
      await first.close();

      const second = await open(browser, folder);
      expect(second.shell.origin).not.toBe(first.shell.origin);
      await isDark(second.page);
      await expect(second.page.locator('html')).toHaveAttribute('data-contrast', 'more');
      for (const name of ['Dark', 'More', 'Local'])
        await expect(look(second.page).getByRole('button', { name })).toHaveAttribute('aria-pressed', 'true');
      await expect(second.page.getByRole('row', { name: /^Go to Policy/u })).toContainText('none');
      await expect(second.page.getByLabel('Quiet from')).toHaveValue('22:00');
      await expect(second.page.getByRole('main')).toContainText('is kept in the data folder under your name');
      await second.close();
    });

    test('and no screen is ever painted in a theme that is not meant', async ({ browser }) => {
      const { page, close } = await open(browser, folder);
      await page.addInitScript(() => {
        const painted: string[] = [];
        Reflect.set(window, 'painted', painted);
        const sample = (): void => {
          if (document.querySelector('#root')?.childElementCount) painted.push(document.documentElement.dataset['theme'] ?? 'none');
          requestAnimationFrame(sample);
        };
        requestAnimationFrame(sample);
      });
      await page.reload();
      await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
      const painted = await page.evaluate((): unknown => Reflect.get(window, 'painted'));
      expect(Array.isArray(painted) && painted.length > 0).toBe(true);
      expect(new Set(Array.isArray(painted) ? painted : [])).toEqual(new Set(['dark']));
      await close();
    });

    test('in two windows at once, and what one sets does not undo what the other set', async ({ browser }) => {
      const { context, page, close } = await open(browser, folder);
      const other = await context.newPage();
      await other.goto('/#/settings');
      await look(other).getByRole('button', { name: 'UTC' }).click();
      await look(page).getByRole('button', { name: 'Light' }).click();
      await expect.poll(() => preferencesOf(page)).toMatchObject({ theme: 'light', zone: 'utc', contrast: 'more' });
      await close();
    });

    test('read-only, it looks as it was set, and what is set there ends with the window and is said to', async ({ browser }) => {
      const before = await open(browser, folder);
      await setPreferences(before.page, { theme: 'dark', contrast: 'usual' });
      await before.close();
      const { page, close } = await open(browser, folder, '--read-only');
      await isDark(page);
      await expect(page.getByRole('main')).toContainText('holds in this window and ends with it');
      await look(page).getByRole('button', { name: 'Light', exact: true }).click();
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
      await page.reload();
      await isDark(page);
      await close();
    });

    test('what an earlier version kept for the origin is taken over once, and hostile text in it does nothing', async ({ browser }) => {
      const data = temporaryFolder('preferences-before');
      const shell = await startConsole([], data);
      const kept = {
        'plumbline.theme': 'dark',
        'plumbline.contrast': '<img src=x onerror=alert(1)>',
        'plumbline.keys': '{"go.hosts":"\\u202e\\u0000","go.reports":"<b>","go.map":"Alt+m"}',
        'plumbline.notices': '{"of":"/another/folder","seenSeq":7,"seenAtMs":1,"bySystem":false,"quiet":{"from":60,"to":9999}}',
      };
      const localStorage = Object.entries(kept).map(([name, value]) => ({ name, value }));
      const context = await openSession(browser, shell, {
        colorScheme: 'light',
        storageState: { cookies: [], origins: [{ origin: shell.origin, localStorage }] },
      });
      const page = await context.newPage();
      const complaints = await watchComplaints(page);
      await page.goto('/#/settings');
      await isDark(page);
      await expect(page.getByRole('row', { name: /^Go to Map/u }).locator('kbd')).toHaveText('Alt+m');
      for (const [name, keys] of [
        ['Hosts', 'g h'],
        ['Reports', 'g t'],
      ])
        await expect(page.getByRole('row', { name: new RegExp(`^Go to ${name}`, 'u') }).locator('kbd')).toHaveText(keys ?? '');
      await look(page).getByRole('button', { name: 'Light', exact: true }).click();
      await expect.poll(async () => (await preferencesOf(page)).theme).toBe('light');
      await page.reload();
      await expect(look(page).getByRole('button', { name: 'Light', exact: true })).toHaveAttribute('aria-pressed', 'true');
      const { seen } = await preferencesOf(page);
      expect(seen?.seq).not.toBe(7);
      expect(complaints.all()).toEqual([]);
      await context.close();
      await shell.stop();
    });

    for (const colorScheme of ['light', 'dark'] as const)
      test(`nothing stands in the way on the settings, ${colorScheme}, and nothing is beyond the edge at 640 px`, async ({ browser }) => {
        const { page, close } = await open(browser, folder);
        await setPreferences(page, { theme: 'system', contrast: 'system' });
        await page.emulateMedia({ colorScheme });
        await page.reload();
        await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
        expect(await obstacles(page)).toEqual([]);
        await page.setViewportSize({ width: 640, height: 400 });
        expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
        await close();
      });
  });
