import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { fail, ok } from '../../../../shared/model/result.ts';
import type { AnchorConfig } from '../../../connectors/endpoints-file.ts';
import { encodeTimeStampRequest } from '../../../ledger/timestamp/request.ts';
import { verifyTimeStampResponse } from '../../../ledger/timestamp/verify.ts';
import { type AnchorMaker, clockProblem } from './maker.ts';
import { post } from '../../outward/post.ts';

const MAX_ANSWER_BYTES = 256 * 1024;
const NONCE_BYTES = 8;

export type TimeStampConfig = Extract<AnchorConfig, { kind: 'time-stamp' }>;
export type Asking = { readonly nowMs: () => number; readonly timeoutMs: number };

/** RFC 3161 over HTTP (§3.4): the bytes of the signed checkpoint leave only as a digest. */
export const createTimeStampMaker = (config: TimeStampConfig, { nowMs, timeoutMs }: Asking): AnchorMaker => {
  const who = `the time-stamp authority at ${config.url}`;
  const roots = config.roots.map((pem) => new X509Certificate(pem));
  return {
    id: { kind: 'time-stamp', target: config.url },
    everyMs: config.everyMs,
    make: async ({ note }, _lastSize, signal) => {
      const sha256 = createHash('sha256').update(note).digest();
      const nonce = randomBytes(NONCE_BYTES);
      const request = encodeTimeStampRequest({ sha256, nonce });
      if (!request.ok) return request;
      const answer = await post({
        of: 'anchor',
        who,
        url: new URL(config.url),
        contentType: 'application/timestamp-query',
        accept: 'application/timestamp-reply',
        body: request.value,
        maxBytes: MAX_ANSWER_BYTES,
        ca: config.ca,
        timeoutMs,
        signal,
      });
      if (!answer.ok) return answer;
      const { status, body } = answer.value;
      if (status !== 200)
        return fail(
          'anchor-http',
          `The time-stamp authority at ${config.url} answered HTTP ${status}.`,
          'Check the address; ask whoever runs it.',
        );
      const verified = verifyTimeStampResponse(body, { sha256, nonce, roots });
      if (!verified.ok) return verified;
      const { at, authority, token } = verified.value;
      const wrong = clockProblem(who, at, nowMs());
      return wrong === null ? ok({ note, token, by: authority, at }) : { ok: false, problem: wrong };
    },
  };
};
