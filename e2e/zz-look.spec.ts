import { test } from '@playwright/test';
import { openSession } from './harness/browser.ts';
import { startConsole, temporaryFolder, startFleet, runCommand } from './harness/commands.ts';
import { seedHosts } from './harness/seed.ts';
import { HOSTILE } from './harness/hostile.ts';

test('look', async ({ browser }) => {
  test.setTimeout(300_000);
  const folder = temporaryFolder('look');
  if (process.env['FLEET'] === '1') {
    const fleet = await startFleet(['--hosts', '40', '--tamper', '14', '--seed', '7']);
    await runCommand(['poll', '--endpoints', fleet.endpointsFile, '--data', folder, '--once']);
    await fleet.stop();
  } else
    seedHosts(folder, 12_000, (index) => ({
      findings: [
        {
          kind: 'host-failed',
          severity: index % 3 === 0 ? 'critical' : 'warning',
          cause: `host-failed/${index % 7}`,
          what: index === 0 ? HOSTILE.image : 'Boot loader changed',
          title: `${index === 0 ? HOSTILE.long : 'Boot loader changed'}: node-${index}`,
          detail: 'It measures 1a2b…ffee, and none of the 3 that are allowed.',
          momentary: false,
        },
      ],
    }));
  const shell = await startConsole([], folder);
  const context = await openSession(browser, shell);
  const page = await context.newPage();
  const first = process.env['ADDRESSES']?.split(' ') ?? [];
  const ask = (name: string, input: unknown) =>
    page.evaluate(
      async (body) =>
        (
          await (
            await fetch('/rpc', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
          ).json()
        ).data,
      { name, input },
    );
  await page.goto('/#/overview');
  if (process.env['SETUP'] !== undefined)
    for (const [name, input] of JSON.parse(process.env['SETUP']) as [string, unknown][])
      console.log(JSON.stringify(await ask(name, input)).slice(0, 400));
  for (const [width, height] of [
    [1280, 800],
    [1920, 1080],
    [640, 400],
  ] as const)
    for (const colorScheme of ['light', 'dark'] as const) {
      if (colorScheme === 'dark' && width !== 1280) continue;
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height });
      for (const [index, address] of first.entries()) {
        await page.goto(address);
        await page.reload();
        await page.waitForTimeout(900);
        await page.screenshot({ path: `/tmp/p2/${index}-${width}-${colorScheme}.png` });
        if (width === 640)
          console.log(
            address,
            await page.evaluate(() => {
              const main = document.querySelector('main');
              const edge = (main?.getBoundingClientRect().left ?? 0) + (main?.clientWidth ?? 0);
              return [...(main?.querySelectorAll('*') ?? [])]
                .filter((one) => one.getBoundingClientRect().right > edge + 0.5 && one.closest('[role=grid]') === null)
                .map((one) => `${one.tagName}.${one.className} ${one.getBoundingClientRect().right - edge}`)
                .slice(0, 8);
            }),
          );
      }
    }
  await context.close();
  await shell.stop();
});
