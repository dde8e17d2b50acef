import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { obstacles, tabTo } from './harness/accessibility.ts';
import { beyondTheEdge, openSession, watchComplaints } from './harness/browser.ts';
import { type Console, runCommand, startConsole, startFleet, temporaryFolder } from './harness/commands.ts';

const DIGEST = 'ab'.repeat(32);
const OTHER = 'cd'.repeat(32);

test.describe
  .serial('an engineer says what is good', () => {
    let shell: Console;
    let context: BrowserContext;
    let page: Page;
    let complaints: Awaited<ReturnType<typeof watchComplaints>>;
    const sets = () => page.getByRole('grid', { name: /^Sets of reference values/u });
    const opened = () => page.getByRole('region', { name: 'The opened set' });
    const field = (name: string) => page.getByRole('textbox', { name, exact: true });
    const propose = () => page.getByRole('button', { name: 'Propose', exact: true });

    test.beforeAll(async ({ browser }) => {
      test.setTimeout(120_000);
      const folder = temporaryFolder('references');
      const fleet = await startFleet([
        '--hosts',
        '12',
        '--seed',
        '7',
        '--incident',
        'boot-loader-changed=2',
        '--incident',
        'unknown-binary=4',
      ]);
      await runCommand(['poll', '--endpoints', fleet.endpointsFile, '--data', folder, '--once']);
      await fleet.stop();
      shell = await startConsole([], folder);
      context = await openSession(browser, shell);
      page = await context.newPage();
      complaints = await watchComplaints(page);
      await page.goto('/#/overview');
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    });
    test.afterAll(async () => {
      expect(complaints.all()).toEqual([]);
      await context.close();
      await shell.stop();
    });

    test('where there is none yet, it is said what hosts are judged by', async () => {
      await page.keyboard.press('g');
      await page.keyboard.press('v');
      await expect(page.getByRole('heading', { level: 1, name: 'Reference values' })).toBeVisible();
      await expect(page.getByText('No reference values of our own yet.')).toBeVisible();
    });

    test('by keys alone: values are typed, a wrong line is named, a set is proposed and approved', async () => {
      await tabTo(page, 'button', 'Type values…');
      await page.keyboard.press('Enter');
      await expect(field('Values, one a line')).toBeFocused();
      await page.keyboard.type(`${DIGEST}  /usr/bin/good\nnonsense`);
      await tabTo(page, 'textbox', 'Name');
      await page.keyboard.type('build 41');
      await tabTo(page, 'textbox', 'Reason');
      await page.keyboard.type('Published by the build.');
      await tabTo(page, 'button', /^Propose$/u);
      await page.keyboard.press('Enter');
      await expect(page.getByText('Line 2 cannot be read: nonsense')).toBeVisible();
      await field('Values, one a line').fill(`${DIGEST}  /usr/bin/good\nexclude /var/tmp/.*`);
      await propose().press('Enter');
      await expect(opened().getByRole('heading', { level: 2 })).toHaveText('Set 1, build 41');
      await expect(page.getByText('Set 1 is proposed: 1 file, 1 exclusion. Nothing counts before it is approved.')).toBeVisible();
      await tabTo(page, 'button', 'Approve…');
      await page.keyboard.press('Enter');
      await tabTo(page, 'textbox', 'Reason');
      await page.keyboard.type('Compared with the build.');
      await tabTo(page, 'button', /^Approve$/u);
      await page.keyboard.press('Enter');
      await expect(opened()).toContainText('Set 1 is approved.');
      await expect(opened().getByRole('heading', { level: 2 })).toBeFocused();
      await expect(opened()).toContainText('In force');
    });

    test('a set that replaces another is shown with what it adds and leaves out', async () => {
      await page.getByRole('button', { name: 'Type values…' }).click();
      await field('Values, one a line').fill(`${OTHER}  /opt/<img src=x onerror=window.__pwned=1>\nexclude /var/tmp/.*`);
      await field('Name').fill('build 42');
      await field('Replaces set').fill('1');
      await field('Reason').fill('The next build.');
      await propose().click();
      await opened().getByRole('tab', { name: 'Difference to the set before' }).click();
      await expect(opened()).toContainText('Against set 1: 1 added, 1 left out.');
      const difference = page.getByRole('grid', { name: 'Difference to the set before' });
      await expect(difference).toHaveAttribute('aria-rowcount', '3');
      await expect(difference.getByText('/opt/<img src=x onerror=window.__pwned=1>')).toBeVisible();
      expect(await page.evaluate(() => Reflect.get(window, '__pwned'))).toBe(undefined);
      await expect(sets()).toHaveAttribute('aria-rowcount', '3');
    });

    test('items are searched', async () => {
      await opened()
        .getByRole('tab', { name: /^Items/u })
        .click();
      await opened().getByRole('searchbox', { name: 'Search items' }).fill('onerror cdcd');
      await expect(opened().getByText('1 item', { exact: true })).toBeVisible();
      await opened().getByRole('searchbox', { name: 'Search items' }).fill('nowhere');
      await expect(opened().getByText('No item has all of these words.')).toBeVisible();
    });

    test('a withdrawal says first which hosts were judged by it, and what is not evaluated', async () => {
      await page.goto('/#/references?set=1');
      await opened().getByRole('button', { name: 'Withdraw…' }).click();
      const asked = opened().getByRole('region', { name: 'Withdraw set 1' });
      await expect(asked).toContainText('Its scope means 12 of 12 hosts. 0 of them were judged by it last');
      await expect(asked).toContainText('is not evaluated');
      await asked.getByRole('button', { name: 'Withdraw', exact: true }).click();
      await expect(asked).toContainText('Say why: it is entered into the ledger.');
      await asked.getByRole('textbox', { name: 'Reason' }).fill('Replaced.');
      await asked.getByRole('button', { name: 'Withdraw', exact: true }).click();
      await expect(opened()).toContainText('Set 1 is withdrawn.');
      await expect(opened().getByRole('button', { name: 'Withdraw…' })).toBeHidden();
    });

    test('what a failed host has is proposed from its page', async () => {
      await page.goto('/#/hosts?verdict=failed&link=boot-loader');
      await page.getByRole('grid').getByRole('link').first().click();
      await page.getByRole('link', { name: 'Propose as reference value…' }).click();
      await expect(page.getByRole('heading', { name: 'Propose what a failed host has' })).toBeVisible();
      await expect(field('Host')).not.toHaveValue('');
      await field('Name').fill('a planned change');
      await field('Reason').fill('It was announced.');
      await propose().click();
      await expect(page.getByText(/^Set 3 is proposed: /u)).toBeVisible();
    });

    test('a file that is no JSON is named by its line', async () => {
      await page.goto('/#/references?form=import');
      await page
        .getByLabel('File', { exact: true })
        .setInputFiles({ name: 'policy.json', mimeType: 'application/json', buffer: Buffer.from('{\n"a": }\n') });
      await expect(page.getByText('The file is no JSON: line 2 cannot be read.')).toBeVisible();
      await page
        .getByLabel('File', { exact: true })
        .setInputFiles({ name: 'large.json', mimeType: 'application/json', buffer: Buffer.alloc(300_000, 32) });
      await expect(page.getByText(/The file is too large: at most 0.2 MiB/u)).toBeVisible();
      await page.keyboard.press('Escape');
    });

    test('what needs somebody is said in sentences with the next step', async () => {
      await page.goto('/#/references?set=2');
      await opened().getByRole('button', { name: 'Approve…' }).click();
      await opened().getByRole('textbox', { name: 'Reason' }).fill('For the lint.');
      await opened().getByRole('button', { name: 'Approve', exact: true }).click();
      // It was to replace a set that is withdrawn meanwhile.
      await expect(opened()).toContainText('Set 1 is not approved, so nothing can replace it.');
      await page.getByRole('button', { name: 'Look for sets that need somebody' }).click();
      await expect(page.getByText(/the evidence of \d+ hosts was looked at/u)).toBeVisible();
    });

    for (const colorScheme of ['light', 'dark'] as const)
      test(`nothing stands in the way, ${colorScheme}`, async () => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        for (const address of ['/#/references?set=2', '/#/references?form=import', '/#/references?form=type']) {
          await page.goto(address);
          await page.reload();
          await expect(sets()).toBeVisible();
          expect(await obstacles(page)).toEqual([]);
          await page.setViewportSize({ width: 640, height: 400 });
          expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
          await page.setViewportSize({ width: 1280, height: 800 });
        }
      });
  });
