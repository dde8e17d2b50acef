import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { visibleText } from '../../shared/model/hostile-text.ts';
import type { EndpointConfig } from './endpoint-types.ts';
import type { EndpointEntry } from './endpoints-schema.ts';

export type EndpointContext = {
  /** Path relative to the endpoints file; throws where it cannot be read. */
  readonly readFile: (path: string) => string;
  readonly report: (path: readonly string[], message: string, nextStep: string) => void;
};

const UNITS = { s: 1000, m: 60_000, h: 3_600_000 } as const;
const DEFAULT_INTERVAL_MS = 60_000;
const DAY_MS = 86_400_000;

const intervalOf = (entry: EndpointEntry, context: EndpointContext): number => {
  const match = /^(\d+)([smh])$/.exec(entry.interval ?? '');
  const unit = match?.[2];
  if (match === null || (unit !== 's' && unit !== 'm' && unit !== 'h')) return DEFAULT_INTERVAL_MS;
  const intervalMs = Number(match[1]) * UNITS[unit];
  if (intervalMs < 1000 || intervalMs > DAY_MS)
    context.report(['interval'], 'interval must lie between 1s and 24h.', 'Choose a duration such as 60s.');
  return intervalMs;
};

export const isLoopback = (host: string): boolean => host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);

/** The address is never quoted in a message: it may carry credentials by mistake. */
const checkUrl = (entry: EndpointEntry, role: 'verifier' | 'registrar', context: EndpointContext): void => {
  let url: URL;
  try {
    url = new URL(entry[role]);
  } catch {
    context.report([role], `${role} is not an address.`, `Write it as https://HOST:${role === 'verifier' ? '8881' : '8891'}.`);
    return;
  }
  if (url.username !== '' || url.password !== '') {
    context.report(
      [role],
      `${role} carries a user name or password.`,
      'Remove it; services are authenticated by certificates (tls.cert, tls.key).',
    );
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    context.report([role], `${role} has a path; only scheme, host and port are wanted.`, 'Remove everything after the port.');
  }
  if (url.protocol === 'https:') return;
  if (url.protocol !== 'http:') {
    context.report([role], `${role} must be an https address.`, `Write it as https://HOST:${role === 'verifier' ? '8881' : '8891'}.`);
  } else if (!isLoopback(url.hostname)) {
    context.report([role], `${role} uses plain http, which is refused: anyone on the way could change its answers.`, 'Use https.');
  } else if (entry.allowPlaintextLoopback !== true) {
    context.report([role], `${role} uses plain http.`, 'Use https, or set allowPlaintextLoopback: true for this loopback address.');
  }
};

const readPem = (entry: EndpointEntry, part: 'ca' | 'cert' | 'key', context: EndpointContext): string | null => {
  const path = entry.tls?.[part];
  if (path === undefined) return null;
  try {
    return context.readFile(path);
  } catch {
    context.report(
      ['tls', part],
      `tls.${part}: the file ${visibleText(path, 160)} cannot be read.`,
      'Paths are relative to the endpoints file; check the path and the rights of the file.',
    );
    return null;
  }
};

const certificateOf = (pem: string | null, part: 'ca' | 'cert', context: EndpointContext): X509Certificate | null => {
  if (pem === null) return null;
  try {
    return new X509Certificate(pem);
  } catch {
    context.report(
      ['tls', part],
      `tls.${part}: the file is not a PEM certificate.`,
      'Name the file that begins with -----BEGIN CERTIFICATE-----.',
    );
    return null;
  }
};

const keyOf = (pem: string | null, password: string | null, context: EndpointContext): KeyObject | null => {
  if (pem === null) return null;
  if (!pem.includes('PRIVATE KEY-----')) {
    context.report(
      ['tls', 'key'],
      'tls.key: the file is not a PEM private key.',
      'Name the file that begins with -----BEGIN PRIVATE KEY-----.',
    );
    return null;
  }
  try {
    return createPrivateKey({ key: pem, ...(password === null ? {} : { passphrase: password }) });
  } catch {
    const encrypted = pem.includes('ENCRYPTED');
    const message =
      encrypted && password === null
        ? 'tls.key: the key is encrypted and no password is given.'
        : `tls.key: the key cannot be read${encrypted ? ' with this password' : ''}.`;
    context.report(
      ['tls', 'key'],
      message,
      encrypted ? 'Set tls.password, for example from the environment: password: ${KEY_PASSWORD}.' : 'Check the file.',
    );
    return null;
  }
};

const checkTls = (entry: EndpointEntry, context: EndpointContext): EndpointConfig['tls'] => {
  const password = entry.tls?.password ?? null;
  const ca = readPem(entry, 'ca', context);
  const cert = readPem(entry, 'cert', context);
  const key = readPem(entry, 'key', context);
  certificateOf(ca, 'ca', context);
  const certificate = certificateOf(cert, 'cert', context);
  const privateKey = keyOf(key, password, context);
  const wants = { cert: entry.tls?.cert !== undefined, key: entry.tls?.key !== undefined };
  if (wants.cert !== wants.key) {
    context.report(
      ['tls'],
      `tls.${wants.cert ? 'key' : 'cert'} is missing: a client certificate needs both.`,
      'Name both files, or neither.',
    );
  }
  if (certificate !== null && privateKey !== null && !certificate.checkPrivateKey(privateKey)) {
    context.report(['tls', 'key'], 'tls.key does not belong to tls.cert.', 'Name the private key that the certificate was issued for.');
  }
  return { ca, cert, key, password, serverName: entry.tls?.serverName ?? null };
};

/** Checks one entry of the file beyond its shape and reads its certificates. */
export const checkEndpoint = (entry: EndpointEntry, context: EndpointContext): EndpointConfig => {
  checkUrl(entry, 'verifier', context);
  checkUrl(entry, 'registrar', context);
  return {
    name: entry.name,
    kind: entry.kind,
    verifier: entry.verifier,
    registrar: entry.registrar,
    tls: checkTls(entry, context),
    intervalMs: intervalOf(entry, context),
    allowPlaintextLoopback: entry.allowPlaintextLoopback ?? false,
    runtimePolicy: entry.runtimePolicy ?? null,
    measuredBootPolicy: entry.measuredBootPolicy ?? null,
  };
};
