import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Server } from 'node:net';
import path from 'node:path';
import { type Authority, createAuthority } from '../../electron/simulator/authority.ts';
import { createCertificate, pemOf, spkiOf } from '../../electron/simulator/certificates.ts';

/** Services on loopback that behave as real ones misbehave, and the certificates they need. */
const HOST = '127.0.0.1';
const DAY_MS = 86_400_000;
const MEGABYTE = 1024 * 1024;
export const FLOOD_MEGABYTES = 200;

const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;

export type Certificates = Authority & { readonly caKey: KeyObject };

export const createCertificates = (): Certificates => {
  const caKey = newKey();
  return { ...createAuthority(caKey, HOST, Date.now()), caKey };
};

/** A server certificate that ended yesterday, under an authority that is still good. */
const expiredAuthority = (): Authority => {
  const caKey = newKey();
  const issuer = { name: 'Authority of an expired service', key: caKey };
  const key = newKey();
  const nowMs = Date.now();
  const ca = createCertificate({
    issuer,
    subject: issuer.name,
    spki: spkiOf(caKey),
    notBeforeMs: nowMs - 30 * DAY_MS,
    notAfterMs: nowMs + 30 * DAY_MS,
    ca: true,
  });
  const leaf = createCertificate({
    issuer,
    subject: 'expired',
    spki: spkiOf(key),
    notBeforeMs: nowMs - 20 * DAY_MS,
    notAfterMs: nowMs - DAY_MS,
    purpose: 'server',
    ipAddresses: [HOST],
  });
  const caPem = pemOf(ca);
  const keyPem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { caPem, server: { cert: pemOf(leaf), key: keyPem, ca: caPem }, clientPem: '', clientKeyPem: '' };
};

export type Service = { readonly origin: string; readonly port: number; readonly close: () => Promise<void> };

const listening = (server: Server & { closeAllConnections?: () => void }, scheme: string): Promise<Service> => {
  const open = new Set<{ destroy: () => void }>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({
        origin: `${scheme}://${HOST}:${port}`,
        port,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            for (const socket of open) socket.destroy();
          }),
      });
    });
  });
};

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export const startTls = (authority: Authority, handler: Handler, options: { readonly clientCa?: string } = {}): Promise<Service> => {
  const server = createTlsServer(
    {
      cert: authority.server.cert,
      key: authority.server.key,
      ...(options.clientCa === undefined ? {} : { ca: options.clientCa, requestCert: true, rejectUnauthorized: true }),
    },
    handler,
  );
  server.on('tlsClientError', () => undefined);
  return listening(server, 'https');
};

export const json = (response: ServerResponse, results: unknown, code = 200): void => {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ code, status: 'Success', results }));
};

const greeting = { current_version: '2.6', supported_versions: ['2.5', '2.6'] };
/** A service that says its versions as it should, and then answers the list of hosts in its own way. */
const afterGreeting =
  (list: Handler): Handler =>
  (request, response) => {
    if (request.url === '/version') json(response, greeting);
    else list(request, response);
  };

/** A port where nothing listens: taken, then given back. */
const deadPort = async (): Promise<Service> => {
  const service = await listening(createTcpServer(), 'https');
  await service.close();
  return { ...service, close: () => Promise.resolve() };
};

export type BadEndpoint = { readonly name: string; readonly code: string; readonly says: RegExp };
/** How each ends, as the product names it. */
export const BAD_ENDPOINTS: readonly BadEndpoint[] = [
  { name: 'nothing-listens', code: 'unreachable', says: /refused the connection/ },
  { name: 'wrong-authority', code: 'tls-untrusted', says: /not issued by the expected authority/ },
  { name: 'expired-certificate', code: 'tls-expired', says: /has expired/ },
  { name: 'rejects-our-certificate', code: 'closed', says: /closed the connection without an answer/ },
  { name: 'http-only', code: 'not-tls', says: /does not speak TLS/ },
  { name: 'half-an-answer', code: 'truncated', says: /broke off/ },
  { name: 'endless-answer', code: 'too-large', says: /more than the 64 MB/ },
  { name: 'not-json', code: 'bad-json', says: /not JSON/ },
  { name: 'wrong-types', code: 'wrong-shape', says: /unexpected shape/ },
];
export const NEVER_ANSWERS: BadEndpoint = {
  name: 'never-answers-though-it-takes-each-question-asked',
  code: 'timeout',
  says: /did not answer completely within 20 s/,
};

