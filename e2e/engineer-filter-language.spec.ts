import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { openSeeded } from './harness/browser.ts';
import { FAILED_EVERY, nameOf } from './harness/seed.ts';

const HOSTS = 1_000;
const FAILED = HOSTS / FAILED_EVERY;

test.describe('an engineer asks in the filter language', () => {
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
    await expect(page.getByRole('grid')).toContainText(nameOf(0));
  });
  test.afterEach(() => page.close());

  const box = () => page.getByRole('combobox', { name: 'Search hosts' });
  const list = () => page.getByRole('listbox', { name: 'What can follow' });
  const option = (name: string | RegExp) => list().getByRole('option', { name });
  const counted = () => page.getByRole('status').filter({ hasText: 'hosts' });

  test('written with the keyboard alone, from what is suggested', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('ver');
    await expect(option(/^verdict/)).toBeVisible();
    await expect(box()).toHaveAttribute('aria-expanded', 'true');
    await page.keyboard.press('ArrowDown');
    await expect(option(/^verdict/)).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Tab');
    await expect(box()).toHaveValue('verdict ');
    await page.keyboard.type('= fa');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(box()).toHaveValue('verdict = failed ');
    await expect(counted()).toHaveText(new RegExp(`^${FAILED} of 1.000 hosts$`));
    await page.keyboard.type('and country in (');
    // The data itself knows which countries there are.
    await expect(option(/DE.*200 hosts/)).toBeVisible();
    await page.keyboard.type('DE,FR)');
    await expect(page.getByText('Read as verdict = failed and country in (DE, FR)')).toBeVisible();
    await expect(counted()).toHaveText(new RegExp(`^${FAILED} of 1.000 hosts$`));
    await expect.poll(() => decodeURIComponent(new URL(page.url()).hash)).toContain('q=verdict = failed and country in (DE,FR)');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    await expect(list()).toBeHidden();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)).toEqual([]);
  });

  test('what cannot be read is shown at its character, can be put right by a click, and leaves the rows as they were', async () => {
    await box().fill('verdikt = failed');
    await expect(box()).toHaveAttribute('aria-invalid', 'true');
    await expect(page.locator('mark')).toHaveText('verdikt');
    await expect(page.getByRole('status').filter({ hasText: 'There is no field' })).toBeVisible();
    await expect(counted()).toHaveText(/^1.000 hosts$/);
    await page.getByRole('button', { name: 'Write verdict' }).click();
    await expect(box()).toHaveValue('verdict = failed');
    await expect(counted()).toHaveText(new RegExp(`^${FAILED} of 1.000 hosts$`));
    await page.goto('/#/hosts?q=verdict%20%3D');
    await expect(page.getByRole('main')).toContainText('This filter cannot be read.');
  });

  test('plain words stay plain words', async () => {
    await box().fill(`hall ${nameOf(7)}`);
    await expect(counted()).toHaveText(/^1 of 1.000 hosts$/);
    await expect(box()).toHaveAttribute('aria-invalid', 'false');
  });

  test('a view is saved under a name, opened again in another window, and deleted', async () => {
    await page.getByRole('group', { name: 'Verdicts' }).getByRole('button', { name: 'Failed' }).click();
    await page.getByRole('button', { name: 'Save this view' }).click();
    await page.getByRole('textbox', { name: 'Name of the view' }).fill('What failed');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('combobox', { name: 'Saved views' })).toHaveValue('What failed');
    const other = await seeded.context.newPage();
    await other.goto('/#/hosts');
    await other.getByRole('combobox', { name: 'Saved views' }).selectOption('What failed');
    await expect(other.getByRole('combobox', { name: 'Search hosts' })).toHaveValue('verdict = failed');
    await expect(other.getByRole('status').filter({ hasText: 'hosts' })).toHaveText(new RegExp(`^${FAILED} of 1.000 hosts$`));
    await other.getByRole('button', { name: 'Delete this view' }).click();
    await expect(other.getByRole('combobox', { name: 'Saved views' })).toHaveCount(0);
    await other.close();
  });
});
