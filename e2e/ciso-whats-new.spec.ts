import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { obstacles } from './harness/accessibility.ts';
import { beyondTheEdge, openSession, watchComplaints } from './harness/browser.ts';
import { type Console, startConsole, temporaryFolder } from './harness/commands.ts';
import { preferencesOf, setPreferences } from './harness/preferences.ts';
import { seedHosts } from './harness/seed.ts';

const HOSTS = 40;

test.describe
  .serial('a CISO comes back and is told what happened', () => {
    let shell: Console;
    let context: BrowserContext;
    let page: Page;
    let complaints: Awaited<ReturnType<typeof watchComplaints>>;
    const news = () => page.getByRole('region', { name: 'What is new' });
    /** From the first look at a data folder on, things are told. */
    const firstLook = () => expect.poll(async () => (await preferencesOf(page)).seen?.seq).toBeGreaterThanOrEqual(0);
    /** As if the last look had been before the first entry. */
    const lookedBefore = async (): Promise<void> => {
      await setPreferences(page, { seen: { seq: -1, atMs: 1_790_000_000_000 } });
      await page.reload();
    };

    test.beforeAll(async ({ browser }) => {
      const folder = temporaryFolder('news');
      seedHosts(folder, HOSTS);
      shell = await startConsole([], folder);
      context = await openSession(browser, shell);
      page = await context.newPage();
      complaints = await watchComplaints(page);
      await page.goto('/#/overview');
    });
    test.afterAll(async () => {
      expect(complaints.all()).toEqual([]);
      await context.close();
      await shell.stop();
    });

    test('what was there before the first look is history, and not news', async () => {
      await firstLook();
      await expect(page.getByRole('button', { name: 'Nothing new' })).toBeVisible();
    });

    test('what happened since is put together by what it means, worst first, and leads into the record', async () => {
      await lookedBefore();
      await page.getByRole('button', { name: /^\d+ new$/u }).click();
      const headings = news().getByRole('heading', { level: 3 });
      await expect(headings.first()).toHaveText('1 host lost trust');
      await expect(headings.last()).toHaveText(`${HOSTS - 1} hosts were seen for the first time`);
      await expect(news().getByText('Since')).toBeVisible();
      await news()
        .getByRole('link', { name: /more in the record/u })
        .click();
      await expect(page).toHaveURL(/#\/record\?kind=verdict$/u);
      await expect(news()).toBeHidden();
    });

    test('by the keyboard: opened, read, left, and marked as seen over a reload', async () => {
      await page.keyboard.press('w');
      await expect(news()).toBeVisible();
      await page.getByRole('button', { name: /new$/u }).focus();
      await page.keyboard.press('Escape');
      await expect(news()).toBeHidden();
      await page.keyboard.press('w');
      await news().getByRole('button', { name: 'I have seen it' }).focus();
      await page.keyboard.press('Enter');
      await expect(page.getByRole('button', { name: 'Nothing new' })).toBeFocused();
      await page.reload();
      await expect(page.getByRole('button', { name: 'Nothing new' })).toBeVisible();
    });

    for (const colorScheme of ['light', 'dark'] as const)
      test(`nothing stands in the way, and nothing scrolls sideways at 200 % zoom, ${colorScheme}`, async () => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await lookedBefore();
        await page.getByRole('button', { name: /^\d+ new$/u }).click();
        expect(await obstacles(page)).toEqual([]);
        await page.setViewportSize({ width: 640, height: 400 });
        expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
        await page.setViewportSize({ width: 1280, height: 800 });
      });
  });
