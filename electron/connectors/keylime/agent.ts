import { X509Certificate } from 'node:crypto';
import type { PeerCertificate } from 'node:tls';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { fail, type Problem, type Result } from '../../../shared/model/result.ts';
import type { FetchedEvidence } from '../port.ts';
import { fromBase64 } from './bytes.ts';
import type { AnnouncedGeoTag } from './claims.ts';
import { problem } from './failures.ts';
import { fetchGeoTag } from './geo.ts';
import { createService, LIMITS, parseResults, readable, type Deadline, type Service, type TlsChoice } from './http.ts';
import { parseQuoteString } from './quote.ts';
import { quoteSchema, versionSchema } from './schemas.ts';
import { negotiate } from './versions.ts';

export type AgentAsk = {
  readonly hostId: string;
  readonly ip: string | null;
  readonly port: number | null;
  /** The certificate that the agent registered; the only one it may present. */
  readonly mtlsCert: string | null;
  readonly client: { readonly cert: string | null; readonly key: string | null; readonly password: string | null };
  /** The geo tag that the endpoint's metadata announces for this host. */
  readonly geoTag: AnnouncedGeoTag | null;
  readonly deadline: Deadline;
  readonly nowMs: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
};

const NONCE_LENGTH = 20;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** 20 random letters and digits (119 bits): the agent takes nothing else. Bytes that would bias the choice are thrown away. */
export const freshNonce = (randomBytes: (length: number) => Uint8Array): string => {
  let nonce = '';
  while (nonce.length < NONCE_LENGTH) {
    for (const byte of randomBytes(32)) {
      if (byte < 248 && nonce.length < NONCE_LENGTH) nonce += ALPHABET[byte % 62] ?? '';
    }
  }
  return nonce;
};

const none = (found: Problem): FetchedEvidence => ({ kind: 'none', problem: found });

/** Trusts exactly one certificate. TLS verifies the signature; this verifies that it is that very one. */
const pinned = (expected: X509Certificate): TlsChoice => ({
  ca: expected.toString(),
  checkServerIdentity: (_name: string, peer: PeerCertificate): Error | undefined =>
    peer.raw.equals(expected.raw) ? undefined : Object.assign(new Error('another certificate'), { code: 'PIN_MISMATCH' }),
});

const hostPart = (ip: string): string | null => {
  if (/^[0-9A-Fa-f:.]{2,45}$/.test(ip) && ip.includes(':')) return `[${ip}]`;
  return /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/.test(ip) ? ip : null;
};

const connectTo = (ask: AgentAsk): Result<Service> => {
  const host = ask.ip === null ? null : hostPart(ask.ip);
  if (host === null || ask.port === null || ask.port === 0) {
    return fail(
      'no-address',
      'The endpoint knows no address of this host, so it cannot be asked for evidence.',
      'Agents of the push model have none; a pull agent registers one (agent setting contact_ip and contact_port).',
    );
  }
  const who = `the agent at ${host}:${ask.port}`;
  if (ask.mtlsCert === null || ask.mtlsCert === '' || ask.mtlsCert === 'disabled') {
    return fail(
      'agent-tls-disabled',
      `The agent at ${host}:${ask.port} registered without a TLS certificate, so its answers could come from anyone.`,
      "Set enable_agent_mtls = true in the agent's configuration and restart it.",
    );
  }
  let expected: X509Certificate;
  try {
    expected = new X509Certificate(ask.mtlsCert);
  } catch {
    return fail(
      'agent-certificate-unreadable',
      `The certificate that ${who} registered cannot be read.`,
      'Restart the agent so that it registers again.',
    );
  }
  const tls: TlsChoice = {
    ...pinned(expected),
    ...(ask.client.cert === null ? {} : { cert: ask.client.cert }),
    ...(ask.client.key === null ? {} : { key: ask.client.key }),
    ...(ask.client.password === null ? {} : { passphrase: ask.client.password }),
  };
  return { ok: true, value: createService({ who, origin: `https://${host}:${ask.port}`, tls, connections: 1 }) };
};

