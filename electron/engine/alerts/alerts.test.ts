import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AlertConfig } from '../../connectors/endpoint-types.ts';
import { BY_ITSELF } from '../../store/ledger-writer.ts';
import { openStore, type Store } from '../../store/store.ts';
import { bodyOf, known, startServer, type TestServer, unknown } from '../ledger/testing/https-server.ts';
import { type Alerts, createAlerts } from './alerts.ts';
import { startSyslog, type SyslogServer } from './testing/syslog-server.ts';
import { signatureOf } from './webhook.ts';

const SECRET = 'a secret of at least 24 characters';
const T0 = Date.parse('2027-01-05T12:00:00Z');

let folder: string;
let store: Store;
let nowMs = T0;
let alerts: Alerts | null = null;
const closing: (() => Promise<void>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-alerts-'));
  nowMs = T0;
  reopen();
});
afterEach(async () => {
  await alerts?.stop();
  for (const close of closing.splice(0)) await close();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});
const reopen = (): void => {
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
};
const begin = async (configs: readonly AlertConfig[], timeoutMs = 5_000): Promise<Alerts> => {
  await alerts?.stop();
  alerts = createAlerts({ configs, store, nowMs: () => nowMs, version: '1.2.3', origin: () => 'plumbline/test', timeoutMs });
  return alerts;
};
const tell = async (): Promise<void> => {
  alerts?.look();
  await alerts?.settled();
};
const failing = (name: string, verdict = 'failed', before: string | null = 'trusted'): void =>
  void store.ledger.append({
    who: BY_ITSELF,
    kind: 'verdict.changed',
    subject: `host dc/${name}`,
    body: { before: before === null ? null : { verdict: before }, after: { name, verdict, reason: 'Boot loader changed.' } },
  });
const entries = (kind: string) => store.ledger.list({ kind }, 0, 1_000).rows;

const bodySchema = z.object({
  type: z.literal('plumbline.alerts'),
  data: z.object({
    ledger: z.string(),
    alerts: z.array(z.object({ seq: z.number(), kind: z.string(), severity: z.string(), sentence: z.string(), subject: z.string() })),
  }),
});
type Received = { readonly headers: Readonly<Record<string, string | string[] | undefined>>; readonly body: string };
/** A receiver that answers with each status in turn, then with 204. */
const receiver = async (statuses: number[] = [], tls: Parameters<typeof startServer>[1] = known.server) => {
  const received: Received[] = [];
  const server: TestServer = await startServer((request, response) => {
    const answer = async (): Promise<void> => {
      received.push({ headers: request.headers, body: (await bodyOf(request)).toString('utf8') });
      response.writeHead(statuses.shift() ?? 204).end();
    };
    void answer();
  }, tls);
  closing.push(server.close);
  const told = () => received.flatMap(({ body }) => bodySchema.parse(JSON.parse(body)).data.alerts);
  return { server, received, told };
};
const webhook = (server: TestServer, over: Partial<Extract<AlertConfig, { kind: 'webhook' }>> = {}): AlertConfig => ({
  kind: 'webhook',
  name: 'on-call',
  kinds: null,
  url: `${server.url}/hook`,
  secret: SECRET,
  ca: known.caPem,
  ...over,
});

