import { expect } from '@playwright/test';
import { groundTruth, test } from './harness/test.ts';

test.describe('an auditor trusts neither the endpoint nor us', () => {
  test('where the endpoint says trusted and the evidence does not, both are shown and the difference is marked', async ({
    fleetPage: page,
  }) => {
    await page.goto('/#/overview');
    await page.getByRole('link', { name: /the endpoint says otherwise/ }).click();
    await page.getByRole('grid').getByRole('link').first().click();
    const beside = page.getByRole('region', { name: 'Reported beside verified' });
    await expect(beside).toContainText('Verifier says PASS');
    await expect(beside).toContainText('Our verification says failed');
    await expect(beside).toContainText('They disagree');
  });

  test('what was not evaluated is listed among the checks, also of a trusted host', async ({ fleetPage: page, fleet }) => {
    const host = groundTruth(fleet).find((one) => one.incident === null);
    await page.goto(`/#/hosts?q=${host?.name}`);
    await page
      .getByRole('grid')
      .getByRole('link', { name: host?.name ?? '' })
      .click();
    await page.getByRole('tab', { name: /Checks/ }).click();
    await expect(page.getByRole('tabpanel').getByRole('region', { name: 'Not evaluated' })).toContainText('No revocation lists were given');
  });

  test('a location says on whose word it rests', async ({ fleetPage: page }) => {
    await page.goto('/#/hosts');
    await expect(page.getByRole('grid')).toContainText('TPM-certified');
  });

  test('reference values are named with where they came from and their digest', async ({ fleetPage: page }) => {
    await page.goto('/#/hosts?verdict=trusted');
    await page.getByRole('grid').getByRole('link').first().click();
    await page.getByRole('tab', { name: 'Identity' }).click();
    await expect(page.getByRole('tabpanel')).toContainText(/Keylime .*policy/i);
  });

  test('the history draws what was verified above what was reported, and they differ where an endpoint lies', async ({
    fleetPage: page,
  }) => {
    await page.goto('/#/hosts?disagreement=yes');
    await page.getByRole('grid').getByRole('link').first().click();
    await page.getByRole('tab', { name: 'History' }).click();
    const picture = page.locator('[data-timeline]');
    const lane = (word: string) =>
      picture
        .locator('div')
        .filter({ has: page.getByText(word, { exact: true }) })
        .last();
    await expect(lane('Verified here').locator('[data-kind="failed"]')).toHaveCount(1);
    await expect(lane('Verified here').locator('[data-kind="trusted"]')).toHaveCount(0);
    await expect(lane('Reported').locator('[data-kind="trusted"]')).toHaveCount(1);
    await page.getByRole('button', { name: '24 hours' }).press('Enter');
    await expect(page.getByRole('button', { name: '24 hours' })).toHaveAttribute('aria-pressed', 'true');
    await expect(lane('Reported').locator('[data-kind="trusted"]')).toHaveCount(1);
  });

  test('the history tells since when, and how often it was confirmed', async ({ fleetPage: page }) => {
    await page.goto('/#/hosts?verdict=trusted');
    await page.getByRole('grid').getByRole('link').first().click();
    await page.getByRole('tab', { name: 'History' }).click();
    await expect(page.getByRole('tabpanel')).toContainText(/confirm/i);
  });
});
