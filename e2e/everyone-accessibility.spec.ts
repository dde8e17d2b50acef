import { expect, type Page } from '@playwright/test';
import { focusIsVisible, obstacles, tabTo } from './harness/accessibility.ts';
import { beyondTheEdge } from './harness/browser.ts';
import { groundTruth, HOSTS, test } from './harness/test.ts';

const TABS = ['Checks', 'PCRs', 'Boot events', 'Runtime', 'History', 'Identity'];

const openHost = async (page: Page, name: string): Promise<void> => {
  await page.goto(`/#/hosts?q=${name}`);
  await page.getByRole('grid').getByRole('link', { name }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name);
};

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`everyone can use the screens, ${colorScheme}`, () => {
    test.beforeEach(({ fleetPage: page }) => page.emulateMedia({ colorScheme, reducedMotion: 'reduce' }));

    test('overview, hosts, endpoints and policy', async ({ fleetPage: page }) => {
      await page.goto('/#/overview');
      await expect(page.getByRole('list', { name: 'Hosts by verdict' })).toBeVisible();
      await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
      expect(await obstacles(page), 'overview').toEqual([]);
      await page.goto('/#/hosts');
      await expect(page.getByRole('grid').getByRole('link').first()).toBeVisible();
      expect(await obstacles(page), 'hosts').toEqual([]);
      await page.goto('/#/hosts?q=no-such-host');
      await expect(page.getByRole('main')).toContainText('No host matches this filter.');
      expect(await obstacles(page), 'nothing found').toEqual([]);
      await page.goto('/#/endpoints');
      await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible();
      expect(await obstacles(page), 'endpoints').toEqual([]);
      await page.goto('/#/policy');
      await expect(page.getByRole('textbox', { name: /YAML/ })).toBeVisible();
      expect(await obstacles(page), 'policy').toEqual([]);
      await page.getByRole('heading', { level: 1 }).click();
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
      expect(await obstacles(page), 'keyboard help').toEqual([]);
    });

    test('every part of the record', async ({ fleetPage: page }) => {
      await page.goto('/#/record');
      await expect(page.getByRole('grid', { name: /Entries/ })).toBeVisible();
      expect(await obstacles(page), 'record').toEqual([]);
      await page.goto(`/#/record?at=${Date.now()}`);
      await expect(page.getByRole('grid', { name: 'Hosts as of the moment' })).toBeVisible();
      expect(await obstacles(page, '[role="tabpanel"]'), 'record as of a moment').toEqual([]);
      await page.goto('/#/record?tab=proof');
      await expect(page.getByRole('button', { name: 'Rotate the key…' })).toBeVisible();
      expect(await obstacles(page, '[role="tabpanel"]'), 'proof of the record').toEqual([]);
      await page.goto('/#/record?tab=data');
      await expect(page.getByRole('button', { name: 'Review the change…' })).toBeVisible();
      expect(await obstacles(page, '[role="tabpanel"]'), 'data of the record').toEqual([]);
    });

    for (const incident of ['boot-loader-changed', null]) {
      test(`every tab of a ${incident === null ? 'trusted' : 'failed'} host`, async ({ fleetPage: page, fleet }) => {
        await openHost(page, groundTruth(fleet).find((host) => host.incident === incident)?.name ?? 'missing');
        for (const name of TABS) {
          await page.getByRole('tab', { name }).click();
          await expect(page.getByRole('tabpanel', { name })).not.toContainText('Asking the engine');
          expect(await obstacles(page, name === 'Checks' ? 'body' : '[role="tabpanel"]'), name).toEqual([]);
        }
      });
    }
  });
}

test.describe('everyone can work without a mouse', () => {
  test('from the address bar to the evidence of a host, and the focus is always visible', async ({ fleetPage: page }) => {
    await page.goto('/#/overview');
    await expect(page.getByRole('heading', { level: 1, name: `of ${HOSTS} hosts` })).toBeVisible();
    await tabTo(page, 'link', 'Skip to the page', 1);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('main')).toBeFocused();
    await tabTo(page, 'link', /the endpoint says otherwise|broke|host/, 3);

    await page.reload();
    await expect(page.getByRole('heading', { level: 1, name: `of ${HOSTS} hosts` })).toBeVisible();
    await tabTo(page, 'link', 'Hosts', 5);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: 'Hosts' })).toBeVisible();
    await expect(page.getByRole('main')).toBeFocused();

    await tabTo(page, 'grid', 'Hosts');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const active = page.getByRole('grid').locator('[data-active="true"]');
    await expect(active).toHaveAttribute('aria-rowindex', '4');
    await expect(page.getByRole('grid')).toHaveAttribute('aria-activedescendant', (await active.getAttribute('id')) ?? 'missing');
    const name = await active.getByRole('link').innerText();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toContainText(name);

    await tabTo(page, 'tab', /Checks/);
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('tab', { name: 'PCRs' })).toBeFocused();
    await expect(page.getByRole('tabpanel', { name: 'PCRs' })).toBeVisible();
    await page.keyboard.press('End');
    await expect(page.getByRole('tab', { name: 'Identity' })).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('tab', { name: 'Checks' })).toBeFocused();
    expect(await focusIsVisible(page)).toBe(true);
    await page.goBack();
    await expect(page.getByRole('heading', { level: 1, name: 'Hosts' })).toBeVisible();
  });

  test('every page has one main heading, a title of its own, and landmarks', async ({ fleetPage: page }) => {
    const titles = new Set<string>();
    for (const address of ['/#/overview', '/#/hosts', '/#/policy', '/#/record', '/#/endpoints', '/#/nowhere']) {
      await page.goto(address);
      await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
      await expect(page.getByRole('main')).toHaveCount(1);
      await expect(page.getByRole('navigation')).toHaveCount(1);
      titles.add(await page.title());
    }
    expect(titles.size).toBe(6);
  });
});

