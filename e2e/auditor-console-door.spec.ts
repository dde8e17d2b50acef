import { request as httpRequest } from 'node:http';
import { expect, test } from '@playwright/test';
import { WebSocket } from 'ws';
import { openSession, watchComplaints } from './harness/browser.ts';
import { type Console, startConsole } from './harness/commands.ts';

type Reply = { readonly status: number; readonly headers: Record<string, string | string[] | undefined>; readonly body: string };
type Ask = { readonly method?: string; readonly path?: string; readonly headers?: Record<string, string>; readonly body?: string };

/** A request as an attacker writes it: path and Host go out as given. A connection that is cut has status 0. */
const ask = (shell: Console, { method = 'GET', path = '/', headers = {}, body }: Ask): Promise<Reply> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(shell.origin);
    const request = httpRequest(
      { hostname, port, method, path, headers, agent: false, setHost: headers['host'] === undefined },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('error', () => undefined);
        response.on('close', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      },
    );
    request.on('error', () => resolve({ status: 0, headers: {}, body: '' }));
    request.end(body);
  });

const post = (shell: Console, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
  ask(shell, {
    method: 'POST',
    path,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', origin: shell.origin, ...headers },
  });

/** How an attempt to listen to events ends: the opening, or the status of the refusal. */
const listen = (shell: Console, headers: Record<string, string>): Promise<string> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`${shell.origin.replace('http', 'ws')}/events`, { headers });
    socket.on('unexpected-response', (_request, response) => {
      resolve(`refused ${response.statusCode}`);
      socket.terminate();
    });
    socket.on('open', () => {
      resolve('open');
      socket.terminate();
    });
    socket.on('error', () => undefined);
  });

const INFO = { name: 'app.info', input: {} };

