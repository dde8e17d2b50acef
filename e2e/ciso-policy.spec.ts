import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { type Console, startConsole } from './harness/commands.ts';
import { HOSTS, TAMPERED, test } from './harness/test.ts';

const ONLY_US = `apiVersion: plumbline/v1
kind: TrustManifest
metadata: { name: only-us }
location: { places: [us] }
places: [{ name: us, countries: [US] }]
`;

test.describe
  .serial('a security officer changes the manifest', () => {
    let shell: Console;
    let page: Page;

    test.beforeAll(async ({ browser, fleet }) => {
      shell = await startConsole(['--endpoints', fleet.endpointsFile]);
      page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
      await page.goto(shell.url);
      await page.getByRole('heading', { level: 1, name: `${HOSTS - TAMPERED} of ${HOSTS} hosts` }).waitFor();
      await page.getByRole('navigation').getByRole('link', { name: 'Policy' }).click();
    });
    test.afterAll(async () => {
      await page.context().close();
      await shell.stop();
    });

    const editor = () => page.getByRole('textbox', { name: /YAML/ });

    test('sees which version is in force, with its text', async () => {
      await expect(page.getByRole('main')).toContainText('demo-fleet, version 1, is in force.');
      await expect(editor()).toHaveValue(/kind: TrustManifest/);
      await expect(page.getByRole('button', { name: 'Activate' })).toBeDisabled();
    });

    test('is told what is wrong while typing, and led to the place', async () => {
      await editor().fill(ONLY_US.replace('countries', 'countrys'));
      const problems = page.getByRole('region', { name: 'Problems' });
      await expect(problems).toContainText('has an unknown key "countrys"');
      await expect(problems).toContainText('Did you mean countries?');
      await problems.getByRole('button', { name: 'Line 5, column 22' }).click();
      await expect(editor()).toBeFocused();
      expect(await editor().evaluate((area: HTMLTextAreaElement) => area.value.slice(area.selectionStart, area.selectionStart + 8))).toBe(
        'countrys',
      );
      await expect(page.getByRole('button', { name: 'What if' })).toBeDisabled();
    });

    test('tries it out first: who would change, and why', async () => {
      await editor().fill(ONLY_US);
      await page.getByRole('button', { name: 'What if this were in force?' }).click();
      const changes = page.getByRole('table', { name: 'Hosts that would change' });
      await expect(changes).toContainText('it may only be in us');
      await expect(changes.getByRole('row').nth(1)).toContainText('Failed');
      await expect(page.getByRole('region', { name: 'What if' })).toContainText(/\d+ hosts of 30 would change, \d+ would newly fail/);
    });

    test('finds no obstacle for assistive technology', async () => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id)).toEqual([]);
    });

    test('an answer is about the text that it was given for, and about no other', async () => {
      const confirm = page.getByRole('button', { name: 'It is meant: activate all the same' });
      await page.getByRole('textbox', { name: 'Reason, for the record' }).fill('Only American hosts from now on.');
      await page.getByRole('button', { name: 'Activate' }).click();
      await expect(confirm).toBeVisible();
      await page.getByRole('button', { name: 'Back to the text in force' }).click();
      await expect(confirm).toHaveCount(0);
      await expect(page.getByRole('region', { name: 'What if' })).toContainText('The text has changed since this was tried.');
      await editor().fill(ONLY_US);
      await expect(page.getByRole('button', { name: 'Activate' })).toBeEnabled();
      await editor().fill(`${ONLY_US}nonsense: true\n`);
      expect(await page.getByRole('button', { name: 'Activate' }).isDisabled()).toBe(true);
      await editor().fill(ONLY_US);
    });

    test('is asked again before a large part of the fleet fails, and then it takes effect at once', async () => {
      await page.getByRole('textbox', { name: 'Reason, for the record' }).fill('Only American hosts from now on.');
      await page.getByRole('button', { name: 'Activate' }).click();
      await expect(page.getByText(/of 30 hosts would newly fail\./)).toBeVisible();
      await page.getByRole('button', { name: 'It is meant: activate all the same' }).click();
      await expect(page.getByRole('main')).toContainText('only-us, version 2, is in force.');
      await page.goto(`${shell.origin}/#/hosts?verdict=failed&link=workloads`);
      await expect(page.getByRole('grid').getByRole('link').first()).toBeVisible();
      await page.getByRole('grid').getByRole('link').first().click();
      await expect(page.getByRole('main')).toContainText(/may only be in us/);
    });

    test('reads an old version back, compares, and activates it again', async () => {
      await page.goto(`${shell.origin}/#/policy`);
      const first = page.getByRole('listitem').filter({ hasText: 'Version 1, demo-fleet' });
      await first.getByRole('button', { name: 'Compare with what is in force' }).click();
      await expect(first.getByLabel('Difference, line by line')).toContainText('− metadata: { name: only-us }');
      await first.getByRole('button', { name: 'Read into the editor' }).click();
      await expect(editor()).toHaveValue(/payments-ledger/);
      await page.getByRole('textbox', { name: 'Reason, for the record' }).fill('Back to what was.');
      await page.getByRole('button', { name: 'Activate' }).click();
      await expect(page.getByRole('main')).toContainText('demo-fleet, version 3, is in force.');
      await expect(page.getByRole('listitem').filter({ hasText: 'Version 2, only-us' })).toContainText('Replaced');
    });
  });
