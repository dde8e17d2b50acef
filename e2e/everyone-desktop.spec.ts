import { _electron, type ElectronApplication, expect, type Page, test } from '@playwright/test';
import { obstacles } from './harness/accessibility.ts';
import { watchComplaints } from './harness/browser.ts';
import { type Fleet, ROOT, startFleet, temporaryFolder } from './harness/commands.ts';
import { groundTruth } from './harness/test.ts';

const HOSTS = 8;
const environment = (): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))),
  XDG_CONFIG_HOME: temporaryFolder('desktop-core-config'),
});

test.describe
  .serial('the core of it in the desktop (Electron simulator), in one window from the first look to the record', () => {
    let fleet: Fleet;
    let app: ElectronApplication;
    let page: Page;
    let complaints: Awaited<ReturnType<typeof watchComplaints>>;
    const go = async (keys: string, heading: RegExp | string): Promise<void> => {
      await page.getByRole('main').focus();
      await page.keyboard.press('g');
      await page.keyboard.press(keys);
      await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
    };

    test.beforeAll(async () => {
      fleet = await startFleet(['--hosts', String(HOSTS), '--tamper', '2', '--seed', '3']);
      app = await _electron.launch({
        args: [ROOT, `--endpoints=${fleet.endpointsFile}`, `--data=${temporaryFolder('desktop-core')}`],
        env: environment(),
      });
      page = await app.firstWindow();
      complaints = await watchComplaints(page);
      await expect(page.getByRole('heading', { level: 1, name: `of ${HOSTS} hosts` })).toBeVisible();
    });
    test.afterAll(async () => {
      await app.close();
      await fleet.stop();
    });

    test('a CISO: how many are trusted, what broke, and where hosts are', async () => {
      await go('c', 'Posture');
      await expect(page.getByRole('main')).toContainText(`${HOSTS - 2} of ${HOSTS} hosts trusted`);
      await go('m', 'Map');
      await expect(
        page
          .getByRole('region', { name: /^World map/u })
          .getByRole('link')
          .first(),
      ).toBeVisible();
      expect(await obstacles(page), 'map').toEqual([]);
    });

    test('an engineer: from the finding to the host, to the difference, to the bytes, and a decision', async () => {
      const broken = groundTruth(fleet).find((one) => one.incident !== null);
      await go('f', 'Findings');
      const finding = page.getByRole('grid', { name: /^Findings/u }).getByRole('row', { name: new RegExp(broken?.name ?? 'missing', 'u') });
      await finding.first().click();
      const opened = page.getByRole('complementary', { name: 'The opened finding' });
      await opened.getByRole('button', { name: 'Acknowledge' }).click();
      await expect(opened).toContainText('Acknowledged');
      await opened.getByRole('link', { name: broken?.name ?? 'missing' }).click();
      await expect(page.getByRole('heading', { level: 1 })).toContainText(`${broken?.name} is not trusted`);
      await page.getByRole('link', { name: 'Difference', exact: true }).click();
      await expect(page.getByRole('button', { name: 'Unfold everything' })).toBeVisible();
      await page.goBack();
      await page.getByRole('tab', { name: 'Raw bytes' }).click();
      await expect(page.getByRole('tabpanel')).toContainText('00000000');
    });

    test('a security officer: the manifest is read, completed and tried out', async () => {
      await go('p', 'Policy');
      const editor = page.getByRole('textbox', { name: /YAML/u });
      await expect(editor).toContainText('TrustManifest');
      await editor.press('Control+End');
      await page.keyboard.insertText('\nlocation:\n  mini');
      await editor.press('Control+Space');
      await expect(page.getByRole('option', { name: 'minimumAssurance' })).toBeVisible();
      await page.keyboard.press('Escape');
      await page.keyboard.insertText('mumAssurance: tpm-certified\n');
      await page.getByRole('button', { name: 'What if this were in force?' }).click();
      await expect(page.getByRole('region', { name: 'What if' })).toContainText(/would change/u);
    });

    test('an auditor: the record holds what was done, and is checked', async () => {
      await go('r', 'Record');
      await expect(page.getByRole('grid', { name: /Entries/u })).toContainText('acknowledged');
      await page.getByRole('tab', { name: 'Proof' }).click();
      await page.getByRole('button', { name: 'Re-check now' }).click();
      const result = page.getByRole('region', { name: 'Result of the re-check' });
      await expect(result).toContainText('were held against them.');
      // The newest entries may wait for their signature, which is said and not called broken.
      await expect(result).toHaveAttribute('data-outcome', /^(?:holds|partly)$/u);
    });

    test('and nothing was refused by the policy of the window, nor thrown', () => {
      expect(complaints.all()).toEqual([]);
    });
  });
