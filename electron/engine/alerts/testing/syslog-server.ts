import { createServer } from 'node:tls';
import { known } from '../../ledger/testing/https-server.ts';

export type SyslogServer = { readonly port: number; readonly messages: () => readonly string[]; readonly close: () => Promise<void> };

/** Takes RFC 5425 frames apart as its section 4.3 says; throws where a length is none. */
export const framesOf = (bytes: Buffer): readonly string[] => {
  const messages: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString('ascii', at, space));
    if (!Number.isSafeInteger(length) || length <= 0 || space + 1 + length > bytes.length) throw new Error('a frame has no length');
    messages.push(bytes.toString('utf8', space + 1, space + 1 + length));
    at = space + 1 + length;
  }
  return messages;
};

/** A receiver of syslog over TLS on a free port of 127.0.0.1; with `ca`, only for clients with a certificate that leads there. */
export const startSyslog = (
  { cert, key }: { readonly cert: string; readonly key: string } = known.server,
  ca: string | null = null,
): Promise<SyslogServer> =>
  new Promise((resolve) => {
    const received: Buffer[] = [];
    const asks = ca === null ? {} : { ca, requestCert: true, rejectUnauthorized: true };
    const server = createServer({ cert, key, ...asks }, (socket) => {
      socket.on('data', (part: Buffer) => received.push(part));
      socket.on('error', () => undefined);
    });
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : 0,
        messages: () => framesOf(Buffer.concat(received)),
        close: () => new Promise((done) => void server.close(() => done())),
      });
    });
  });
