import { visibleText } from '../../../shared/model/hostile-text.ts';
import { fail, ok, type Problem, type Result } from '../../../shared/model/result.ts';

export type Post = {
  /** What it is for; problems have codes that begin with it. */
  readonly of: 'anchor' | 'alert';
  /** How the other side is called in messages: "the witness at https://…". */
  readonly who: string;
  readonly url: URL;
  readonly contentType: string;
  readonly accept: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Upper bound of the answer. */
  readonly maxBytes: number;
  /** PEM; null = the authorities that the runtime brings. */
  readonly ca: string | null;
  /** From connect to last byte. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

export type PostAnswer = { readonly status: number; readonly contentType: string | null; readonly body: Buffer };

class TooLarge extends Error {}

const problem = (code: string, message: string, nextStep: string): Problem =>
  fail(code, message.charAt(0).toUpperCase() + message.slice(1), nextStep).problem;

/** The error itself and what it was caused by. */
const codesOf = (error: unknown): readonly string[] => {
  const codes: string[] = [];
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string') codes.push(at.code);
    if (at instanceof AggregateError) codes.push(...at.errors.slice(0, 4).flatMap((one: unknown) => (one === error ? [] : codesOf(one))));
  }
  return codes;
};

const UNREACHABLE = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EHOSTDOWN|ENETDOWN)$/;
const TLS = /^(?:CERT_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_|PATH_LENGTH_|EPROTO$)/;
const SLOW = /^(?:ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT)$/;

const tooSlow = ({ of, who, timeoutMs }: Post): Problem =>
  problem(`${of}-timeout`, `${who} did not answer completely within ${timeoutMs / 1000} s.`, 'It is tried again by itself.');

const failureOf = (error: unknown, request: Post, timeout: AbortSignal): Problem => {
  const { of, who, maxBytes, signal } = request;
  if (signal.aborted) return problem('stopped', `The request to ${who} was stopped.`, 'Nothing to do.');
  if (error instanceof TooLarge)
    return problem(`${of}-too-large`, `${who} sent more than the ${maxBytes} bytes that such an answer may have.`, 'Check the address.');
  if (timeout.aborted) return tooSlow(request);
  const codes = codesOf(error);
  const shown = visibleText(codes[0] ?? (error instanceof Error ? error.message : 'no reason'), 60);
  if (codes.some((code) => SLOW.test(code))) return tooSlow(request);
  if (codes.some((code) => UNREACHABLE.test(code)))
    return problem(`${of}-unreachable`, `${who} cannot be reached (${shown}).`, 'Check address and network; it is tried again by itself.');
  if (codes.some((code) => TLS.test(code)))
    return problem(
      `${of}-tls`,
      `There is no secure connection to ${who} (${shown}).`,
      `Check its certificate, and ca: of this ${of} where an authority of your own issued it. Plumbline never skips this check.`,
    );
  return problem(`${of}-broken-off`, `${who} broke off before its answer was complete (${shown}).`, 'It is tried again by itself.');
};

const readBounded = async (body: AsyncIterable<unknown>, maxBytes: number): Promise<Buffer> => {
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

/** A handshake that hangs notices no abort; it must not outlast the deadline. */
const orAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('aborted'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });

/**
 * One POST over a connection of its own: they are rare, and nothing may be left open. Follows no redirect, and certificates are always
 * verified, whatever the environment says.
 */
export const post = async (request: Post): Promise<Result<PostAnswer>> => {
  const { url, contentType, accept, body, maxBytes, ca, timeoutMs } = request;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([request.signal, timeout]);
  const tls = { rejectUnauthorized: true, minVersion: 'TLSv1.2' as const, maxCachedSessions: 0, ...(ca !== null && { ca }) };
  const connect = { allowH2: false, timeout: timeoutMs, ...(url.protocol === 'https:' && tls) };
  // Loaded when something leaves for the first time: a start need not wait for it.
  const { Client } = await import('undici');
  const client = new Client(url.origin, { connect, maxHeaderSize: 16 * 1024 });
  try {
    signal.throwIfAborted();
    const headers = { ...request.headers, 'content-type': contentType, accept };
    const asked = client.request({ method: 'POST', path: url.pathname, headers, body, signal, headersTimeout: 0, bodyTimeout: 0 });
    const answer = await orAborted(asked, signal);
    const declared = answer.headers['content-type'];
    const content = await orAborted(readBounded(answer.body, maxBytes), signal);
    return ok({ status: answer.statusCode, contentType: typeof declared === 'string' ? declared : null, body: content });
  } catch (error) {
    return { ok: false, problem: failureOf(error, request, timeout) };
  } finally {
    client.destroy().catch(() => undefined);
  }
};
