import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { obstacles, tabTo } from './harness/accessibility.ts';
import { beyondTheEdge, openSession, watchComplaints } from './harness/browser.ts';
import { type Console, startConsole, temporaryFolder } from './harness/commands.ts';
import { HOSTILE } from './harness/hostile.ts';
import { seedHosts } from './harness/seed.ts';

const HOSTS = 1_200;
/** Of three causes: 600 loaders, 599 kernels, and one that says what it should not. */
const findingOf = (index: number) => {
  const what = index === 0 ? HOSTILE.image : index % 2 === 0 ? 'Boot loader changed' : 'Kernel changed';
  return {
    kind: 'host-failed' as const,
    severity: index % 2 === 0 ? ('critical' as const) : ('warning' as const),
    cause: `host-failed/${index === 0 ? 'hostile' : index % 2 === 0 ? 'loader' : 'kernel'}`,
    what,
    title: `${what}: node-${String(index).padStart(5, '0')}`,
    detail: index === 0 ? `${HOSTILE.script} ${HOSTILE.bidi}` : 'It measures another digest than any that is allowed.',
    momentary: false,
  };
};

test.describe
  .serial('an engineer works through what was found', () => {
    let shell: Console;
    let context: BrowserContext;
    let page: Page;
    let complaints: Awaited<ReturnType<typeof watchComplaints>>;
    const grid = () => page.getByRole('grid', { name: /^Findings/u });
    const rows = (n: number) => expect(grid()).toHaveAttribute('aria-rowcount', String(n + 1));
    const detail = () => page.getByRole('complementary', { name: 'The opened finding' });
    const justDone = () => page.getByRole('region', { name: 'Just done' });
    const dialog = () => page.getByRole('dialog', { name: 'Decide about all that match' });

    test.beforeAll(async ({ browser }) => {
      const folder = temporaryFolder('findings');
      seedHosts(folder, HOSTS, (index) => ({ findings: [findingOf(index)] }));
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

    test('by keys alone: to the page, into the list, one opened, acknowledged, and that undone', async () => {
      await page.keyboard.press('g');
      await page.keyboard.press('f');
      await expect(page.getByRole('heading', { level: 1, name: 'Findings' })).toBeVisible();
      await rows(HOSTS);
      await tabTo(page, 'grid', /^Findings/u);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect(detail().getByRole('heading', { level: 2 })).toHaveText(/Boot loader changed: node-/u);
      await tabTo(page, 'button', /^Acknowledge$/u);
      await page.keyboard.press('Enter');
      await expect(justDone()).toContainText('Acknowledged: Boot loader changed');
      await expect(justDone().getByRole('button', { name: 'Undo' })).toBeFocused();
      await expect(
        detail()
          .getByRole('list', { name: /became of it/u })
          .getByRole('listitem')
          .first(),
      ).toContainText('Acknowledged');
      await page.keyboard.press('Enter');
      await expect(justDone()).toContainText('Undone');
      await expect(
        detail()
          .getByRole('list', { name: /became of it/u })
          .getByRole('listitem')
          .first(),
      ).toContainText('Acknowledgement taken back');
      await page.keyboard.press('Escape');
      await expect(justDone()).toBeHidden();
      await expect(grid()).toBeFocused();
    });

    test('a waiver needs an end in UTC and a reason, and what is wrong is said at the field', async () => {
      await detail().getByRole('button', { name: 'Waive…' }).click();
      const form = detail().getByRole('form', { name: /^Waive/u });
      await expect(form.getByRole('textbox', { name: 'Until, UTC' })).toBeFocused();
      await page.keyboard.type('2001-01-01');
      await page.keyboard.press('Enter');
      await expect(form.getByText('A waiver must end in the future.')).toBeVisible();
      await expect(form.getByText('Say why: whoever reads it later needs it.')).toBeVisible();
      const day = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
      await form.getByRole('textbox', { name: 'Until, UTC' }).fill(day);
      await form.getByRole('textbox', { name: 'Reason' }).fill('Replaced on Friday.');
      await form.getByRole('button', { name: 'Waive' }).click();
      await expect(justDone()).toContainText('Waived');
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: 'Waivers that run out in 14 days' }).click();
      await rows(1);
      await expect(page).toHaveURL(/state=waived&ends=14/u);
    });

    test('the address holds the whole question, and a reload asks it again', async () => {
      await page.goto('/#/findings');
      await page.getByRole('searchbox', { name: 'Search findings' }).fill('kernel node-00011');
      await rows(1);
      await expect(page).toHaveURL(/q=kernel%20node-00011/u);
      await page.reload();
      await rows(1);
      await page.getByRole('link', { name: 'Undo filter' }).click();
      await rows(HOSTS);
    });

    test('all that match are acknowledged at once, as many as were shown before and no others, and that is undone', async () => {
      await page.goto('/#/findings?state=open&severity=warning');
      await rows(HOSTS / 2);
      await page.getByRole('button', { name: 'Decide about all 600…' }).click();
      await page.getByRole('button', { name: 'Look at what would change' }).click();
      await expect(dialog()).toContainText('600 findings on 600 hosts would change, none of them critical.');
      await dialog().getByRole('button', { name: 'Acknowledge 600 findings' }).click();
      await expect(justDone()).toContainText(/Acknowledged: 600 findings, entry [\d,]+ of the ledger/u);
      await expect(page.getByText('No finding matches this filter.')).toBeVisible();
      await justDone().getByRole('button', { name: 'Undo' }).click();
      await rows(HOSTS / 2);
    });

    test('where the number changed since, it says so, shows the new one, and waits', async () => {
      await page.goto('/#/findings?state=open&severity=warning');
      await page.getByRole('button', { name: 'Decide about all 600…' }).click();
      await page.getByRole('button', { name: 'Look at what would change' }).click();
      await expect(dialog()).toContainText('600 findings');
      const other = await context.newPage();
      await other.goto('/#/findings?state=open&severity=warning&finding=2');
      await other.getByRole('button', { name: 'Acknowledge', exact: true }).click();
      await expect(other.getByRole('region', { name: 'Just done' })).toBeVisible();
      await other.close();
      await dialog().getByRole('button', { name: 'Acknowledge 600 findings' }).click();
      await expect(dialog()).toContainText('600 findings were to be changed, and now it is 599. Nothing was changed.');
      await expect(dialog().getByRole('button', { name: 'Acknowledge 599 findings' })).toBeVisible();
      await dialog().getByRole('button', { name: 'Cancel' }).click();
      await rows(HOSTS / 2 - 1);
    });

    test('by cause: one row for all hosts on which the same broke, and one decision for them', async () => {
      await page.goto('/#/findings?by=cause');
      const causes = page.getByRole('grid', { name: /^Causes/u });
      await expect(causes).toHaveAttribute('aria-rowcount', '4');
      await tabTo(page, 'grid', /^Causes/u);
      await page.keyboard.press('Enter');
      const opened = page.getByRole('complementary', { name: 'The opened cause' });
      await expect(opened.getByRole('heading', { level: 2 })).toHaveText(/^599 hosts .*Boot loader changed\.$/u);
      await opened.getByRole('button', { name: 'Decide about all 599 findings…' }).click();
      await dialog().getByRole('button', { name: 'Waive', exact: true }).click();
      await dialog()
        .getByRole('textbox', { name: 'Until, UTC' })
        .fill(new Date(Date.now() + 86_400_000).toISOString().slice(0, 10));
      await dialog().getByRole('textbox', { name: 'Reason' }).fill('A planned update.');
      await dialog().getByRole('button', { name: 'Look at what would change' }).click();
      await dialog().getByRole('button', { name: 'Waive 599 findings' }).click();
      await expect(justDone()).toContainText('599 findings');
      await expect(opened).toContainText('0 open, 0 acknowledged, 599 waived');
    });

    test('the ledger tells of the decision once, with its query and the count', async () => {
      await page.goto('/#/record?kind=findings');
      await expect(
        page.getByRole('grid').getByText(/^Waived until .*: 599 findings, all that match open_only = true and cause = /u),
      ).toBeVisible();
    });

    test('exactly this list is exported', async () => {
      await page.goto('/#/findings?state=waived');
      await rows(599);
      await page.getByRole('button', { name: 'Export…' }).click();
      const exporting = page.getByRole('dialog', { name: 'Export findings' });
      await expect(exporting).toContainText('599 findings');
      await expect(exporting).toContainText('state in (waived)');
      await page.keyboard.press('Escape');
    });

    test('hostile words stay words', async () => {
      await page.goto('/#/findings?q=onerror&finding=1');
      await rows(1);
      await expect(detail().getByRole('heading', { level: 2 })).toContainText('<img src=x onerror=');
      expect(await page.evaluate(() => Reflect.get(window, '__pwned'))).toBe(undefined);
      await page.goto(`/#/findings?person=${encodeURIComponent(HOSTILE.script)}&cause=${encodeURIComponent(HOSTILE.image)}`);
      await expect(page.getByText('No finding matches this filter.')).toBeVisible();
    });

    test('a finding that there is not is said', async () => {
      await page.goto('/#/findings?finding=999999');
      await expect(detail()).toContainText('There is no finding 999999.');
    });

    for (const colorScheme of ['light', 'dark'] as const)
      test(`nothing stands in the way, ${colorScheme}`, async () => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        for (const address of ['/#/findings?finding=3', '/#/findings?by=cause&cause=host-failed%2Fkernel']) {
          await page.goto(address);
          await page.reload();
          await expect(page.getByRole('complementary').getByRole('heading', { level: 2 })).toBeVisible();
          expect(await obstacles(page)).toEqual([]);
          await page.setViewportSize({ width: 640, height: 400 });
          expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
          await page.setViewportSize({ width: 1280, height: 800 });
        }
      });
  });
