import { createHmac } from 'node:crypto';
import { fail, ok } from '../../../shared/model/result.ts';
import type { AlertConfig } from '../../connectors/endpoint-types.ts';
import { post } from '../outward/post.ts';
import type { AlertSender } from './sender.ts';

const MAX_ANSWER_BYTES = 64 * 1024;
type Asking = { readonly origin: () => string; readonly version: string; readonly nowMs: () => number; readonly timeoutMs: number };

/** The signature of Standard Webhooks 1.0.0: `v1,` and HMAC-SHA-256 over id, time and body, in base64. */
export const signatureOf = (secret: string | Uint8Array, id: string, seconds: number, body: string): string =>
  `v1,${createHmac('sha256', secret).update(`${id}.${seconds}.${body}`, 'utf8').digest('base64')}`;

/**
 * Alerts as one JSON document each time, signed as Standard Webhooks says, so that whoever receives it can tell it from somebody else's and from an
 * old one. It is delivered where the other side answers with 2xx.
 */
export const createWebhook = (
  { url, secret, ca }: Extract<AlertConfig, { kind: 'webhook' }>,
  { origin, version, nowMs, timeoutMs }: Asking,
): AlertSender => {
  const who = `the webhook at ${url}`;
  return {
    who,
    send: async (alerts, signal) => {
      const seconds = Math.floor(nowMs() / 1000);
      const [first, last] = [alerts[0]?.seq ?? 0, alerts.at(-1)?.seq ?? 0];
      const id = `plumbline-${first}-${last}`;
      const timestamp = new Date(seconds * 1000).toISOString();
      const body = JSON.stringify({ type: 'plumbline.alerts', timestamp, data: { ledger: origin(), version, alerts } });
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': String(seconds),
        'webhook-signature': signatureOf(secret, id, seconds, body),
        'user-agent': `Plumbline/${version}`,
      };
      const answer = await post({
        of: 'alert',
        who,
        url: new URL(url),
        contentType: 'application/json',
        accept: '*/*',
        headers,
        body,
        maxBytes: MAX_ANSWER_BYTES,
        ca,
        timeoutMs,
        signal,
      });
      if (!answer.ok) return answer;
      const { status } = answer.value;
      if (status >= 200 && status < 300) return ok(undefined);
      return fail(
        'alert-refused',
        `T${who.slice(1)} answered with status ${status}.`,
        'Check the address and the secret; it is tried again by itself.',
      );
    },
  };
};