test.describe('an auditor rattles at the door of the console shell', () => {
  let shell: Console;
  let cookie: string;

  test.beforeAll(async () => {
    shell = await startConsole([]);
    const token = new URL(shell.url).hash.slice('#t='.length);
    const opened = await post(shell, '/session', { token });
    expect(opened.status).toBe(204);
    cookie = String(opened.headers['set-cookie']).split(';')[0] ?? '';
  });
  test.afterEach(async () => {
    const still = await post(shell, '/rpc', INFO, { cookie });
    expect(still.status, 'the console goes on answering who may ask').toBe(200);
    expect(JSON.parse(still.body)).toMatchObject({ ok: true, data: { name: 'Plumbline' } });
  });
  test.afterAll(() => shell.stop());

  test('a link is redeemed once: the same token again, or a guessed one, is refused', async () => {
    const token = new URL(shell.url).hash.slice('#t='.length);
    for (const offered of [token, '', 'x', token.slice(0, -1), `${token}=`]) {
      const answer = await post(shell, '/session', { token: offered });
      expect(answer.status).toBe(401);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    expect((await post(shell, '/session', { token: 1 })).status).toBe(401);
    expect((await post(shell, '/session', 'not json')).status).toBe(400);
  });

  test('the session cookie is out of reach of scripts and of other sites', async () => {
    const another = await startConsole([]);
    const opened = await post(another, '/session', { token: new URL(another.url).hash.slice('#t='.length) });
    const set = String(opened.headers['set-cookie']);
    expect(set).toMatch(/; HttpOnly/);
    expect(set).toMatch(/; SameSite=Strict/);
    expect((await post(shell, '/rpc', INFO, { cookie: set.split(';')[0] ?? '' })).status, 'nor does it open another console').toBe(401);
    await another.stop();
  });

  test('nothing is answered without a session', async () => {
    expect((await post(shell, '/rpc', INFO)).status).toBe(401);
    expect((await post(shell, '/rpc', INFO, { cookie: `${cookie.split('=')[0]}=guess` })).status).toBe(401);
    expect((await post(shell, '/rpc', INFO, { cookie: `${cookie}x` })).status).toBe(401);
  });

  test('a page of another origin gets nothing, even with the cookie', async () => {
    for (const origin of [
      'http://evil.example',
      'null',
      shell.origin.replace('http:', 'https:'),
      `${shell.origin}.evil.example`,
      'http://127.0.0.1:1',
    ])
      expect((await post(shell, '/rpc', INFO, { cookie, origin })).status, origin).toBe(403);
    const noOrigin = await ask(shell, {
      method: 'POST',
      path: '/rpc',
      body: JSON.stringify(INFO),
      headers: { 'content-type': 'application/json', cookie },
    });
    expect(noOrigin.status, 'no origin at all').toBe(403);
    expect((await post(shell, '/rpc', INFO, { cookie, 'content-type': 'text/plain' })).status, 'what a form can send').toBe(403);
  });

  test('a foreign name that resolves to this machine is turned away', async () => {
    const { port } = new URL(shell.origin);
    for (const host of ['evil.example', `evil.example:${port}`, `localhost:${port}`, '127.0.0.1', `127.0.0.1:${port}.`]) {
      expect((await ask(shell, { headers: { host } })).status, host).toBe(421);
      expect((await post(shell, '/rpc', INFO, { cookie, host, origin: `http://${host}` })).status, host).toBe(421);
    }
  });

  test('no path leads out of the folder of the screens', async () => {
    for (const path of [
      '/../../package.json',
      '/..%2f..%2fpackage.json',
      '/%2e%2e/%2e%2e/package.json',
      '/%2e%2e%2f%2e%2e%2fpackage.json',
      '/assets/../../../package.json',
      '/..%5c..%5cpackage.json',
      '/%2fetc/passwd',
      '/etc/passwd',
      '/../preload/preload.cjs',
      '/../electron/cli.js',
      '/%252e%252e/package.json',
      '/index.html%00.png',
      '/%zz',
      '/assets',
      '/no-such.js',
    ]) {
      const answer = await ask(shell, { path });
      expect(answer.status, path).toBe(404);
      expect(answer.body, path).toBe('');
    }
    for (const path of ['//', '//evil.example/', 'http://evil.example/'])
      expect((await ask(shell, { path })).body, path).not.toContain('package');
  });

  test('events are told only to the own page with a session', async () => {
    expect(await listen(shell, { cookie, origin: shell.origin })).toBe('open');
    expect(await listen(shell, { origin: shell.origin })).toBe('refused 401');
    expect(await listen(shell, { cookie })).toBe('refused 401');
    expect(await listen(shell, { cookie, origin: 'http://evil.example' })).toBe('refused 401');
    expect(await listen(shell, { cookie, origin: shell.origin, host: 'evil.example' })).toBe('refused 401');
  });

  test('only POST asks questions, and only of what exists', async () => {
    expect((await ask(shell, { path: '/rpc', headers: { cookie } })).status).toBe(404);
    for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'])
      expect((await ask(shell, { method, path: '/rpc', headers: { cookie, origin: shell.origin } })).status, method).toBe(405);
    expect((await post(shell, '/elsewhere', INFO, { cookie })).status).toBe(404);
  });

  test('a body that is too large, or no JSON, is refused', async () => {
    const large = await post(shell, '/rpc', { name: 'app.info', input: 'x'.repeat(2 * 1024 * 1024) }, { cookie });
    expect(large.status, 'refused, or cut off while sending').not.toBe(200);
    expect(large.body).toBe('');
    for (const body of ['', '{', 'null', '[]', '{"name":1,"input":{}}', JSON.stringify({ name: 'app.info', input: {}, more: 1 })])
      expect((await post(shell, '/rpc', body, { cookie })).status, body).toBe(400);
  });

  test('an unknown call and a wrong input are answered as errors that give nothing away', async () => {
    const refused: readonly (readonly [string, unknown, string])[] = [
      ['hosts.delete', {}, 'unknown-call'],
      ['__proto__', {}, 'unknown-call'],
      ['constructor', {}, 'unknown-call'],
      ['app.info', { more: true }, 'bad-input'],
      ['hosts.get', { id: 7 }, 'bad-input'],
      ['hosts.get', { id: 'x'.repeat(5000) }, 'bad-input'],
      ['hosts.list', { query: {}, sort: { by: 'name; DROP TABLE host', descending: false }, offset: 0, limit: 1 }, 'bad-input'],
      ['hosts.list', { query: {}, sort: { by: 'name', descending: false }, offset: 0, limit: 1e9 }, 'bad-input'],
    ];
    for (const [name, input, code] of refused) {
      const answer = await post(shell, '/rpc', { name, input }, { cookie });
      expect(answer.status, name).toBe(200);
      expect(JSON.parse(answer.body), name).toMatchObject({ ok: false, error: { code } });
      expect(answer.body, name).not.toMatch(/node_modules|\.ts:|\.js:|    at /);
    }
    const quoted = await post(
      shell,
      '/rpc',
      { name: 'hosts.list', input: { query: { text: `%' OR '1'='1` }, sort: { by: 'name', descending: false }, offset: 0, limit: 1 } },
      { cookie },
    );
    expect(JSON.parse(quoted.body)).toMatchObject({ ok: true, data: { total: 0 } });
  });

  test('every page comes with a policy under which an injected script does not run', async ({ browser }) => {
    const index = await ask(shell, {});
    expect(index.status).toBe(200);
    const policy = String(index.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(index.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });

    const fresh = await startConsole([]);
    const context = await openSession(browser, fresh);
    const page = await context.newPage();
    const complaints = await watchComplaints(page);
    await page.goto('/');
    await expect(page.getByRole('main')).toContainText('No endpoint yet');
    expect(complaints.all(), 'our own pages obey the policy').toEqual([]);
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.__pwned = 1';
      const image = document.createElement('img');
      image.setAttribute('onerror', 'window.__pwned = 1');
      image.src = 'data:image/png;base64,AA';
      document.body.append(script, image);
    });
    await expect.poll(() => complaints.all().filter((one) => one.startsWith('violation: script-src'))).toHaveLength(2);
    expect(await page.evaluate(() => Reflect.get(window, '__pwned') as unknown)).toBeUndefined();
    await context.close();
    await fresh.stop();
  });
});
