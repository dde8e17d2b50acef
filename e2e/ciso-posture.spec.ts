import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { obstacles, tabTo } from './harness/accessibility.ts';
import { beyondTheEdge, openSession, watchComplaints } from './harness/browser.ts';
import { type Console, startConsole, temporaryFolder } from './harness/commands.ts';
import { seedHosts } from './harness/seed.ts';

const HOSTS = 300;
const FAILED = 3;

test.describe
  .serial('a CISO answers the board', () => {
    let shell: Console;
    let context: BrowserContext;
    let page: Page;
    let complaints: Awaited<ReturnType<typeof watchComplaints>>;

    test.beforeAll(async ({ browser }) => {
      const folder = temporaryFolder('posture');
      seedHosts(folder, HOSTS);
      shell = await startConsole([], folder);
      context = await openSession(browser, shell);
      page = await context.newPage();
      complaints = await watchComplaints(page);
      await page.goto('/#/posture');
    });
    test.afterAll(async () => {
      expect(complaints.all()).toEqual([]);
      await context.close();
      await shell.stop();
    });

    test('how many are trusted, of all in the inventory, and that nothing is aimed at yet', async () => {
      await expect(page.getByText(`${HOSTS - FAILED} of ${HOSTS} hosts trusted, 99 %. No target is set.`)).toBeVisible();
    });

    test('what was not recorded is not compared with, and not guessed', async () => {
      await expect(page.getByText('Nothing was recorded 30 days ago, so nothing is compared with it.')).toBeVisible();
      await expect(page.getByText('nothing to compare with', { exact: true })).toBeVisible();
      await expect(page.getByText('nothing was resolved in this time')).toBeVisible();
    });

    test('each number of hosts leads to exactly these hosts', async () => {
      await page
        .getByRole('list', { name: 'Figures' })
        .getByRole('listitem')
        .filter({ hasText: 'Failed' })
        .getByRole('link', { name: String(FAILED), exact: true })
        .click();
      await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', String(FAILED + 1));
      await page.goBack();
    });

    test('a target is set with its reason, by keyboard alone, and the ledger has both', async () => {
      await tabTo(page, 'button', 'Set a target…');
      await page.keyboard.press('Enter');
      await page.getByLabel('Hosts that are to be trusted').focus();
      await page.keyboard.type('99.5');
      await page.getByLabel('Why').focus();
      await page.keyboard.press('Enter');
      await expect(page.getByText('Say why: it is entered into the ledger.')).toBeVisible();
      await page.keyboard.type('As the board decided in November');
      await page.keyboard.press('Enter');
      await expect(page.getByText('below the target of 99.5 % by 2 hosts.')).toBeVisible();
      await page.goto('/#/record?kind=settings');
      await expect(
        page.getByRole('grid').getByText('As the board decided in November The target is 99.5 % of hosts trusted.'),
      ).toBeVisible();
    });

    test('a target that is none is refused where it is typed', async () => {
      await page.goto('/#/posture');
      await page.getByRole('button', { name: 'Change the target…' }).click();
      await page.getByLabel('Hosts that are to be trusted').fill('101');
      await page.getByLabel('Why').fill('too much');
      await page.getByRole('button', { name: 'Set the target' }).click();
      await expect(page.getByText('A number from 0 to 100, with one decimal at most.')).toBeVisible();
      await page.getByRole('button', { name: 'Cancel' }).click();
    });

    test('another time is in the address, and the board summary is two clicks away', async () => {
      await page.getByRole('button', { name: '365 days' }).click();
      await expect(page).toHaveURL(/#\/posture\?days=365$/u);
      await page.getByRole('button', { name: 'Board summary…' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click();
      await expect(page.getByRole('link', { name: /^Download/u })).toBeVisible();
      await page.getByRole('button', { name: 'Close' }).click();
    });

    test('presented, only the page is there; Escape gives the rest back', async () => {
      await page.getByRole('button', { name: 'Present', exact: true }).click();
      await expect(page.getByRole('navigation', { name: 'Pages' })).toBeHidden();
      await expect(page.getByRole('heading', { level: 1, name: 'Posture' })).toBeVisible();
      expect((await page.getByRole('main').boundingBox())?.height).toBeGreaterThan(600);
      await page.getByRole('button', { name: 'Leave the presentation' }).click();
      await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
    });

    for (const colorScheme of ['light', 'dark'] as const)
      test(`nothing stands in the way, and nothing scrolls sideways at 200 % zoom, ${colorScheme}`, async () => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.goto('/#/posture');
        await page.reload();
        await expect(page.getByRole('list', { name: 'Figures' })).toBeVisible();
        expect(await obstacles(page)).toEqual([]);
        await page.setViewportSize({ width: 640, height: 400 });
        expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
        await page.setViewportSize({ width: 1280, height: 800 });
      });
  });
