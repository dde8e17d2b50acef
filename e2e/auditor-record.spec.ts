import { expect } from '@playwright/test';
import { HOSTS, TAMPERED, test } from './harness/test.ts';

test.describe('an auditor reads the record', () => {
  test('finds how much is signed, and the key to keep elsewhere', async ({ fleetPage: page }) => {
    await page.goto('/#/overview');
    await page.getByRole('navigation').getByRole('link', { name: 'Record' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Record' })).toBeVisible();
    await expect(page.getByRole('main')).toContainText(/\d+ entries, (?:all of them signed|\d+ not signed yet)\. Newest checkpoint: /);
    await page.getByRole('tab', { name: 'Proof' }).click();
    await expect(page).toHaveURL(/tab=proof/);
    const kept = page.getByRole('region', { name: 'Key and checkpoint' });
    await expect(kept).toContainText(/plumbline\.invalid\/ledger\/[0-9a-f]{16}\+[0-9a-f]{8}\+/);
    await expect(kept.getByRole('button', { name: 'Copy verifier key' })).toBeVisible();
    await expect(kept).toContainText('— plumbline.invalid/ledger/');
  });

  test('reads entries of one kind, and one of them whole', async ({ fleetPage: page }) => {
    await page.goto('/#/record');
    await page.getByRole('combobox', { name: 'Entries about' }).selectOption('Verdicts');
    await expect(page).toHaveURL(/kind=verdict/);
    const grid = page.getByRole('grid', { name: /Entries/ });
    await expect(grid.getByText('verdict.changed').first()).toBeVisible();
    // Rows of the question before are shown until the new ones are there.
    for (const other of ['engine.started', 'finding.opened', 'sweep.confirmed']) await expect(grid.getByText(other)).toHaveCount(0);
    await grid.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('region', { name: /^Entry \d+$/ })).toContainText('"evidence":{');
    await page.goBack();
  });

  test('is shown the fleet as of a moment, by address or by hand, and nothing from before the first host', async ({ fleetPage: page }) => {
    await page.goto(`/#/record?at=${Date.now()}`);
    await expect(page.getByRole('main')).toContainText(`${HOSTS - TAMPERED} of ${HOSTS} hosts were true to their hardware root`);
    await expect(page.getByRole('grid', { name: 'Hosts as of the moment' })).toHaveAttribute('aria-rowcount', String(HOSTS + 1));
    await page.getByLabel('Date and time, UTC').fill('2020-01-01T00:00');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('main')).toContainText('No host was known then.');
    await page.getByRole('button', { name: 'Back to now' }).click();
    await expect(page).toHaveURL(/#\/record\?tab=as-of$/);
  });
});
