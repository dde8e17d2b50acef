import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { _electron, type ElectronApplication, expect, type Page, test } from '@playwright/test';
import { openSession } from './harness/browser.ts';
import { type Fleet, ROOT, runCommand, startConsole, startFleet, temporaryFolder } from './harness/commands.ts';
import { groundTruth } from './harness/test.ts';

const HOSTS = 6;
const environment = (config: string): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))),
  XDG_CONFIG_HOME: config,
});

/** The answer of the overview without its clocks, which go on. */
const answerOf = (page: Page): Promise<string> =>
  page.getByRole('heading', { level: 1, name: `of ${HOSTS} hosts` }).evaluate((heading) => {
    const copy = document.createElement('div');
    copy.append(heading.cloneNode(true));
    for (const time of copy.querySelectorAll('time')) time.remove();
    return copy.textContent;
  });

/** Asks as the page asks: through the bridge. */
const ask = (page: Page, name: string, input: unknown): Promise<unknown> =>
  page.evaluate(
    ([asked, given]) => {
      const bridge = Reflect.get(window, 'plumbline') as { call: (name: unknown, input: unknown) => Promise<unknown> };
      return bridge.call(asked, given);
    },
    [name, input] as const,
  );

test.describe('desktop shell (Electron simulator)', () => {
  const dataFolder = temporaryFolder('desktop');
  const config = temporaryFolder('desktop-config');
  let fleet: Fleet;
  let app: ElectronApplication;
  let page: Page;

  test.beforeAll(async () => {
    fleet = await startFleet(['--hosts', String(HOSTS), '--tamper', '1', '--seed', '3']);
    app = await _electron.launch({ args: [ROOT, `--endpoints=${fleet.endpointsFile}`, `--data=${dataFolder}`], env: environment(config) });
    page = await app.firstWindow();
    await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  });
  test.afterAll(async () => {
    await app.close();
    await fleet.stop();
  });

  test('the window shows first data and says that it is the desktop', async () => {
    await expect(page.getByRole('heading', { level: 1, name: `of ${HOSTS} hosts` })).toBeVisible();
    await expect(page.getByText(/· desktop$/)).toBeVisible();
    const second = await runCommand(['serve', '--data', dataFolder]);
    expect(second.code, 'its data folder is its own').toBe(2);
    expect(second.stderr).toContain('is using the data folder');
  });

  test('the page has one door of two functions, frozen, and nothing of Node', async () => {
    const facts = await page.evaluate(() => {
      const bridge: unknown = Reflect.get(window, 'plumbline');
      return {
        keys: typeof bridge === 'object' && bridge !== null ? Object.keys(bridge).toSorted() : [],
        frozen: Object.isFrozen(bridge),
        replaceable: Reflect.set(window, 'plumbline', null),
        node: ['require', 'process', 'Buffer', 'module', 'global', '__dirname', 'electron', 'ipcRenderer'].filter((name) => name in window),
      };
    });
    expect(facts).toEqual({ keys: ['call', 'subscribe'], frozen: true, replaceable: false, node: [] });
  });

  test('the door answers what is in the contract, and refuses the rest', async () => {
    expect(await ask(page, 'app.info', {})).toMatchObject({ ok: true, data: { shell: 'desktop' } });
    expect(await ask(page, 'hosts.delete', {})).toMatchObject({ ok: false, error: { code: 'unknown-call' } });
    expect(await ask(page, 'hosts.get', { id: 1 })).toMatchObject({ ok: false, error: { code: 'bad-input' } });
  });

  test('the window cannot be led away, nor open another', async () => {
    const before = page.url();
    // Listening first, in a step of its own: the page and the app are reached by two channels, and either may be faster.
    await app.evaluate(({ BrowserWindow }) => {
      const attempt = new Promise((resolve) => {
        BrowserWindow.getAllWindows()[0]?.webContents.once('will-navigate', (event) => resolve([event.url, event.defaultPrevented]));
      });
      Reflect.set(globalThis, 'attempt', attempt);
    });
    await page.evaluate(() => {
      location.href = 'https://example.com/';
    });
    expect(await app.evaluate(() => Reflect.get(globalThis, 'attempt') as Promise<unknown>)).toEqual(['https://example.com/', true]);
    expect(await page.evaluate(() => window.open('https://example.com/'))).toBeNull();
    await expect(page.getByRole('heading', { level: 1, name: `of ${HOSTS} hosts` })).toBeVisible();
    expect(page.url()).toBe(before);
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL())).toMatch(
      /^app:\/\/bundle\/index\.html/,
    );
  });

  test('an injected script does not run, and nothing foreign is fetched', async () => {
    const outcome = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.__pwned = 1';
      document.body.append(script);
      const fetched = await fetch('https://example.com/').then(
        () => 'answered',
        () => 'blocked',
      );
      return { ran: '__pwned' in window, fetched };
    });
    expect(outcome).toEqual({ ran: false, fetched: 'blocked' });
  });

  test('what changes arrives without being asked for', async () => {
    const arrived = await page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const bridge = Reflect.get(window, 'plumbline') as {
            call: (name: string, input: unknown) => Promise<unknown>;
            subscribe: (name: string, listener: (payload: unknown) => void) => unknown;
          };
          const seen = new Set<string>();
          for (const name of ['poll.progress', 'fleet.changed']) {
            bridge.subscribe(name, () => {
              seen.add(name);
              if (seen.size === 2) resolve([...seen].toSorted());
            });
          }
          void bridge.call('poll.now', {});
        }),
    );
    expect(arrived).toEqual(['fleet.changed', 'poll.progress']);
  });

  test('a tampered host shows its broken link', async () => {
    const host = groundTruth(fleet).find((one) => one.incident !== null);
    await page.getByRole('link', { name: 'Hosts', exact: true }).click();
    await page
      .getByRole('grid')
      .getByRole('link', { name: host?.name ?? 'missing' })
      .click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText(`${host?.name} is not trusted`);
    await expect(page.getByRole('list', { name: /Chain of trust/ })).toContainText('Broken');
  });

  test('an export is saved where the dialog of the system says, and only there', async () => {
    const chosen = path.join(temporaryFolder('saved'), 'mine.csv');
    const answer = (canceled: boolean): Promise<void> =>
      app.evaluate(
        ({ dialog }, given) => {
          dialog.showSaveDialog = () => Promise.resolve(given);
        },
        { canceled, filePath: canceled ? '' : chosen },
      );
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Hosts' }).click();
    await page.getByRole('button', { name: 'Export…' }).click();
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const save = page.getByRole('button', { name: /^Save plumbline-hosts/ });
    await answer(true);
    await save.click();
    expect(existsSync(chosen)).toBe(false);
    await answer(false);
    await save.click();
    await expect(page.getByText(`Saved as ${chosen}`)).toBeVisible();
    expect(readFileSync(chosen, 'utf8')).toContain(`# rows: Hosts: ${HOSTS}`);
    expect(await ask(page, 'exports.save', { id: -1 })).toMatchObject({ ok: false, error: { code: 'bad-input' } });
    expect(await ask(page, 'exports.save', { id: 0 })).toMatchObject({ ok: true, data: { state: 'refused' } });
    await page.getByRole('button', { name: 'Close' }).click();
  });

  test('it quits, leaves the data folder free, and a console on it gives the same answer', async ({ browser }) => {
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    const said = await answerOf(page);
    expect(said).toContain(`of ${HOSTS} hosts`);
    const running = app.process();
    await app.close();
    expect(running.exitCode).toBe(0);
    expect(readdirSync(dataFolder).filter((name) => /-(wal|shm|journal)$/.test(name))).toEqual([]);

    const shell = await startConsole([], dataFolder);
    const context = await openSession(browser, shell);
    const beside = await context.newPage();
    await beside.goto('/#/overview');
    // The first sentence comes with the tally, the second with the hosts behind it.
    await expect.poll(() => answerOf(beside)).toBe(said);
    await context.close();
    await shell.stop();
  });

  test('its self-test passes and says that it ran in the simulator', async () => {
    const binary = path.join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? '', 'electron');
    const child = spawn(binary, [ROOT, '--self-test', `--data=${temporaryFolder('self-test')}`], {
      env: environment(config),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const code = await new Promise((done) => child.once('close', done));
    expect(JSON.parse(out)).toMatchObject({ ok: true, simulated: true });
    expect(code).toBe(0);
  });
});
