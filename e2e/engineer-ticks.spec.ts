import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { obstacles, tabTo } from './harness/accessibility.ts';
import { beyondTheEdge, openSession, watchComplaints } from './harness/browser.ts';
import { type Console, startConsole, temporaryFolder } from './harness/commands.ts';
import { HOSTILE } from './harness/hostile.ts';
import { nameOf, seedHosts } from './harness/seed.ts';

const HOSTS = 1_200;
const findingOf = (index: number) => ({
  kind: 'host-failed' as const,
  severity: index < 2 ? ('critical' as const) : ('warning' as const),
  cause: 'host-failed/loader',
  what: 'Boot loader changed',
  title: `${index === 1 ? HOSTILE.image : 'Boot loader changed'}: ${nameOf(index)}`,
  detail: 'It measures another digest than any that is allowed.',
  momentary: false,
});

test.describe
  .serial('an engineer ticks single findings', () => {
    let shell: Console;
    let context: BrowserContext;
    let page: Page;
    let complaints: Awaited<ReturnType<typeof watchComplaints>>;
    const grid = () => page.getByRole('grid', { name: /^Findings/u });
    const row = (place: number) => grid().locator(`[aria-rowindex="${place + 2}"]`);
    const ticked = () => grid().locator('[role=row][aria-selected=true]');
    const said = () => page.getByRole('main').locator('h1 + output');
    const dialog = () => page.getByRole('dialog', { name: 'Decide about what is ticked' });

    test.beforeAll(async ({ browser }) => {
      const folder = temporaryFolder('ticks');
      seedHosts(folder, HOSTS, (index) => ({ findings: [findingOf(index)] }));
      shell = await startConsole([], folder);
      context = await openSession(browser, shell);
      page = await context.newPage();
      complaints = await watchComplaints(page);
      await page.goto('/#/findings');
      await expect(grid()).toHaveAttribute('aria-rowcount', String(HOSTS + 1));
    });
    test.afterAll(async () => {
      expect(complaints.all()).toEqual([]);
      await context.close();
      await shell.stop();
    });

    test('by Space, and with Shift all between; how many is said, and Escape unticks them', async () => {
      await expect(grid()).toHaveAttribute('aria-multiselectable', 'true');
      await tabTo(page, 'grid', /^Findings/u);
      await page.keyboard.press('Space');
      await expect(row(0)).toHaveAttribute('aria-selected', 'true');
      await expect(said()).toHaveText('1,200 findings, 1 ticked');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await expect(ticked()).toHaveCount(1);
      await page.keyboard.press('Shift+ArrowDown');
      await expect(said()).toHaveText('1,200 findings, 3 ticked');
      await page.keyboard.press('PageDown');
      await page.keyboard.press('Shift+Space');
      await expect(said()).not.toHaveText('1,200 findings, 3 ticked');
      await page.keyboard.press('Escape');
      await expect(ticked()).toHaveCount(0);
      await expect(said()).toHaveText('1,200 findings');
      await expect(grid()).toBeFocused();
    });

    test('what is ticked stays ticked out of sight, and a range may reach over rows that were never drawn', async () => {
      await page.keyboard.press('Home');
      await page.keyboard.press('Space');
      await page.keyboard.press('End');
      await expect(row(HOSTS - 1)).toContainText('node-');
      await page.keyboard.press('Space');
      await expect(said()).toHaveText('1,200 findings, 2 ticked');
      await page.keyboard.press('Home');
      await expect(row(0)).toHaveAttribute('aria-selected', 'true');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Space');
      for (let pages = 0; pages < 14; pages += 1) await page.keyboard.press('PageDown');
      await page.keyboard.press('Shift+Space');
      await expect.poll(async () => Number(/(\d+) ticked/u.exec((await said().textContent()) ?? '')?.[1])).toBeGreaterThan(200);
      await page.keyboard.press('Home');
      await expect(ticked().first()).toBeVisible();
      await page.keyboard.press('Escape');
    });

    test('more than can be ticked one by one is refused, and nothing of it is ticked', async () => {
      await page.keyboard.press('Space');
      await page.keyboard.press('End');
      await page.keyboard.press('Shift+Space');
      await expect(said()).toHaveText('1,200 findings, At most 500 can be ticked one by one.');
      await page.keyboard.press('Home');
      await expect(ticked()).toHaveCount(1);
      await page.keyboard.press('Escape');
    });

    test('by the mouse: the mark ticks, a click elsewhere opens, Ctrl and Shift tick as they do everywhere', async () => {
      await row(0).locator('[data-tick]').click();
      await expect(said()).toHaveText('1,200 findings, 1 ticked');
      await expect(page).toHaveURL(/#\/findings$/u);
      await row(4).click({ modifiers: ['Shift'] });
      await expect(said()).toHaveText('1,200 findings, 5 ticked');
      await row(2).click({ modifiers: ['Control'] });
      await expect(said()).toHaveText('1,200 findings, 4 ticked');
      await row(2).click();
      await expect(page).toHaveURL(/finding=\d+/u);
      await expect(said()).toHaveText('1,200 findings, 4 ticked');
      await page.getByRole('button', { name: 'Untick' }).click();
      await expect(ticked()).toHaveCount(0);
      await page.goto('/#/findings');
    });

    test('another filter drops the ticks, and says so; another order does not', async () => {
      await row(0).locator('[data-tick]').click();
      await page.getByRole('columnheader', { name: 'Began' }).getByRole('button').click();
      await expect(said()).toHaveText('1,200 findings, 1 ticked');
      await page.getByRole('searchbox', { name: 'Search findings' }).fill('node-0001');
      await expect(said()).toHaveText(/findings, Nothing is ticked any more: the filter is another\.$/u);
      await expect(ticked()).toHaveCount(0);
      await page.goto('/#/findings');
      await expect(grid()).toHaveAttribute('aria-rowcount', String(HOSTS + 1));
    });

    test('a decision is about what is ticked and nothing else: by name before, by number in the ledger, and it can be undone', async () => {
      await row(0).locator('[data-tick]').click();
      await row(1).locator('[data-tick]').click();
      await row(5).locator('[data-tick]').click();
      await page.getByRole('button', { name: 'Decide about the 3 ticked…' }).click();
      await expect(dialog()).toContainText('These 3 findings, and no others:');
      await expect(dialog().getByRole('listitem')).toHaveCount(3);
      await expect(dialog().getByRole('listitem').filter({ hasText: HOSTILE.image })).toBeVisible();
      expect(await page.evaluate(() => Reflect.get(window, '__pwned'))).toBe(undefined);
      await dialog().getByRole('button', { name: 'Look at what would change' }).click();
      await expect(dialog()).toContainText('3 findings on 3 hosts would change, 2 of them critical.');
      await dialog().getByRole('button', { name: 'Acknowledge 3 findings' }).click();
      const justDone = page.getByRole('region', { name: 'Just done' });
      await expect(justDone).toContainText('Acknowledged: 3 findings');
      await expect(ticked()).toHaveCount(0);
      await expect(grid().getByText('Acknowledged')).toHaveCount(3);
      await justDone.getByRole('button', { name: 'Undo' }).click();
      await expect(grid().getByText('Acknowledged')).toHaveCount(0);
      await page.goto('/#/record?kind=findings');
      await expect(
        page.getByRole('grid').getByText(/Acknowledged: 3 findings, all that match finding in \(\d+, \d+, \d+\)/u),
      ).toBeVisible();
      await page.goto('/#/findings');
    });

    test('what is ticked is exported, and no more', async () => {
      await row(0).locator('[data-tick]').click();
      await page.getByRole('button', { name: 'Export the ticked…' }).click();
      const exporting = page.getByRole('dialog', { name: 'Export findings' });
      await expect(exporting).toContainText('1 finding');
      await expect(exporting).toContainText(/finding in \(\d+\)/u);
      await page.keyboard.press('Escape');
    });

    test('Ctrl+A ticks all that match, also those that are not drawn, and the decision is about all of them', async () => {
      await grid().focus();
      await page.keyboard.press('Control+a');
      await expect(said()).toHaveText('1,200 findings, all 1,200 ticked');
      await page.keyboard.press('Space');
      await expect(said()).toHaveText(/All are ticked\. Escape unticks them/u);
      await page.getByRole('button', { name: 'Decide about all 1,200…' }).click();
      await expect(page.getByRole('dialog', { name: 'Decide about all that match' })).toContainText('open_only = true');
      await page.keyboard.press('Escape');
      await grid().focus();
      await page.keyboard.press('Escape');
      await expect(said()).toHaveText('1,200 findings');
    });

    for (const colorScheme of ['light', 'dark'] as const)
      test(`nothing stands in the way of it, ${colorScheme}, and at 640 px nothing is beyond the edge`, async () => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.goto('/#/findings');
        await page.reload();
        await row(0).locator('[data-tick]').click();
        await row(3).locator('[data-tick]').click();
        expect(await obstacles(page)).toEqual([]);
        await page.setViewportSize({ width: 640, height: 800 });
        expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
        await page.setViewportSize({ width: 1280, height: 800 });
        await page.screenshot({ path: `test-results/ticks-${colorScheme}.png` });
        await page.getByRole('button', { name: 'Decide about the 2 ticked…' }).click();
        expect(await obstacles(page)).toEqual([]);
        await page.keyboard.press('Escape');
      });
  });

