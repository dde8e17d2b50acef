import { readFileSync } from 'node:fs';
import { type BrowserContext, type Page, test as base } from '@playwright/test';
import { type Console, type Fleet, startConsole, startFleet } from './commands.ts';

export type Tampered = {
  readonly id: string;
  readonly name: string;
  readonly incident: string | null;
  readonly verdict: string;
  readonly brokenLink: string | null;
  readonly reason: string | null;
};

export const groundTruth = (fleet: Fleet): Tampered[] => JSON.parse(readFileSync(fleet.groundTruthFile, 'utf8')) as Tampered[];

type Session = Awaited<ReturnType<BrowserContext['storageState']>>;
type Shared = { fleet: Fleet; consoleShell: Console; session: Session };
type Fixtures = { fleetPage: Page };

export const HOSTS = 30;
/** One host for each kind of tampering that a single sweep can see. */
export const TAMPERED = 11;

/** A fleet with every kind of tampering, watched by one console for all specs; each test gets a page of its own in that session. */
export const test = base.extend<Fixtures, Shared>({
  fleet: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixtures from the pattern
    async ({}, use) => {
      const fleet = await startFleet(['--hosts', String(HOSTS), '--tamper', String(TAMPERED), '--seed', '7']);
      await use(fleet);
      await fleet.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  consoleShell: [
    async ({ fleet }, use) => {
      const shell = await startConsole(['--endpoints', fleet.endpointsFile]);
      await use(shell);
      await shell.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  session: [
    async ({ browser, consoleShell }, use) => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(consoleShell.url);
      await page.getByRole('heading', { level: 1, name: `of ${HOSTS} hosts` }).waitFor();
      await use(await context.storageState());
      await context.close();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  fleetPage: async ({ browser, consoleShell, session }, use) => {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      storageState: session,
      baseURL: consoleShell.origin,
    });
    await use(await context.newPage());
    await context.close();
  },
});
