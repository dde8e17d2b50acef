import { placeClaims } from './location-words.ts';
import type { SimulatedHost } from './simulated-host.ts';
import { GEO_INDEX } from './simulated-host.ts';

const PERIOD_MS = 10_000;
/** A verifier retries a silent host before it says so; until then it shows PASS. */
const SILENCE_MS = 17_000;

type Word = { readonly state: number; readonly status: 'PASS' | 'FAIL'; readonly event: string | null };

const wordOf = (host: SimulatedHost, nowMs: number): Word => {
  const event = host.active(nowMs) === null ? null : (host.assignment?.incident.reportedEvent ?? null);
  const pass: Word = { state: 3, status: 'PASS', event: null };
  if (event === null) return pass;
  if (host.active(nowMs) === 'host-gone') {
    return nowMs < host.onsetMs + SILENCE_MS ? pass : { state: 7, status: 'FAIL', event };
  }
  return { state: 9, status: 'FAIL', event };
};

const metadata = (host: SimulatedHost, nowMs: number): string =>
  JSON.stringify({
    name: host.name,
    hostClass: host.image.hostClass.label,
    ...placeClaims(host, nowMs),
    workloads: host.workloads,
    ...(host.hasGeoTag ? { geoTag: { nvIndex: `0x${GEO_INDEX.toString(16)}` } } : {}),
  });

/** One host's entry in the verifier's answers, field by field as Keylime sends it. */
export const agentStatus = (
  host: SimulatedHost,
  address: { readonly ip: string; readonly port: number },
  nowMs: number,
  startMs: number,
): object => {
  const word = wordOf(host, nowMs);
  const { onsetMs } = host;
  const polledMs = nowMs - (nowMs % PERIOD_MS);
  const lastMs = word.status === 'PASS' ? polledMs : Math.min(polledMs, onsetMs + PERIOD_MS);
  const successMs = word.status === 'PASS' ? polledMs : onsetMs > startMs ? onsetMs - (onsetMs % PERIOD_MS) : 0;
  const rsa = host.scheme === 'rsassa' || host.scheme === 'rsapss';
  return {
    operational_state: word.state,
    v: null,
    ip: address.ip,
    port: address.port,
    tpm_policy: '{"mask": "0xffff"}',
    meta_data: metadata(host, nowMs),
    has_mb_refstate: 1,
    has_runtime_policy: 1,
    accept_tpm_hash_algs: ['sha512', 'sha384', 'sha256'],
    accept_tpm_encryption_algs: ['ecc', 'rsa'],
    accept_tpm_signing_algs: ['ecdsa', 'ecschnorr', 'rsapss', 'rsassa'],
    hash_alg: 'sha256',
    enc_alg: rsa ? 'rsa2048' : 'ecc256',
    sign_alg: rsa ? host.scheme : 'ecdsa',
    verifier_id: 'default',
    verifier_ip: '127.0.0.1',
    verifier_port: 8881,
    severity_level: word.event === null ? null : 6,
    last_event_id: word.event,
    attestation_count: successMs === 0 ? 0 : Math.max(1, Math.floor((successMs - startMs) / PERIOD_MS) + 1 + host.index),
    last_received_quote: Math.floor(lastMs / 1000),
    last_successful_attestation: Math.floor(successMs / 1000),
    attestation_status: word.status,
    attestation_period: `${PERIOD_MS / 1000}s`,
    maximum_attestation_interval: '50s',
  };
};
