import { connect, type TLSSocket } from 'node:tls';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import type { AlertConfig } from '../../connectors/endpoint-types.ts';
import { type Origin, syslogFrame } from './syslog-lines.ts';
import type { AlertSender } from './sender.ts';

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
const UNREACHABLE = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/u;

const problemOf = (who: string, error: unknown): Result<never> => {
  const code = codeOf(error);
  const shown = visibleText(code === '' ? (error instanceof Error ? error.message : 'no reason') : code, 60);
  const The = `T${who.slice(1)}`;
  if (UNREACHABLE.test(code))
    return fail('alert-unreachable', `${The} cannot be reached (${shown}).`, 'Check address and network; it is tried again by itself.');
  if (/^(?:ECONNRESET|EPIPE)$/u.test(code))
    return fail(
      'alert-broken-off',
      `${The} broke off (${shown}).`,
      'Check whether it asks for a certificate of ours; it is tried again by itself.',
    );
  return fail(
    'alert-tls',
    `There is no secure connection to ${who} (${shown}).`,
    'Check its certificate, and tls.ca where an authority of your own issued it. Plumbline never skips this check.',
  );
};

/** Writes all, and ends only when the other side closed as well: what it did not take would be lost without a word. */
const deliver = (socket: TLSSocket, frames: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed before all was taken')));
    // Nothing that comes back is looked at; it has to be read for the end to be seen.
    socket.resume();
    socket.once('secureConnect', () => socket.end(frames));
    socket.once('end', () => {
      if (socket.writableFinished) resolve();
    });
  });

/**
 * Syslog over TLS (RFC 5425). The protocol has no answer: delivered means that the other side took the bytes over a connection whose certificate
 * was verified and closed it in order, not that it kept them.
 */
export const createSyslog = (
  { host, port, format, tls }: Extract<AlertConfig, { kind: 'syslog' }>,
  { origin, timeoutMs }: { readonly origin: Origin; readonly timeoutMs: number },
): AlertSender => {
  const who = `the syslog receiver ${host}:${port}`;
  return {
    who,
    send: async (alerts, signal) => {
      const timeout = AbortSignal.timeout(timeoutMs);
      const stop = AbortSignal.any([signal, timeout]);
      const { ca, cert, key, serverName } = tls;
      const socket = connect({
        host,
        port,
        rejectUnauthorized: true,
        minVersion: 'TLSv1.2',
        ...(ca !== null && { ca }),
        ...(cert !== null && { cert }),
        ...(key !== null && { key }),
        ...(serverName !== null && { servername: serverName }),
      });
      const abort = (): void => void socket.destroy(new Error('aborted'));
      stop.addEventListener('abort', abort, { once: true });
      try {
        await deliver(socket, Buffer.concat(alerts.map((alert) => syslogFrame(alert, format, origin))));
        return ok(undefined);
      } catch (error) {
        if (signal.aborted) return fail('stopped', 'Sending was stopped.', 'Nothing to do.');
        if (timeout.aborted)
          return fail('alert-timeout', `T${who.slice(1)} did not take all within ${timeoutMs / 1000} s.`, 'It is tried again by itself.');
        return problemOf(who, error);
      } finally {
        stop.removeEventListener('abort', abort);
        socket.destroy();
      }
    },
  };
};
