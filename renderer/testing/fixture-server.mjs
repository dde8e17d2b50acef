/**
 * Serves the built renderer with a synthetic engine, under the same content policy as the product.
 *   node renderer/testing/fixture-server.mjs [kind] [port] [folder of the build]
 * Development only.
 */
import { preview } from 'vite';
import { WebSocketServer } from 'ws';

const [kind = 'normal', port = '4173', outDir = '../dist/renderer'] = process.argv.slice(2);
const { makeEngine } = await import(new URL('./fixture-data.mjs', import.meta.url).href);
const engine = makeEngine(kind, (name, payload) => tell(name, payload));
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'";
const TOKEN = 'fixture';
let open = kind !== 'over';

const bodyOf = async (request) => {
  let text = '';
  for await (const part of request) text += part;
  return JSON.parse(text === '' ? '{}' : text);
};
const send = (response, status, body) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? '' : JSON.stringify(body));
};
const answer = (name, input) => {
  if (kind === 'error') return { ok: false, error: { code: 'unavailable', message: 'The engine is not ready.' } };
  const handler = engine[name];
  return typeof handler === 'function'
    ? { ok: true, data: handler(input) }
    : { ok: false, error: { code: 'unknown-call', message: 'There is no such call.' } };
};

const sockets = new WebSocketServer({ noServer: true });
const tell = (name, payload) => {
  for (const socket of sockets.clients) socket.send(JSON.stringify({ name, payload }));
};
let revision = 0;
const sweep = () => {
  const total = engine.hosts.length;
  for (let step = 0; step <= 10; step += 1)
    setTimeout(
      () => tell('poll.progress', { endpoint: 'dc-demo', done: Math.round((total * step) / 10), total, running: step < 10 }),
      step * 300,
    );
  setTimeout(() => {
    revision += 1;
    tell('fleet.changed', { revision, atMs: Date.now() });
  }, 3200);
};

const rpc = {
  name: 'fixture-engine',
  configurePreviewServer(server) {
    server.middlewares.use(async (request, response, next) => {
      if (request.method !== 'POST') return next();
      const body = await bodyOf(request);
      if (request.url === '/session') {
        open ||= kind !== 'over' && body.token === TOKEN;
        return send(response, body.token === TOKEN && open ? 204 : 401);
      }
      if (request.url !== '/rpc') return next();
      if (!open) return send(response, 401, {});
      if (body.name === 'poll.now') sweep();
      // So slow that nothing is known yet, for a look at waiting.
      if (kind === 'loading' && /^(?:ledger|jobs|retention)/.test(body.name)) return undefined;
      return send(response, 200, answer(body.name, body.input));
    });
    server.httpServer.on('upgrade', (request, socket, head) => {
      if (request.url === '/events') sockets.handleUpgrade(request, socket, head, () => undefined);
    });
  },
};

const server = await preview({
  root: 'renderer',
  configFile: 'vite.config.ts',
  build: { outDir },
  plugins: [rpc],
  preview: { port: Number(port), host: '127.0.0.1', strictPort: true, headers: { 'content-security-policy': POLICY } },
});
server.printUrls();
