import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BrowserContext, expect, test } from '@playwright/test';
import { beyondTheEdge, openSession } from './harness/browser.ts';
import { type Console, startConsole, temporaryFolder } from './harness/commands.ts';
import { type BadEndpoints, startBadEndpoints } from './harness/services.ts';

test.describe('an engineer looks whether anybody is told', () => {
  let services: BadEndpoints;
  let shell: Console;
  let context: BrowserContext;

  test.beforeAll(async ({ browser }) => {
    services = await startBadEndpoints(temporaryFolder('alerts'));
    const file = path.join(path.dirname(services.withSilentFile), 'with-alerts.yaml');
    // Nothing listens at port 9 of this machine.
    const alerts = `alerts:
  - { kind: webhook, name: on-call, url: "https://127.0.0.1:9/hook", secret: "a secret of at least 24 characters" }
  - { kind: syslog, name: siem, host: 127.0.0.1, port: 9, format: cef, kinds: [manifest] }
`;
    writeFileSync(file, `${alerts}${readFileSync(services.withSilentFile, 'utf8')}`);
    shell = await startConsole(['--endpoints', file]);
    context = await openSession(browser, shell);
  });
  test.afterAll(async () => {
    await context.close();
    await shell.stop();
    await services.close();
  });

  test('sees who cannot be told, why, and that nothing is lost by it', async () => {
    const page = await context.newPage();
    await page.goto('/#/endpoints');
    const place = (name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { level: 3, name, exact: true }) });
    await expect(place('on-call')).toContainText('Cannot be told');
    await expect(place('on-call')).toContainText('cannot be reached');
    await expect(place('on-call')).toContainText('Nothing is lost');
    await expect(place('siem')).toContainText('Nothing told yet');
    await expect(place('siem')).toContainText('manifest');
    await expect(page.locator('body')).not.toContainText('a secret of at least');
    await page.close();
  });

  test('finds in the ledger since when', async () => {
    const page = await context.newPage();
    await page.goto('/#/record?kind=alert');
    await expect(page.getByRole('main')).toContainText('Alerts cannot be sent to the webhook at https://127.0.0.1:9/hook.');
    await page.close();
  });

  test('at 200 % zoom nothing scrolls sideways', async () => {
    const page = await context.newPage();
    await page.setViewportSize({ width: 640, height: 400 });
    await page.goto('/#/endpoints');
    await expect(page.getByRole('heading', { name: 'siem' })).toBeVisible();
    expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
    await page.close();
  });
});
