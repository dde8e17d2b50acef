// `npm run screenshots`: the pictures in docs/screenshots, of the demo fleet after its first few minutes.
//   npm run screenshots -- --wait 0   takes them at once; --wide adds 1920 × 1080
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureChromium } from './chromium.mjs';
import { prepare } from './plumbline.mjs';
import { root } from './runtime.mjs';

const out = path.join(root, 'docs', 'screenshots');
const waitAt = process.argv.indexOf('--wait');
const waitMs = waitAt === -1 ? 200_000 : Number(process.argv[waitAt + 1]) * 1000;

const sizes = process.argv.includes('--wide')
  ? [
      [1280, 800],
      [1920, 1080],
    ]
  : [[1280, 800]];

const serveDemo = (node, folder) =>
  new Promise((resolve) => {
    const child = spawn(node, [path.join(root, 'dist/electron/cli.js'), 'serve', '--demo', '--json', '--data', folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.once('data', (line) => resolve({ child, url: JSON.parse(line).url }));
  });

const take = async (browser, session, origin, theme, width, height) => {
  const context = await browser.newContext({
    storageState: session,
    viewport: { width, height },
    colorScheme: theme,
    deviceScaleFactor: 1,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const shot = (name) => page.screenshot({ path: path.join(out, `${name}-${theme}-${width}.png`) });
  await page.goto(`${origin}/#/overview`);
  await page.getByRole('heading', { level: 1, name: /hardware root/ }).waitFor();
  await page.waitForLoadState('networkidle');
  await shot('overview');
  await page.goto(`${origin}/#/hosts`);
  await page.getByRole('grid').getByRole('link').first().waitFor();
  await shot('hosts');
  await page.goto(`${origin}/#/policy`);
  await page.getByRole('textbox', { name: /YAML/ }).waitFor();
  await shot('policy');
  await page.goto(`${origin}/#/record`);
  await page.getByRole('grid', { name: /Entries/ }).waitFor();
  await shot('record');
  await page.goto(`${origin}/#/hosts?link=container-engine`);
  await page.getByRole('grid').getByRole('link').first().click();
  await page.getByRole('region', { name: /broke trust/ }).waitFor();
  await shot('host');
  await context.close();
};

const main = async () => {
  const node = prepare();
  const executablePath = node && ensureChromium();
  if (!executablePath) return 1;
  const { chromium } = await import('playwright');
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-screenshots-'));
  mkdirSync(out, { recursive: true });
  const { child, url } = await serveDemo(node, folder);
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  try {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url);
    await page.getByRole('heading', { level: 1, name: /of 50 hosts/ }).waitFor();
    await page.waitForTimeout(waitMs);
    const session = await context.storageState();
    for (const theme of ['light', 'dark']) {
      for (const [width, height] of sizes) await take(browser, session, new URL(url).origin, theme, width, height);
    }
  } finally {
    await browser.close();
    child.kill('SIGTERM');
    await new Promise((done) => child.once('exit', done));
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(`docs/screenshots written\n`);
  return 0;
};

process.exitCode = await main();
