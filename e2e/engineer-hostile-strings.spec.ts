import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { openSession, watchComplaints } from './harness/browser.ts';
import { type Console, type Fleet, runCommand, startConsole, startFleet, temporaryFolder } from './harness/commands.ts';
import { HOSTILE, type HostileEndpoint, startHostileEndpoint } from './harness/hostile.ts';

const HOSTS = Object.keys(HOSTILE).length;
/** The hosts of the fleet and the one whose entry cannot be read. */
const SHOWN = HOSTS + 1;

/** Controls, direction overrides and invisible characters; tab and line feed are layout. */
// oxlint-disable-next-line no-control-regex -- exactly these must not come through
const RAW = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/u;

const nothingRan = async (page: Page): Promise<void> => {
  expect(await page.evaluate(() => Reflect.get(window, '__pwned') as unknown)).toBeUndefined();
  expect(await page.locator('img, iframe, a[href^="javascript:" i], script:not([src])').count()).toBe(0);
  expect(await page.locator('body').innerText()).not.toMatch(RAW);
  expect(await page.title()).not.toMatch(/pwned/);
};

test.describe('an engineer looks at hosts with hostile names', () => {
  let fleet: Fleet;
  let endpoint: HostileEndpoint;
  let shell: Console;
  let context: BrowserContext;

  test.beforeAll(async ({ browser }) => {
    fleet = await startFleet(['--hosts', String(HOSTS), '--tamper', '0', '--seed', '11']);
    endpoint = await startHostileEndpoint(fleet, temporaryFolder('hostile'));
    shell = await startConsole(['--endpoints', endpoint.endpointsFile]);
    context = await openSession(browser, shell);
    const page = await context.newPage();
    await page.goto('/#/hosts');
    await expect(page.getByRole('status').filter({ hasText: 'hosts' })).toHaveText(`${SHOWN} hosts`);
    await page.close();
  });
  test.afterAll(async () => {
    await context.close();
    await shell.stop();
    await endpoint.close();
    await fleet.stop();
  });

  test('every page shows them as text, and nothing of them runs', async () => {
    const page = await context.newPage();
    const complaints = await watchComplaints(page);
    for (const address of ['/#/overview', '/#/endpoints', '/#/hosts']) {
      await page.goto(address);
      await expect(page.getByRole('main')).toContainText(/hostile|hosts/);
      await nothingRan(page);
    }
    const grid = page.getByRole('grid', { name: 'Hosts' });
    await expect(grid).toContainText(HOSTILE.image);
    await expect(grid).toContainText(HOSTILE.script);
    await expect(grid).toContainText('bidi \\u{202e}txt.exe');
    await expect(grid).toContainText('terminal \\x1b[2J');
    await expect(grid).toContainText('(4000 characters)');
    expect(complaints.all()).toEqual([]);
    await page.close();
  });

  for (const [kind, text] of Object.entries(HOSTILE)) {
    test(`the host called by a hostile ${kind} can be opened, tab by tab`, async () => {
      const page = await context.newPage();
      const complaints = await watchComplaints(page);
      await page.goto('/#/hosts');
      await page
        .getByRole('grid')
        .getByRole('link', { name: new RegExp(`^${kind.slice(0, 4)}`) })
        .click({ position: { x: 4, y: 4 } });
      await expect(page.getByRole('heading', { level: 1 })).toContainText(text.slice(0, 4));
      await nothingRan(page);
      for (const tab of await page.getByRole('tab').all()) {
        await tab.click();
        await expect(page.getByRole('tabpanel')).not.toBeEmpty();
        await nothingRan(page);
      }
      await expect(page.getByRole('region', { name: 'Reported beside verified' })).toContainText(`Verifier says FAIL: ${text.slice(0, 4)}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(overflow, 'nor does it burst the page').toBeLessThanOrEqual(0);
      expect(complaints.all()).toEqual([]);
      await page.close();
    });
  }

  test('an entry of wrong types is one host that says so, and is not trusted', async () => {
    const page = await context.newPage();
    await page.goto('/#/hosts?q=wrong-types');
    await page.getByRole('grid').getByRole('link', { name: 'wrong-types' }).click();
    await expect(page.getByRole('main')).toContainText('cannot be read: field "operational_state" is wrong');
    await expect(page.getByRole('heading', { level: 1 })).not.toContainText('is true to its hardware root');
    await page.close();
  });

  test('a hostile address is shown as an address that leads nowhere', async () => {
    const page = await context.newPage();
    const complaints = await watchComplaints(page);
    for (const address of [
      '/#/<img src=x onerror=window.__pwned=1>',
      '/#/hosts/%3Cimg%20src=x%20onerror=window.__pwned=1%3E',
      '/#/hosts?q=%3Cscript%3Ewindow.__pwned=1%3C/script%3E&endpoint=%3Cimg%20src=x%3E&country=%3C%22&sort=--x&older=-1',
      '/#/hosts/%E0%A4%A',
      '/#javascript:window.__pwned=1',
    ]) {
      await page.goto('/#/overview');
      await page.goto(address);
      await expect(page.getByRole('main')).toContainText(
        /There is no such page|No endpoint has ever named this host|No host matches|This filter cannot be read/,
      );
      await nothingRan(page);
    }
    expect(complaints.all()).toEqual([]);
    await page.close();
  });

  test('the terminal gets no control character of theirs, and no line of their making', async () => {
    for (const format of [[], ['--json']]) {
      const result = await runCommand(['poll', '--endpoints', endpoint.endpointsFile, '--once', ...format]);
      expect(result.code).toBe(1);
      expect(`${result.stdout}${result.stderr}`).not.toMatch(RAW);
      expect(result.stdout).not.toMatch(/^9 hosts: 9 trusted/m);
      expect(result.stdout).toContain('wrong-types');
    }
  });
});
