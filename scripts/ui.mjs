// `npm run ui`: every component of the design system on a page of its own, in each of its states. It is no part of the product.
//   --json   prints {"url": …} once it is served, for tests
import path from 'node:path';
import { build, preview } from 'vite';
import { root } from './runtime.mjs';

const json = process.argv.includes('--json');
const outDir = path.join(root, 'dist', 'examples');
const config = { configFile: path.join(root, 'vite.config.ts'), root: path.join(root, 'renderer', 'examples'), logLevel: 'error' };
await build({ ...config, build: { outDir, emptyOutDir: true } });
const server = await preview({ ...config, build: { outDir }, preview: { host: '127.0.0.1', port: 0, strictPort: false } });
const address = server.httpServer.address();
const url = `http://127.0.0.1:${address.port}/`;
process.stdout.write(json ? `${JSON.stringify({ url })}\n` : `The design system is at\n\n  ${url}\n\nCtrl+C stops.\n`);
