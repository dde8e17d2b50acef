// Every side has its own TypeScript project, so that what one side may not use is not even known there.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fittingNode, root, runtimeEnv } from './runtime.mjs';

const node = fittingNode();
if (!node) process.exit(1);
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
let failed = false;
for (const project of ['shared', 'electron', 'renderer', 'e2e', 'scripts/messages']) {
  const run = spawnSync(node, [tsc, '-p', project, '--pretty', process.stdout.isTTY ? 'true' : 'false'], {
    cwd: root,
    stdio: 'inherit',
    env: runtimeEnv(node),
  });
  failed ||= run.status !== 0;
}
process.exitCode = failed ? 1 : 0;
