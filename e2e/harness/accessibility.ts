import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** What stands in the way of somebody; axe calls the rest moderate or minor. */
export const obstacles = async (page: Page, within = 'body'): Promise<string[]> => {
  const builder = new AxeBuilder({ page }).include(within);
  // Only colours differ between the looks.
  const { theme, contrast } = await page
    .locator('html')
    .evaluate(({ dataset }) => ({ theme: dataset['theme'], contrast: dataset['contrast'] }));
  const onlyColours = theme === 'dark' || contrast === 'more';
  const { violations } = await (onlyColours ? builder.withRules(['color-contrast']) : builder).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
};

/** The element with the focus, or the row that it marks as its active one, must look different from one without. */
export const focusIsVisible = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const focused = document.activeElement;
    if (focused === null || focused === document.body) return false;
    const marked = document.getElementById(focused.getAttribute('aria-activedescendant') ?? '') ?? focused;
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(marked);
    const { width, height } = marked.getBoundingClientRect();
    return (
      outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1 && outlineColor !== 'rgba(0, 0, 0, 0)' && width > 1 && height > 1
    );
  });

/** Presses Tab until the wanted element has the focus; on the way every stop must be visible. */
export const tabTo = async (
  page: Page,
  role: 'link' | 'grid' | 'tab' | 'tree' | 'button' | 'textbox' | 'checkbox',
  name: string | RegExp,
  most = 60,
): Promise<void> => {
  const wanted = page.getByRole(role, { name }).first();
  const passed: string[] = [];
  for (let step = 0; step < most; step += 1) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 120) ?? 'nothing');
    expect(await focusIsVisible(page), `focus is visible on ${here}`).toBe(true);
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    passed.push(here);
  }
  throw new Error(`Tab does not reach ${String(name)}; it passed\n${passed.join('\n')}`);
};
