import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createCertificate, pemOf, spkiOf } from '../../simulator/certificates.ts';
import type { EndpointConfig } from '../endpoints-file.ts';
import type { Observation, SweepOutcome } from '../port.ts';
import { createKeylimeConnector } from './connector.ts';

const DAY = 86_400_000;
const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
const keyPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

type Ca = { readonly name: string; readonly key: KeyObject; readonly pem: string };
const newCa = (name: string): Ca => {
  const key = newKey();
  const der = createCertificate({
    issuer: { name, key },
    subject: name,
    spki: spkiOf(key),
    notBeforeMs: Date.now() - DAY,
    notAfterMs: Date.now() + DAY,
    ca: true,
  });
  return { name, key, pem: pemOf(der) };
};
const leaf = (
  ca: Ca,
  purpose: 'server' | 'client',
  more: { readonly notAfterMs?: number; readonly dnsNames?: readonly string[]; readonly ipAddresses?: readonly string[] } = {},
) => {
  const key = newKey();
  const der = createCertificate({
    issuer: ca,
    subject: purpose,
    spki: spkiOf(key),
    notBeforeMs: Date.now() - 2 * DAY,
    notAfterMs: more.notAfterMs ?? Date.now() + DAY,
    purpose,
    dnsNames: more.dnsNames ?? [],
    ipAddresses: more.ipAddresses ?? (more.dnsNames === undefined ? ['127.0.0.1'] : []),
  });
  return { cert: pemOf(der), key: keyPem(key) };
};

const CA = newCa('Right CA');
const OTHER_CA = newCa('Wrong CA');
const CLIENT = leaf(CA, 'client');
const SERVER = leaf(CA, 'server');

const open: (HttpServer | HttpsServer)[] = [];
const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : 0);
    });
  });
const portOf = (server: HttpServer | HttpsServer): Promise<number> => {
  open.push(server);
  return listening(server);
};
const tlsServer = (handle: RequestListener, material = SERVER, demand = false): Promise<number> => {
  const server = createHttpsServer({ ...material, ca: CA.pem, requestCert: true, rejectUnauthorized: demand }, handle);
  server.on('tlsClientError', () => undefined);
  return portOf(server);
};

afterEach(async () => {
  await Promise.all(
    open.splice(0).map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    ),
  );
});

const configAt = (port: number, tls: Partial<EndpointConfig['tls']> = {}, scheme = 'https'): EndpointConfig => ({
  name: 'test',
  kind: 'keylime',
  verifier: `${scheme}://127.0.0.1:${port}`,
  registrar: `${scheme}://127.0.0.1:${port}`,
  tls: { ca: CA.pem, cert: CLIENT.cert, key: CLIENT.key, password: null, serverName: null, ...tls },
  intervalMs: 60_000,
  allowPlaintextLoopback: scheme === 'http',
  runtimePolicy: null,
  measuredBootPolicy: null,
});

const sweep = async (
  config: EndpointConfig,
  requestTimeoutMs = 5000,
): Promise<{ readonly outcome: SweepOutcome; readonly seen: readonly Observation[] }> => {
  const connector = createKeylimeConnector(config);
  const seen: Observation[] = [];
  const outcome = await connector.sweep({
    signal: new AbortController().signal,
    nowMs: Date.now,
    randomBytes: (length) => randomBytes(length),
    concurrency: 4,
    requestTimeoutMs,
    onInventory: () => undefined,
    onObservation: async (observation) => {
      seen.push(observation);
    },
  });
  await connector.close();
  return { outcome, seen };
};

const problemOf = async (config: EndpointConfig, requestTimeoutMs?: number) => {
  const { outcome } = await sweep(config, requestTimeoutMs);
  if (outcome.ok) throw new Error('the sweep was expected to fail');
  expect(outcome.problem.message).toMatch(/(verifier|registrar) at 127\.0\.0\.1:\d+ /);
  expect(outcome.problem.nextStep).not.toBe('');
  return outcome.problem;
};
const codeOf = async (config: EndpointConfig, requestTimeoutMs?: number): Promise<string> =>
  (await problemOf(config, requestTimeoutMs)).code;

const json =
  (body: string, status = 200): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body);
  };

describe('an endpoint that cannot be reached', () => {
  it('is unreachable where nothing listens', async () => {
    const port = await tlsServer(json('{}'));
    const server = open.pop();
    await new Promise<void>((resolve) => void server?.close(() => resolve()));
    expect(await codeOf(configAt(port))).toBe('unreachable');
  });

  it('times out where it never answers, and where it never ends its answer', async () => {
    const silent = await tlsServer(() => undefined);
    expect(await codeOf(configAt(silent), 150)).toBe('timeout');
    const dripping = await tlsServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    });
    expect(await codeOf(configAt(dripping), 200)).toBe('timeout');
  });

  it('times out where the handshake hangs', async () => {
    const silent = createTcpServer((socket) => socket.on('error', () => undefined));
    const port = await listening(silent);
    expect(await codeOf(configAt(port), 150)).toBe('timeout');
    silent.close();
  });
});