/** A certificate that does not verify against itself is simply another one: say so instead of advising about authorities. */
const asPinProblem = (found: Problem, who: string): Problem =>
  found.code === 'tls-untrusted'
    ? problem(
        'tls-pin-mismatch',
        `${who} presented a certificate other than the one it registered.`,
        'Find out why: the agent was reinstalled without registering again, or something else answers at its address.',
      )
    : found;

const versionOf = async (agent: Service, deadline: Deadline): Promise<Result<string>> => {
  const reply = await agent.get('/version', LIMITS.version, deadline);
  if (!reply.ok) return reply;
  // Agents of the Python era do not know the question; they all speak 2.0.
  if (reply.value.status === 404) return { ok: true, value: '2.0' };
  const results = parseResults(reply.value, agent.who, 'its versions', versionSchema);
  if (!results.ok) return results;
  const offered =
    results.value.supported_versions ?? (results.value.supported_version === undefined ? [] : [results.value.supported_version]);
  const version = negotiate(offered);
  if (version !== null) return { ok: true, value: version };
  return {
    ok: false,
    problem: problem(
      'version-unsupported',
      `${agent.who} offers only the API versions ${visibleText(offered.join(', ') || 'none', 100)}.`,
      'Plumbline speaks 2.0 to 2.6 of the pull model; update the agent or Plumbline.',
    ),
  };
};

const tooLarge = (who: string, what: string, sent: Uint8Array, limit: number): Problem =>
  problem(
    'too-large',
    `${who} sent ${what} of ${sent.length} bytes, more than the ${readable(limit)} that are read.`,
    what === 'an IMA list'
      ? 'The list grows with every file measured since boot: restart the host, or narrow its IMA policy.'
      : 'Real event logs have some ten kilobytes: find out what the host sends as its log.',
  );

const collect = async (agent: Service, ask: AgentAsk): Promise<FetchedEvidence> => {
  const version = await versionOf(agent, ask.deadline);
  if (!version.ok) return none(asPinProblem(version.problem, agent.who));
  const nonce = freshNonce(ask.randomBytes);
  const requestedAtMs = ask.nowMs();
  const reply = await agent.get(
    `/v${version.value}/quotes/integrity?nonce=${nonce}&mask=0xffff&partial=1&ima_ml_entry=0`,
    LIMITS.quote,
    ask.deadline,
  );
  if (!reply.ok) return none(asPinProblem(reply.problem, agent.who));
  const receivedAtMs = ask.nowMs();
  const results = parseResults(reply.value, agent.who, 'its quote', quoteSchema);
  if (!results.ok) return none(results.problem);
  const quote = parseQuoteString(results.value.quote);
  if (!quote.ok) return none(quote.problem);
  const log = results.value.mb_measurement_list ?? '';
  const eventLog = log === '' ? null : fromBase64(log);
  if (log !== '' && eventLog === null)
    return none(problem('wrong-shape', `${agent.who} sent an event log that is not base64.`, 'Check the version of the agent.'));
  const list = results.value.ima_measurement_list ?? '';
  const ima = list === '' ? null : Buffer.from(list, 'utf8');
  if (eventLog !== null && eventLog.length > LIMITS.eventLog) return none(tooLarge(agent.who, 'an event log', eventLog, LIMITS.eventLog));
  if (ima !== null && ima.length > LIMITS.imaList) return none(tooLarge(agent.who, 'an IMA list', ima, LIMITS.imaList));
  const geo = await fetchGeoTag(agent, { announced: ask.geoTag, version: version.value, nonce, deadline: ask.deadline });
  return {
    kind: 'evidence',
    nonce: Buffer.from(nonce, 'ascii'),
    quote: { attest: quote.value.attest, signature: quote.value.signature },
    pcrs: quote.value.pcrs,
    claimedSelection: quote.value.selection,
    eventLog,
    ima,
    ...geo,
    requestedAtMs,
    receivedAtMs,
  };
};

/** Asks one agent for a quote over a nonce of our own, with its event log, IMA list and, where advertised, location tag. */
export const fetchAgentEvidence = async (ask: AgentAsk): Promise<FetchedEvidence> => {
  const agent = connectTo(ask);
  if (!agent.ok) return none(agent.problem);
  try {
    return await collect(agent.value, ask);
  } finally {
    await agent.value.close();
  }
};
