import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import { findExportFile } from '../export-file.ts';
import type { ShownEngine } from '../leave-demo.ts';
import { CONTENT_SECURITY_POLICY, readStatic } from '../static-files.ts';
import { createSessions } from './session.ts';

export type ConsoleServer = {
  /** A link with a fresh one-time token. */
  readonly link: () => string;
  readonly close: () => Promise<void>;
};

export type ConsoleOptions = {
  readonly rendererRoot: string;
  readonly port: number;
};

const MAX_BODY_BYTES = 256 * 1024;
const MAX_SOCKET_BACKLOG_BYTES = 8 * 1024 * 1024;
const sessionBody = z.strictObject({ token: z.string().max(200) });
const EXPORT_PATH = /^\/exports\/(\d{1,15})$/u;
const rpcBody = z.strictObject({ name: z.string().max(100), input: z.unknown() });

const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = Buffer.isBuffer(part) ? part : Buffer.from(String(part));
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new Error('body too large');
    parts.push(bytes);
  }
  return JSON.parse(Buffer.concat(parts).toString('utf8'));
};

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

/**
 * The renderer and the contract over HTTP on loopback, for a browser on the same machine. Any local user can reach the port,
 * so nothing is answered without the session that the printed link gives; other origins and other host names are refused.
 * Problems: port-in-use.
 */
export const startConsoleServer = (engine: ShownEngine, options: ConsoleOptions): Promise<Result<ConsoleServer>> =>
  new Promise((resolve) => {
    let sessions = createSessions(0);
    let authority = '';
    const sameOrigin = (request: IncomingMessage): boolean =>
      request.headers.origin === undefined
        ? request.headers['sec-fetch-site'] === 'same-origin'
        : request.headers.origin === `http://${authority}`;

    /** A link of the page itself, in its session, and of one export only: by its number, never by a path. */
    const sendExport = async (request: IncomingMessage, response: ServerResponse, id: number): Promise<void> => {
      response.setHeader('cache-control', 'no-store');
      if (!sessions.isValid(request.headers.cookie)) return void response.writeHead(401).end();
      if (!sameOrigin(request)) return void response.writeHead(403).end();
      const found = await findExportFile(engine, engine.exportsFolder(), id);
      if (found === null) return void response.writeHead(404).end();
      response.setHeader('content-type', found.mediaType);
      response.setHeader('content-length', found.bytes);
      response.setHeader('content-disposition', `attachment; filename="${found.name}"`);
      if (request.method === 'HEAD') return void response.end();
      await pipeline(createReadStream(found.file), response);
      return undefined;
    };

    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
      const end = (status: number): void => void response.writeHead(status).end();
      // A foreign name that resolves to loopback (DNS rebinding) carries its own Host header.
      if (request.headers.host !== authority) return end(421);
      const { pathname } = new URL(request.url ?? '/', `http://${authority}`);
      if (request.method === 'GET' || request.method === 'HEAD') {
        const [, id] = EXPORT_PATH.exec(pathname) ?? [];
        if (id !== undefined) return sendExport(request, response, Number(id));
        const file = await readStatic(options.rendererRoot, pathname);
        if (!file) return end(404);
        const immutable = pathname.startsWith('/assets/');
        response.setHeader('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-store');
        response.setHeader('content-type', file.type);
        response.setHeader('content-length', file.bytes.length);
        response.end(request.method === 'HEAD' ? undefined : file.bytes);
        return undefined;
      }
      response.setHeader('cache-control', 'no-store');
      if (request.method !== 'POST') return end(405);
      if (!sameOrigin(request) || request.headers['content-type'] !== 'application/json') return end(403);
      if (pathname === '/session') {
        const body = sessionBody.safeParse(await readJson(request));
        const session = body.success ? sessions.redeem(body.data.token) : null;
        if (session === null) return end(401);
        response.setHeader('set-cookie', `${sessions.cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`);
        return end(204);
      }
      if (!sessions.isValid(request.headers.cookie)) return end(401);
      if (pathname !== '/rpc') return end(404);
      const body = rpcBody.safeParse(await readJson(request));
      if (!body.success) return end(400);
      const wire = await engine.call(body.data.name, body.data.input);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(wire));
      return undefined;
    };

    const server = createServer((request, response) => {
      answer(request, response).catch(() => {
        if (!response.headersSent) response.writeHead(400);
        response.end();
      });
    });
    server.headersTimeout = 10_000;
    server.requestTimeout = 30_000;

    const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 });
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      // Before anything else: a peer that resets must cost no more than its own connection.
      socket.on('error', () => socket.destroy());
      const allowed =
        request.url === '/events' &&
        request.headers.host === authority &&
        request.headers.origin === `http://${authority}` &&
        sessions.isValid(request.headers.cookie);
      if (!allowed) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
        return;
      }
      sockets.handleUpgrade(request, socket, head, (client) => client.on('error', () => client.terminate()));
    });
    engine.onEvent((name, payload) => {
      const text = JSON.stringify({ name, payload });
      for (const client of sockets.clients) {
        // A page that does not read is dropped; it asks anew when it comes back.
        if (client.bufferedAmount > MAX_SOCKET_BACKLOG_BYTES) client.terminate();
        else if (client.readyState === client.OPEN) client.send(text);
      }
    });

    server.once('error', (error) => {
      resolve(
        fail(
          'port-in-use',
          `Port ${options.port} on 127.0.0.1 cannot be used: ${error.message}.`,
          'Choose another with --port, or 0 for any free one.',
        ),
      );
    });
    server.listen(options.port, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : options.port;
      authority = `127.0.0.1:${port}`;
      sessions = createSessions(port);
      resolve(
        ok({
          link: () => `http://${authority}/#t=${sessions.newToken()}`,
          close: () =>
            new Promise<void>((done) => {
              for (const client of sockets.clients) client.terminate();
              server.close(() => done());
              server.closeAllConnections();
            }),
        }),
      );
    });
  });
