import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';

/** An answer of a simulated service. `delayMs` only where slowness is the incident. */
export type Answer = { readonly status: number; readonly type: string; readonly body: string; readonly delayMs?: number };
export type Ask = { readonly method: string; readonly path: string; readonly query: URLSearchParams; readonly authenticated: boolean };

const JSON_TYPE = 'application/json';
export const success = (results: object): Answer => ({
  status: 200,
  type: JSON_TYPE,
  body: JSON.stringify({ code: 200, status: 'Success', results }),
});
export const refusal = (status: number, sentence: string): Answer => ({
  status,
  type: JSON_TYPE,
  body: JSON.stringify({ code: status, status: sentence, results: {} }),
});
/** Unknown paths and wrong verbs get no body at all. */
export const empty = (status: number): Answer => ({ status, type: 'text/html; charset=UTF-8', body: '' });
export const forbidden = (action: string): Answer => ({
  status: 403,
  type: 'application/json; charset=UTF-8',
  body: JSON.stringify({
    errors: [{ status: '403', title: 'Forbidden', detail: `Action ${action} requires admin authentication (mTLS certificate)` }],
  }),
});

export const API_VERSIONS = ['2.0', '2.1', '2.2', '2.3', '2.4', '2.5', '2.6'] as const;

/** "/v2.6/agents/x" → "agents/x"; null for a version that is not served. */
export const routeOf = (path: string): string | null => {
  const match = /^\/v(\d+\.\d+)\/(.*)$/.exec(path);
  const known: readonly string[] = API_VERSIONS;
  return match?.[1] !== undefined && known.includes(match[1]) ? (match[2] ?? '') : null;
};

const answerTo = (request: IncomingMessage, handle: (ask: Ask) => Answer): Answer => {
  const url = new URL(request.url ?? '/', 'https://simulator.invalid');
  const authenticated = request.socket instanceof TLSSocket && request.socket.authorized;
  try {
    return handle({ method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, authenticated });
  } catch {
    return empty(500);
  }
};

const send = (response: ServerResponse, answer: Answer): void => {
  response.writeHead(answer.status, { 'content-type': answer.type, 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
};

export type TlsMaterial = { readonly cert: string; readonly key: string; readonly ca: string };

/** HTTPS server that asks for a client certificate; `demandCertificate` refuses the handshake without one. */
export const createApiServer = (tls: TlsMaterial, demandCertificate: boolean, handle: (ask: Ask) => Answer): Server => {
  const server = createServer(
    { ...tls, requestCert: true, rejectUnauthorized: demandCertificate, minVersion: 'TLSv1.2', keepAliveTimeout: 5000 },
    (request, response) => {
      request.resume();
      const answer = answerTo(request, handle);
      if (answer.delayMs === undefined) send(response, answer);
      else setTimeout(() => send(response, answer), answer.delayMs);
    },
  );
  // A client that breaks off a handshake is its own problem.
  server.on('tlsClientError', () => undefined);
  return server;
};
