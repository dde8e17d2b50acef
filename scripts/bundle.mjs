// The bundles: renderer (Vite), everything outside it (Vite's bundler in Node mode), preload (one CommonJS file for the sandbox).
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'vite';
import { root } from './runtime.mjs';

const external = [/^node:/, 'electron', 'better-sqlite3', 'ws', 'undici', 'pdfkit', 'node-forge'];
const entry = (file) => path.join(root, 'electron', file);
const existing = (files) => Object.fromEntries(Object.entries(files).filter(([, file]) => existsSync(file)));

rmSync(path.join(root, 'dist'), { recursive: true, force: true });

await build({
  root,
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  ssr: { noExternal: true, external: ['better-sqlite3', 'ws', 'undici', 'pdfkit', 'node-forge'] },
  build: {
    ssr: true,
    target: 'node22',
    outDir: 'dist/electron',
    minify: false,
    sourcemap: true,
    rollupOptions: {
      input: existing({
        main: entry('main.ts'),
        cli: entry('cli.ts'),
        'engine-worker': entry('engine/worker.ts'),
        'collector-worker': entry('engine/collector-worker.ts'),
        'reader-worker': entry('engine/readers/reader-worker.ts'),
        'recheck-worker': entry('engine/upkeep/recheck/worker.ts'),
        'export-worker': entry('engine/exports/worker.ts'),
        'simulator-worker': entry('simulator/worker.ts'),
      }),
      external,
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});

if (existsSync(entry('preload.ts'))) {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      target: 'node22',
      outDir: 'dist/preload',
      minify: false,
      lib: { entry: entry('preload.ts'), formats: ['cjs'], fileName: () => 'preload.cjs' },
      rollupOptions: { external: ['electron'] },
    },
  });
}

if (existsSync(path.join(root, 'renderer', 'index.html'))) await build({ configFile: path.join(root, 'vite.config.ts'), logLevel: 'warn' });
