// `plumbline bench --suite ui`, in a checkout: the screens in Chromium over the console shell, on data that is made for it.
// Prints {"results": […]} as the command does; exit 3 where there is no Chromium. Parts by name measure only these: start lists difference map.
// `--seeds DIR` keeps the data and uses it again.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { fluency, move, scroll, tasksOf } from './bench-ui/frames.mjs';
import { seedEvidence, seedFleet, seedPlaces } from './bench-ui/seeds.mjs';
import { findChromium } from './chromium.mjs';
import { root } from './runtime.mjs';

const HOSTS = 100_000;
const PLACED = 10_000;
const FILES = 100_000;
const LOG_BYTES = 60 * 1024;
const FRAMES = 300;
const STEP_PX = 600;
const STARTS = 3;
const executablePath = findChromium();
if (executablePath === null) process.exit(3);
const { values, positionals: parts } = parseArgs({ options: { seeds: { type: 'string' } }, allowPositionals: true });

const folder = values.seeds ?? mkdtempSync(path.join(tmpdir(), 'plumbline-bench-ui-'));
/** Made once. */
const seeded = (name, seed) => {
  const made = path.join(folder, name);
  if (!existsSync(made)) {
    mkdirSync(made, { recursive: true });
    seed(made);
  }
  return made;
};

const results = [];
const add = (name, value, unit, limit = null) =>
  results.push({ name, value, unit, limit, ratio: limit === null || value === 0 ? null : limit / value });

const ready = (child) =>
  new Promise((resolve) => {
    child.stdout.once('data', (line) => resolve(JSON.parse(line).url));
  });
const serve = async (data) => {
  const child = spawn(process.execPath, [path.join(root, 'dist', 'electron', 'cli.js'), 'serve', '--data', data, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await ready(child);
  const stop = () =>
    new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill();
    });
  return { pid: child.pid, url, origin: new URL(url).origin, stop };
};

/** What a process used of the processors until now, all of its threads; where the system does not tell, null. */
const cpuMsOf = (pid) => {
  try {
    const [, rest] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const [user, system] = rest.split(' ').slice(11, 13).map(Number);
    return (user + system) * 10;
  } catch {
    return null;
  }
};

/** Scripts and styles as they are sent, packed; the outline of the world is data and is fetched only by the map. */
const bundleKb = (only) => {
  const assets = path.join(root, 'dist', 'renderer', 'assets');
  const files = readdirSync(assets).filter((name) => /\.(?:js|css)$/u.test(name) && !/world/iu.test(name) && only(name));
  return files.reduce((sum, name) => sum + gzipSync(readFileSync(path.join(assets, name)), { level: 9 }).length, 0) / 1024;
};
const firstFiles = () => {
  const page = readFileSync(path.join(root, 'dist', 'renderer', 'index.html'), 'utf8');
  return bundleKb((name) => page.includes(name));
};

const addFluency = (of, what, measured, bare) => {
  add(`${of}: longest task while ${what}`, measured.longest, 'ms', bare.longest);
  add(`${of}: longest task while ${what}, CPU of its thread`, measured.longestCpu, 'ms', bare.longestCpu);
  add(`${of}: CPU of the thread, a frame`, measured.cpuOfFrame, 'ms', bare.cpuOfFrame);
  add(`${of}: frame while ${what}, median`, measured.median, 'ms', bare.median);
  add(`${of}: frame while ${what}, p99`, measured.p99, 'ms', bare.p99);
  add(`${of}: frames over 25 ms`, measured.dropped, `of ${FRAMES}`, bare.dropped);
};

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const openPage = async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  return context.newPage();
};
const heapMb = async (page) => {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'JSHeapUsedSize').value / 1024 / 1024;
};
/** A page that scrolls and has nothing on it. */
const bareScroll = async () => {
  const page = await openPage();
  await page.setContent(
    '<div id="s" style="height:600px;overflow:auto"><div style="height:9000000px;background:linear-gradient(#fff,#ccc)"></div></div>',
  );
  const bare = await fluency(browser, page, scroll, { selector: '#s', frames: FRAMES, by: STEP_PX });
  await page.context().close();
  return bare;
};

/** From starting the process to the first data on the screen. */
const start = async (data) => {
  const page = await openPage();
  await page.setContent('<p>…</p>');
  const begin = performance.now();
  const served = await serve(data);
  const answersMs = performance.now() - begin;
  const cpuMs = cpuMsOf(served.pid);
  await page.goto(served.url, { waitUntil: 'commit' });
  await page.getByRole('heading', { level: 1, name: /of 100,000 hosts/u }).waitFor();
  const shownMs = performance.now() - begin;
  await page.context().close();
  await served.stop();
  return { answersMs, cpuMs, shownMs };
};

const measureStart = async () => {
  const data = seeded('hosts', (made) => seedFleet(made, HOSTS));
  // The least: what else the machine does makes a start longer, never shorter.
  const starts = [];
  for (let round = 0; round < STARTS; round += 1) starts.push(await start(data));
  const least = (of) => Math.min(...starts.map(of));
  add(`start to first data, ${HOSTS} hosts`, least(({ shownMs }) => shownMs) / 1000, 's');
  add('of it: until the shell answers', least(({ answersMs }) => answersMs) / 1000, 's');
  if (starts[0].cpuMs !== null) add('until the shell answers, CPU of all threads', least(({ cpuMs }) => cpuMs) / 1000, 's');
  add(
    'scripts and styles, gzip',
    bundleKb(() => true),
    'KiB',
  );
  add('of it: loaded before the first page', firstFiles(), 'KiB');
};

