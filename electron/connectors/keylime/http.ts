import type { PeerCertificate } from 'node:tls';
import type { Pool } from 'undici';
import type { z } from 'zod';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { ok, type Problem, type Result } from '../../../shared/model/result.ts';
import { classifyFailure, problem } from './failures.ts';

/** Upper bounds of one answer or of a part of it, in bytes. */
export const LIMITS = {
  version: 64 * 1024,
  list: 64 * 1024 * 1024,
  registration: 1024 * 1024,
  policy: 32 * 1024 * 1024,
  /** A quote with its event log and its IMA list, as JSON; the two below bound its parts, decoded. */
  quote: 32 * 1024 * 1024,
  eventLog: 4 * 1024 * 1024,
  imaList: 24 * 1024 * 1024,
  geoTag: 64 * 1024,
} as const;

/** Part of an error's body that is read, to quote the service's own words. */
const ERROR_BODY = 16 * 1024;

export type Reply = { readonly status: number; readonly body: Buffer };

/** One service that is only ever asked with GET: nothing here can change anything at the other side. */
export type Service = {
  /** How it is called in messages: "the verifier at 10.0.0.1:8881". */
  readonly who: string;
  readonly get: (path: string, maxBytes: number, deadline: Deadline) => Promise<Result<Reply>>;
  readonly close: () => Promise<void>;
};

export type Deadline = { readonly signal: AbortSignal; readonly timeoutMs: number };

/** The part of tls.connect's options that may be chosen; the rest is fixed below. */
export type TlsChoice = {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  readonly servername?: string;
  readonly checkServerIdentity?: (name: string, peer: PeerCertificate) => Error | undefined;
};

export type ServiceOptions = {
  readonly who: string;
  readonly origin: string;
  /** null for plain HTTP to a loopback address. */
  readonly tls: TlsChoice | null;
  readonly connections: number;
};

class TooLarge extends Error {}

const readBounded = async (body: AsyncIterable<unknown>, maxBytes: number, declared: number | null): Promise<Buffer> => {
  if (declared !== null && declared > maxBytes) throw new TooLarge();
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    if (!Buffer.isBuffer(part)) continue;
    size += part.length;
    if (size > maxBytes) throw new TooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts, size);
};

/** A bound in words: "32 MB". */
export const readable = (bytes: number): string => (bytes >= 1024 * 1024 ? `${bytes / (1024 * 1024)} MB` : `${bytes / 1024} KB`);

const declaredLength = (headers: Record<string, string | string[] | undefined>): number | null => {
  const value = headers['content-length'];
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : null;
};

/** Certificates are always verified, and never skipped by way of a cached session. */
const secure = (tls: TlsChoice) => ({
  ...tls,
  rejectUnauthorized: true,
  minVersion: 'TLSv1.2' as const,
  maxCachedSessions: 0,
  allowH2: false,
});

/** Destroys, not closes, and does not wait: an answer or a handshake that never ends must not hold us. */
const discard = (pool: Pool): void => {
  pool.destroy().catch(() => undefined);
};

/** The client notices an abort only once it is connected; a handshake that hangs must not outlast the deadline. */
const orAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });

export const createService = (options: ServiceOptions): Service => {
  const { who } = options;
  let pool: { readonly timeoutMs: number; readonly pool: Pool } | null = null;
  const poolFor = async (timeoutMs: number, signal: AbortSignal): Promise<Pool> => {
    // Loaded when something is asked for the first time: a start need not wait for it.
    const { Pool: Connections } = await import('undici');
    // Nothing may be opened by a request that was stopped meanwhile.
    signal.throwIfAborted();
    if (pool?.timeoutMs === timeoutMs) return pool.pool;
    if (pool !== null) discard(pool.pool);
    const connect = options.tls === null ? { allowH2: false, timeout: timeoutMs } : { ...secure(options.tls), timeout: timeoutMs };
    const made = new Connections(options.origin, {
      connections: options.connections,
      pipelining: 1,
      keepAliveTimeout: 4000,
      maxHeaderSize: 64 * 1024,
      connect,
    });
    pool = { timeoutMs, pool: made };
    return made;
  };
  return {
    who,
    get: async (path, maxBytes, deadline) => {
      const timeout = AbortSignal.timeout(deadline.timeoutMs);
      const signal = AbortSignal.any([deadline.signal, timeout]);
      let answered = false;
      try {
        signal.throwIfAborted();
        const connections = await poolFor(deadline.timeoutMs, signal);
        const asked = connections.request({
          method: 'GET',
          path,
          signal,
          headers: { accept: 'application/json' },
          headersTimeout: 0,
          bodyTimeout: 0,
        });
        const answer = await orAborted(asked, signal);
        answered = true;
        const limit = answer.statusCode >= 400 ? Math.min(maxBytes, ERROR_BODY) : maxBytes;
        const body = await readBounded(answer.body, limit, declaredLength(answer.headers));
        return ok({ status: answer.statusCode, body });
      } catch (error) {
        return { ok: false, problem: failureOf(error, { who, maxBytes, deadline, timeout, answered }) };
      }
    },
    close: () => {
      if (pool !== null) discard(pool.pool);
      pool = null;
      return Promise.resolve();
    },
  };
};

