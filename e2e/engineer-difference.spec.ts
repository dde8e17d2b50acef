import { type BrowserContext, expect, type Page } from '@playwright/test';
import { obstacles, tabTo } from './harness/accessibility.ts';
import { beyondTheEdge, openSession, watchComplaints } from './harness/browser.ts';
import { type Console, type Fleet, startConsole, temporaryFolder } from './harness/commands.ts';
import { seedLists } from './harness/seed-lists.ts';
import { groundTruth, test } from './harness/test.ts';

const idOf = (fleet: Fleet, incident: string): string =>
  `demo-fleet/${groundTruth(fleet).find((host) => host.incident === incident)?.id ?? ''}`;
const hostOf = (fleet: Fleet, incident: string): string => `/#/hosts/${encodeURIComponent(idOf(fleet, incident))}`;
const grid = (page: Page) => page.getByRole('grid', { name: /side by side/u });
const chosen = (page: Page) => page.getByRole('region', { name: 'The chosen line' });
const title = (page: Page) => page.getByRole('heading', { level: 1 });

test.describe('an engineer sees what differs', () => {
  test('a changed boot loader: from the host to both digests, with what is proven apart from what is claimed', async ({
    fleetPage: page,
    fleet,
  }) => {
    const complaints = await watchComplaints(page);
    await page.goto(hostOf(fleet, 'boot-loader-changed'));
    await page.getByRole('link', { name: 'See the difference' }).first().click();
    await expect(title(page)).toContainText('First divergence: Boot loader changed');
    await expect(grid(page).getByRole('row').filter({ hasText: 'changed' }).first()).toBeInViewport();
    await expect(chosen(page)).toContainText('reference value');
    await expect(chosen(page)).toContainText('proven: the log replays to the value that the TPM signed');
    await expect(chosen(page)).toContainText('claimed: the digest does not cover it');
    await expect(page.getByRole('region', { name: 'What this does not say' })).toContainText('stops at the first difference');
    expect(complaints.all()).toEqual([]);
  });

  test('by keyboard alone: what did not change is unfolded, a field marks its bytes, and a byte its field', async ({
    fleetPage: page,
    fleet,
  }) => {
    const complaints = await watchComplaints(page);
    await page.goto(`${hostOf(fleet, 'boot-loader-changed')}/difference?with=peer`);
    await expect(title(page)).toContainText('PCR 4');
    await expect(title(page)).toContainText('grub');
    await tabTo(page, 'grid', /side by side/u);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await expect(grid(page)).toContainText('unfolded');
    await expect(chosen(page)).toContainText('grub');
    await page.keyboard.press('Enter');
    await expect(grid(page)).not.toContainText('unfolded');
    await page.keyboard.press('f');
    await expect(page.getByRole('button', { name: 'Fold what did not change' })).toBeVisible();
    await page.keyboard.press('f');
    await tabTo(page, 'tree', /Fields of boot event/u);
    await page.keyboard.press('Home');
    for (let step = 0; step < 20; step += 1) {
      if ((await page.locator('[role=treeitem][aria-selected=true]').textContent())?.startsWith('digest sha256') === true) break;
      await page.keyboard.press('ArrowDown');
    }
    const marked = page.locator('[role=gridcell][data-marked=true]');
    await expect(marked).toHaveCount(32);
    const digest = (await marked.allTextContents()).join('');
    await expect(chosen(page)).toContainText(digest.slice(0, 8));
    await tabTo(page, 'grid', /Bytes of boot event/u);
    await page.keyboard.press('Control+Home');
    await expect(page.locator('[role=treeitem][aria-selected=true]')).toContainText('PCR');
    await expect(page.getByText(/Byte \d+ \(0x[0-9a-f]+\): 0x04, of PCR: 4/u)).toBeVisible();
    expect(complaints.all()).toEqual([]);
  });

  test('an unknown program, and the next change by a key where there are several', async ({ fleetPage: page, fleet }) => {
    await page.goto(hostOf(fleet, 'unknown-binary'));
    await page.getByRole('link', { name: 'See the difference' }).first().click();
    await expect(title(page)).toContainText(/\/tmp\/\.x\/.* is not in the reference/u);
    await expect(chosen(page)).toContainText('No reference value speaks of it.');
    await page.goto(`${hostOf(fleet, 'secure-boot-off')}/difference?with=peer`);
    await expect(page.getByText(/Change 1 of \d+/u)).toBeVisible();
    const before = await title(page).textContent();
    await page.keyboard.press('n');
    await expect(page.getByText(/Change 2 of \d+/u)).toBeVisible();
    await page.keyboard.press('p');
    await expect(page.getByText(/Change 1 of \d+/u)).toBeVisible();
    expect(await title(page).textContent()).toBe(before);
  });

  test('what is not there says why, and leads to what is', async ({ fleetPage: page, fleet }) => {
    await page.goto(`${hostOf(fleet, 'boot-loader-changed')}/difference?with=previous-boot`);
    await expect(title(page)).toContainText('There is no previous boot');
    await page.getByRole('link', { name: 'Hold it against the reference values' }).click();
    await expect(title(page)).toContainText('First divergence');
  });

  test('a change is copied as evidence, with digests, times, verdict and a link that leads back', async ({ fleetPage: page, fleet }) => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto(`${hostOf(fleet, 'boot-loader-changed')}/difference?with=peer`);
    await expect(title(page)).toContainText('PCR 4');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('copy this change');
    await page.keyboard.press('Enter');
    await expect(page.getByText('Copied', { exact: true })).toBeVisible();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text).toMatch(/Host: .*failed, \d{4}-\d\d-\d\dT.*Z, SHA-256 [0-9a-f]{64}/u);
    expect(text).toMatch(/This host: [0-9a-f]{64} \(sha256\); proven/u);
    const link = text.trim().split('\n').at(-1) ?? '';
    const said = await title(page).textContent();
    await page.goto('/#/overview');
    await page.goto(link.replace(/^https?:\/\/[^/]+/u, ''));
    await expect(title(page)).toHaveText(said ?? '');
  });

  test('a change that was meant is proposed as a reference value, with a reason', async ({ fleetPage: page, fleet }) => {
    await page.goto(`${hostOf(fleet, 'kernel-changed')}/difference`);
    await page.getByRole('button', { name: 'Propose as reference value…' }).click();
    await page.getByRole('button', { name: 'Propose', exact: true }).click();
    await expect(page.getByText('This is needed, so that whoever approves it knows why.')).toBeVisible();
    await page.getByRole('textbox', { name: 'Reason' }).fill('kernel update of November');
    await page.getByRole('button', { name: 'Propose', exact: true }).click();
    await expect(page.getByText(/Proposal \d+ was made.*Nothing counts before it is approved/u)).toBeVisible();
  });

  test('what a host wrote into its log is text, and an address that names nothing leads nowhere', async ({ fleetPage: page }) => {
    const complaints = await watchComplaints(page);
    for (const address of [
      '/#/hosts/%3Cimg%20src=x%20onerror=window.__pwned=1%3E/difference?with=peer&peer=%3Cscript%3E',
      '/#/hosts/nobody/difference?with=%22%3E&log=x&at=-1',
    ]) {
      await page.goto(address);
      await expect(page.getByText('No endpoint has ever named this host.')).toBeVisible();
      expect(await page.evaluate(() => Reflect.get(window, '__pwned') as unknown)).toBeUndefined();
    }
    expect(complaints.all()).toEqual([]);
  });

  for (const colorScheme of ['light', 'dark'] as const)
    test(`nothing stands in the way, ${colorScheme}`, async ({ fleetPage: page, fleet }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const address of [
        `${hostOf(fleet, 'boot-loader-changed')}/difference?with=peer`,
        `${hostOf(fleet, 'boot-loader-changed')}?tab=bytes`,
      ]) {
        await page.goto(address);
        await expect(page.getByRole('tree').first()).toBeVisible();
        expect(await obstacles(page)).toEqual([]);
        await page.setViewportSize({ width: 640, height: 800 });
        expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
        await page.setViewportSize({ width: 1280, height: 800 });
      }
    });
});

