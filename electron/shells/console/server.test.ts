import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineHost } from '../../engine/host.ts';
import { type ConsoleServer, startConsoleServer } from './server.ts';

const engine: EngineHost = {
  call: (name) => Promise.resolve({ ok: true, data: name }),
  onEvent: () => {},
  onCrash: () => {},
  stop: () => Promise.resolve(),
};

let folder: string;
let server: ConsoleServer;
let origin: string;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-console-'));
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html>');
  const started = await startConsoleServer(engine, { rendererRoot: folder, port: 0 });
  if (!started.ok) throw new Error(started.problem.message);
  server = started.value;
  origin = new URL(server.link()).origin;
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const post = (where: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${origin}${where}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin, ...headers },
    body: JSON.stringify(body),
  });
const tokenOf = (link: string): string => new URL(link).hash.slice('#t='.length);

describe('the console shell', () => {
  it('answers calls only in a session that a printed link opened', async () => {
    expect((await post('/rpc', { name: 'app.info', input: {} })).status).toBe(401);
    const session = await post('/session', { token: tokenOf(server.link()) });
    const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(await (await post('/rpc', { name: 'app.info', input: {} }, { cookie })).json()).toEqual({ ok: true, data: 'app.info' });
  });

  it('takes a token once, and only the newest', async () => {
    const older = tokenOf(server.link());
    const newer = tokenOf(server.link());
    expect((await post('/session', { token: older })).status).toBe(401);
    expect((await post('/session', { token: newer })).status).toBe(204);
    expect((await post('/session', { token: newer })).status).toBe(401);
  });

  it('outlives a peer that asks for events without a session and resets the connection', async () => {
    const { hostname, port, host } = new URL(origin);
    for (let round = 0; round < 5; round += 1) {
      await new Promise<void>((done) => {
        const socket = connect(Number(port), hostname, () => {
          socket.write(
            `GET /events HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
          );
          socket.resetAndDestroy();
        });
        socket.on('error', () => {});
        socket.once('close', () => done());
      });
    }
    expect((await fetch(`${origin}/`)).status).toBe(200);
  });

  it('says which port it could not have', async () => {
    const taken = await startConsoleServer(engine, { rendererRoot: folder, port: Number(new URL(origin).port) });
    expect(taken).toMatchObject({ ok: false, problem: { code: 'port-in-use', nextStep: expect.stringContaining('--port') } });
  });
});
