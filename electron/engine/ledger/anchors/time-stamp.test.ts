import { createHash, type X509Certificate } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Authority, createAuthority, hasOpenssl } from '../../../ledger/testing/time-stamp-authority.ts';
import { verifyTimeStampToken } from '../../../ledger/timestamp/verify.ts';
import { type Anchored, createAnchored } from '../testing/anchored.ts';
import { bodyOf, known, startServer, type TestServer, unknown } from '../testing/https-server.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let one: Anchored;
let servers: TestServer[] = [];
beforeEach(() => {
  one = createAnchored();
});
afterEach(async () => {
  await one.remove();
  for (const server of servers) await server.close();
  servers = [];
});

const serve = async (listener: RequestListener, tls?: { cert: string; key: string } | null): Promise<TestServer> => {
  const server = await startServer(listener, tls);
  servers.push(server);
  return server;
};
const config = (server: TestServer, roots: readonly string[], change: { ca?: string | null; everyMs?: number } = {}) =>
  [{ kind: 'time-stamp', url: `${server.url}/tsr`, ca: known.caPem, roots, everyMs: HOUR, ...change }] as const;
const state = () => one.anchors().state()[0];
const code = (): string | undefined => state()?.problem?.code;

const authorities: Authority[] = [];
afterAll(() => {
  for (const { close } of authorities) close();
});

describe.skipIf(!hasOpenssl)(`time stamps of an authority made of openssl${hasOpenssl ? '' : ': openssl is not here'}`, () => {
  const authority = hasOpenssl ? createAuthority() : null!;
  const stranger = hasOpenssl ? createAuthority() : null!;
  if (hasOpenssl) authorities.push(authority, stranger);
  const roots = [hasOpenssl ? authority.root.toString() : ''];

  /** The request may be changed on its way, the answer too. */
  const stamping =
    (
      by: Authority,
      request: (bytes: Buffer) => Buffer = (bytes) => bytes,
      answer: (bytes: Buffer) => Buffer = (bytes) => bytes,
    ): RequestListener =>
    (incoming, response) => {
      void bodyOf(incoming).then((body) =>
        incoming.headers['content-type'] === 'application/timestamp-query' && incoming.url === '/tsr'
          ? response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(answer(by.answer(request(body))))
          : response.writeHead(404).end(),
      );
    };

  it('are fetched over HTTPS, kept, entered, and hold in the independent re-check', async () => {
    const server = await serve(stamping(authority));
    await one.start(config(server, roots));
    one.pass(HOUR);
    await one.step();
    expect(state()).toMatchObject({ kind: 'time-stamp', target: `${server.url}/tsr`, problem: null, lastSize: 4 });
    expect(one.entries('anchor')[0]).toMatchObject({ kind: 'anchor.made', body: { by: 'O=Test, CN=signer', size: 4 } });
    const check = (trusted: readonly X509Certificate[]) =>
      one.check({
        verifyTimeStamp: (token, note) => {
          const sha256 = createHash('sha256').update(note).digest();
          const verified = verifyTimeStampToken(token, { sha256, nonce: null, roots: trusted });
          return verified.ok ? verified.value : { problem: verified.problem };
        },
      });
    expect(check([authority.root])).toMatchObject({
      ok: true,
      anchors: [
        { kind: 'time-stamp', size: 2 },
        { kind: 'time-stamp', size: 4 },
      ],
    });
    expect(check([stranger.root]).problems.map((problem) => problem.code)).toEqual(['anchor-broken', 'anchor-broken']);
  });

  it.each<[string, RequestListener, RegExp]>([
    ['of a root that is not trusted', hasOpenssl ? stamping(stranger) : () => {}, /no path led to a trusted root/],
    [
      'over something else',
      hasOpenssl ? stamping(authority, (bytes) => flipped(bytes, bytes.indexOf(Buffer.from('0420', 'hex')) + 5)) : () => {},
      /it stamps something else/,
    ],
    [
      'for another request',
      hasOpenssl ? stamping(authority, (bytes) => flipped(bytes, bytes.length - 5)) : () => {},
      /it answers another request/,
    ],
    [
      'with a signature that was changed',
      hasOpenssl ? stamping(authority, undefined, (bytes) => flipped(bytes, bytes.length - 3)) : () => {},
      /does not hold|cannot be read/,
    ],
  ])('%s do not count', async (_what, listener, message) => {
    await one.start(config(await serve(listener), roots));
    expect(state()).toMatchObject({ lastSize: null, problem: { message: expect.stringMatching(message) } });
    expect(one.entries('anchor').map(({ kind }) => kind)).toEqual(['anchor.failed']);
    expect(one.check().anchors).toEqual([]);
  });

  it('of another day do not count: one of both clocks is wrong', async () => {
    one.pass(3 * DAY);
    await one.start(config(await serve(stamping(authority)), roots));
    expect(code()).toBe('anchor-clock');
  });

  it('come again when an authority that was gone for a week is back, and the ledger tells of both once', async () => {
    let isDown = true;
    const honest = stamping(authority);
    const server = await serve((request, response) => {
      if (isDown) response.writeHead(503).end('down for maintenance');
      else honest(request, response);
    });
    one.pass(-7 * DAY);
    await one.start(config(server, roots));
    for (let passed = 0; passed < 7 * DAY; passed += 10 * MINUTE) {
      one.pass(10 * MINUTE);
      if (passed % HOUR === 0) await one.step();
      one.anchors().look();
      await one.anchors().settled();
    }
    expect(one.entries('anchor').map(({ kind }) => kind)).toEqual(['anchor.failed']);
    // Some in the first hours, then once an hour.
    expect(server.requests()).toBeGreaterThan(7 * 20);
    expect(server.requests()).toBeLessThanOrEqual(7 * 24 + 6);
    isDown = false;
    one.pass(HOUR);
    await one.step();
    expect(one.entries('anchor').map(({ kind }) => kind)).toEqual(['anchor.made', 'anchor.failed']);
    expect(state()?.problem).toBe(null);
  });
});