test.describe
  .serial('an engineer compares long lists', () => {
    const FILES = 20_000;
    const LOG_BYTES = 60 * 1024;
    let shell: Console;
    let context: BrowserContext;
    let page: Page;
    let changed: number;
    let complaints: Awaited<ReturnType<typeof watchComplaints>>;

    test.beforeAll(async ({ browser }) => {
      const folder = temporaryFolder('long-lists');
      ({ changed } = seedLists(folder, FILES, LOG_BYTES));
      shell = await startConsole([], folder);
      context = await openSession(browser, shell);
      page = await context.newPage();
      complaints = await watchComplaints(page);
      // Tasks longer than 50 ms, which is what keeps a key from being answered at once.
      await page.addInitScript(() => {
        const tasks: number[] = [];
        Reflect.set(window, '__longTasks', tasks);
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) tasks.push(Math.round(entry.duration));
        }).observe({ type: 'longtask', buffered: true });
      });
    });
    test.afterAll(async () => {
      await context.close();
      await shell.stop();
      expect(complaints.all()).toEqual([]);
    });
    const longTasks = (): Promise<readonly number[]> => page.evaluate(() => [...(Reflect.get(window, '__longTasks') as number[])]);

    test('every change of twenty thousand files is reached by a key, and only the rows that are seen exist', async () => {
      await page.goto('/#/hosts/dc%2Fone/difference?with=peer&log=programs');
      await expect(title(page)).toContainText('has other content');
      await expect(page.getByText(`${changed} changed`)).toBeVisible();
      for (let step = 2; step <= changed; step += 1) {
        await page.keyboard.press('n');
        await expect(page.getByText(`Change ${step} of ${changed}`)).toBeVisible();
      }
      await expect(chosen(page)).toContainText(`program-${FILES - 1}`);
      await page.keyboard.press('f');
      await expect(page.getByRole('button', { name: 'Fold what did not change' })).toBeVisible();
      await grid(page).focus();
      await page.keyboard.press('End');
      await expect(grid(page)).toContainText(`program-${FILES - 1}`);
      expect(await grid(page).getByRole('row').count()).toBeLessThan(80);
      await test.info().attach('long-tasks', { body: JSON.stringify(await longTasks()) });
    });

    test('two logs of sixty kilobytes are compared, and what a host wrote into one is text', async () => {
      await page.goto('/#/hosts/dc%2Fone/difference?with=peer');
      await expect(title(page)).toContainText('<img src=x onerror=window.__pwned=1>');
      await expect(chosen(page)).toContainText('<img src=x');
      expect(await page.evaluate(() => Reflect.get(window, '__pwned') as unknown)).toBeUndefined();
      expect(await page.locator('img').count()).toBe(0);
      await page.getByRole('grid', { name: /Bytes of boot event/u }).focus();
      for (let step = 0; step < 40; step += 1) await page.keyboard.press('ArrowDown');
      await page.goto('/#/hosts/dc%2Fone?tab=bytes');
      const bytes = page.getByRole('grid', { name: /Bytes of boot event/u });
      await bytes.focus();
      await page.keyboard.press('Control+End');
      await expect(page.getByText(/Byte 6\d{4} \(0x[0-9a-f]+\): 0x00/u)).toBeVisible();
      expect(await bytes.getByRole('row').count()).toBeLessThan(60);
      await test.info().attach('long-tasks', { body: JSON.stringify(await longTasks()) });
    });
  });