test.describe('everyone can look at it', () => {
  test('nothing moves for who asked for less motion, and something does for others', async ({ fleetPage: page }) => {
    const moving = (): Promise<number> =>
      page.evaluate(() => {
        return [...document.querySelectorAll('*')].filter((element) => {
          const { animationName, animationDuration, transitionDuration } = getComputedStyle(element);
          const [animated, changing] = [animationDuration, transitionDuration].map((list) =>
            list.split(',').some((part) => Number.parseFloat(part) > 0),
          );
          return (animationName !== 'none' && animated === true) || changing === true;
        }).length;
      });
    await page.goto('/#/hosts?verdict=failed');
    await page.getByRole('grid').getByRole('link').first().click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('is not trusted');
    expect(await moving()).toBeGreaterThan(0);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await moving()).toBe(0);
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    await page.goto('/#/overview');
    await expect(page.getByRole('list', { name: 'Hosts by verdict' })).toBeVisible();
    expect(await moving()).toBe(0);
  });

  test('at 200 % zoom the pages fold into one button, and the keyboard opens, uses and leaves them', async ({ fleetPage: page }) => {
    await page.setViewportSize({ width: 640, height: 400 });
    await page.goto('/#/overview');
    const button = page.getByRole('button', { name: 'Pages; this is Overview' });
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await expect(button).toHaveAttribute('aria-expanded', 'false');
    await expect(pages).toBeHidden();
    await tabTo(page, 'button', 'Pages; this is Overview', 4);
    await page.keyboard.press('Enter');
    await expect(pages).toBeVisible();
    expect(await obstacles(page), 'the opened pages').toEqual([]);
    expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
    await page.keyboard.press('Escape');
    await expect(pages).toBeHidden();
    await expect(button).toBeFocused();
    await page.keyboard.press('Enter');
    await tabTo(page, 'link', 'Hosts', 4);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: 'Hosts' })).toBeVisible();
    await expect(pages).toBeHidden();
    await expect(page.getByRole('button', { name: 'Pages; this is Hosts' })).toBeVisible();
  });

  test('at 200 % zoom no page scrolls sideways', async ({ fleetPage: page }) => {
    await page.setViewportSize({ width: 640, height: 400 });
    await page.goto('/#/overview');
    await expect(page.getByRole('list', { name: 'Hosts by verdict' })).toBeVisible();
    expect(await beyondTheEdge(page), 'overview').toBeLessThanOrEqual(0);
    await page.goto('/#/endpoints');
    await expect(page.getByRole('heading', { level: 1, name: 'Endpoints' })).toBeVisible();
    await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible();
    expect(await beyondTheEdge(page), 'endpoints').toBeLessThanOrEqual(0);
    await page.goto('/#/policy');
    await expect(page.getByRole('textbox', { name: /YAML/ })).toBeVisible();
    expect(await beyondTheEdge(page), 'policy').toBeLessThanOrEqual(0);
    await page.goto('/#/record');
    for (const name of ['Ledger', 'As of a moment', 'Proof', 'Data']) {
      await page.getByRole('tab', { name }).click();
      await expect(page.getByRole('tabpanel', { name })).not.toContainText('Asking the engine');
      expect(await beyondTheEdge(page), `record, ${name}`).toBeLessThanOrEqual(0);
    }
    await page.goto('/#/hosts?verdict=failed');
    await page.getByRole('grid').getByRole('link').first().click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('is not trusted');
    for (const name of TABS) {
      await page.getByRole('tab', { name }).click();
      await expect(page.getByRole('tabpanel', { name })).not.toContainText('Asking the engine');
      expect(await beyondTheEdge(page), name).toBeLessThanOrEqual(0);
    }
  });
});