type Attempt = {
  readonly who: string;
  readonly maxBytes: number;
  readonly deadline: Deadline;
  readonly timeout: AbortSignal;
  readonly answered: boolean;
};

const failureOf = (error: unknown, { who, maxBytes, deadline, timeout, answered }: Attempt): Problem => {
  if (error instanceof TooLarge) {
    return problem(
      'too-large',
      `${who} sent more than the ${readable(maxBytes)} that such an answer may have.`,
      'Something other than Keylime may answer there; check the address.',
    );
  }
  if (deadline.signal.aborted) return problem('aborted', `The request to ${who} was stopped.`, 'Nothing to do: the sweep was cancelled.');
  if (timeout.aborted) {
    return problem(
      'timeout',
      `${who} did not answer completely within ${deadline.timeoutMs / 1000} s.`,
      'Check whether the host is overloaded or a firewall drops the traffic; raise the request timeout if it is merely slow.',
    );
  }
  return classifyFailure(error, who, answered);
};

/** The service's own words in an error answer, in any of Keylime's three shapes. */
const wordsOf = (body: Buffer): string => {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null) return '';
    if ('status' in parsed && typeof parsed.status === 'string') return visibleText(parsed.status, 160);
    const first: unknown = 'errors' in parsed && Array.isArray(parsed.errors) ? parsed.errors[0] : null;
    return typeof first === 'object' && first !== null && 'detail' in first && typeof first.detail === 'string'
      ? visibleText(first.detail, 160)
      : '';
  } catch {
    return '';
  }
};

export const httpProblem = (who: string, what: string, reply: Reply): Problem => {
  const words = wordsOf(reply.body);
  const said = words === '' ? 'without saying why' : `saying "${words}"`;
  if (reply.status === 401 || reply.status === 403) {
    return problem(
      'forbidden',
      `${who} refused to show ${what} (HTTP ${reply.status}), ${said}.`,
      'Check tls.cert and tls.key: this service wants a client certificate issued by its own authority.',
    );
  }
  if (reply.status === 404)
    return problem(
      'not-found',
      `${who} does not have ${what} (HTTP 404), ${said}.`,
      'Check the name, and that the address belongs to the right Keylime service.',
    );
  return problem('http-error', `${who} answered HTTP ${reply.status} when asked for ${what}, ${said}.`, 'Look at the log of the service.');
};

/** Parses an answer's `results` and checks its shape; names the first field that is wrong. */
export const parseResults = <T>(reply: Reply, who: string, what: string, schema: z.ZodType<T>): Result<T> => {
  if (reply.status !== 200) return { ok: false, problem: httpProblem(who, what, reply) };
  const wrong = (path: string, detail: string): Result<T> => ({
    ok: false,
    problem: problem(
      'wrong-shape',
      `${who} sent ${what} in an unexpected shape: ${path} ${detail}.`,
      'Check that the address belongs to a Keylime service of API version 2.x.',
    ),
  });
  let parsed: unknown;
  try {
    parsed = JSON.parse(reply.body.toString('utf8'));
  } catch {
    const empty = reply.body.length === 0;
    return {
      ok: false,
      problem: problem(
        'bad-json',
        `${who} sent ${what} ${empty ? 'with an empty body' : 'that is not JSON'}.`,
        'Check that the address belongs to a Keylime service, not to a proxy or a web page.',
      ),
    };
  }
  if (typeof parsed !== 'object' || parsed === null || !('results' in parsed)) return wrong('results', 'is missing');
  const checked = schema.safeParse(parsed.results);
  if (checked.success) return ok(checked.data);
  const issue = checked.error.issues[0];
  return wrong(
    visibleText(['results', ...(issue?.path ?? []).map(String)].join('.'), 160),
    `(${visibleText(issue?.message ?? 'invalid', 120)})`,
  );
};
