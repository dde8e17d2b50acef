import { generateKeyPairSync } from 'node:crypto';
import { createServer as createPlain, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { createAuthority } from '../../../simulator/authority.ts';

/** A certificate authority of the test, and one that nobody told anyone of. */
const authority = () => createAuthority(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey, '127.0.0.1', Date.now());
export const known = authority();
export const unknown = authority();

export type TestServer = { readonly url: string; readonly close: () => Promise<void>; readonly requests: () => number };

/** A server on a free port of 127.0.0.1; `tls` null for plain HTTP. */
export const startServer = (listener: RequestListener, tls: { cert: string; key: string } | null = known.server): Promise<TestServer> =>
  new Promise((resolve) => {
    let requests = 0;
    const counted: RequestListener = (request, response) => {
      requests += 1;
      listener(request, response);
    };
    const server = tls === null ? createPlain(counted) : createServer({ cert: tls.cert, key: tls.key }, counted);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({
        url: `${tls === null ? 'http' : 'https'}://127.0.0.1:${port}`,
        requests: () => requests,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });

export const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of request) if (Buffer.isBuffer(part)) parts.push(part);
  return Buffer.concat(parts);
};
