import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BrowserContext, expect, test } from '@playwright/test';
import { beyondTheEdge, openSession } from './harness/browser.ts';
import { type Console, runCommand, startConsole, temporaryFolder } from './harness/commands.ts';
import { BAD_ENDPOINTS, type BadEndpoints, FLOOD_MEGABYTES, NEVER_ANSWERS, startBadEndpoints } from './harness/services.ts';

type Polled = {
  readonly endpoints: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly hosts: number;
    readonly error: { readonly code: string; readonly message: string; readonly nextStep: string } | null;
  }[];
  readonly hosts: readonly unknown[];
};

test.describe('an engineer is told what is wrong with an endpoint', () => {
  let services: BadEndpoints;
  let shell: Console;
  let context: BrowserContext;

  test.beforeAll(async ({ browser }) => {
    services = await startBadEndpoints(temporaryFolder('bad'));
    shell = await startConsole(['--endpoints', services.withSilentFile]);
    context = await openSession(browser, shell);
  });
  test.afterAll(async () => {
    await context.close();
    await shell.stop();
    await services.close();
  });

  test('one sweep on the command line names every cause and its remedy, and trusts no host', async () => {
    const result = await runCommand(['poll', '--endpoints', services.endpointsFile, '--once', '--json']);
    expect(result.code, result.stderr).toBe(1);
    const polled = JSON.parse(result.stdout) as Polled;
    expect(polled.hosts).toEqual([]);
    expect(polled.endpoints.map((endpoint) => endpoint.name)).toEqual(BAD_ENDPOINTS.map((bad) => bad.name));
    for (const bad of BAD_ENDPOINTS) {
      const endpoint = polled.endpoints.find((one) => one.name === bad.name);
      expect.soft(endpoint, bad.name).toMatchObject({ ok: false, hosts: 0, error: { code: bad.code } });
      expect.soft(endpoint?.error?.message, bad.name).toMatch(bad.says);
      expect.soft(endpoint?.error?.nextStep, bad.name).toMatch(/^[A-Z].{10,}\.$/);
    }
    expect(services.takenMegabytes(), 'the endless answer began').toBeGreaterThan(10);
    expect(services.takenMegabytes(), 'and was broken off').toBeLessThan(FLOOD_MEGABYTES / 2);
  });

  test('the same in sentences', async () => {
    const result = await runCommand(['poll', '--endpoints', services.endpointsFile, '--once']);
    expect(result.code).toBe(1);
    for (const bad of BAD_ENDPOINTS) expect(result.stdout).toMatch(new RegExp(`^${bad.name}: no result\\. .*${bad.says.source}`, 'm'));
    expect(result.stdout).toMatch(/^0 hosts: 0 trusted/m);
  });

  test('the page of endpoints shows each as silent, with cause and next step', async () => {
    const page = await context.newPage();
    await page.goto('/#/endpoints');
    for (const bad of BAD_ENDPOINTS) {
      const entry = page.getByRole('listitem').filter({ has: page.getByRole('heading', { level: 2, name: bad.name, exact: true }) });
      await expect(entry).toContainText('Silent');
      await expect(entry).toContainText(bad.says);
      await expect(entry).toContainText('It has never answered, so nothing is known of its hosts.');
    }
    await page.close();
  });

  test('the overview counts the silent endpoints and shows no trusted host', async () => {
    const page = await context.newPage();
    await page.goto('/#/overview');
    const main = page.getByRole('main');
    await expect(main).toContainText(/\d+ of 10 endpoints are silent: .*nothing-listens/);
    await expect(main).toContainText('No host yet.');
    await expect(main).not.toContainText('Trusted');
    await page.goto('/#/hosts');
    await expect(main).toContainText('No host yet.');
    await page.close();
  });

  test('an endpoint that takes the question and never answers is given up after 20 seconds', async () => {
    const page = await context.newPage();
    await page.goto('/#/endpoints');
    const entry = page
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading', { level: 2, name: NEVER_ANSWERS.name, exact: true }) });
    await expect(entry).toContainText(NEVER_ANSWERS.says, { timeout: 30_000 });
    await expect(entry).toContainText('Silent');
    await page.close();
  });

  test('while one is being asked, a narrow page says so and does not scroll sideways', async () => {
    const page = await context.newPage();
    await page.setViewportSize({ width: 640, height: 400 });
    await page.goto('/#/endpoints');
    await page.getByRole('button', { name: 'Ask now' }).click();
    const engine = page.getByRole('region', { name: 'Engine' });
    await expect(engine).toContainText(`asking ${NEVER_ANSWERS.name}`);
    await expect(engine).toContainText('0 of 0');
    expect(await beyondTheEdge(page)).toBeLessThanOrEqual(0);
    await page.close();
  });
});

test.describe('an engineer is told what is wrong with the files', () => {
  const ENDPOINTS_WITH_ERRORS = `endpoints:
  - name: dc
    kind: hvs
    verifier: http://192.0.2.1:8881
    registrar: https://192.0.2.1:8891
    interval: 60
`;

  for (const command of [['poll', '--once'], ['serve']]) {
    test(`${command[0]} refuses an endpoints file with errors, naming line and column of each`, async () => {
      const folder = temporaryFolder('file');
      const file = path.join(folder, 'endpoints.yaml');
      writeFileSync(file, ENDPOINTS_WITH_ERRORS);
      const result = await runCommand([...command, '--endpoints', file, '--data', path.join(folder, 'data')]);
      expect(result.code).toBe(2);
      expect(result.stdout).toBe('');
      expect(result.stderr).toContain(`${file}:3:11: endpoints[1].kind must be keylime`);
      expect(result.stderr).toContain(`${file}:6:15: endpoints[1].interval`);
    });

    test(`${command[0]} refuses a data folder that cannot be made`, async () => {
      const folder = temporaryFolder('file');
      const file = path.join(folder, 'a-file');
      writeFileSync(file, '');
      writeFileSync(
        path.join(folder, 'endpoints.yaml'),
        'endpoints: [{ name: a, kind: keylime, verifier: "https://127.0.0.1:1", registrar: "https://127.0.0.1:1" }]',
      );
      const result = await runCommand([...command, '--endpoints', path.join(folder, 'endpoints.yaml'), '--data', path.join(file, 'data')]);
      expect(result.code).toBe(2);
      expect(result.stderr).toContain(`The data folder ${path.join(file, 'data')} cannot be made`);
      expect(result.stderr).toContain('Choose another folder with --data.');
      expect(result.stderr).not.toContain('    at ');
    });
  }

  test('a data folder is used by one process at a time, and the second says so', async () => {
    const first = await startConsole([]);
    const file = path.join(temporaryFolder('file'), 'endpoints.yaml');
    writeFileSync(file, 'endpoints: [{ name: a, kind: keylime, verifier: "https://127.0.0.1:1", registrar: "https://127.0.0.1:1" }]');
    for (const command of [['serve'], ['poll', '--once', '--endpoints', file]]) {
      const second = await runCommand([...command, '--data', first.dataFolder]);
      expect(second.code).toBe(2);
      expect(second.stderr).toContain(`Another Plumbline is using the data folder ${first.dataFolder}`);
    }
    expect((await fetch(first.origin)).status, 'the first goes on').toBe(200);
    await first.stop();
    expect(first.process.exitCode).toBe(0);
  });
});
