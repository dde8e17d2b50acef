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
});
