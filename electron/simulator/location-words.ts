import { createHash, createPublicKey, sign, type KeyObject } from 'node:crypto';
import type { SimulatedHost } from './simulated-host.ts';
import { SITES } from './places.ts';

const DAY = 86_400;
const part = (value: unknown): string => Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');

type Token = { readonly issuer: KeyObject; readonly sub: string; readonly day: number; readonly text: string };
const issued = new WeakMap<SimulatedHost, Token>();

/**
 * A location token (compact JWS, ES256) of the simulated facility office for the host's TPM. One holds for a month and is given out all day, as
 * an office would: a new one at each question would be a change at each question.
 */
const tokenOf = (host: SimulatedHost, issuer: KeyObject, nowMs: number): string => {
  const day = Math.floor(nowMs / 1000 / DAY);
  const sub = createHash('sha256').update(host.ekTpm2b()).digest('hex');
  const known = issued.get(host);
  if (known?.issuer === issuer && known.sub === sub && known.day === day) return known.text;
  const { country, subdivision, city } = host.site;
  const claims = { sub, country, subdivision, site: city, nbf: (day - 1) * DAY, exp: (day + 30) * DAY };
  const body = `${part({ alg: 'ES256' })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(body, 'ascii'), { key: issuer, dsaEncoding: 'ieee-p1363' });
  const text = `${body}.${signature.toString('base64url')}`;
  issued.set(host, { issuer, sub, day, text });
  return text;
};

/** What the endpoint says about a host's place. */
export const placeClaims = (host: SimulatedHost, nowMs: number): object => {
  const { country, subdivision, city, code } = host.site;
  const said = { country, subdivision, site: city };
  if (host.locationWord === 'issuer') return { locationToken: tokenOf(host, host.locationIssuer(), nowMs) };
  if (host.locationWord === 'person') return { labels: { hall: code } };
  return host.locationWord === 'nobody' ? {} : said;
};

/** What of the demo's manifest makes the words of issuer and person count, and what it asks of hosts whose place nobody knows. */
export const placeRules = (issuer: KeyObject): object => ({
  classes: [{ name: 'placed', when: 'country is known', note: 'Every host whose place is known, on whoever’s word.' }],
  unmatched: 'inconclusive',
  locations: SITES.map((site) => ({
    hosts: `label.hall = ${site.code}`,
    country: site.country,
    subdivision: site.subdivision,
    site: site.city,
  })),
  geo: { issuers: [{ name: 'demo-facilities', publicKey: createPublicKey(issuer).export({ type: 'spki', format: 'pem' }).toString() }] },
});
