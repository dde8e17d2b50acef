// `plumbline bench --suite ui`, in a checkout: the screens in Chromium over the console shell, on a fleet of 100,000 hosts that is made for it.
// Prints {"results": […]} as the command does; exit 3 where there is no Chromium.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { findChromium } from './chromium.mjs';
import { root } from './runtime.mjs';
import { seedHosts } from '../e2e/harness/seed.ts';

const HOSTS = 100_000;
const FRAMES = 300;
const executablePath = findChromium();
if (executablePath === null) process.exit(3);

/** Scrolls as fast as frames come, and says how long each took and which tasks were long. Runs in the page. */
const scrolled = async ({ selector, frames }) => {
  const scroller = document.querySelector(selector);
  const long = [];
  const observer = new PerformanceObserver((list) => long.push(...list.getEntries().map((entry) => entry.duration)));
  observer.observe({ type: 'longtask' });
  const took = [];
  let before = await new Promise((resolve) => {
    requestAnimationFrame(resolve);
  });
  for (let at = 0; at < frames; at += 1) {
    scroller.scrollTop += 600;
    const now = await new Promise((resolve) => {
      requestAnimationFrame(resolve);
    });
    took.push(now - before);
    before = now;
  }
  await new Promise((resolve) => {
    setTimeout(resolve, 200);
  });
  observer.disconnect();
  const sorted = took.toSorted((a, b) => a - b);
  return {
    median: sorted[Math.floor(sorted.length / 2)],
    p99: sorted[Math.floor(sorted.length * 0.99)],
    longest: Math.max(0, ...long),
    dropped: took.filter((ms) => ms > 25).length,
  };
};

const startConsole = (folder) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(root, 'dist', 'electron', 'cli.js'), 'serve', '--data', folder, '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.once('data', (line) => resolve({ child, url: JSON.parse(line).url }));
  });

/** Scripts and styles as they are sent, packed; the outline of the world is data and is fetched only by the map. */
const bundleKb = () => {
  const folder = path.join(root, 'dist', 'renderer', 'assets');
  const files = readdirSync(folder).filter((name) => /\.(?:js|css)$/u.test(name) && !/world/iu.test(name));
  return files.reduce((sum, name) => sum + gzipSync(readFileSync(path.join(folder, name)), { level: 9 }).length, 0) / 1024;
};

const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-bench-ui-'));
const results = [];
const add = (name, value, unit, limit = null) =>
  results.push({ name, value, unit, limit, ratio: limit === null || value === 0 ? null : limit / value });
let served = null;
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  seedHosts(folder, HOSTS);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.setContent(
    '<div id="s" style="height:600px;overflow:auto"><div style="height:9000000px;background:linear-gradient(#fff,#ccc)"></div></div>',
  );
  const bare = await page.evaluate(scrolled, { selector: '#s', frames: FRAMES });
  const begin = performance.now();
  served = await startConsole(folder);
  await page.goto(served.url);
  await page.getByRole('heading', { level: 1, name: /of 100,000 hosts/u }).waitFor();
  add(`start to first data, ${HOSTS} hosts`, (performance.now() - begin) / 1000, 's');
  const { origin } = new URL(served.url);
  const again = performance.now();
  await page.goto(`${origin}/#/hosts`);
  await page.getByRole('grid').getByRole('link').first().waitFor();
  add('hosts: from the address to the first rows', performance.now() - again, 'ms');
  const list = await page.evaluate(scrolled, { selector: '[role=grid]', frames: FRAMES });
  add(`hosts: longest task while ${FRAMES} frames scroll`, list.longest, 'ms', Math.max(bare.longest, 1));
  add('hosts: frame while scrolling, p99', list.p99, 'ms', bare.p99);
  add('hosts: frames over 25 ms', list.dropped, 'of 300', bare.dropped);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  add('memory of the renderer after scrolling (JS heap)', metrics.find(({ name }) => name === 'JSHeapUsedSize').value / 1024 / 1024, 'MiB');
  add('scripts and styles, gzip', bundleKb(), 'KiB');
} finally {
  await browser.close();
  served?.child.kill();
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${JSON.stringify({ results })}\n`);