export type BadEndpoints = {
  /** Every one of them in one endpoints file; with or without the one that never answers. */
  readonly endpointsFile: string;
  readonly withSilentFile: string;
  /** The most that was taken of one endless answer. */
  readonly takenMegabytes: () => number;
  readonly close: () => Promise<void>;
};

const half: Handler = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 4096 });
  response.write('{"code":200,"status":"Success","results":{"d432fbb3-d2f1-4a97-9ef7-75bd81c0', () => response.socket?.destroy());
};

const page: Handler = (_request, response) => void response.end('<!doctype html><title>A proxy wants you to log in</title>');

export const startBadEndpoints = async (folder: string): Promise<BadEndpoints> => {
  const good = createCertificates();
  const other = createCertificates();
  const expired = expiredAuthority();
  let most = 0;
  const flood: Handler = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"code":200,"results":{"a":"');
    const chunk = Buffer.alloc(MEGABYTE, 0x61);
    let sent = 0;
    const more = (): void => {
      while (sent < FLOOD_MEGABYTES && !response.destroyed) {
        sent += 1;
        most = Math.max(most, sent);
        if (!response.write(chunk)) {
          response.once('drain', more);
          return;
        }
      }
      response.end('"}}');
    };
    more();
  };
  const services = new Map<string, Service>([
    ['nothing-listens', await deadPort()],
    ['wrong-authority', await startTls(other, afterGreeting(page))],
    ['expired-certificate', await startTls(expired, afterGreeting(page))],
    ['rejects-our-certificate', await startTls(good, afterGreeting(page), { clientCa: other.caPem })],
    ['http-only', await listening(createPlainServer(afterGreeting(page)), 'https')],
    ['half-an-answer', await startTls(good, afterGreeting(half))],
    ['endless-answer', await startTls(good, afterGreeting(flood))],
    ['not-json', await startTls(good, page)],
    [
      'wrong-types',
      await startTls(
        good,
        afterGreeting((_request, response) => json(response, ['trusted', 'trusted'])),
      ),
    ],
    [NEVER_ANSWERS.name, await startTls(good, () => undefined)],
  ]);
  const write = (name: string, text: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  write('ca.crt', good.caPem);
  write('expired-ca.crt', expired.caPem);
  write('client.crt', good.clientPem);
  write('client.key', good.clientKeyPem);
  const entry = (name: string): string =>
    [
      `  - name: ${name}`,
      '    kind: keylime',
      `    verifier: ${services.get(name)?.origin}`,
      `    registrar: ${services.get(name)?.origin}`,
      `    tls: { ca: ${name === 'expired-certificate' ? 'expired-ca.crt' : 'ca.crt'}, cert: client.crt, key: client.key }`,
      '    interval: 1h',
    ].join('\n');
  const fileOf = (name: string, names: readonly string[]): string => write(name, `endpoints:\n${names.map(entry).join('\n')}\n`);
  const names = BAD_ENDPOINTS.map((bad) => bad.name);
  return {
    endpointsFile: fileOf('endpoints.yaml', names),
    withSilentFile: fileOf('endpoints-silent.yaml', [NEVER_ANSWERS.name, ...names]),
    takenMegabytes: () => most,
    close: async () => {
      await Promise.all([...services.values()].map((service) => service.close()));
    },
  };
};
