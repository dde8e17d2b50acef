import { existsSync } from 'node:fs';
import path from 'node:path';
import { _electron, type BrowserContext, expect, type Page, test } from '@playwright/test';
import { focusIsVisible, obstacles, tabTo } from './harness/accessibility.ts';
import { beyondTheEdge, openSession, watchComplaints } from './harness/browser.ts';
import { type Console, ROOT, startConsole, temporaryFolder } from './harness/commands.ts';
import { preferencesOf, setPreferences } from './harness/preferences.ts';

const STEPS = [
  { address: /#\/overview$/u, mark: 'answer' },
  { address: /#\/hosts\/[^/?]+$/u, mark: 'broke' },
  { address: /#\/hosts\/[^/?]+\/difference/u, mark: 'difference' },
  { address: /#\/map$/u, mark: 'map' },
  { address: /#\/record\?tab=proof$/u, mark: 'recheck' },
  { address: /#\/hosts\?verdict=failed$/u, mark: 'export' },
  { address: /#\/endpoints$/u, mark: 'leave' },
];

const tour = (page: Page) => page.getByRole('region', { name: /^Tour, \d of \d/u });
const offer = (page: Page) => page.getByRole('region', { name: 'A tour' });
const onward = (page: Page) => tour(page).getByRole('button', { name: 'Next' });

/** The step is on its page, what it speaks of is marked and in sight, one sentence is said aloud, and the keyboard is where it goes on. */
const stands = async (page: Page, at: number): Promise<void> => {
  const step = STEPS[at];
  if (step === undefined) throw new Error(`there is no step ${at}`);
  await expect(tour(page)).toContainText(`Tour, ${at + 1} of ${STEPS.length}`);
  await expect(page).toHaveURL(step.address);
  const marked = page.locator('[data-tour-here]');
  await expect(marked).toHaveCount(1);
  await expect(marked).toHaveAttribute('data-tour', step.mark);
  await expect(marked).toBeInViewport();
  expect(await marked.evaluate((element) => getComputedStyle(element).outlineWidth)).toBe('3px');
  await expect(tour(page).locator('[aria-live=polite]')).toHaveText(/^[^.]+\.$/u);
  await expect(tour(page).getByRole('button', { name: at === STEPS.length - 1 ? 'End the tour' : 'Next' })).toBeFocused();
};

test.describe
  .serial('a newcomer takes the tour of the demo', () => {
    const folder = temporaryFolder('tour');
    const real = path.join(folder, 'mine <img src=x onerror=alert(1)>');
    const demo = path.join(folder, 'demo');
    let shell: Console;
    let context: BrowserContext;
    let page: Page;
    let complaints: Awaited<ReturnType<typeof watchComplaints>>;

    const open = async (browser: Parameters<typeof openSession>[0]): Promise<void> => {
      shell = await startConsole(['--demo'], demo, [], { PLUMBLINE_DATA: real });
      context = await openSession(browser, shell, { colorScheme: 'light', reducedMotion: 'reduce' });
      page = await context.newPage();
      complaints = await watchComplaints(page);
      await page.goto('/#/overview');
      await expect(page.getByRole('heading', { level: 1, name: 'of 50 hosts' })).toBeVisible({ timeout: 30_000 });
    };
    const close = async (): Promise<void> => {
      expect(complaints.all()).toEqual([]);
      await context.close();
      await shell.stop();
    };
    test.beforeAll(({ browser }) => open(browser));
    test.afterAll(close);

    test('it is offered at the first start and forced on nobody', async () => {
      await expect(offer(page)).toContainText('This fleet is simulated');
      await expect(tour(page)).toHaveCount(0);
      await expect(page.locator('[data-tour-here]')).toHaveCount(0);
      expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
      await page.goto('/#/hosts');
      await expect(offer(page)).toHaveCount(0);
      await page.goto('/#/overview');
      await expect(offer(page)).toBeVisible();
    });

    test('by the keyboard alone it leads over real pages, each with one sentence and what it speaks of', async () => {
      await tabTo(page, 'button', 'Take the tour');
      await page.keyboard.press('Enter');
      await expect(offer(page)).toHaveCount(0);
      for (const at of STEPS.keys()) {
        await stands(page, at);
        expect(await focusIsVisible(page)).toBe(true);
        if (at < STEPS.length - 1) await page.keyboard.press('Enter');
      }
    });

    test('the host that it shows failed by one event, and the difference begins with it', async () => {
      for (let back = 0; back < 4; back += 1) await page.keyboard.press('ArrowLeft');
      await stands(page, 2);
      await expect(page.getByRole('main')).toContainText(/First divergence|changed/u);
      await page.keyboard.press('ArrowLeft');
      await stands(page, 1);
      await expect(page.getByRole('heading', { level: 2, name: 'The event that broke trust' })).toBeVisible();
    });

    test('what a step speaks of can be gone to, and the page is used meanwhile', async () => {
      await tour(page).getByRole('button', { name: 'Go to it' }).focus();
      await page.keyboard.press('Enter');
      await expect(page.locator('[data-tour-here]')).toBeFocused();
      await page.getByRole('link', { name: 'Endpoints', exact: true }).click();
      await expect(page.getByRole('heading', { level: 1, name: 'Endpoints' })).toBeVisible();
      await expect(tour(page)).toContainText('Tour, 2 of 7');
      await onward(page).click();
      await stands(page, 2);
    });

    test('Escape ends it, nothing stays marked, and the keyboard is on the page', async () => {
      await page.keyboard.press('Escape');
      await expect(tour(page)).toHaveCount(0);
      await expect(page.locator('[data-tour-here]')).toHaveCount(0);
      await expect(page.getByRole('main')).toBeFocused();
    });

    test('it is not offered again, also not after the next start, and can be taken again from everywhere', async ({ browser }) => {
      expect((await preferencesOf(page)).tour).toBe('seen');
      await close();
      await open(browser);
      await expect(page.getByText('Demo data', { exact: true })).toBeVisible();
      await expect(offer(page)).toHaveCount(0);

      await page.keyboard.press('Control+k');
      await page.keyboard.type('tour');
      await page.keyboard.press('Enter');
      await stands(page, 0);
      await page.keyboard.press('Escape');

      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keyboard' }).getByRole('button', { name: 'Take the tour', exact: true }).click();
      await stands(page, 0);
      await page.keyboard.press('Escape');

      await page.goto('/#/settings');
      await page.getByRole('button', { name: 'Take the tour', exact: true }).click();
      await stands(page, 0);
      await page.keyboard.press('Escape');
    });

    for (const colorScheme of ['light', 'dark'] as const)
      test(`nothing stands in the way on it, ${colorScheme}, and at 640 px nothing is beyond the edge`, async () => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await setPreferences(page, { theme: 'system' });
        await page.goto('/#/settings');
        await page.getByRole('button', { name: 'Take the tour', exact: true }).click();
        for (const at of STEPS.keys()) {
          await stands(page, at);
          if (at % 3 === 0) {
            expect(await obstacles(page)).toEqual([]);
            await page.setViewportSize({ width: 640, height: 800 });
            expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
            await expect(tour(page)).toBeInViewport({ ratio: 1 });
            await page.setViewportSize({ width: 1280, height: 800 });
          }
          await tour(page)
            .getByRole('button', { name: /^(Next|End the tour)$/u })
            .click();
        }
        await expect(tour(page)).toHaveCount(0);
      });

    test('where the folder for real data is in use, the demo goes on and it is said why', async () => {
      const other = await startConsole([], real);
      await page.goto('/#/endpoints');
      const leave = page.getByRole('region', { name: 'Leave the demo' });
      await expect(leave).toContainText(demo);
      await expect(leave).toContainText(real);
      await leave.getByRole('button', { name: 'Leave the demo' }).click();
      await expect(leave).toContainText(/is using the data folder.*The demo goes on/su);
      await expect(page.getByText('Demo data', { exact: true })).toBeVisible();
      await other.stop();
    });

    test('one click leaves it: the same window goes on with the real data folder, and says what to write there', async () => {
      await setPreferences(page, { theme: 'dark', keys: { 'go.hosts': 'Alt+h' } });
      await page.reload();
      const second = await context.newPage();
      await second.goto('/#/hosts');
      await expect(second.getByRole('grid', { name: 'Hosts' })).toBeVisible();
      await page.goto('/#/endpoints');
      await tabTo(page, 'button', 'Leave the demo');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('main')).toContainText('No endpoint yet', { timeout: 30_000 });
      for (const each of [page, second]) {
        await expect(each).toHaveURL(/#\/endpoints$/u);
        await expect(each.getByRole('main')).toContainText('Write a file such as endpoints.yaml');
        await expect(each.getByText('Demo data')).toHaveCount(0);
      }
      await expect(page.getByRole('main')).toContainText('npm start -- --console --endpoints endpoints.yaml');
      await page.goto('/#/overview');
      await expect(page.getByRole('main')).toContainText('No endpoint yet, so there is nothing to judge.');
      await expect(offer(page)).toHaveCount(0);
      expect(existsSync(path.join(real, 'plumbline.db'))).toBe(true);
      // How it looks is of the person and comes along. What was seen of the demo's ledger does not.
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
      expect(await preferencesOf(page)).toMatchObject({ theme: 'dark', keys: { 'go.hosts': 'Alt+h' }, tour: 'seen' });
      await page.keyboard.press('Control+k');
      await page.keyboard.type('tour');
      await expect(page.getByText('Nothing has all of these words.')).toBeVisible();
      await page.keyboard.press('Escape');
      await second.close();
    });

    test('and the demo is where it was at its next start', async ({ browser }) => {
      await close();
      await open(browser);
      await expect(page.getByText('Demo data', { exact: true })).toBeVisible();
    });
  });

test('a newcomer leaves the demo of the desktop with one click', async () => {
  const config = temporaryFolder('tour-desktop');
  const environment = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const app = await _electron.launch({
    args: [ROOT, '--demo', '--demo-hosts=6'],
    env: { ...environment, XDG_CONFIG_HOME: config },
  });
  const page = await app.firstWindow();
  await expect(page.getByText('Demo data', { exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Leave the demo' }).click();
  const leave = page.getByRole('region', { name: 'Leave the demo' });
  await expect(leave).toContainText(config);
  const [folder = ''] = (await leave.locator('code').allTextContents()).slice(-1);
  await leave.getByRole('button', { name: 'Leave the demo' }).click();
  await expect(page.getByRole('main')).toContainText('npm start -- --endpoints endpoints.yaml', { timeout: 30_000 });
  await expect(page.getByText('Demo data')).toHaveCount(0);
  expect(folder.startsWith(config)).toBe(true);
  expect(existsSync(path.join(folder, 'plumbline.db'))).toBe(true);
  await app.close();
});
