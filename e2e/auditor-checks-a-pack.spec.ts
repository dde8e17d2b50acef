import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { obstacles, tabTo } from './harness/accessibility.ts';
import { beyondTheEdge, openSession } from './harness/browser.ts';
import { ROOT, runCommand, startConsole, startFleet, temporaryFolder } from './harness/commands.ts';

const PAGE = `file://${path.join(ROOT, 'resources', 'pack', 'check.html')}`;

/** A key that is as good as any, of somebody else (C2SP signed-note). */
const otherKey = (name: string): string => {
  const raw = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const material = Buffer.concat([Buffer.of(1), raw]);
  const id = createHash('sha256')
    .update(
      Buffer.concat([
        Buffer.from(`${name}
`),
        material,
      ]),
    )
    .digest('hex')
    .slice(0, 8);
  return `${name}+${id}+${material.toString('base64')}`;
};

test.describe
  .serial('an auditor checks a pack in a browser that has no network', () => {
    let folder: string;
    let pack: string;
    let key: string;
    let context: BrowserContext;
    let page: Page;
    const asked: string[] = [];

    test.beforeAll(async ({ browser }) => {
      folder = temporaryFolder('pack');
      const data = path.join(folder, 'data');
      const fleet = await startFleet(['--hosts', '8', '--tamper', '3', '--seed', '7']);
      await runCommand(['poll', '--endpoints', fleet.endpointsFile, '--data', data, '--once']);
      await fleet.stop();
      pack = path.join(folder, 'pack.zip');
      await runCommand(['export', '--format', 'pack', '--out', pack, '--data', data]);
      key = (await runCommand(['audit', 'key', '--data', data])).stdout.trim();
      context = await browser.newContext({ offline: true });
      page = await context.newPage();
      page.on('request', (request) => void asked.push(request.url()));
    });
    test.afterAll(() => context.close());

    const choose = async (file: string, verifier: string): Promise<void> => {
      await page.goto(PAGE);
      await page.getByLabel(/^The pack/).setInputFiles(file);
      await page.getByLabel(/^The verifier key/).fill(verifier);
      await page.getByRole('button', { name: 'Check' }).press('Enter');
    };
    const verdict = () => page.getByRole('status');
    const changed = (name: string, at: (zip: Buffer) => number): string => {
      const zip = readFileSync(pack);
      const place = at(zip);
      zip.writeUInt8(zip.readUInt8(place) ^ 1, place);
      const file = path.join(folder, name);
      writeFileSync(file, zip);
      return file;
    };

    test('a good pack with the right key holds, and what was not checked is said as large', async () => {
      await choose(pack, key);
      await expect(verdict()).toHaveText('What was checked holds. Read what was not.');
      const list = page.getByRole('list');
      await expect(list).toContainText(/entries are at their places in the ledger/);
      await expect(list).toContainText(/\d+ quotes hold: signature by the key, nonce, and values of the registers/);
      await expect(list).toContainText('Not checkedLogs and lists against reference values');
      await expect(list).toContainText('DEMO DATA');
      await expect(list.getByText('Wrong', { exact: true })).toHaveCount(0);
      await expect(page.getByRole('row')).toHaveCount(9);
      await expect(page.getByRole('table')).toContainText('quote holds');
      expect(asked.filter((url) => !url.startsWith('file:') && !url.startsWith('blob:'))).toEqual([]);
    });

    for (const colorScheme of ['light', 'dark'] as const)
      test(`it can be used by everyone, ${colorScheme}`, async () => {
        await page.emulateMedia({ colorScheme });
        await choose(pack, key);
        await expect(verdict()).toContainText('holds');
        expect(await obstacles(page)).toEqual([]);
        await page.setViewportSize({ width: 380, height: 800 });
        expect(await beyondTheEdge(page)).toBe(0);
        await page.setViewportSize({ width: 1280, height: 800 });
        await page.goto(PAGE);
        await tabTo(page, 'button', 'Check');
      });

    test('without a key it says that nothing shows who made the pack', async () => {
      await choose(pack, '');
      await expect(verdict()).toHaveText('Nothing contradicts itself, and who made the pack was not checked.');
      await expect(page.getByRole('list')).toContainText('No key was given');
    });

    test("somebody else's key, a changed byte, a shortened file and no pack at all do not hold", async () => {
      await choose(pack, otherKey(key.split('+')[0] ?? ''));
      await expect(verdict()).toHaveText('This pack does not hold.');
      await expect(page.getByRole('list')).toContainText('signed by another key than the one that was given');
      const middle = changed('middle.zip', (zip) => zip.length >> 1);
      const header = changed('header.zip', () => 12);
      const end = changed('end.zip', (zip) => zip.length - 30);
      const sums = changed('sums.zip', (zip) => zip.lastIndexOf('  index.json') - 5);
      const short = path.join(folder, 'short.zip');
      writeFileSync(short, readFileSync(pack).subarray(0, -100));
      const none = path.join(folder, 'none.zip');
      writeFileSync(none, 'no zip');
      for (const file of [middle, header, end, sums, short, none]) {
        await choose(file, key);
        await expect(verdict(), path.basename(file)).toHaveText('This pack does not hold.');
        await expect(page.getByRole('list')).toContainText('Wrong');
      }
    });

    test('a pack that is made on the screen, while Plumbline runs, holds for the command', async ({ browser }) => {
      const shell = await startConsole([], path.join(folder, 'data'));
      const session = await openSession(browser, shell);
      try {
        const hosts = await session.newPage();
        await hosts.goto('/#/hosts');
        await hosts.getByRole('button', { name: 'Export…' }).click();
        const dialog = hosts.getByRole('dialog', { name: /^Export / });
        await dialog.getByRole('button', { name: 'Evidence pack' }).click();
        await expect(dialog).toContainText('a zip with the evidence itself');
        expect(await obstacles(hosts)).toEqual([]);
        await dialog.getByRole('button', { name: 'Export', exact: true }).click();
        const link = dialog.getByRole('link', { name: /^Download/ });
        const [download] = await Promise.all([hosts.waitForEvent('download'), link.click()]);
        expect(download.suggestedFilename()).toMatch(/^plumbline-hosts-\d{8}T\d{6}Z\.zip$/u);
        const { code, stdout } = await runCommand(['audit', 'verify', await download.path(), '--key', key, '--json']);
        expect(JSON.parse(stdout)).toMatchObject({ ok: true, hosts: 8, keyPinned: true, problems: [] });
        expect(code).toBe(0);
      } finally {
        await session.close();
        await shell.stop();
      }
    });
  });