test.describe
  .serial('an engineer ticks single hosts', () => {
    const FLEET = 1_200;
    let shell: Console;
    let context: BrowserContext;
    let page: Page;
    let complaints: Awaited<ReturnType<typeof watchComplaints>>;
    const grid = () => page.getByRole('grid', { name: 'Hosts', exact: true });
    const row = (place: number) => grid().locator(`[aria-rowindex="${place + 2}"]`);
    const said = () => page.getByRole('main').locator('h1 + output');

    test.beforeAll(async ({ browser }) => {
      const folder = temporaryFolder('ticked-hosts');
      seedHosts(folder, FLEET, (index) => (index === 0 ? { name: HOSTILE.image, id: `dc/${HOSTILE.image}` } : {}));
      shell = await startConsole([], folder);
      context = await openSession(browser, shell);
      page = await context.newPage();
      complaints = await watchComplaints(page);
      await page.goto('/#/hosts');
      await expect(grid()).toHaveAttribute('aria-rowcount', String(FLEET + 1));
    });
    test.afterAll(async () => {
      expect(complaints.all()).toEqual([]);
      await context.close();
      await shell.stop();
    });

    test('by keys alone, and exports exactly those', async () => {
      await tabTo(page, 'grid', 'Hosts');
      await page.keyboard.press('Space');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Space');
      await expect(said()).toHaveText('1,200 hosts, 2 ticked');
      await page.getByRole('button', { name: 'Export the ticked…' }).focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Export hosts' });
      await expect(dialog).toContainText('2 hosts');
      await expect(dialog).toContainText('id in (');
      await dialog.getByRole('button', { name: /^Export/u }).click();
      await expect(dialog).toContainText('SHA-256 of the file');
      const [response] = await Promise.all([
        page.waitForEvent('download'),
        dialog.getByRole('link', { name: /^(Download|Save)/u }).click(),
      ]);
      const stream = await response.createReadStream();
      let text = '';
      for await (const part of stream) text += String(part);
      expect(text.split('\n').filter((line) => /^"?dc\//u.test(line))).toHaveLength(2);
      await page.keyboard.press('Escape');
    });

    test('a click on a row still opens it, and a click on its mark does not', async () => {
      await row(4).locator('[data-tick]').click();
      await expect(said()).toHaveText('1,200 hosts, 3 ticked');
      await expect(page).toHaveURL(/#\/hosts$/u);
      await row(4).getByText('Failed').first().click();
      await expect(page).toHaveURL(/#\/hosts\/dc%2F/u);
      await page.goBack();
      await expect(said()).toHaveText('1,200 hosts');
    });

    for (const colorScheme of ['light', 'dark'] as const)
      test(`nothing stands in the way of it, ${colorScheme}, and at 640 px nothing is beyond the edge`, async () => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.goto('/#/hosts');
        await page.reload();
        await row(0).locator('[data-tick]').click();
        expect(await obstacles(page)).toEqual([]);
        await page.setViewportSize({ width: 640, height: 800 });
        expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
        await page.setViewportSize({ width: 1280, height: 800 });
        await page.screenshot({ path: `test-results/ticked-hosts-${colorScheme}.png` });
      });
  });
