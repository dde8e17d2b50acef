import { expect, type Page, test } from '@playwright/test';
import { openSeeded } from './harness/browser.ts';
import { FAILED_EVERY, nameOf } from './harness/seed.ts';

const HOSTS = 10_000;
const FAILED = HOSTS / FAILED_EVERY;
/** A screen of rows and some beyond each edge; never the fleet. */
const MOST_ROWS = 200;

test.describe('an engineer works with ten thousand hosts', () => {
  let seeded: Awaited<ReturnType<typeof openSeeded>>;
  let page: Page;

  test.beforeAll(async ({ browser }) => {
    test.setTimeout(120_000);
    seeded = await openSeeded(browser, HOSTS);
  });
  test.afterAll(() => seeded.close());
  test.beforeEach(async () => {
    page = await seeded.context.newPage();
    await page.goto('/#/hosts?sort=name');
    await expect(row(0)).toContainText(nameOf(0));
  });
  test.afterEach(async () => {
    expect(await page.getByRole('row').count(), 'rows drawn').toBeLessThan(MOST_ROWS);
    await page.close();
  });

  const grid = () => page.getByRole('grid', { name: 'Hosts' });
  const row = (index: number) => grid().locator(`[role="row"][aria-rowindex="${index + 2}"]`);
  const counted = () => page.getByRole('status').filter({ hasText: 'hosts' });

  test('the list says how many there are, to the eye and to a screen reader', async () => {
    await expect(counted()).toHaveText(/^10.000 hosts$/);
    await expect(grid()).toHaveAttribute('aria-rowcount', String(HOSTS + 1));
    await page.goto('/#/overview');
    await expect(page.getByRole('heading', { level: 1 })).toContainText(/9.900 of 10.000 hosts are true/);
  });

  test('the keyboard reaches the last row and comes back to the first', async () => {
    await grid().focus();
    await page.keyboard.press('End');
    await expect(row(HOSTS - 1)).toContainText(nameOf(HOSTS - 1));
    await expect(row(HOSTS - 1)).toBeInViewport();
    await expect(row(HOSTS - 1)).toHaveAttribute('data-active', 'true');
    await expect(row(0)).toHaveCount(0);
    expect(await page.getByRole('row').count()).toBeLessThan(MOST_ROWS);
    await page.keyboard.press('ArrowUp');
    await expect(row(HOSTS - 2)).toHaveAttribute('data-active', 'true');
    await page.keyboard.press('Home');
    await expect(row(0)).toContainText(nameOf(0));
    await expect(row(0)).toBeInViewport();
  });

  test('the wheel reaches the middle, and its rows arrive', async () => {
    await grid().evaluate((element) => {
      element.scrollTop = element.scrollHeight / 2;
    });
    await expect(row(HOSTS / 2)).toContainText(nameOf(HOSTS / 2));
    await expect(row(HOSTS / 2)).toBeInViewport();
  });

  test('rows that leave lend their elements to those that arrive, and at rest they stand in the document as they are seen', async () => {
    const rows = grid().locator('[role="rowgroup"]').last().getByRole('row');
    await rows.evaluateAll((all) => {
      for (const one of all) Reflect.set(one, '__lent', true);
    });
    await grid().evaluate((element) => {
      element.scrollTop += 4000;
    });
    await expect(row(150)).toContainText(nameOf(150));
    expect(await row(150).evaluate((element) => Reflect.get(element, '__lent') === true)).toBe(true);
    await expect
      .poll(async () => {
        const indexes = await rows.evaluateAll((all) => all.map((one) => Number(one.getAttribute('aria-rowindex'))));
        return indexes.every((index, at) => at === 0 || index === (indexes[at - 1] ?? 0) + 1);
      })
      .toBe(true);
  });

  test('what had the focus in a row never acts on another one', async () => {
    await row(3).getByRole('link').focus();
    await grid().evaluate((element) => {
      element.scrollTop += 4000;
    });
    await expect(row(150)).toContainText(nameOf(150));
    await expect(grid()).toBeFocused();
  });

  test('sorting is of the whole fleet, not of what is on screen', async () => {
    const header = grid().getByRole('columnheader', { name: 'Host' });
    await header.getByRole('button').click();
    await expect(header).toHaveAttribute('aria-sort', 'descending');
    await expect(row(0)).toContainText(nameOf(HOSTS - 1));
    await grid().getByRole('columnheader', { name: 'Verdict' }).getByRole('button').click();
    await expect(row(0)).toContainText('Boot loader changed.');
    await expect(row(FAILED - 1)).toHaveCount(0);
  });

  test('filters are of the whole fleet, and the count says of how many', async () => {
    await page.getByRole('group', { name: 'Verdicts' }).getByRole('button', { name: 'Failed' }).click();
    await expect(counted()).toHaveText(/^100 of 10.000 hosts$/);
    await page.getByRole('combobox', { name: 'Country' }).selectOption('DE');
    await expect(counted()).toHaveText(/^100 of 10.000 hosts$/);
    await page.getByRole('combobox', { name: 'Country' }).selectOption('FR');
    await expect(page.getByRole('main')).toContainText('No host matches this filter.');
    await page.getByRole('button', { name: 'Undo the filter' }).click();
    await expect(counted()).toHaveText(/^10.000 hosts$/);
    await page.getByRole('combobox', { name: 'Search hosts' }).fill(nameOf(7_531));
    await expect(counted()).toHaveText(/^1 of 10.000 hosts$/);
    await expect(row(0)).toContainText(nameOf(7_531));
  });
});
