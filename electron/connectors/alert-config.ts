import { createPrivateKey } from 'node:crypto';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { checkUrl, readCertificates } from './anchor-config.ts';
import type { AlertConfig } from './endpoint-types.ts';
import type { AlertEntry } from './endpoints-schema.ts';

export type AlertContext = {
  /** Of a path beside the endpoints file; throws where it cannot be read. */
  readonly readFile: (path: string) => string;
  readonly report: (path: readonly string[], message: string, nextStep: string) => void;
};

/** RFC 5425 §4.1. */
const SYSLOG_TLS_PORT = 6514;

const certificates = (part: string, path: string | undefined, { readFile, report }: AlertContext): string | null => {
  if (path === undefined) return null;
  return readCertificates(part, path, { resolve: (target) => target, readFile, report }).join('\n');
};

/** The key is never quoted in a message. */
const readKey = (path: string | undefined, { readFile, report }: AlertContext): string | null => {
  if (path === undefined) return null;
  try {
    const pem = readFile(path);
    createPrivateKey(pem);
    return pem;
  } catch {
    report(['tls', 'key'], `tls.key: ${visibleText(path, 160)} is no file with a private key in PEM.`, 'Name a key without a password.');
    return null;
  }
};

/** Checks one place that is told of what happens, beyond its shape, and reads its certificates. */
export const checkAlert = (entry: AlertEntry, context: AlertContext): AlertConfig => {
  const { name } = entry;
  const kinds = entry.kinds ?? null;
  if (entry.kind === 'webhook') {
    checkUrl(entry, context);
    return { kind: 'webhook', name, kinds, url: entry.url, secret: entry.secret, ca: certificates('ca', entry.ca, context) };
  }
  const { host, port = SYSLOG_TLS_PORT, format = 'rfc5424', tls = {} } = entry;
  if (!/^[A-Za-z0-9.:-]+$/u.test(host)) context.report(['host'], 'host is no name or address.', 'Write a host name or an IP address.');
  if ((tls.cert === undefined) !== (tls.key === undefined))
    context.report(['tls'], 'tls names a certificate without its key, or a key without its certificate.', 'Name both or neither.');
  return {
    kind: 'syslog',
    name,
    kinds,
    host,
    port,
    format,
    tls: {
      ca: certificates('tls.ca', tls.ca, context),
      cert: certificates('tls.cert', tls.cert, context),
      key: readKey(tls.key, context),
      serverName: tls.serverName ?? null,
    },
  };
};

/** How far a place was told is kept under its name. */
export const repeatedAlerts = (
  alerts: readonly AlertConfig[],
): readonly { readonly at: number; readonly message: string; readonly nextStep: string }[] => {
  const names = alerts.map(({ name }) => name);
  return names.flatMap((name, at) =>
    names.indexOf(name) === at
      ? []
      : [
          {
            at,
            message: `The name of alert ${at + 1} is already used by alert ${names.indexOf(name) + 1}.`,
            nextStep: 'Give each a name of its own.',
          },
        ],
  );
};

/** Where it goes, without anything secret. */
export const placeOf = (alert: AlertConfig): string => (alert.kind === 'webhook' ? alert.url : `${alert.host}:${alert.port}`);
