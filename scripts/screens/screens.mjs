// `npm run screenshots`: the pictures in docs/screens, of the demo fleet after its first few minutes, each page in both themes and two sizes.
//   npm run screenshots -- --wait 0         takes them at once
//   npm run screenshots -- --only map,host  takes these only
//   npm run screenshots -- --out FOLDER     puts them elsewhere, as PNG
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureChromium } from '../chromium.mjs';
import { prepare } from '../plumbline.mjs';
import { root } from '../runtime.mjs';
import { SCREENS } from './pages.mjs';

const option = (name) => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? null : (process.argv[at + 1] ?? null);
};
const elsewhere = option('out');
const out = elsewhere ?? path.join(root, 'docs', 'screens');
const waitMs = Number(option('wait') ?? 200) * 1000;
const only = option('only')?.split(',') ?? null;
const THEMES = ['light', 'dark'];
const SIZES = [
  [1280, 800],
  [1920, 1080],
];

const serveDemo = (node, folder) =>
  new Promise((resolve) => {
    const child = spawn(node, [path.join(root, 'dist/electron/cli.js'), 'serve', '--demo', '--json', '--data', folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.once('data', (line) => resolve({ child, url: JSON.parse(line).url }));
  });

/** As WebP a picture is a third of the PNG, and text in it is still sharp. */
const shot = async (page, file) => {
  if (elsewhere !== null) {
    await page.screenshot({ path: `${file}.png` });
    return;
  }
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: 90 });
  writeFileSync(`${file}.webp`, Buffer.from(data, 'base64'));
};

/** A page of its own for each, so that nothing of one is left in the next. Gives what could not be taken. */
const take = async (browser, session, origin, theme, [width, height]) => {
  const context = await browser.newContext({
    storageState: session,
    viewport: { width, height },
    colorScheme: theme,
    deviceScaleFactor: 1,
    reducedMotion: 'reduce',
  });
  const missed = [];
  for (const { name, at, ready } of SCREENS.filter((one) => only === null || only.includes(one.name))) {
    const page = await context.newPage();
    try {
      await page.goto(`${origin}/${at}`);
      await ready(page);
      await shot(page, path.join(out, `${name}-${theme}-${width}`));
    } catch (error) {
      missed.push(`${name}, ${theme}, ${width}: ${String(error).split('\n')[0]}`);
    }
    await page.close();
  }
  await context.close();
  return missed;
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
  const missed = [];
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
    // The offer of the tour is for whoever has not answered it.
    await page.getByRole('button', { name: 'Not now' }).click();
    await makeReport(page);
    const session = await context.storageState();
    for (const theme of THEMES) for (const size of SIZES) missed.push(...(await take(browser, session, new URL(url).origin, theme, size)));
  } finally {
    await browser.close();
    child.kill('SIGTERM');
    await new Promise((done) => child.once('exit', done));
    rmSync(folder, { recursive: true, force: true });
  }
  for (const one of missed) process.stderr.write(`not taken: ${one}\n`);
  process.stdout.write(`${out} written\n`);
  return missed.length === 0 ? 0 : 1;
};

process.exitCode = await main();
