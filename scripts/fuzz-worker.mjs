// One target of `npm run fuzz`, in a thread of its own so that a hang can be ended. Tells by shared memory what it is working on.
import { Session } from 'node:inspector';
import { parentPort, workerData } from 'node:worker_threads';
import { fuzz, minimised } from '../electron/evidence/testing/fuzz/engine.ts';
import { TARGETS } from '../electron/evidence/testing/fuzz/targets.ts';

const { name, seconds, seed, seeds, shared } = workerData;
const target = TARGETS.find((candidate) => candidate.name === name);
const state = new Int32Array(shared, 0, 4);
const current = new Uint8Array(shared, 16);

const session = new Session();
session.connect();
const post = (method, params = {}) => {
  let answer;
  session.post(method, params, (error, result) => {
    if (error) throw new Error(error.message);
    answer = result;
  });
  return answer;
};
post('Profiler.enable');
post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/** Characters of code that were ever executed, per file. A block that ran counts with its length. */
const reached = new Map();
const fresh = new Map();

/** Calls `see(url, bits, start, end)` for what ran since the last call; inner ranges overrule outer ones. */
const ran = () => {
  const files = new Map();
  for (const script of post('Profiler.takePreciseCoverage').result) {
    if (!/\/electron\/(?:evidence|ledger)\//u.test(script.url) || script.url.includes('/testing/')) continue;
    const length = script.functions[0]?.ranges[0]?.endOffset ?? 0;
    const painted = new Uint8Array(Math.max(length, ...script.functions.map((fn) => fn.ranges[0].endOffset)));
    for (const fn of script.functions)
      for (const range of fn.ranges) painted.fill(range.count > 0 ? 1 : 0, range.startOffset, range.endOffset);
    files.set(script.url, painted);
  }
  return files;
};

const reachedNewCode = () => {
  fresh.clear();
  for (const [url, painted] of ran()) {
    let known = reached.get(url);
    if (known === undefined || known.length < painted.length) {
      const larger = new Uint8Array(painted.length);
      larger.set(known ?? []);
      reached.set(url, larger);
      known = larger;
    }
    const places = [];
    for (let at = 0; at < painted.length; at += 1) {
      if (painted[at] === 1 && known[at] === 0) {
        known[at] = 1;
        places.push(at);
      }
    }
    if (places.length > 0) fresh.set(url, places);
  }
  return fresh.size > 0;
};

const reachedItAgain = () => {
  let hit = false;
  for (const [url, painted] of ran()) {
    const places = fresh.get(url);
    if (places === undefined) continue;
    const left = places.filter((at) => painted[at] !== 1);
    if (left.length < places.length) hit = true;
    fresh.set(url, left);
  }
  return hit;
};

const probe = {
  reachedNewCode,
  reachedItAgain,
  nowMs: () => performance.now(),
  memoryBytes: () => process.memoryUsage().rss,
  aboutToRun: (input) => {
    current.set(input.subarray(0, current.length));
    Atomics.store(state, 1, input.length);
    Atomics.store(state, 2, 1);
    Atomics.add(state, 0, 1);
  },
};

const started = performance.now();
const end = started + seconds * 1000;
const progress = fuzz({ target, seeds: [...target.seeds(), ...seeds], seed }, probe, () => performance.now() >= end);
const elapsed = (performance.now() - started) / 1000;
const findings = progress.findings.map((finding) => minimised(target, finding, probe));
let coverage = 0;
for (const known of reached.values()) for (const bit of known) coverage += bit;
parentPort.postMessage({
  runs: progress.runs,
  perSecond: progress.runs / elapsed,
  coverage,
  shapes: progress.shapes.size,
  corpus: progress.corpus.length,
  findings,
});
