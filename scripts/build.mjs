// Builds dist/ when the sources are newer than the last build. Messages go to stderr only.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { fittingNode, root, runtimeEnv } from './runtime.mjs';

const stampFile = path.join(root, 'dist', '.stamp');
const sources = ['shared', 'electron', 'renderer', 'resources', 'scripts', 'package-lock.json', 'package.json', 'vite.config.ts'];

/** A digest over names, sizes and times of all sources: cheap, and any edit changes it. */
const fingerprint = () => {
  const hash = createHash('sha256');
  const visit = (file) => {
    const stat = statSync(file);
    if (stat.isDirectory()) for (const name of readdirSync(file).sort()) visit(path.join(file, name));
    else if (!/\.test\.tsx?$/.test(file)) hash.update(`${path.relative(root, file)}\0${stat.size}\0${stat.mtimeMs}\n`);
  };
  for (const source of sources) if (existsSync(path.join(root, source))) visit(path.join(root, source));
  return hash.digest('hex');
};

/** True when dist/ is up to date afterwards. */
export const ensureBuilt = (node) => {
  const now = fingerprint();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === now) return true;
  process.stderr.write('Building Plumbline …\n');
  const run = spawnSync(node, [path.join(root, 'scripts', 'bundle.mjs')], { cwd: root, stdio: ['ignore', 2, 2], env: runtimeEnv(node) });
  if (run.status !== 0) {
    process.stderr.write('The build failed; the messages above say where.\n');
    return false;
  }
  mkdirSync(path.dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, now);
  return true;
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const node = fittingNode();
  process.exitCode = node && ensureBuilt(node) ? 0 : 1;
}
