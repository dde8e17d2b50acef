import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The renderer only. The other side is bundled by scripts/build.mjs. */
export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [react()],
  build: { outDir: '../dist/renderer', emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
