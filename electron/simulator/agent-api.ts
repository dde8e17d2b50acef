import { API_VERSIONS, empty, refusal, routeOf, success, type Answer, type Ask } from './api.ts';
import { GEO_INDEX, type SimulatedHost } from './simulated-host.ts';

const SLOW_MS = 2000;

const nonceOf = (ask: Ask): string | null => {
  const nonce = ask.query.get('nonce') ?? '';
  return /^[A-Za-z0-9]{1,64}$/.test(nonce) ? nonce : null;
};

const algorithms = (host: SimulatedHost): object => {
  const rsa = host.scheme === 'rsassa' || host.scheme === 'rsapss';
  return { hash_alg: 'sha256', enc_alg: rsa ? 'rsa2048' : 'ecc256', sign_alg: rsa ? host.scheme : 'ecdsa' };
};

const integrity = (host: SimulatedHost, ask: Ask, nonce: string, nowMs: number): Answer => {
  const mask = Number.parseInt(ask.query.get('mask') ?? '', 16);
  if (!Number.isSafeInteger(mask) || mask < 0 || mask > 0xffffff) return refusal(400, 'mask should be a hexadecimal PCR bit map');
  const from = Number.parseInt(ask.query.get('ima_ml_entry') ?? '0', 10);
  const made = host.quote(Buffer.from(nonce, 'ascii'), mask, nowMs);
  const start = Number.isSafeInteger(from) && from > 0 && from <= made.imaCount ? from : 0;
  return success({
    quote: made.quote,
    ...algorithms(host),
    ...(ask.query.get('partial') === '0' ? { pubkey: made.publicKeyPem } : {}),
    ima_measurement_list: start === 0 ? made.ima : made.ima.split('\n').slice(start).join('\n'),
    mb_measurement_list: made.eventLog.toString('base64'),
    ima_measurement_list_entry: start,
  });
};

const identity = (host: SimulatedHost, nonce: string, nowMs: number): Answer => {
  const made = host.quote(Buffer.from(nonce, 'ascii'), 0, nowMs);
  return success({ quote: made.quote, ...algorithms(host), pubkey: made.publicKeyPem });
};

/** Extension: stock agents do not have it. The host's location tag, certified by its attestation key. */
const geoTag = (host: SimulatedHost, nonce: string, nowMs: number): Answer => {
  const made = host.geoTag(Buffer.from(nonce, 'ascii'), nowMs);
  if (made === null) return refusal(404, 'no location tag on this host');
  return success({
    attest: made.attest.toString('base64'),
    signature: made.signature.toString('base64'),
    signer_pem: made.signerPem,
    nv_index: `0x${GEO_INDEX.toString(16)}`,
  });
};

/** The API of one agent. */
export const agentApi =
  (host: SimulatedHost, nowMs: () => number) =>
  (ask: Ask): Answer => {
    if (ask.method !== 'GET') return empty(405);
    if (ask.path === '/version') return success({ supported_version: '2.6', supported_versions: API_VERSIONS.slice(1) });
    const route = routeOf(ask.path);
    if (route === 'agent/info')
      return success({
        agent_uuid: host.id,
        tpm_hash_alg: 'sha256',
        tpm_enc_alg: 'rsa2048',
        tpm_sign_alg: 'rsassa',
        ak_handle: 0x40450012,
      });
    if (route === null || !route.startsWith('quotes/')) return empty(404);
    const nonce = nonceOf(ask);
    if (nonce === null) return refusal(400, `nonce should be strictly alphanumeric: ${ask.query.get('nonce')?.slice(0, 64) ?? ''}`);
    if (route === 'quotes/identity') return identity(host, nonce, nowMs());
    if (route === 'quotes/geotag') return geoTag(host, nonce, nowMs());
    if (route !== 'quotes/integrity') return empty(404);
    const answer = integrity(host, ask, nonce, nowMs());
    return host.active(nowMs()) === 'host-slow' ? { ...answer, delayMs: SLOW_MS } : answer;
  };
