import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { makePkcs12, PASSWORD } from '../electron/signing/testing/pkcs12.ts';
import { obstacles, tabTo } from './harness/accessibility.ts';
import { beyondTheEdge, openSession } from './harness/browser.ts';
import { type Console, startConsole, startFleet, temporaryFolder } from './harness/commands.ts';

const PDFSIG = '/usr/bin/pdfsig';
const VARIABLE = 'PLUMBLINE_E2E_SIGNING_PASSWORD';

test.describe
  .serial('an auditor takes a report away that the organisation signed', () => {
    test.skip(!existsSync(PDFSIG), 'no pdfsig (Debian: apt-get install poppler-utils)');
    let shell: Console;
    let context: BrowserContext;
    let page: Page;

    test.beforeAll(async ({ browser }) => {
      const folder = temporaryFolder('signed-report');
      const fleet = await startFleet(['--hosts', '4', '--tamper', '1', '--seed', '7']);
      makePkcs12(fleet.folder, 'org');
      const file = path.join(fleet.folder, 'with-signature.yaml');
      process.env[VARIABLE] = PASSWORD;
      const signature = `signature: { pkcs12: org-p12, password: "\${${VARIABLE}}", reason: Quarterly report }\n`;
      writeFileSync(file, `${signature}${readFileSync(fleet.endpointsFile, 'utf8')}`);
      shell = await startConsole(['--endpoints', file], path.join(folder, 'data'));
      context = await openSession(browser, shell);
      page = await context.newPage();
      await page.goto('/#/hosts');
      await expect(page.getByText('4 hosts', { exact: true })).toBeVisible({ timeout: 30_000 });
      await fleet.stop();
    });
    test.afterAll(async () => {
      delete process.env[VARIABLE];
      await context.close();
      await shell.stop();
    });

    const dialog = () => page.getByRole('dialog', { name: /^Export / });
    const choice = () => dialog().getByRole('checkbox', { name: 'Sign with the organisation’s certificate' });

    test('is offered a signature for a PDF only, with whose it is and how long it holds beside it', async () => {
      await page.getByRole('button', { name: 'Export…' }).click();
      await expect(dialog()).toBeVisible();
      await expect(choice()).toHaveCount(0);
      await dialog().getByRole('button', { name: 'Report PDF' }).click();
      await expect(choice()).not.toBeChecked();
      await expect(choice()).toHaveAccessibleDescription(/^CN=Compliance, O=Example GmbH, C=DE, valid to \d{4}-\d\d-\d\d UTC\.$/u);
      expect(await obstacles(page)).toEqual([]);
      expect(await page.content()).not.toContain(PASSWORD);
      for (const [scheme, name] of [
        ['light', 'signed-report-light.png'],
        ['dark', 'signed-report-dark.png'],
      ] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.screenshot({ path: test.info().outputPath(name) });
      }
    });

    test('gets it by keyboard, and pdfsig finds the whole document signed', async () => {
      await tabTo(page, 'checkbox', /^Sign with/u);
      await page.keyboard.press('Space');
      await expect(choice()).toBeChecked();
      await dialog().getByRole('button', { name: 'Export', exact: true }).press('Enter');
      const link = dialog().getByRole('link', { name: /^Download/ });
      const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
      const said = spawnSync(PDFSIG, ['-nocert', await download.path()], { encoding: 'utf8' }).stdout;
      expect(said).toContain('Signature is Valid');
      expect(said).toContain('Total document signed');
      await dialog().getByRole('button', { name: 'Close' }).click();
    });

    test('finds in the ledger whose certificate it was', async () => {
      await page.goto('/#/record?kind=export');
      await expect(page.getByRole('main')).toContainText('Signed by CN=Compliance, O=Example GmbH, C=DE');
    });

    test('at 200 % zoom nothing scrolls sideways', async () => {
      await page.setViewportSize({ width: 640, height: 400 });
      await page.goto('/#/hosts');
      await page.getByRole('button', { name: 'Export…' }).click();
      await dialog().getByRole('button', { name: 'Board PDF' }).click();
      await expect(choice()).toBeVisible();
      expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
    });
  });
