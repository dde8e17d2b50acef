import { expect, type Page } from '@playwright/test';
import { focusIsVisible, obstacles } from './harness/accessibility.ts';
import { beyondTheEdge, watchComplaints } from './harness/browser.ts';
import { test } from './harness/test.ts';

type Place = { readonly word: string; readonly href: string };

/** Every page that the rail has, as it has them. */
const places = async (page: Page): Promise<readonly Place[]> => {
  await page.goto('/#/overview');
  const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
  await expect(links.first()).toBeVisible();
  const found = await links.evaluateAll((all) =>
    all.map((one) => ({ word: one.textContent.trim(), href: one.getAttribute('href') ?? '' })),
  );
  expect(found.length).toBeGreaterThanOrEqual(12);
  return found;
};

const visit = async (page: Page, { href }: Place): Promise<void> => {
  await page.goto(`/${href}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await expect(page.getByRole('main')).not.toContainText('Asking the engine…');
};

const MOST_STOPS = 40;

test.describe('every page of the rail', () => {
  for (const colorScheme of ['light', 'dark'] as const)
    test(`can be read with more contrast, ${colorScheme}`, async ({ fleetPage: page }) => {
      await page.emulateMedia({ colorScheme, contrast: 'more', reducedMotion: 'reduce' });
      for (const place of await places(page)) {
        await visit(page, place);
        await expect(page.locator('html')).toHaveAttribute('data-contrast', 'more');
        expect(await obstacles(page), place.word).toEqual([]);
      }
    });

  test('can be gone through with Tab: each stop is seen, none catches the keyboard, and the page is left at its end', async ({
    fleetPage: page,
  }) => {
    for (const place of await places(page)) {
      await visit(page, place);
      await page.getByRole('main').focus();
      const stops: string[] = [];
      for (let stop = 0; stop < MOST_STOPS; stop += 1) {
        await page.keyboard.press('Tab');
        const here = await page.evaluate(() => {
          const at = document.activeElement;
          return at === null || at === document.body ? null : `${at.tagName} ${at.textContent.slice(0, 40)}`;
        });
        if (here === null) break;
        expect(await focusIsVisible(page), `${place.word}: focus is visible on ${here}`).toBe(true);
        stops.push(here);
        // A field for a time has four parts of its own; more often the same is a place from which Tab does not get away.
        const timesHere = await page.evaluate(() => {
          const at = document.activeElement;
          const before = Number(Reflect.get(window, '__stop') === at ? Reflect.get(window, '__times') : 0);
          Reflect.set(window, '__stop', at);
          Reflect.set(window, '__times', before + 1);
          return before + 1;
        });
        expect(timesHere, `${place.word}: Tab does not leave ${here}`).toBeLessThanOrEqual(4);
      }
      expect(stops.length, `${place.word} has something to do`).toBeGreaterThan(0);
    }
  });

  test('is reached by two keys from anywhere, and the browser has nothing to complain of', async ({ fleetPage: page }) => {
    const complaints = await watchComplaints(page);
    const all = await places(page);
    await page.getByRole('main').focus();
    for (const [keys, word] of [
      ['c', 'Posture'],
      ['h', 'Hosts'],
      ['m', 'Map'],
      ['f', 'Findings'],
      ['p', 'Policy'],
      ['v', 'Reference values'],
      ['r', 'Record'],
      ['t', 'Reports'],
      ['e', 'Endpoints'],
      ['j', 'Jobs'],
      ['s', 'Settings'],
      ['o', 'Overview'],
    ] as const) {
      expect(all.map((place) => place.word)).toContain(word);
      await page.keyboard.press('g');
      await page.keyboard.press(keys);
      await expect(page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: word, exact: true })).toHaveAttribute(
        'aria-current',
        'page',
      );
      await expect(page.getByRole('main')).toBeFocused();
      expect(await beyondTheEdge(page), word).toBeLessThanOrEqual(0);
    }
    expect(complaints.all()).toEqual([]);
  });
});