const flipped = (bytes: Buffer, at: number): Buffer => {
  const changed = Buffer.from(bytes);
  changed[at] = changed[at]! ^ 1;
  return changed;
};

describe('an authority that answers badly', () => {
  const root = [known.caPem];

  it.each<[string, RequestListener, string]>([
    ['not at all', () => {}, 'anchor-timeout'],
    ['only its headers', (_, response) => void response.writeHead(200).write('a'), 'anchor-timeout'],
    ['without end', (_, response) => endless(response), 'anchor-too-large'],
    ['and breaks off', (_, response) => broken(response), 'anchor-broken-off'],
    ['by hanging up', (request) => void request.socket.destroy(), 'anchor-broken-off'],
    ['elsewhere', (_, response) => void response.writeHead(302, { location: 'https://127.0.0.1:1/' }).end(), 'anchor-http'],
    ['with a page', (_, response) => void response.writeHead(200).end('<html>'), 'ledger-time-stamp'],
    ['with nothing', (_, response) => void response.writeHead(200).end(), 'ledger-time-stamp'],
  ])('%s', async (_what, listener, expected) => {
    await one.start(config(await serve(listener), root), expected === 'anchor-timeout' ? 300 : 5_000);
    expect(code()).toContain(expected);
    expect(one.store().ledger.newest()?.size).toBeGreaterThan(0);
  });

  const endless = (response: Parameters<RequestListener>[1]): void => {
    response.writeHead(200);
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      response.once('drain', more);
    };
    more();
  };
  const broken = (response: Parameters<RequestListener>[1]): void => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write(Buffer.alloc(10), () => response.destroy());
  };

  it.each<[string, { cert: string; key: string } | null, string | null]>([
    ['a certificate of another authority', unknown.server, known.caPem],
    ['a certificate that only its own authority vouches for', known.server, null],
    ['no TLS', null, known.caPem],
  ])('with %s', async (_what, tls, ca) => {
    const server = await serve((_, response) => void response.end(), tls);
    await one.start(config({ ...server, url: server.url.replace('http:', 'https:') }, root, { ca }));
    expect(code()).toBe('anchor-tls');
    expect(server.requests()).toBe(0);
  });

  it('is never reached with another name than its certificate has, whatever the environment says', async () => {
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const server = await serve((_, response) => void response.end());
      await one.start(config({ ...server, url: server.url.replace('127.0.0.1', '127.0.0.2') }, root));
      expect(['anchor-tls', 'anchor-unreachable']).toContain(code());
      const elsewhere = await serve((_, response) => void response.end(), unknown.server);
      await one.start(config(elsewhere, root));
      expect(code()).toBe('anchor-tls');
      expect(elsewhere.requests()).toBe(0);
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });

  it('keeps nothing waiting: entries are recorded and signed meanwhile, and a stop is at once and leaves no trace', async () => {
    let asked = (): void => {};
    const wasAsked = new Promise<void>((done) => {
      asked = done;
    });
    const server = await serve(() => asked());
    void one.start(config(server, root), 60_000);
    await wasAsked;
    void one.step();
    expect(one.store().ledger.newest()).toMatchObject({ size: 3 });
    await one.anchors().stop();
    one.anchors().look();
    await one.anchors().settled();
    expect(one.entries('anchor')).toEqual([]);
    expect(server.requests()).toBe(1);
  });
});
