import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isIssuerKey, readLocationToken } from './location-token.ts';

const NOW = 1_800_000_000;
const EK = 'a'.repeat(64);
const edwards = generateKeyPairSync('ed25519');
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const issuers = [
  { name: 'edwards', publicKey: pemOf(edwards.publicKey) },
  { name: 'p256', publicKey: pemOf(p256.publicKey) },
];

type Claims = Readonly<Record<string, unknown>>;
const CLAIMS: Claims = { sub: EK, country: 'DE', subdivision: 'DE-HE', exp: NOW + 60 };
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const sealed = (message: string, key: KeyObject, hash: string | null): string =>
  `${message}.${sign(hash, Buffer.from(message), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
const token = (claims: Claims = {}, header: Claims = {}): string =>
  sealed(`${part({ alg: 'EdDSA', ...header })}.${part({ ...CLAIMS, ...claims })}`, edwards.privateKey, null);
const read = (text: string, ek: string | null = EK, atMs = NOW * 1000): ReturnType<typeof readLocationToken> =>
  readLocationToken(text, issuers, ek, atMs);

describe('a location token', () => {
  it('says where an issuer of the manifest says that this TPM is', () => {
    expect(read(token())).toMatchObject({ ok: true, issuer: 'edwards', position: { country: 'DE', subdivision: 'DE-HE' } });
    const other = sealed(`${part({ alg: 'ES256' })}.${part(CLAIMS)}`, p256.privateKey, 'sha256');
    expect(read(other)).toMatchObject({ ok: true, issuer: 'p256' });
  });

  const [head = '', body = '', mark = ''] = token().split('.');
  const hmac = `${part({ alg: 'HS256' })}.${body}`;
  it.each([
    ['without a signature', `${part({ alg: 'none' })}.${body}.`],
    ['of an algorithm that takes a public key for a secret', sealed(hmac, edwards.privateKey, null)],
    ['that claims the algorithm of another key', token({}, { alg: 'ES256' })],
    ['on another curve', sealed(`${part({ alg: 'ES256' })}.${body}`, p384.privateKey, 'sha256')],
    ['of another kind of key', sealed(`${head}.${body}`, rsa.privateKey, 'sha256')],
    ['with a part that must be understood and is not', token({}, { crit: ['b64'], b64: false })],
    ['with other claims under the same signature', `${head}.${part({ ...CLAIMS, country: 'FR' })}.${mark}`],
    ['with letters that no such text has', `${head}.${body}=.${mark}`],
    // The low bytes of these letters are those that were signed.
    [
      'with letters that only end as the signed ones do',
      `${head}.${String.fromCharCode(body.charCodeAt(0) + 0x100)}${body.slice(1)}.${mark}`,
    ],
    ['of four parts', `${token()}.x`],
    ['that has run out', token({ exp: NOW })],
    ['that is not valid yet', token({ nbf: NOW + 1 })],
    ['that never runs out', token({ exp: undefined })],
    ['that runs out at no time', token({ exp: '9' })],
    ['for another TPM', token({ sub: 'b'.repeat(64) })],
    ['that is huge', token({ more: 'x'.repeat(10_000) })],
    ['that is nothing', ''],
  ])('is refused %s', (_what, text) => {
    expect(read(text)).toMatchObject({ ok: false });
  });

  it('is for nobody where the endorsement key is not known', () => {
    expect(read(token(), null)).toMatchObject({ ok: false });
  });

  it('is only believed from keys that can sign one', () => {
    expect([edwards, p256, p384, rsa].map(({ publicKey }) => isIssuerKey(pemOf(publicKey)))).toEqual([true, true, false, false]);
    expect(isIssuerKey(edwards.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())).toBe(false);
    expect(isIssuerKey('no key')).toBe(false);
  });
});
