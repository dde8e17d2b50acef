import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { _electron, type ElectronApplication, expect, type Page, test } from '@playwright/test';
import { ROOT, runCommand, startFleet, temporaryFolder } from './harness/commands.ts';

const environment = (): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))),
  XDG_CONFIG_HOME: temporaryFolder('desktop-shows-config'),
});
const launch = async (...args: readonly string[]): Promise<{ app: ElectronApplication; page: Page }> => {
  const app = await _electron.launch({ args: [ROOT, ...args], env: environment() });
  const page = await app.firstWindow();
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  return { app, page };
};

test.describe('an auditor looks with the desktop (Electron simulator)', () => {
  const folder = temporaryFolder('desktop-shows');
  const data = path.join(folder, 'data');
  const pack = path.join(folder, 'pack.zip');
  let key: string;

  test.beforeAll(async () => {
    const fleet = await startFleet(['--hosts', '6', '--tamper', '1', '--seed', '3']);
    await runCommand(['poll', '--endpoints', fleet.endpointsFile, '--data', data, '--once']);
    await fleet.stop();
    await runCommand(['export', '--format', 'pack', '--out', pack, '--data', data]);
    key = (await runCommand(['audit', 'key', '--data', data])).stdout.trim();
  });

  test('at a data folder read-only, twice at once, and no byte of the database is another afterwards', async () => {
    const before = readFileSync(path.join(data, 'plumbline.db'));
    const one = await launch('--read-only', `--data=${data}`);
    const two = await launch('--read-only', `--data=${data}`);
    for (const { page } of [one, two]) {
      await expect(page.getByText('Read-only: nothing can be changed from here.')).toBeVisible();
      await expect(page.getByRole('button', { name: 'Ask now' })).toBeDisabled();
      await expect(page.getByRole('heading', { level: 1, name: /of 6 hosts/u })).toBeVisible();
    }
    await one.app.close();
    await two.app.close();
    expect(readFileSync(path.join(data, 'plumbline.db')).equals(before)).toBe(true);
  });

  test('into an evidence pack, checked with a key from elsewhere', async () => {
    const { app, page } = await launch(`--pack=${pack}`, `--key=${key}`);
    await expect(page.getByText('The pack holds.')).toBeVisible();
    await page.getByRole('link', { name: /^All 6 hosts$/u }).click();
    await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '7');
    await app.close();
  });

  test('not into a pack that was changed: the desktop says what is wrong, and ends', async () => {
    const bytes = readFileSync(pack);
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    const bad = path.join(folder, 'bad.zip');
    writeFileSync(bad, bytes);
    const child = spawn(path.join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '', 'electron'), [ROOT, `--pack=${bad}`, `--key=${key}`], {
      env: environment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    expect(await new Promise((done) => child.once('close', done))).toBe(2);
    expect(said).toContain('bad.zip does not hold, and is not shown.');
  });
});
