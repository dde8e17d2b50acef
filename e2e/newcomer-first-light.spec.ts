import { type Browser, type BrowserContext, expect, test } from '@playwright/test';
import { type Console, startConsole, temporaryFolder } from './harness/commands.ts';

/** `serve --demo` has this many. */
const DEMO_HOSTS = 50;

const firstInsight = async (browser: Browser, shell: Console): Promise<BrowserContext> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: shell.origin, colorScheme: 'light' });
  const page = await context.newPage();
  await page.goto(shell.url);
  await expect(page.getByRole('heading', { level: 1, name: `of ${DEMO_HOSTS} hosts` })).toBeVisible({ timeout: 30_000 });
  return context;
};

test.describe('a newcomer sees the first light', () => {
  const dataFolder = temporaryFolder('demo');
  let shell: Console;
  let context: BrowserContext;

  test.beforeAll(async ({ browser }, info) => {
    const startedAtMs = performance.now();
    shell = await startConsole(['--demo'], dataFolder);
    context = await firstInsight(browser, shell);
    info.annotations.push({ type: 'first start to first insight', description: `${Math.round(performance.now() - startedAtMs)} ms` });
  });
  test.afterAll(async () => {
    await context.close();
    await shell.stop();
  });

  test('the link opens the overview, says that it is demo data, and leaves no token in the address', async () => {
    const [page] = context.pages();
    if (page === undefined) throw new Error('the page that the link opened is gone');
    expect(page.url()).not.toContain(new URL(shell.url).hash.slice('#t='.length));
    expect(page.url()).not.toContain('t=');
    await expect(page.getByText('Demo data', { exact: true })).toBeVisible();
  });

  test('the first insight is a sentence that leads to the broken host', async () => {
    const page = await context.newPage();
    await page.goto('/#/overview');
    const answer = page.getByRole('heading', { level: 1 });
    await expect(answer).toContainText(/\d+ (is|are) not; the .+ of .+ broke trust/);
    await answer.getByRole('link').click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('is not trusted');
    await page.close();
  });

  test('a reload keeps the session', async () => {
    const page = await context.newPage();
    await page.goto('/#/overview');
    await page.reload();
    await expect(page.getByRole('heading', { level: 1, name: `of ${DEMO_HOSTS} hosts` })).toBeVisible();
    await page.close();
  });

  test('a link that was used says so, and how to get a fresh one', async ({ browser }) => {
    const stranger = await browser.newContext();
    const page = await stranger.newPage();
    await page.goto(shell.url);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link has been used, or the session is over');
    await expect(page.getByRole('main')).toContainText('press Enter: it prints a fresh link');
    await expect(page.getByRole('navigation')).toHaveCount(0);
    expect(page.url()).not.toContain('t=');
    await stranger.close();
  });

  test('the question mark shows what the keyboard can do, and the keys do it', async () => {
    const page = await context.newPage();
    await page.goto('/#/overview');
    await expect(page.getByRole('heading', { level: 1, name: `of ${DEMO_HOSTS} hosts` })).toBeVisible();
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard' });
    await expect(help).toBeVisible();
    await expect(help).toContainText('Search in the list');
    await page.keyboard.press('Escape');
    await expect(help).toBeHidden();
    await page.keyboard.press('g');
    await page.keyboard.press('h');
    await expect(page.getByRole('heading', { level: 1, name: 'Hosts' })).toBeVisible();
    await expect(page.getByRole('combobox', { name: 'Search hosts' })).toBeVisible();
    await page.keyboard.press('/');
    await expect(page.getByRole('combobox', { name: 'Search hosts' })).toBeFocused();
    await page.keyboard.type('zz?');
    await expect(page.getByRole('main')).toContainText('No host matches this filter.');
    await expect(help).toBeHidden();
    await page.close();
  });

  test('the theme follows the system until one is chosen, and the choice outlasts a reload', async () => {
    const page = await context.newPage();
    await page.goto('/#/overview');
    const themes = page.getByRole('group', { name: 'Theme' });
    const ink = (): Promise<string> => page.locator('body').evaluate((body) => getComputedStyle(body).color);
    await expect(themes.getByRole('button', { name: 'Auto' })).toHaveAttribute('aria-pressed', 'true');
    const light = await ink();
    await themes.getByRole('button', { name: 'Dark' }).click();
    await expect.poll(ink).not.toBe(light);
    const dark = await ink();
    await page.reload();
    await expect(themes.getByRole('button', { name: 'Dark' })).toHaveAttribute('aria-pressed', 'true');
    expect(await ink()).toBe(dark);
    await themes.getByRole('button', { name: 'Light' }).click();
    await expect.poll(ink).toBe(light);
    await themes.getByRole('button', { name: 'Auto' }).click();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(ink).toBe(dark);
    await page.close();
  });

  test('the second start shows what was recorded before the first sweep is complete', async ({ browser }, info) => {
    await context.close();
    await shell.stop();
    const startedAtMs = performance.now();
    shell = await startConsole(['--demo'], dataFolder);
    context = await browser.newContext({ baseURL: shell.origin });
    const page = await context.newPage();
    let swept = false;
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        const event = JSON.parse(String(payload)) as { name: string; payload: { running?: boolean } };
        swept ||= event.name === 'poll.progress' && event.payload.running === false;
      }),
    );
    await page.goto(shell.url);
    await expect(page.getByRole('heading', { level: 1, name: `of ${DEMO_HOSTS} hosts` })).toBeVisible();
    const shownAfterMs = Math.round(performance.now() - startedAtMs);
    info.annotations.push({ type: 'second start to first data on screen', description: `${shownAfterMs} ms` });
    info.annotations.push({ type: 'first sweep of the second start', description: swept ? 'complete by then' : 'still under way' });
    await expect(page.getByText('Demo data', { exact: true })).toBeVisible();
  });
});
