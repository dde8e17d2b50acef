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
  await page.goto(`${origin}/#/findings?finding=1`);
  await page.getByRole('complementary', { name: 'The opened finding' }).getByRole('heading', { level: 2 }).waitFor();
  await shot('findings');
  await page.goto(`${origin}/#/references`);
  await page.getByRole('heading', { level: 1, name: 'Reference values' }).waitFor();
  await page.waitForLoadState('networkidle');
  await shot('references');
  await page.goto(`${origin}/#/map`);
  await page
    .getByRole('region', { name: /^World map/ })
    .getByRole('link')
    .first()
    .waitFor();
  await shot('map');
  await page.goto(`${origin}/#/policy`);
  await page.getByRole('textbox', { name: /YAML/ }).waitFor();
  await shot('policy');
  await page.goto(`${origin}/#/record`);
  await page.getByRole('grid', { name: /Entries/ }).waitFor();
  await shot('record');
  await page.goto(`${origin}/#/record?tab=exports`);
  await page.getByRole('table', { name: /Exports that are kept/ }).waitFor();
  await shot('exports');
  await page.goto(`${origin}/#/reports`);
  await page.getByRole('table', { name: /Reports/ }).waitFor();
  await shot('reports');
  await page.getByRole('link', { name: /^Items of/ }).click();
  await page.getByRole('grid', { name: /Items/ }).waitFor();
  await shot('report-items');
  await page.goto(`${origin}/#/hosts?link=container-engine`);
  await page.getByRole('grid').getByRole('link').first().click();
  await page.getByRole('region', { name: /broke trust/ }).waitFor();
  await shot('host');
  await context.close();
};

/** A report of a sample, made twice, with a judgement between both. */
const makeReport = async (page) => {
  const ask = (name, input) =>
    page.evaluate(
      async (body) => {
        const response = await fetch('/rpc', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        return (await response.json()).data;
      },
      { name, input },
    );
  const of = { rows: 'hosts', query: {}, sort: { by: 'verdict', descending: false }, sample: { size: 20, seed: 'audit-2026q4:4-6-1-1' } };
  const definition = { name: 'Audit sample', note: 'The seed was named by the auditor.', of, format: 'oscal', schedule: null };
  const { id } = await ask('reports.save', { id: null, definition });
  const run = async () => {
    const before = (await ask('exports.list', {})).length;
    await ask('reports.run', { id });
    for (let tries = 0; tries < 100 && (await ask('exports.list', {})).length === before; tries += 1) await page.waitForTimeout(200);
    return ask('reports.items', { id, kind: 'host', offset: 0, limit: 20 });
  };
  const say = (entry, items, state, comment) =>
    ask('reports.assess', {
      id,
      assessment: { run: entry, items: items.map(({ kind, id: item }) => ({ kind, id: item })), state, comment },
    });
  const first = await run();
  await say(first.run.entry, first.rows.slice(0, 1), 'flagged', 'Ask the vendor when this was changed, and by whom.');
  const second = await run();
  await say(second.run.entry, second.rows.slice(8, 14), 'approved', '');
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
    await makeReport(page);
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
