import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ShownEngine } from '../leave-demo.ts';
import { type ConsoleServer, startConsoleServer } from './server.ts';

const NAME = 'plumbline-hosts-20261121T171500Z.csv';
const kept = { id: 7, format: 'csv', rows: 'hosts', count: 1, bytes: 5, sha256: '', query: '', cutOffMs: 0, madeAtMs: 0, who: 'ann' };
/** What the engine says of each number; 8 is one that leads out of the folder. */
const exported = new Map([
  [7, { ...kept, name: NAME }],
  [8, { ...kept, id: 8, name: '../secret.csv' }],
]);
const asked = z.object({ id: z.number() });

const engine: ShownEngine = {
  call: (name, input) => Promise.resolve({ ok: true, data: name === 'exports.get' ? (exported.get(asked.parse(input).id) ?? null) : name }),
  onEvent: () => {},
  onCrash: () => {},
  exportsFolder: () => folder,
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

  describe('hands out an export', () => {
    const opened = async (): Promise<string> => {
      writeFileSync(path.join(folder, NAME), 'bytes');
      const session = await post('/session', { token: tokenOf(server.link()) });
      return session.headers.get('set-cookie')?.split(';')[0] ?? '';
    };
    const get = (where: string, headers: Record<string, string>) => fetch(`${origin}${where}`, { headers: { origin, ...headers } });

    it('by its number, as a file to be kept and not to be shown', async () => {
      const answer = await get('/exports/7', { cookie: await opened() });
      expect(answer.status).toBe(200);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="${NAME}"`,
        'content-length': '5',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
      expect(await answer.text()).toBe('bytes');
    });

    it('only in a session, and only to a page of its own', async () => {
      const cookie = await opened();
      expect((await get('/exports/7', {})).status).toBe(401);
      expect((await get('/exports/7', { cookie, origin: 'http://evil.example' })).status).toBe(403);
      expect((await fetch(`${origin}/exports/7`, { headers: { cookie, 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
    });

    it.each(['/exports/9', '/exports/8', '/exports/-1', '/exports/7.csv', `/exports/${NAME}`, '/exports/..%2fsecret.csv', '/exports/'])(
      'and nothing at %s',
      async (where) => {
        const cookie = await opened();
        expect((await get(where, { cookie })).status).toBe(404);
      },
    );

    it('that is gone from the folder as one that is not there', async () => {
      const cookie = await opened();
      rmSync(path.join(folder, NAME));
      expect((await get('/exports/7', { cookie })).status).toBe(404);
    });
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
