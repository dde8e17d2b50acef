import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import { visibleText } from '../../shared/model/hostile-text.ts';
import type { Position } from './position.ts';

/** A key that signs where hosts are, as the manifest names it. */
export type LocationIssuer = { readonly name: string; readonly publicKey: string };

const MAX_TOKEN = 8_192;
const claimsSchema = z.object({
  /** SHA-256 of the host's endorsement key (TPM2B_PUBLIC), hex: a token is for one TPM. */
  sub: z.string().regex(/^[0-9a-f]{64}$/),
  country: z.string().regex(/^[A-Z]{2}$/),
  subdivision: z
    .string()
    .regex(/^[A-Z]{2}-[A-Z0-9]{1,3}$/)
    .optional(),
  site: z.string().max(100).optional(),
  latitude: z.number().min(-90).max(90).optional(),
  longitude: z.number().min(-180).max(180).optional(),
  /** Seconds since 1970. */
  exp: z.number().int(),
  nbf: z.number().int().optional(),
});
/** `crit` names parts of a token that must be understood; none is (RFC 7515 §4.1.11). */
const headerSchema = z.object({ alg: z.enum(['ES256', 'EdDSA']), crit: z.undefined().optional() });
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/u;

const keys = new Map<string, KeyObject | null>();
const MAX_KEYS = 100;
const keyOf = (pem: string): KeyObject | null => {
  const known = keys.get(pem);
  if (known !== undefined) return known;
  let key: KeyObject | null;
  try {
    key = createPublicKey(pem);
  } catch {
    key = null;
  }
  if (keys.size >= MAX_KEYS) keys.clear();
  keys.set(pem, key);
  return key;
};

/** Whether a text is a public key that can sign tokens: P-256 or Ed25519, PEM. A private key would do as well, and must not be in a manifest. */
export const isIssuerKey = (pem: string): boolean => {
  if (pem.includes('PRIVATE KEY')) return false;
  const key = keyOf(pem);
  return key?.asymmetricKeyType === 'ed25519' || key?.asymmetricKeyDetails?.namedCurve === 'prime256v1';
};

const signs = (alg: 'ES256' | 'EdDSA', key: KeyObject, message: Buffer, signature: Buffer): boolean => {
  if (alg === 'EdDSA') return key.asymmetricKeyType === 'ed25519' && verify(null, message, key, signature);
  return key.asymmetricKeyType === 'ec' && verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature);
};

const jsonOf = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));

export type ReadToken =
  | { readonly ok: true; readonly position: Position; readonly issuer: string }
  | { readonly ok: false; readonly message: string };

const refuse = (message: string): ReadToken => ({ ok: false, message });

/**
 * Reads a location token: a compact JWS (RFC 7515) with ES256 or EdDSA by one of the issuers, for the TPM with this endorsement key, at
 * this time. It proves that the issuer said so of this TPM; not that the machine has stayed where it was then.
 */
export const readLocationToken = (token: string, issuers: readonly LocationIssuer[], ekSha256: string | null, atMs: number): ReadToken => {
  if (token.length > MAX_TOKEN || !COMPACT.test(token)) return refuse('The location token is not a signed token.');
  const [head = '', body = '', mark = ''] = token.split('.');
  try {
    const { alg } = headerSchema.parse(jsonOf(head));
    const message = Buffer.from(`${head}.${body}`, 'ascii');
    const signature = Buffer.from(mark, 'base64url');
    const issuer = issuers.find(({ publicKey }) => {
      const key = keyOf(publicKey);
      return key !== null && signs(alg, key, message, signature);
    });
    if (issuer === undefined) return refuse('The location token is signed by none of the issuers that the manifest names.');
    const claims = claimsSchema.parse(jsonOf(body));
    if (claims.sub !== ekSha256) return refuse(`The location token of ${issuer.name} is for another TPM.`);
    if (atMs >= claims.exp * 1000) return refuse(`The location token of ${issuer.name} has run out.`);
    if (claims.nbf !== undefined && atMs < claims.nbf * 1000) return refuse(`The location token of ${issuer.name} is not valid yet.`);
    const { country, subdivision = null, site, latitude = null, longitude = null } = claims;
    return {
      ok: true,
      issuer: issuer.name,
      position: { country, subdivision, site: site === undefined ? null : visibleText(site, 100), latitude, longitude },
    };
  } catch {
    return refuse('The location token cannot be read.');
  }
};
