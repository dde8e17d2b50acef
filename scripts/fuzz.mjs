// `npm run fuzz`: throws changed evidence at every parser until the time is over. Any finding is written to a file and exits 1.
//   npm run fuzz -- --time 300 --target ima --seed 7 --out FOLDER
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker, isMainThread } from 'node:worker_threads';
import { spawnSync } from 'node:child_process';
import { fittingNode, root, runtimeEnv } from './runtime.mjs';

const HANG_MS = 10_000;
const MAX_SEED_BYTES = 256 * 1024;

const HELP = `npm run fuzz -- [--time SECONDS] [--target NAME] [--seed N] [--out FOLDER]

Changes real and made evidence and gives it to every parser. Promises held against each run: no exception, an answer within 1.5 s and
400 MB (a worker that is silent for ${HANG_MS / 1000} s is ended), no character in any text that hides or turns others, the same result
twice, and for whole evidence: what was changed is never signed, bound or proven.

  --time     seconds, shared by all targets (default 30)
  --target   only this one
  --seed     repeats a run: the same seed makes the same inputs (the time decides how many)
  --out      where findings are written (default: a new folder among the temporary files)

Exit 0: no finding; 1: findings, each in a file; 2: bad usage.`;

const readOptions = () => {
  try {
    const { values } = parseArgs({
      options: {
        time: { type: 'string' },
        target: { type: 'string' },
        seed: { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    return null;
  }
};

const filesOf = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.includes('.expected.'))
        .map((entry) => path.join(folder, entry.name))
        .filter((file) => statSync(file).size <= MAX_SEED_BYTES)
        .slice(0, 60)
        .map((file) => readFileSync(file))
    : [];

const runTarget = (name, corpus, seconds, seed, out) =>
  new Promise((resolve) => {
    const shared = new SharedArrayBuffer(16 + 1024 * 1024);
    const state = new Int32Array(shared, 0, 4);
    const seeds = corpus.flatMap((folder) => filesOf(path.join(root, '..', 'shared', 'corpus', folder)));
    const worker = new Worker(new URL('fuzz-worker.mjs', import.meta.url), {
      workerData: { name, seconds, seed, seeds, shared },
      resourceLimits: { maxOldGenerationSizeMb: 1024 },
    });
    let last = -1;
    let lastChange = Date.now();
    let done = false;
    const current = () => Buffer.from(new Uint8Array(shared, 16, Math.min(state[1], 1024 * 1024)));
    const finish = (result) => {
      if (done) return;
      done = true;
      clearInterval(timer);
      const files = result.findings.map(({ what, input }) => {
        const bytes = Buffer.from(input);
        const file = path.join(out, `${name}-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`);
        mkdirSync(out, { recursive: true });
        writeFileSync(`${file}.bin`, bytes);
        writeFileSync(`${file}.txt`, `${what}\ntarget ${name}, seed ${seed}, ${bytes.length} bytes\n`);
        return `  ${name}: ${what} -> ${file}.bin`;
      });
      resolve({ ...result, files });
    };
    const dead = (what) => {
      void worker.terminate();
      finish({ runs: state[0], perSecond: 0, coverage: 0, shapes: 0, corpus: 0, findings: [{ what, input: current() }] });
    };
    const timer = setInterval(() => {
      if (state[0] !== last) {
        last = state[0];
        lastChange = Date.now();
      } else if (state[2] === 1 && Date.now() - lastChange > HANG_MS) dead(`no answer within ${HANG_MS} ms`);
    }, 250);
    worker.once('message', finish);
    worker.once('error', (error) => dead(`the worker died: ${error.message}`));
  });

const main = async () => {
  const options = readOptions();
  if (options === null || options.help) {
    process.stdout.write(`${HELP}\n`);
    return options === null ? 2 : 0;
  }
  const seconds = Number(options.time ?? '30');
  const seed = Number(options.seed ?? '1');
  const { TARGETS } = await import('../electron/evidence/testing/fuzz/targets.ts');
  const wanted = TARGETS.filter((target) => options.target === undefined || target.name === options.target);
  if (!(seconds > 0) || !Number.isInteger(seed) || wanted.length === 0) {
    process.stderr.write(`Bad usage; targets are ${TARGETS.map((target) => target.name).join(', ')}. See --help.\n`);
    return 2;
  }
  const out = options.out ?? mkdtempSync(path.join(os.tmpdir(), 'plumbline-fuzz-'));
  process.stdout.write(`seed ${seed}, findings go to ${out}\n`);
  process.stdout.write('target              runs   runs/s   code reached   shapes   corpus   findings\n');
  const found = [];
  for (const { name, corpus } of wanted) {
    const result = await runTarget(name, corpus, seconds / wanted.length, seed, out);
    const cells = [
      name.padEnd(14),
      String(result.runs).padStart(9),
      String(Math.round(result.perSecond)).padStart(8),
      `${(result.coverage / 1024).toFixed(1)} KB`.padStart(14),
      String(result.shapes).padStart(8),
      String(result.corpus).padStart(8),
      String(result.files.length).padStart(10),
    ];
    process.stdout.write(`${cells.join(' ')}\n`);
    found.push(...result.files);
  }
  for (const line of found) process.stdout.write(`${line}\n`);
  return found.length > 0 ? 1 : 0;
};

const node = fittingNode();
if (!node) process.exitCode = 1;
else if (isMainThread && path.resolve(node) !== path.resolve(process.execPath) && process.env['PLUMBLINE_FUZZ'] === undefined) {
  // The parsers are TypeScript and run as they are; that takes the Node of the project.
  const run = spawnSync(node, process.argv.slice(1), { stdio: 'inherit', env: { ...runtimeEnv(node), PLUMBLINE_FUZZ: '1' } });
  process.exitCode = run.status ?? 1;
} else process.exitCode = await main();
