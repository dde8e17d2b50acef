import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { obstacles, tabTo } from './harness/accessibility.ts';
import { beyondTheEdge } from './harness/browser.ts';
import { type Console, runCommand, startConsole } from './harness/commands.ts';
import { HOSTS, test } from './harness/test.ts';

test.describe
  .serial('an auditor keeps the record, without a mouse', () => {
    let shell: Console;
    let page: Page;
    let outside: string;

    test.beforeAll(async ({ browser, fleet }) => {
      outside = path.join(fleet.folder, 'outside');
      mkdirSync(outside);
      const endpoints = path.join(fleet.folder, 'endpoints-anchored.yaml');
      const anchors = `anchors:\n  - { kind: folder, path: ${outside}, every: 1m }\n  - { kind: folder, path: ${outside}-not-mounted }\n`;
      writeFileSync(endpoints, `${readFileSync(fleet.endpointsFile, 'utf8')}\n${anchors}`);
      shell = await startConsole(['--endpoints', endpoints]);
      page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
      await page.goto(shell.url);
      await page.getByRole('heading', { level: 1, name: `of ${HOSTS} hosts` }).waitFor();
    });
    test.afterAll(async () => {
      await page.context().close();
      await shell.stop();
    });

    const part = (name: string) => page.getByRole('region', { name, exact: true });
    const open = async (tab: string): Promise<void> => {
      await page.goto(`${shell.origin}/#/record?tab=${tab}`);
      await page.reload();
      await expect(page.getByRole('heading', { level: 1, name: 'Record' })).toBeVisible();
    };

    test('sees where checkpoints are put outside, and which place cannot be reached', async () => {
      await open('proof');
      const anchors = part('Anchors').getByRole('listitem');
      await expect(anchors).toHaveCount(2);
      await expect(anchors.nth(0)).toContainText(outside);
      await expect(anchors.nth(0)).toContainText(/\d+ entr(?:y|ies), .* UTC/);
      await expect(anchors.nth(1)).toContainText('Cannot be made');
      await expect(anchors.nth(1)).toContainText('it is tried again');
      await expect(page.getByRole('tab', { name: 'Proof' })).toContainText('1 problem');
      await expect(page.getByRole('main')).toContainText('Put outside at 1 of 2 places.');
    });

    test('re-checks it: told what could not be evaluated, and that it is no proof', async () => {
      await open('proof');
      await tabTo(page, 'button', 'Re-check now');
      await page.keyboard.press('Enter');
      const result = page.getByRole('region', { name: 'Result of the re-check' });
      await expect(result).toContainText('Not all of it evaluated');
      await expect(result).toContainText(/Nothing wrong was found in [\d,]+ entries, but \d things? could not be evaluated\./);
      await expect(result.getByRole('table', { name: 'Not evaluated' })).toContainText('was believed because it came first');
      await expect(part('Re-check')).toContainText('This re-check runs inside the program that keeps the record.');
      await expect(part('Re-check')).toContainText(`plumbline audit verify --data '${shell.dataFolder}'`);
      await expect(page.getByRole('button', { name: 'Re-check now' })).toBeFocused();
      expect(await obstacles(page)).toEqual([]);
    });

    test('holds it against a key and a checkpoint that were kept elsewhere: then it holds', async () => {
      await open('proof');
      const key = await part('Key and checkpoint').locator('pre').first().innerText();
      const checkpoint = await part('Key and checkpoint').locator('pre').last().innerText();
      await part('Re-check').getByText('Hold it against what you kept elsewhere').focus();
      await page.keyboard.press('Enter');
      await tabTo(page, 'textbox', 'Verifier key', 1);
      await page.keyboard.insertText('nonsense');
      await tabTo(page, 'textbox', 'Checkpoint', 1);
      await page.keyboard.insertText(checkpoint);
      await page.getByRole('button', { name: 'Re-check now' }).focus();
      await page.keyboard.press('Enter');
      await expect(part('Re-check')).toContainText('The key that was given cannot be read');
      await page.getByRole('textbox', { name: 'Verifier key' }).fill(key);
      // What was entered a moment ago may not be signed yet, which is said; it is, a moment later.
      await expect(async () => {
        await page.getByRole('button', { name: 'Re-check now' }).focus();
        await page.keyboard.press('Enter');
        await expect(page.getByRole('region', { name: 'Result of the re-check' })).toContainText('everything was evaluated', {
          timeout: 3_000,
        });
      }).toPass();
      await expect(page.getByRole('region', { name: 'Result of the re-check' })).toContainText('Holds');
      await expect(part('Re-check')).not.toContainText('cannot be read');
    });

    test('finds the re-checks in the ledger, with who began them', async () => {
      await open('ledger');
      await page.getByRole('combobox', { name: 'Entries about' }).selectOption('Re-checks');
      const entries = page.getByRole('grid', { name: /Entries/ });
      await expect(entries.getByText('ledger.rechecked').first()).toBeVisible();
      await expect(entries).toContainText('which proves nothing to anyone else');
    });

    test('backs up, and reads where to', async () => {
      await open('data');
      await expect(part('Back up')).toContainText(shell.dataFolder);
      await tabTo(page, 'button', 'Back up now');
      await page.keyboard.press('Enter');
      await expect(part('Back up')).toContainText(/pages to .*backups.*\.db/);
      await expect(page.getByRole('button', { name: 'Back up now' })).toBeFocused();
      expect(readdirSync(path.join(shell.dataFolder, 'backups'))).toHaveLength(1);
      await expect(page.getByRole('table', { name: 'Jobs since the start' }).getByRole('row').nth(1)).toContainText('Done');
    });

    test('is told what a purge deletes, may leave it, and then does it', async () => {
      await open('data');
      await tabTo(page, 'button', 'Delete what is old…');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('heading', { name: 'Delete what is old now?' })).toBeFocused();
      await expect(part('Delete what is old')).toContainText('The newest evidence of each host always stays.');
      expect(await obstacles(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('button', { name: 'Delete what is old…' })).toBeFocused();
      await expect(part('Delete what is old')).not.toContainText('older than they are kept for');
      await page.keyboard.press('Enter');
      await tabTo(page, 'button', 'Delete it', 1);
      await page.keyboard.press('Enter');
      await expect(part('Delete what is old')).toContainText('older than they are kept for');
      await tabTo(page, 'button', 'Give space back');
      await page.keyboard.press('Enter');
      await expect(part('Give space back')).toContainText(/pages were given back/);
    });

    test('changes for how long quotes are kept: with a reason, after the difference was shown', async () => {
      await open('data');
      const quotes = page.getByRole('textbox', { name: 'Quotes of routine' });
      await tabTo(page, 'textbox', 'Quotes of routine');
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.insertText('0');
      await tabTo(page, 'button', 'Review the change…');
      await page.keyboard.press('Enter');
      await expect(quotes).toBeFocused();
      await expect(quotes).toHaveAttribute('aria-invalid', 'true');
      await expect(quotes).toHaveAccessibleDescription(/Give whole days, 1 to 36,500\./);
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.insertText('30');
      await tabTo(page, 'button', 'Review the change…');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('heading', { name: 'What changes' })).toBeFocused();
      await expect(page.getByRole('table', { name: 'The difference' })).toContainText('90 days → 30 days');
      await expect(page.getByRole('table', { name: 'The difference' })).toContainText(/Quotes of routine from before .* UTC are deleted/);
      await tabTo(page, 'button', 'Save', 2);
      await page.keyboard.press('Enter');
      const reason = page.getByRole('textbox', { name: 'Reason, for the record' });
      await expect(reason).toBeFocused();
      await expect(reason).toHaveAccessibleDescription(/Say why/);
      expect(await obstacles(page)).toEqual([]);
      await page.keyboard.insertText('Small disks.');
      await tabTo(page, 'button', 'Save', 1);
      await page.keyboard.press('Enter');
      await expect(page.getByText('Saved, and entered into the ledger.')).toBeVisible();
      await expect(page.getByRole('button', { name: 'Review the change…' })).toBeFocused();
      await open('data');
      await expect(quotes).toHaveValue('30');
    });

    test('rotates the key after reading what happens, and the old key still checks all of it by command', async () => {
      await open('proof');
      const keys = part('Key and checkpoint');
      const old = await keys.locator('pre').first().innerText();
      await tabTo(page, 'button', 'Rotate the key…');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('heading', { name: 'Rotate the key of the ledger?' })).toBeFocused();
      await expect(keys).toContainText(`The private key ${old.split('+')[1]} is deleted.`);
      await tabTo(page, 'textbox', 'Reason, for the record', 1);
      await page.keyboard.insertText('Yearly.');
      await tabTo(page, 'button', /^Rotate the key$/, 1);
      expect(await obstacles(page)).toEqual([]);
      await page.keyboard.press('Enter');
      await expect(keys).toContainText(/The ledger is signed by the new key [0-9a-f]{8} from now on\./);
      await expect(page.getByRole('button', { name: 'Rotate the key…' })).toBeFocused();
      const next = await keys.locator('pre').first().innerText();
      expect(next).not.toBe(old);
      expect((await runCommand(['audit', 'key', '--data', shell.dataFolder])).stdout.trim()).toBe(next);
      expect(await runCommand(['audit', 'verify', '--data', shell.dataFolder, '--key', old])).toMatchObject({ code: 0 });
    });

    for (const colorScheme of ['light', 'dark'] as const)
      test(`nothing stands in the way, and nothing scrolls sideways at 200 % zoom, ${colorScheme}`, async () => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        for (const tab of ['proof', 'data']) {
          await open(tab);
          await expect(page.getByRole('tabpanel')).not.toContainText('Asking the engine');
          expect(await obstacles(page), tab).toEqual([]);
          await page.setViewportSize({ width: 640, height: 400 });
          expect(await beyondTheEdge(page), tab).toBeLessThanOrEqual(0);
          await page.setViewportSize({ width: 1280, height: 800 });
        }
      });
  });