describe('an endpoint that cannot be trusted', () => {
  it('is refused with a certificate of another authority', async () => {
    expect(await codeOf(configAt(await tlsServer(json('{}'), leaf(OTHER_CA, 'server'))))).toBe('tls-untrusted');
  });

  it('is refused with an expired certificate', async () => {
    const port = await tlsServer(json('{}'), leaf(CA, 'server', { notAfterMs: Date.now() - 1000 }));
    expect(await codeOf(configAt(port))).toBe('tls-expired');
  });

  it('is refused under another name, and accepted where that name is configured', async () => {
    const port = await tlsServer(
      json('{"results":{"supported_versions":["9.9"]}}'),
      leaf(CA, 'server', { dnsNames: ['keylime.internal'] }),
    );
    expect(await codeOf(configAt(port))).toBe('tls-name-mismatch');
    expect(await codeOf(configAt(port, { serverName: 'keylime.internal' }))).toBe('version-unsupported');
    expect(await codeOf(configAt(port, { serverName: 'other.internal' }))).toBe('tls-name-mismatch');
  });

  it('is recognised as plain HTTP', async () => {
    expect(await codeOf(configAt(await portOf(createHttpServer(json('{}')))))).toBe('not-tls');
  });

  it('that rejects our certificate says so, by an alert or by hanging up', async () => {
    const certificateRequired = Buffer.from('15030300020274', 'hex');
    const alerting = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(certificateRequired));
    });
    expect(await codeOf(configAt(await listening(alerting)))).toBe('tls-client-cert-rejected');
    alerting.close();
    const port = await tlsServer(json('{}'), SERVER, true);
    const problem = await problemOf(configAt(port, leaf(OTHER_CA, 'client')));
    expect(problem.code).toBe('closed');
    expect(problem.nextStep).toContain('tls.cert');
  });

  it('that forbids the list is quoted, without control characters', async () => {
    const port = await tlsServer(
      json('{"errors":[{"status":"403","title":"Forbidden","detail":"Action list_agents\\u202e requires admin"}]}', 403),
    );
    const problem = await problemOf(configAt(port));
    expect(problem.code).toBe('forbidden');
    expect(problem.message).toContain('Action list_agents\\u{202e} requires admin');
  });
});

describe('an answer that cannot be used', () => {
  it('is truncated where it breaks off', async () => {
    const port = await tlsServer((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
      response.write('{"results":', () => request.socket.destroy());
    });
    expect(await codeOf(configAt(port))).toBe('truncated');
  });

  it('is dropped at its bound, long before 200 MB have been sent', async () => {
    let written = 0;
    let gone: Promise<void> = Promise.resolve();
    const port = await tlsServer((request: IncomingMessage, response) => {
      gone = new Promise((resolve) => void request.socket.once('close', () => resolve()));
      response.writeHead(200, { 'content-type': 'application/json' });
      const chunk = Buffer.alloc(64 * 1024, 0x20);
      const push = (): void => {
        while (written < 200 * 1024 * 1024 && !response.destroyed) {
          written += chunk.length;
          if (!response.write(chunk)) {
            response.once('drain', push);
            return;
          }
        }
        response.end();
      };
      push();
    });
    expect(await codeOf(configAt(port))).toBe('too-large');
    await gone;
    expect(written).toBeLessThan(32 * 1024 * 1024);
  });

  it('is dropped unread where it announces too much', async () => {
    const port = await tlsServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 200 * 1024 * 1024 });
      response.write('{');
    });
    expect(await codeOf(configAt(port))).toBe('too-large');
  });

  it.each([
    ['a web page', '<html>', 'bad-json'],
    ['nothing at all', '', 'bad-json'],
    ['a text for a list', '{"results":{"supported_versions":"2.6"}}', 'wrong-shape'],
    ['a list for an object', '[]', 'wrong-shape'],
    ['null', 'null', 'wrong-shape'],
    ['no version in common', '{"results":{"supported_versions":["1.0","3.0"]}}', 'version-unsupported'],
    ['60,000 open brackets', '['.repeat(60_000), 'bad-json'],
  ])('%s', async (_what, body, code) => {
    expect(await codeOf(configAt(await tlsServer(json(body))))).toBe(code);
  });

  it('names the wrong field', async () => {
    const problem = await problemOf(configAt(await tlsServer(json('{"results":{"supported_versions":["2.6",7]}}'))));
    expect(problem.message).toContain('results.supported_versions.1');
  });

  it('is an http-error with any other status', async () => {
    expect(await codeOf(configAt(await tlsServer(json('', 500))))).toBe('http-error');
  });
});

const answers =
  (bulk: object): RequestListener =>
  (request, response) => {
    const url = request.url ?? '';
    if (url === '/version') return json('{"results":{"supported_versions":["2.3"]}}')(request, response);
    if (url.includes('bulk')) return json(JSON.stringify({ results: bulk }))(request, response);
    if (url === '/v2.3/agents/') return json('{"results":{"uuids":[]}}')(request, response);
    return json('{"code":404,"status":"not here","results":{}}', 404)(request, response);
  };

describe('a verifier whose entries are partly odd', () => {
  it('loses no other host, and asks with GET only', async () => {
    const methods = new Set<string>();
    const bulk = {
      good: { attestation_status: 'PASS', operational_state: 3, v: 'SECRETKEY' },
      odd: { operational_state: 'three' },
      '../x': {},
      '..': {},
    };
    const handle = answers(bulk);
    const port = await tlsServer((request, response) => {
      methods.add(request.method ?? '');
      handle(request, response);
    });
    const { outcome, seen } = await sweep(configAt(port));
    expect(outcome).toMatchObject({ ok: true, hosts: 2 });
    expect(seen.map((observation) => [observation.hostId, observation.reported.verdict, observation.evidence.kind])).toStrictEqual(
      expect.arrayContaining([
        ['good', 'trusted', 'none'],
        ['odd', 'unknown', 'none'],
      ]),
    );
    expect(JSON.stringify(seen)).not.toContain('SECRETKEY');
    expect([...methods]).toStrictEqual(['GET']);
  });

  it('works over plain HTTP to a loopback address', async () => {
    const port = await portOf(createHttpServer(answers({})));
    const { outcome } = await sweep(configAt(port, {}, 'http'));
    expect(outcome).toStrictEqual({ ok: true, hosts: 0, demo: false, note: null });
  });
});