describe('a webhook', () => {
  it('is told what changed, in a sentence, and can tell by the signature that it was us', async () => {
    const { server, received, told } = await receiver();
    await begin([webhook(server)]);
    failing('ber1-web-1');
    await tell();
    expect(told()).toMatchObject([
      { kind: 'verdict.changed', severity: 'critical', sentence: 'ber1-web-1 changed from trusted to failed. Boot loader changed.' },
    ]);
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    const seconds = Number(headers['webhook-timestamp']);
    expect(seconds * 1000).toBe(T0);
    expect(headers['webhook-signature']).toBe(signatureOf(SECRET, String(headers['webhook-id']), seconds, body));
    expect(body).not.toContain(SECRET);
  });

  it('has the signature of the published example of Standard Webhooks', () => {
    // https://github.com/standard-webhooks: secret MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, as raw bytes here.
    const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    expect(signatureOf(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}')).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  it('is told of nothing that was before it was named, nor of hosts that are new and trusted', async () => {
    const { server, told } = await receiver();
    failing('before');
    await begin([webhook(server)]);
    failing('new', 'trusted', null);
    failing('new-and-failed', 'failed', null);
    await tell();
    expect(told().map(({ subject }) => subject)).toEqual(['host dc/new-and-failed']);
  });

  it('is told only of the kinds that it asks for, and never of alerts', async () => {
    const { server, told } = await receiver();
    await begin([webhook(server, { kinds: ['settings'] })]);
    failing('web');
    store.ledger.append({ who: BY_ITSELF, kind: 'settings.changed', subject: 'retention', body: { detail: 'Longer.' } });
    await tell();
    await tell();
    expect(told().map(({ kind }) => kind)).toEqual(['settings.changed']);
    expect(entries('alert')).toHaveLength(1);
  });

  it('that is away is tried again at growing distances, is told everything when it is back, and the ledger tells of both once', async () => {
    const { server, told } = await receiver([500, 503, 500]);
    await begin([webhook(server)]);
    failing('one');
    await tell();
    expect(alerts?.state()).toMatchObject([{ problem: { code: 'alert-refused' }, triedAgainAtMs: T0 + 5_000, sent: 0 }]);
    failing('two');
    await tell();
    nowMs += 5_000;
    await tell();
    expect(alerts?.state()).toMatchObject([{ triedAgainAtMs: nowMs + 10_000 }]);
    nowMs += 10_000;
    await tell();
    nowMs += 20_000;
    await tell();
    expect(
      told()
        .slice(-2)
        .map(({ subject }) => subject),
    ).toEqual(['host dc/one', 'host dc/two']);
    expect(alerts?.state()).toMatchObject([{ problem: null, triedAgainAtMs: null, sent: 2, sentAtMs: nowMs }]);
    expect(entries('alert').map(({ kind }) => kind)).toEqual(['alert.sent', 'alert.failed']);
  });

  it('is told after a restart what it was not told before, with the same numbers', async () => {
    const { server, told } = await receiver([500]);
    await begin([webhook(server)]);
    failing('one');
    await tell();
    await alerts?.stop();
    store.close();
    reopen();
    await begin([webhook(server)]);
    await tell();
    const [first, second] = told();
    expect(second).toEqual(first);
    expect(entries('alert').map(({ kind }) => kind)).toEqual(['alert.sent', 'alert.failed']);
  });

  it('is told of very many in parts, each once and in order', async () => {
    const { server, received, told } = await receiver();
    await begin([webhook(server)]);
    for (let n = 0; n < 1_250; n += 1) failing(`h${n}`, n % 5 === 0 ? 'stale' : 'failed');
    await tell();
    expect(told().map(({ subject }) => subject)).toEqual(Array.from({ length: 1_250 }, (_, n) => `host dc/h${n}`));
    expect(received).toHaveLength(13);
  });

  it.each([
    ['whose certificate nobody vouches for', unknown.server, 'alert-tls'],
    ['that is not there', null, 'alert-unreachable'],
  ] as const)('%s is told nothing', async (_what, tls, code) => {
    const { server, received } = await receiver([], tls ?? known.server);
    if (tls === null) await server.close();
    await begin([webhook(server)]);
    failing('web');
    await tell();
    expect(received).toHaveLength(0);
    expect(alerts?.state()).toMatchObject([{ sent: 0, problem: { code } }]);
  });

  it('that redirects or never answers is told nothing more than that', async () => {
    const { server, received } = await receiver([302]);
    await begin([webhook(server)]);
    failing('web');
    await tell();
    expect(received).toHaveLength(1);
    expect(alerts?.state()).toMatchObject([{ problem: { code: 'alert-refused', message: expect.stringContaining('302') } }]);
    const silent = await startServer(() => undefined);
    closing.push(silent.close);
    await begin([webhook(silent, { name: 'silent' })], 200);
    failing('web');
    await tell();
    expect(alerts?.state()).toMatchObject([{ problem: { code: 'alert-timeout' } }]);
  });
});

describe('a syslog receiver over TLS', () => {
  const syslog = (server: SyslogServer, over: Partial<Extract<AlertConfig, { kind: 'syslog' }>> = {}): AlertConfig => ({
    kind: 'syslog',
    name: 'siem',
    kinds: null,
    host: '127.0.0.1',
    port: server.port,
    format: 'rfc5424',
    tls: { ca: known.caPem, cert: null, key: null, serverName: null },
    ...over,
  });
  const started = async (...how: Parameters<typeof startSyslog>): Promise<SyslogServer> => {
    const server = await startSyslog(...how);
    closing.push(server.close);
    return server;
  };
  const HEADER = /^<(\d{1,3})>1 (\S+) (\S+) plumbline (\d+) (\S+) ((?:\[[^\]]*\])+) \uFEFF(.*)$/u;

  it('gets one message of RFC 5424 for each, framed as RFC 5425 says', async () => {
    const server = await started();
    await begin([syslog(server)]);
    failing('ber1-web-1');
    failing('ber1-web-2', 'trusted', 'failed');
    await tell();
    const parsed = server.messages().map((message) => HEADER.exec(message)?.slice(1));
    expect(parsed).toMatchObject([
      [
        '82',
        expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/u),
        expect.any(String),
        String(process.pid),
        'verdict.changed',
        expect.stringContaining('swVersion="1.2.3"'),
        expect.stringContaining('ber1-web-1 changed from trusted to failed'),
      ],
      [
        '85',
        expect.any(String),
        expect.any(String),
        expect.any(String),
        'verdict.changed',
        expect.any(String),
        expect.stringContaining('to trusted'),
      ],
    ]);
    expect(alerts?.state()).toMatchObject([{ sent: 2, problem: null }]);
  });

  it('gets CEF for a SIEM, and no text of a host becomes a field, a header or a line', async () => {
    const server = await started();
    await begin([syslog(server, { format: 'cef' })]);
    failing('a|b=c\\d\nCEF:0|evil|\u202E] "x" <0>1 é');
    failing('x'.repeat(20_000));
    await tell();
    const [first = '', second = ''] = server.messages();
    expect(server.messages()).toHaveLength(2);
    const cef = first.slice(first.indexOf('CEF:0|'));
    // Seven fields end at a bar that is not escaped; what follows them are pairs.
    expect(cef).toMatch(/^(?:(?:[^|\\]|\\.)*\|){7}externalId=\d+ rt=/u);
    expect(cef).toMatch(/ cs1=host dc\/a\|b\\=c\\\\/u);
    expect(first).not.toMatch(/[\n\r\u202E]/u);
    expect(Buffer.byteLength(second)).toBeLessThanOrEqual(8_192);
  });

  it('that asks for a certificate gets ours, and nothing without one', async () => {
    const server = await started(known.server, known.caPem);
    await begin([syslog(server)]);
    failing('web');
    await tell();
    expect(alerts?.state()).toMatchObject([{ sent: 0, problem: { code: expect.stringMatching(/^alert-(tls|broken-off)$/u) } }]);
    const { clientPem: cert, clientKeyPem: key } = known;
    await begin([syslog(server, { tls: { ca: known.caPem, cert, key, serverName: null } })]);
    await tell();
    expect(server.messages()).toHaveLength(1);
  });

  it.each([
    ['whose certificate nobody vouches for', unknown.server, 'alert-tls'],
    ['that is not there', null, 'alert-unreachable'],
  ] as const)('%s gets nothing', async (_what, tls, code) => {
    const server = await startSyslog(tls ?? known.server);
    if (tls === null) await server.close();
    else closing.push(server.close);
    await begin([syslog(server)]);
    failing('web');
    await tell();
    expect(alerts?.state()).toMatchObject([{ sent: 0, problem: { code } }]);
  });
});
