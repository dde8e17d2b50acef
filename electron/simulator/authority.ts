import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import type { TlsMaterial } from './api.ts';
import { createCertificate, pemOf, spkiOf } from './certificates.ts';

const DAY = 86_400_000;

/** The fleet's own certificate authority: serves verifier and registrar, and vouches for the one client. */
export type Authority = {
  readonly caPem: string;
  readonly server: TlsMaterial;
  readonly clientPem: string;
  readonly clientKeyPem: string;
};

const keyPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

export const createAuthority = (caKey: KeyObject, listenHost: string, nowMs: number): Authority => {
  // The name is bound to the key, so that a new fleet's authority is never mistaken for an old one's.
  const name = `Plumbline demo fleet CA ${createHash('sha256').update(spkiOf(caKey)).digest('hex').slice(0, 12)}`;
  const issuer = { name, key: caKey };
  const notBeforeMs = nowMs - DAY;
  const caPem = pemOf(
    createCertificate({ issuer, subject: name, spki: spkiOf(caKey), notBeforeMs, notAfterMs: nowMs + 3650 * DAY, ca: true }),
  );
  const leaf = (subject: string, purpose: 'server' | 'client', dnsNames: readonly string[], ipAddresses: readonly string[]) => {
    const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const cert = createCertificate({
      issuer,
      subject,
      spki: spkiOf(key),
      notBeforeMs,
      notAfterMs: nowMs + 365 * DAY,
      purpose,
      dnsNames,
      ipAddresses,
    });
    return { cert: pemOf(cert), key: keyPem(key) };
  };
  const names = isIP(listenHost) === 0 ? ['localhost', listenHost] : ['localhost'];
  const addresses = [...new Set(['127.0.0.1', ...(isIP(listenHost) === 4 ? [listenHost] : [])])];
  const server = leaf('demo-fleet', 'server', names, addresses);
  const client = leaf('plumbline', 'client', [], []);
  return { caPem, server: { ...server, ca: caPem }, clientPem: client.cert, clientKeyPem: client.key };
};
