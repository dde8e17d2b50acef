import { type Browser, type BrowserContext, expect, type Page } from '@playwright/test';
import { type Console, startConsole, temporaryFolder } from './commands.ts';
import { seedHosts } from './seed.ts';

/** Redeems the one-time link of a console and gives back the browser context that holds its session. */
export const openSession = async (
  browser: Browser,
  shell: Console,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<BrowserContext> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: shell.origin, ...options });
  const page = await context.newPage();
  // The frame is there before the session is: a page that is closed in between has used the link up for nothing.
  const redeemed = page.waitForResponse((response) => response.url().endsWith('/session'));
  await page.goto(shell.url);
  await redeemed;
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  await page.close();
  return context;
};

/** A console over so many recorded hosts and no endpoint, and the session of who looks at it. */
export const openSeeded = async (
  browser: Browser,
  hosts: number,
): Promise<{ readonly context: BrowserContext; readonly close: () => Promise<void> }> => {
  const folder = temporaryFolder('seeded');
  seedHosts(folder, hosts);
  const shell = await startConsole([], folder);
  const context = await openSession(browser, shell);
  return {
    context,
    close: async () => {
      await context.close();
      await shell.stop();
    },
  };
};

/** What the browser complained about: console errors, uncaught exceptions and violations of the content security policy. */
export const watchComplaints = async (page: Page): Promise<{ readonly all: () => readonly string[] }> => {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  await page.exposeFunction('__reportViolation', (what: string) => complaints.push(`violation: ${what}`));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      const report: unknown = Reflect.get(window, '__reportViolation');
      if (typeof report === 'function') report(`${event.effectiveDirective} ${event.blockedURI}`);
    });
  });
  return { all: () => complaints };
};

/** How many pixels the widest of page and main part would scroll sideways. */
export const beyondTheEdge = (page: Page): Promise<number> =>
  page.evaluate(() =>
    Math.max(
      ...[document.documentElement, document.body, document.querySelector('main')].map((element) =>
        element === null ? Number.POSITIVE_INFINITY : element.scrollWidth - element.clientWidth,
      ),
    ),
  );
