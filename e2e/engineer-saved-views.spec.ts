import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { obstacles, tabTo } from './harness/accessibility.ts';
import { beyondTheEdge, openSession, watchComplaints } from './harness/browser.ts';
import { type Console, startConsole, temporaryFolder } from './harness/commands.ts';
import { HOSTILE } from './harness/hostile.ts';
import { askEngine } from './harness/preferences.ts';
import { seedHosts } from './harness/seed.ts';

/** Each list with something that is asked of it, and what shows that it is asked again. */
const LISTS = [
  {
    list: 'findings',
    page: '/#/findings',
    asked: '/#/findings?state=open&severity=critical&sort=newest',
    address: /state=open&severity=critical&sort=newest$/u,
  },
  { list: 'references', page: '/#/references', asked: '/#/references?state=approved', address: /state=approved$/u },
  { list: 'record', page: '/#/record', asked: '/#/record?kind=settings', address: /kind=settings$/u },
  { list: 'map', page: '/#/map', asked: '/#/map?q=verdict%20%3D%20failed&days=7', address: /q=verdict%20%3D%20failed&days=7$/u },
] as const;

test.describe
  .serial('an engineer keeps the questions that come every day', () => {
    let shell: Console;
    let context: BrowserContext;
    let page: Page;
    let complaints: Awaited<ReturnType<typeof watchComplaints>>;
    const saved = () => page.getByRole('combobox', { name: 'Saved views' });
    const nameBox = () => page.getByRole('textbox', { name: 'Name of the view' });

    test.beforeAll(async ({ browser }) => {
      const folder = temporaryFolder('views');
      seedHosts(folder, 40);
      shell = await startConsole([], folder);
      context = await openSession(browser, shell);
      page = await context.newPage();
      complaints = await watchComplaints(page);
    });
    test.afterAll(async () => {
      expect(complaints.all()).toEqual([]);
      await context.close();
      await shell.stop();
    });

    for (const { list, page: at, asked, address } of LISTS)
      test(`of ${list}: saved by the keyboard under a name, opened again, and there after a reload`, async () => {
        await page.goto(asked);
        await page.reload();
        await expect(page.getByRole('button', { name: 'Save this view' })).toBeVisible();
        await tabTo(page, 'button', 'Save this view', 80);
        await page.keyboard.press('Enter');
        await expect(nameBox()).toBeFocused();
        await page.keyboard.type(`Mine, of ${list}`);
        await page.keyboard.press('Enter');
        await expect(saved()).toHaveValue(`Mine, of ${list}`);
        await page.goto(at);
        await expect(saved()).toHaveValue('');
        await saved().selectOption(`Mine, of ${list}`);
        await expect(page).toHaveURL(address);
        await page.reload();
        await expect(saved()).toHaveValue(`Mine, of ${list}`);
      });

    test('views of one list are on no other', async () => {
      for (const { list, page: at } of LISTS) {
        await page.goto(at);
        await expect(saved().getByRole('option')).toHaveText(['Saved views', `Mine, of ${list}`]);
      }
      await page.goto('/#/hosts');
      await expect(page.getByRole('button', { name: 'Save this view' })).toBeVisible();
      await expect(saved()).toHaveCount(0);
    });

    test('what is merely opened is no part of a view', async () => {
      await page.goto('/#/findings?state=open&severity=critical&sort=newest&finding=7');
      await expect(saved()).toHaveValue('Mine, of findings');
    });

    test('hostile names stay names, and an address that leads elsewhere is never kept', async () => {
      await page.goto('/#/findings?severity=warning');
      await page.getByRole('button', { name: 'Save this view' }).click();
      await nameBox().fill(HOSTILE.image);
      await page.keyboard.press('Enter');
      await expect(saved()).toHaveValue(HOSTILE.image);
      expect(await page.evaluate(() => Reflect.get(window, '__pwned'))).toBe(undefined);
      for (const filter of ['#/policy', 'javascript:alert(1)', 'state=open#/policy'])
        expect(await askEngine(page, 'views.save', { list: 'findings', name: 'x', filter, sort: null })).toMatchObject({
          ok: false,
          error: { code: 'bad-input' },
        });
      await page.getByRole('button', { name: 'Delete this view' }).click();
      await expect(saved().getByRole('option')).toHaveText(['Saved views', 'Mine, of findings']);
    });

    test('the ledger tells of each', async () => {
      await page.goto('/#/record?kind=settings');
      await expect(
        page.getByRole('grid').getByText('The view Mine, of map of map is saved: q=verdict%20%3D%20failed&days=7.'),
      ).toBeVisible();
    });

    for (const colorScheme of ['light', 'dark'] as const)
      test(`nothing stands in the way of them, ${colorScheme}, and at 640 px nothing is beyond the edge`, async () => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        for (const { list, asked } of LISTS) {
          await page.goto(asked);
          await page.reload();
          await expect(saved()).toHaveValue(`Mine, of ${list}`);
          expect(await obstacles(page)).toEqual([]);
          await page.screenshot({ path: `test-results/views-${list}-${colorScheme}.png` });
          await page.setViewportSize({ width: 640, height: 800 });
          expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
          await page.setViewportSize({ width: 1280, height: 800 });
        }
      });
  });