const measureLists = async () => {
  const bare = await bareScroll();
  const fleet = await serve(seeded('hosts', (made) => seedFleet(made, HOSTS)));
  const page = await openPage();
  await page.goto(fleet.url);
  await page.getByRole('heading', { level: 1, name: /of 100,000 hosts/u }).waitFor();
  const again = performance.now();
  await page.goto(`${fleet.origin}/#/hosts`);
  await page.getByRole('grid').getByRole('link').first().waitFor();
  add('hosts: from the address to the first rows', performance.now() - again, 'ms');
  const hosts = await fluency(browser, page, scroll, { selector: '[role=grid]', frames: FRAMES, by: STEP_PX });
  addFluency(`${HOSTS} hosts`, 'scrolling', hosts, bare);
  add('memory of the renderer after scrolling (JS heap)', await heapMb(page), 'MiB');
  await page.context().close();
  await fleet.stop();
  const evidence = await serve(seeded('evidence', (made) => seedEvidence(made, FILES, LOG_BYTES)));
  const other = await openPage();
  await other.goto(evidence.url);
  await other.getByRole('heading', { level: 1 }).waitFor();
  await other.goto(`${evidence.origin}/#/hosts/dc%2Fone?tab=runtime`);
  await other
    .getByRole('grid', { name: /Files measured/u })
    .locator('[role=row][aria-rowindex="3"] code')
    .first()
    .waitFor();
  const files = await fluency(browser, other, scroll, {
    selector: '[role=grid][aria-label^="Files measured"]',
    frames: FRAMES,
    by: STEP_PX,
  });
  addFluency(`${FILES} IMA entries`, 'scrolling', files, bare);
  await other.context().close();
  await evidence.stop();
};

const measureDifference = async () => {
  const served = await serve(seeded('evidence', (made) => seedEvidence(made, FILES, LOG_BYTES)));
  const page = await openPage();
  await page.goto(served.url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const open = async (of, log) => {
    const { value, wall, cpu, cpuSum } = await tasksOf(browser, page, async () => {
      const begin = performance.now();
      await page.goto(`${served.origin}/#/hosts/dc%2Fone/difference?with=peer&log=${log === 'programs' ? 'programs' : 'boot'}`);
      await page
        .getByRole('grid', { name: /side by side/u })
        .locator('[role=row][aria-rowindex="2"]')
        .waitFor();
      return performance.now() - begin;
    });
    // The limit: the engine's answer alone, as text, in the same page.
    const alone = await page.evaluate(
      async (input) => {
        const begin = performance.now();
        const answer = await fetch('/rpc', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: 'hosts.difference', input }),
        });
        await answer.text();
        return performance.now() - begin;
      },
      { id: 'dc/one', with: 'peer', peer: null, log, unfolded: [], at: null, offset: 0, limit: 200 },
    );
    add(`${of}: from the address to the aligned lines`, value, 'ms', alone);
    add(`${of}: longest task while it opens`, wall, 'ms');
    add(`${of}: longest task while it opens, CPU of its thread`, cpu, 'ms');
    add(`${of}: CPU of the thread until it is open`, cpuSum, 'ms');
    await page.goto(`${served.origin}/#/overview`);
    await page.getByRole('heading', { level: 1 }).waitFor();
  };
  await open('difference of two 60 KB logs', 'boot-events');
  await open(`difference of two lists of ${FILES} files`, 'programs');
  await page.context().close();
  await served.stop();
};

const measureMap = async () => {
  const empty = await openPage();
  await empty.setContent(
    '<section id="s" tabindex="0" style="width:900px;height:500px;overflow:hidden"><div id="m" style="width:400px;height:300px;background:linear-gradient(#fff,#ccc)"></div></section>',
  );
  await empty.evaluate(() => {
    let [x, zoom] = [0, 1];
    const draw = () => {
      document.querySelector('#m').style.transform = `translate(${x}px, 0) scale(${zoom})`;
    };
    const target = document.querySelector('#s');
    target.addEventListener('wheel', ({ deltaY }) => {
      zoom *= 1.0015 ** -deltaY;
      draw();
    });
    target.addEventListener('keydown', ({ key }) => {
      x += key === 'ArrowLeft' || key === 'ArrowUp' ? -80 : 80;
      draw();
    });
  });
  const bare = await fluency(browser, empty, move, { selector: '#s', frames: FRAMES });
  await empty.context().close();
  const served = await serve(seeded('places', (made) => seedPlaces(made, PLACED)));
  const page = await openPage();
  await page.goto(served.url);
  await page.getByRole('heading', { level: 1, name: /of 10,000 hosts/u }).waitFor();
  const begin = performance.now();
  await page.goto(`${served.origin}/#/map`);
  const map = page.getByRole('region', { name: /^World map/u });
  await map.getByRole('link').first().waitFor();
  add(`map of ${PLACED} hosts: from the address to the first marks`, performance.now() - begin, 'ms');
  await map.focus();
  const moved = await fluency(browser, page, move, { selector: '[aria-label^="World map"]', frames: FRAMES });
  addFluency(`map of ${PLACED} hosts`, 'moving and zooming', moved, bare);
  await page.context().close();
  await served.stop();
};

const PARTS = { start: measureStart, lists: measureLists, difference: measureDifference, map: measureMap };
const load = () => add('load of the machine, average of a minute', loadavg()[0], '');
try {
  load();
  for (const [name, measure] of Object.entries(PARTS)) if (parts.length === 0 || parts.includes(name)) await measure();
  load();
} finally {
  await browser.close();
  if (values.seeds === undefined) rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${JSON.stringify({ results })}\n`);
