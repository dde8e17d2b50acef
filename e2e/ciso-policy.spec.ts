import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { watchComplaints } from './harness/browser.ts';
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
    let complaints: Awaited<ReturnType<typeof watchComplaints>>;

    test.beforeAll(async ({ browser, fleet }) => {
      shell = await startConsole(['--endpoints', fleet.endpointsFile]);
      page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
      complaints = await watchComplaints(page);
      await page.goto(shell.url);
      await page.getByRole('heading', { level: 1, name: `${HOSTS - TAMPERED} of ${HOSTS} hosts` }).waitFor();
      await page.getByRole('navigation').getByRole('link', { name: 'Policy' }).click();
    });
    test.afterAll(async () => {
      await page.context().close();
      await shell.stop();
    });

    const editor = () => page.getByRole('textbox', { name: /YAML/ });
    /** As with the keyboard: all that is there is deleted first. */
    const write = async (text: string): Promise<void> => {
      await editor().press('Control+A');
      await page.keyboard.press('Delete');
      await page.keyboard.insertText(text);
    };
    /** What is marked in the text, which is in a shadow root. */
    const selected = (): Promise<string> => editor().evaluate((content) => content.ownerDocument.getSelection()?.toString() ?? '');

    test('sees which version is in force, with its text', async () => {
      await expect(page.getByRole('main')).toContainText('demo-fleet, version 1, is in force.');
      await expect(editor()).toContainText('kind: TrustManifest');
      await expect(page.getByRole('button', { name: 'Activate' })).toBeDisabled();
    });

    test('is told what is wrong while typing, and led to the place', async () => {
      await write(ONLY_US.replace('countries', 'countrys'));
      const problems = page.getByRole('region', { name: 'Problems' });
      await expect(problems).toContainText('has an unknown key "countrys"');
      await expect(problems).toContainText('Did you mean countries?');
      await problems.getByRole('button', { name: 'Line 5, column 22' }).click();
      await expect(editor()).toBeFocused();
      expect(await selected()).toBe('countrys');
      await expect(page.getByRole('button', { name: 'What if' })).toBeDisabled();
    });

    test('takes what was meant with one key, and is offered what may stand there', async () => {
      await page.getByRole('region', { name: 'Problems' }).getByRole('button', { name: 'Write countries' }).press('Enter');
      await expect(editor()).toBeFocused();
      await expect(editor()).toContainText('countries: [US]');
      await expect(page.getByRole('region', { name: 'Problems' })).toHaveCount(0);
      await editor().press('Control+End');
      await page.keyboard.type('fresh');
      const offers = page.getByRole('listbox', { name: 'Completions' });
      await expect(offers.getByRole('option', { name: 'freshness' })).toBeVisible();
      await expect(page.getByText('How old evidence may be.')).toBeVisible();
      await offers.getByRole('option', { name: 'freshness' }).click();
      // It goes on offering: what was put in asks for a key of its own.
      await offers.getByRole('option', { name: 'maxAge' }).click();
      await page.keyboard.type('5m');
      await expect(editor()).toContainText('freshness:  maxAge: 5m');
      await expect(page.getByRole('main')).toContainText('It can be read.');
      // What is typed there is text, and no key of the console.
      await page.keyboard.type(' # ?');
      await expect(page.getByRole('dialog')).toHaveCount(0);
      await page.keyboard.press('Tab');
      await expect(editor()).not.toBeFocused();
    });

    test('tries it out first: who would change, and why', async () => {
      await write(ONLY_US);
      await page.getByRole('button', { name: 'What if this were in force?' }).click();
      const changes = page.getByRole('table', { name: 'Hosts that would change' });
      await expect(changes).toContainText('it may only be in us');
      await expect(changes.getByRole('row').nth(1)).toContainText('Failed');
      await expect(page.getByRole('region', { name: 'What if' })).toContainText(/\d+ hosts of 30 would change, \d+ would newly fail/);
    });

    test('the browser has nothing to complain of: the editor needs no right that the page does not have', () => {
      expect(complaints.all()).toEqual([]);
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
      await write(ONLY_US);
      await expect(page.getByRole('button', { name: 'Activate' })).toBeEnabled();
      await write(`${ONLY_US}nonsense: true\n`);
      expect(await page.getByRole('button', { name: 'Activate' }).isDisabled()).toBe(true);
      await write(ONLY_US);
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
      await expect(editor()).toContainText('name: demo-fleet');
      await page.getByRole('textbox', { name: 'Reason, for the record' }).fill('Back to what was.');
      await page.getByRole('button', { name: 'Activate' }).click();
      await expect(page.getByRole('main')).toContainText('demo-fleet, version 3, is in force.');
      await expect(page.getByRole('listitem').filter({ hasText: 'Version 2, only-us' })).toContainText('Replaced');
    });
  });
