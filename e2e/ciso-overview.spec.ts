import { expect } from '@playwright/test';
import { HOSTS, TAMPERED, test } from './harness/test.ts';

test.describe('a CISO asks whether the fleet is trustworthy', () => {
  test('the answer is one sentence, with the share of the whole inventory', async ({ fleetPage: page }) => {
    await page.goto('/#/overview');
    const answer = page.getByRole('heading', { level: 1 });
    await expect(answer).toContainText(`${HOSTS - TAMPERED} of ${HOSTS} hosts are true to their hardware root`);
    await expect(answer).toContainText(`${TAMPERED} are not`);
  });

  for (const verdict of ['Failed', 'Inconclusive', 'Stale', 'Trusted']) {
    test(`the number of ${verdict.toLowerCase()} hosts opens the list behind it, with the same count`, async ({ fleetPage: page }) => {
      await page.goto('/#/overview');
      const number = page.getByRole('list', { name: 'Hosts by verdict' }).getByRole('link', { name: verdict });
      const count = Number(/\d+/.exec(await number.innerText())?.[0]);
      await number.click();
      await expect(page.getByRole('heading', { level: 1, name: 'Hosts' })).toBeVisible();
      if (count === 0) await expect(page.getByRole('main')).toContainText(/No host|nothing/i);
      else await expect(page.getByRole('status').filter({ hasText: 'hosts' })).toContainText(`${count} of ${HOSTS} hosts`);
    });
  }

  test('every place and every broken link opens its hosts', async ({ fleetPage: page }) => {
    await page.goto('/#/overview');
    const firmware = page.getByRole('region', { name: 'Where trust breaks' }).getByRole('link', { name: /Firmware/ });
    const count = Number(/\d+/.exec((await firmware.textContent()) ?? '')?.[0]);
    await firmware.click();
    await expect(page.getByRole('status').filter({ hasText: 'hosts' })).toContainText(`${count} of ${HOSTS} hosts`);
    await page.goBack();
    await page.getByRole('region', { name: 'Places' }).getByRole('link').first().click();
    await expect(page.getByRole('status').filter({ hasText: 'hosts' })).toContainText(`of ${HOSTS} hosts`);
  });

  test('demo data says so on every page', async ({ fleetPage: page }) => {
    for (const address of ['/#/overview', '/#/hosts', '/#/policy', '/#/endpoints']) {
      await page.goto(address);
      await expect(page.getByText('Demo data', { exact: true })).toBeVisible();
    }
    await page.goto('/#/hosts');
    await page.getByRole('grid').getByRole('link').first().click();
    await expect(page.getByText('Demo data', { exact: true })).toBeVisible();
  });

  test('times can be read in UTC and in local time', async ({ fleetPage: page }) => {
    await page.goto('/#/overview');
    await page.getByRole('button', { name: 'Local' }).click();
    await expect(page.getByRole('button', { name: 'Local' })).toHaveAttribute('aria-pressed', 'true');
    await page.getByRole('button', { name: 'UTC' }).click();
    await expect(page.getByRole('button', { name: 'UTC' })).toHaveAttribute('aria-pressed', 'true');
  });
});
