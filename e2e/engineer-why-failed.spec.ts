import { expect } from '@playwright/test';
import { groundTruth, test } from './harness/test.ts';

const LINK_WORDS: Readonly<Record<string, string>> = {
  hardware: 'Hardware',
  firmware: 'Firmware',
  'secure-boot': 'Secure Boot',
  'boot-loader': 'Boot loader',
  kernel: 'Kernel',
  runtime: 'Runtime (IMA)',
  'container-engine': 'Container engine',
  orchestrator: 'Orchestrator',
  workloads: 'Workloads',
};

test.describe('an engineer asks why a host failed', () => {
  test('every tampered host says where its chain broke, and nothing above it looks trusted', async ({ fleetPage: page, fleet }) => {
    const tampered = groundTruth(fleet).filter((host) => host.incident !== null);
    expect(tampered.length).toBeGreaterThan(0);
    for (const host of tampered) {
      await test.step(`${host.incident} on ${host.name}`, async () => {
        await page.goto(`/#/hosts?q=${host.name}`);
        await page.getByRole('grid').getByRole('link', { name: host.name }).click();
        await expect(page.getByRole('heading', { level: 1 })).toContainText(`${host.name} is not trusted`);
        const links = page.getByRole('list', { name: /Chain of trust/ }).getByRole('listitem');
        const broken = links.filter({
          has: page.getByRole('heading', { level: 3, name: LINK_WORDS[host.brokenLink ?? ''] ?? '', exact: true }),
        });
        await expect(broken).toContainText('Broken');
        const beyond = page.getByRole('list', { name: /Chain of trust/ }).locator('li', { hasText: 'can no longer be believed' });
        for (const text of await beyond.allTextContents()) expect(text).not.toContain('Trusted');
      });
    }
  });

  test('a changed boot loader is shown as one event with what was expected', async ({ fleetPage: page, fleet }) => {
    const host = groundTruth(fleet).find((one) => one.incident === 'boot-loader-changed');
    await page.goto(`/#/hosts?q=${host?.name}`);
    await page
      .getByRole('grid')
      .getByRole('link', { name: host?.name ?? '' })
      .click();
    const panel = page.getByRole('region', { name: 'The event that broke trust' });
    await expect(panel).toContainText('Boot loader changed');
    await expect(panel).toContainText('PCR 4');
    await expect(panel).toContainText('claimed');
    await expect(panel).toContainText('Expected');
    await panel.getByRole('link', { name: /Boot event/ }).click();
    await expect(page.getByRole('tab', { name: /Boot events/ })).toHaveAttribute('aria-selected', 'true');
  });

  test('an unknown program is named by its path, and can be searched for in the list', async ({ fleetPage: page, fleet }) => {
    const host = groundTruth(fleet).find((one) => one.incident === 'unknown-binary');
    await page.goto(`/#/hosts?q=${host?.name}`);
    await page
      .getByRole('grid')
      .getByRole('link', { name: host?.name ?? '' })
      .click();
    await expect(page.getByRole('region', { name: /broke trust/ })).toContainText('/tmp/.x/');
    await page.getByRole('tab', { name: /Runtime/ }).click();
    const panel = page.getByRole('tabpanel');
    await panel.getByRole('searchbox').fill('/tmp/.x');
    await expect(panel).toContainText('/tmp/.x/');
    await expect(panel).not.toContainText('/usr/bin/containerd');
  });

  test('registers tell proven from claimed', async ({ fleetPage: page, fleet }) => {
    const host = groundTruth(fleet).find((one) => one.incident === null);
    await page.goto(`/#/hosts?q=${host?.name}`);
    await page
      .getByRole('grid')
      .getByRole('link', { name: host?.name ?? '' })
      .click();
    await page.getByRole('tab', { name: /PCRs/ }).click();
    await expect(page.getByRole('tabpanel')).toContainText(/proven/i);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('is true to its hardware root of trust');
  });

  test('boot events stand under their registers, and one of them leads to its bytes', async ({ fleetPage: page, fleet }) => {
    const host = groundTruth(fleet).find((one) => one.incident === 'boot-loader-changed');
    await page.goto(`/#/hosts/${encodeURIComponent(`demo-fleet/${host?.id}`)}?tab=boot-events`);
    await page.getByRole('button', { name: 'By PCR' }).click();
    const tree = page.getByRole('tree', { name: 'Boot events by PCR' });
    await expect(tree.getByRole('treeitem', { name: /^PCR 4/u })).toContainText('1 broke trust');
    await tree.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    await expect(tree.getByRole('treeitem').first()).toHaveAttribute('aria-expanded', 'false');
    await tree.getByRole('treeitem', { name: /broke trust: / }).click();
    await page.getByRole('link', { name: 'Its bytes' }).click();
    await expect(page.getByRole('tab', { name: 'Raw bytes' })).toHaveAttribute('aria-selected', 'true');
    await expect(page.getByRole('tree', { name: /Fields of boot event/u })).toContainText('EV_EFI_BOOT_SERVICES_APPLICATION');
    for (const evidence of ['Runtime list', 'Quote', 'Signature', 'EK certificate', 'AK'] as const) {
      await page.getByRole('button', { name: evidence, exact: true }).click();
      await expect(page.getByRole('grid', { name: /^Bytes of/u })).toContainText('00000000');
    }
  });

  test('certificate and keys are text, and lead to their bytes', async ({ fleetPage: page, fleet }) => {
    const host = groundTruth(fleet).find((one) => one.incident === null);
    await page.goto(`/#/hosts/${encodeURIComponent(`demo-fleet/${host?.id}`)}?tab=identity`);
    await expect(page.getByRole('tabpanel')).toContainText('Issuer');
    await expect(page.getByRole('tabpanel')).toContainText(/Of this TPM\s*yes/u);
    await expect(page.getByRole('tabpanel')).toContainText(/Leads to a root\s*yes/u);
    await expect(page.getByRole('tabpanel')).toContainText(/chains over \d+ issuers to a given root/u);
    await page.getByRole('link', { name: /field by field/u }).click();
    await expect(page.getByRole('tree', { name: 'Fields of the endorsement certificate' })).toContainText('serial number');
  });

  test('a host is copied as evidence', async ({ fleetPage: page, fleet }) => {
    const host = groundTruth(fleet).find((one) => one.incident === 'boot-loader-changed');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.goto(`/#/hosts/${encodeURIComponent(`demo-fleet/${host?.id}`)}`);
    await page.getByRole('button', { name: 'Copy as evidence' }).click();
    await expect(page.getByText('Copied', { exact: true })).toBeVisible();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text).toContain('simulated, demo data');
    expect(text).toMatch(/Boot loader: Broken\. Boot loader changed/u);
    expect(text).toMatch(/PCR 4 \(sha256\), quoted: [0-9a-f]{64}/u);
    expect(text).toMatch(/#\/hosts\/demo-fleet%2F/u);
  });

  test('from a list, one goes to the next host and back by keys', async ({ fleetPage: page }) => {
    await page.goto('/#/hosts?verdict=failed');
    await page.getByRole('grid', { name: 'Hosts' }).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    const place = page.getByText(/^1 of \d+$/u);
    await expect(place).toBeVisible();
    const first = page.url();
    await page.keyboard.press(']');
    await expect(page.getByText(/^2 of \d+$/u)).toBeVisible();
    expect(page.url()).not.toBe(first);
    await page.keyboard.press('[');
    await expect(place).toBeVisible();
    expect(page.url()).toBe(first);
    await page.reload();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Next host' })).toBeHidden();
  });
});
