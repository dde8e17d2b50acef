// `npm test`: installs what is missing and runs everything. Ends with one plain line over all suites.
//   npm test -- --only types,lint,walls,format,unit,e2e
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled } from './install.mjs';
import { ensureBuilt } from './build.mjs';
import { ensureChromium } from './chromium.mjs';
import { ensurePdfTools } from './pdf-tools.mjs';
import { ensureSoftwareTpm } from './software-tpm.mjs';
import { fittingNode, root, runtimeEnv } from './runtime.mjs';

const results = path.join(root, 'test-results');
const onlyAt = process.argv.indexOf('--only');
const only = onlyAt === -1 ? null : new Set((process.argv[onlyAt + 1] ?? '').split(','));
const totals = { passed: 0, failed: 0, skipped: 0 };
const skips = [];

const say = (text) => process.stdout.write(`${text}\n`);
const finish = () => {
  for (const skip of skips) say(`skipped: ${skip}`);
  say(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
  process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);
};

if (!ensureInstalled()) {
  totals.failed += 1;
  finish();
}
const node = fittingNode();
if (!node) {
  totals.failed += 1;
  finish();
}
const env = runtimeEnv(node);
const bin = (name, file) => path.join(root, 'node_modules', name, file);
const run = (args, extra = {}) =>
  spawnSync(node, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...env, ...extra } }).status === 0;
const wanted = (name) => !only || only.has(name);

const check = (name, args) => {
  if (!wanted(name)) return;
  say(`\n— ${name}`);
  if (run(args)) totals.passed += 1;
  else totals.failed += 1;
};

const readReport = (file) => {
  try {
    return JSON.parse(readFileSync(path.join(results, file), 'utf8'));
  } catch {
    return null;
  }
};

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

check('types', [path.join(root, 'scripts', 'check-types.mjs')]);
check('lint', [bin('oxlint', 'bin/oxlint'), '--type-aware', '--deny-warnings']);
check('walls', [
  bin('dependency-cruiser', 'bin/dependency-cruiser.mjs'),
  '--config',
  '.dependency-cruiser.cjs',
  '--output-type',
  'err',
  'shared',
  'electron',
  'renderer',
]);
check('format', [bin('@biomejs/biome', 'bin/biome'), 'format', '.']);

if (wanted('unit') || wanted('e2e')) {
  say('\n— build');
  if (!ensureBuilt(node)) totals.failed += 1;
}

if (wanted('unit')) {
  say('\n— unit and integration');
  ensureSoftwareTpm();
  ensurePdfTools();
  const passed = run([
    bin('vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${path.join(results, 'unit.json')}`,
  ]);
  const report = readReport('unit.json');
  totals.passed += report?.numPassedTests ?? 0;
  totals.failed += report?.numFailedTests ?? 0;
  totals.skipped += (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  if (!passed && !report?.numFailedTests) totals.failed += 1;
  for (const file of report?.testResults ?? [])
    for (const test of file.assertionResults ?? [])
      if (['skipped', 'pending', 'todo'].includes(test.status)) skips.push(`${path.relative(root, file.name)}: ${test.fullName}`);
}

if (wanted('e2e')) {
  say('\n— end to end');
  const chromium = ensureChromium();
  if (!chromium) totals.failed += 1;
  else {
    const passed = run([bin('@playwright/test', 'cli.js'), 'test'], { PLUMBLINE_CHROMIUM: chromium });
    const stats = readReport('e2e.json')?.stats;
    totals.passed += (stats?.expected ?? 0) + (stats?.flaky ?? 0);
    totals.failed += stats?.unexpected ?? 0;
    totals.skipped += stats?.skipped ?? 0;
    if (!passed && !stats?.unexpected) totals.failed += 1;
    if (stats?.skipped) skips.push('end to end: see the reasons above');
  }
}
finish();
