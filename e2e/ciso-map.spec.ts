import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { obstacles } from './harness/accessibility.ts';
import { beyondTheEdge, openSession, watchComplaints } from './harness/browser.ts';
import { type Console, startConsole, temporaryFolder } from './harness/commands.ts';
import { seedMap } from './harness/seed-map.ts';

test.describe
  .serial('a CISO sees where the fleet is said to be', () => {
    let shell: Console;
    let context: BrowserContext;
    let page: Page;
    let complaints: Awaited<ReturnType<typeof watchComplaints>>;
    const map = () => page.getByRole('region', { name: /^World map/u });
    const marks = () => map().getByRole('link');
    const places = () => page.getByRole('table', { name: /^Hosts by place/u });
    const row = (name: RegExp) => places().getByRole('row', { name });
    const slider = () => page.getByRole('slider', { name: 'Moment' });
    const heading = () => page.getByRole('heading', { level: 1 });

    test.beforeAll(async ({ browser }) => {
      const folder = temporaryFolder('map');
      seedMap(folder);
      shell = await startConsole([], folder);
      context = await openSession(browser, shell);
      page = await context.newPage();
      complaints = await watchComplaints(page);
      await page.goto('/#/overview');
      await expect(heading()).toBeVisible();
    });
    test.afterAll(async () => {
      expect(complaints.all()).toEqual([]);
      await context.close();
      await shell.stop();
    });

    test('by keys, with all hosts and how many say no place', async () => {
      await page.keyboard.press('g');
      await page.keyboard.press('m');
      await expect(heading()).toHaveText('Map');
      await expect(page.getByText('83 hosts', { exact: true })).toBeVisible();
      await expect(page.getByRole('link', { name: '7 hosts say no place' })).toBeVisible();
      await expect(marks().first()).toBeVisible();
    });

    test('the table says the same as the marks: each host once, those without a place beside', async () => {
      const spoken = await marks().evaluateAll((all) => all.map((one) => one.textContent ?? ''));
      const drawn = spoken.map((label) => Number(/: (\d+) hosts?,/u.exec(label)?.[1]));
      expect(drawn.reduce((sum, hosts) => sum + hosts, 0)).toBe(76);
      await expect(row(/^Germany/u)).toContainText('reported 42 · policy: allowed');
      await expect(row(/^Germany/u).getByRole('cell')).toHaveText(['2', '0', '0', '40', '42']);
      await expect(row(/^United States/u)).toContainText('policy: not allowed');
      await expect(row(/^Unknown place/u)).toContainText('policy: cannot be told');
      await expect(row(/^Unknown place/u).getByRole('cell')).toHaveText(['1', '0', '0', '6', '7']);
    });

    test('a column of it sorts, and says so', async () => {
      await places().getByRole('button', { name: 'Hosts', exact: true }).click();
      await expect(places().getByRole('columnheader', { name: 'Hosts', exact: false }).last()).toHaveAttribute('aria-sort', 'descending');
      await expect(places().getByRole('rowheader').first()).toContainText('Germany');
      await places().getByRole('button', { name: 'Place' }).click();
      await expect(places().getByRole('rowheader').first()).toContainText('France');
    });

    test('every mark and every row leads to exactly as many hosts as it says', async () => {
      const addresses = await marks().evaluateAll((all) =>
        all.map((one) => [one.getAttribute('href') ?? '', Number(/: (\d+) hosts?,/u.exec(one.textContent ?? '')?.[1])] as const),
      );
      const rows = await places()
        .getByRole('row')
        .evaluateAll((all) =>
          all
            .slice(1)
            .map((one) => [one.querySelector('a')?.getAttribute('href') ?? '', Number(one.lastElementChild?.textContent)] as const),
        );
      expect(rows).toHaveLength(5);
      for (const [address, hosts] of [...addresses, ...rows]) {
        await page.goto(`/${address}`);
        await expect(page.getByText(`${hosts} of 83 hosts`, { exact: true })).toBeVisible();
      }
    });

    test('a country is opened at its sites, and Escape goes back', async () => {
      await page.goto('/#/map');
      await page.getByRole('link', { name: 'Sites in Germany' }).click();
      await expect(page).toHaveURL(/place=DE/u);
      await expect(map()).toHaveAttribute('data-level', 'site');
      await expect(page.getByRole('heading', { level: 2, name: 'Sites in Germany' })).toBeVisible();
      await expect(places().getByRole('rowheader')).toHaveText([/^fra1, DE-HE, Germany/u, /^ber1, DE-BE, Germany/u]);
      await map().focus();
      await page.keyboard.press('Escape');
      await expect(page).toHaveURL(/#\/map$/u);
      await expect(map()).toHaveAttribute('data-level', 'country');
    });

    test('keys zoom and move; a mark with the focus says its counts, its location and its worst host', async () => {
      await map().focus();
      for (let times = 0; times < 3; times += 1) await page.keyboard.press('+');
      await expect(map()).toHaveAttribute('data-level', 'subdivision');
      await page.keyboard.press('ArrowLeft');
      for (let times = 0; times < 3; times += 1) await page.keyboard.press('-');
      await expect(map()).toHaveAttribute('data-level', 'country');
      await page.keyboard.press('Tab');
      await expect(marks().first()).toBeFocused();
      const tip = page.getByRole('tooltip');
      await expect(tip).toContainText(/Worst: node-\d-\d+, failed/u);
      await expect(tip).toContainText('Location: reported');
      await expect(tip.getByRole('img', { name: /^The chain/u })).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(tip).toBeHidden();
      await page.keyboard.press('Enter');
      await expect(page.getByRole('heading', { level: 1, name: 'Hosts' })).toBeVisible();
    });

    test('a filter is that of the list of hosts, and one that cannot be read says so and changes nothing', async () => {
      await page.goto('/#/map');
      await expect(heading()).toHaveText('Map');
      await page.keyboard.press('/');
      await expect(page.getByRole('searchbox')).toBeFocused();
      await page.keyboard.type('verdict = failed');
      await expect(page).toHaveURL(/q=verdict/u);
      await expect(page.getByText('4 of 83 hosts', { exact: true })).toBeVisible();
      await expect(page.getByRole('link', { name: '1 host says no place' })).toBeVisible();
      await page.keyboard.type(' and');
      await expect(page.getByRole('searchbox')).toHaveAttribute('aria-invalid', 'true');
      await expect(page.getByText('4 of 83 hosts', { exact: true })).toBeVisible();
      await page.goto('/#/map?q=name%20%3D%20nobody');
      await expect(page.getByText('No host matches this filter.')).toBeVisible();
      await page.getByRole('button', { name: 'Undo the filter' }).click();
      await expect(page.getByText('83 hosts', { exact: true })).toBeVisible();
    });

    test('movements are listed with what the policy of then says, and arcs go the same ways', async () => {
      const moved = page.getByRole('table', { name: 'Movements, newest first' });
      await expect(moved.getByRole('row', { name: /node-2-0/u })).toContainText('fra1, DE-HE, Germany');
      await expect(moved.getByRole('row', { name: /node-2-0/u })).toContainText(/par1, FR-IDF, France.*reportedallowed/u);
      await expect(moved.getByRole('row', { name: /node-3-0/u })).toContainText('not allowed');
      await expect(map().locator('path[data-rule="not-allowed"]')).toHaveCount(1);
      await page.getByRole('button', { name: '1 day' }).click();
      await expect(page).toHaveURL(/days=1/u);
      await expect(moved.getByRole('row')).toHaveCount(3);
    });

    test('the slider goes to recorded moments only, and the heading says that it is the past', async () => {
      await page.goto('/#/map');
      await slider().focus();
      await expect(slider()).toHaveAttribute('aria-valuetext', 'now');
      await page.keyboard.press('Home');
      await expect(page).toHaveURL(/at=\d+/u);
      await expect(heading()).toHaveText(/^Map as of .*UTC$/u);
      await expect(
        row(/^Germany/u)
          .getByRole('cell')
          .last(),
      ).toHaveText('43');
      await expect(
        row(/^France/u)
          .getByRole('cell')
          .last(),
      ).toHaveText('20');
      await row(/^Germany/u)
        .getByRole('link', { name: 'Germany', exact: true })
        .click();
      await expect(page.getByRole('heading', { level: 2, name: /^43 hosts as of/u })).toBeVisible();
      await expect(page.getByRole('heading', { level: 2, name: /^43 hosts as of/u })).toBeFocused();
      const then = page.getByRole('grid', { name: 'Hosts of the place as of the moment' });
      await then.focus();
      await page.keyboard.press('End');
      await expect(then).toContainText('node-2-0');
      await page.getByRole('button', { name: 'Back to now' }).click();
      await expect(heading()).toHaveText('Map');
      await expect(
        row(/^Germany/u)
          .getByRole('cell')
          .last(),
      ).toHaveText('42');
    });

    test('before the first moment nothing is shown as if it were known', async () => {
      await page.goto('/#/map?at=1000');
      await expect(page.getByText('No host was known then.')).toBeVisible();
    });

    test('a site with a hostile name is words', async () => {
      await page.goto('/#/map?place=US');
      await expect(places().getByRole('rowheader').first()).toContainText('<script>window.__pwned=1</script>');
      await expect(map().getByRole('link').first()).toBeVisible();
      expect(await page.evaluate(() => Reflect.get(window, '__pwned'))).toBeUndefined();
      const [address, hosts] = await places()
        .getByRole('row')
        .last()
        .evaluate((one) => [one.querySelector('a')?.getAttribute('href') ?? '', one.lastElementChild?.textContent ?? ''] as const);
      await page.goto(`/${address}`);
      await expect(page.getByText(`${hosts} of 83 hosts`, { exact: true })).toBeVisible();
    });

    test('where the outlines cannot be loaded it is said, and the table has everything', async () => {
      const other = await context.newPage();
      await other.route(/world-.*\.json/u, (route) => route.abort());
      await other.goto('/#/map');
      await expect(other.getByText('The outlines of the world could not be loaded.')).toBeVisible();
      await expect(other.getByRole('table', { name: /^Hosts by place/u }).getByRole('row', { name: /^Germany/u })).toBeVisible();
      await expect(other.getByRole('region', { name: /^World map/u })).toHaveCount(0);
      await other.close();
    });

    for (const colorScheme of ['light', 'dark'] as const)
      for (const contrast of ['no-preference', 'more'] as const)
        test(`nothing stands in the way, ${colorScheme}, contrast ${contrast}`, async () => {
          await page.emulateMedia({ colorScheme, contrast, reducedMotion: 'reduce' });
          await page.goto('/#/map');
          await page.reload();
          await expect(marks().first()).toBeVisible();
          expect(await obstacles(page)).toEqual([]);
          await page.setViewportSize({ width: 640, height: 400 });
          expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
          await page.setViewportSize({ width: 1280, height: 800 });
        });
  });
