import { generateKeyPairSync, sign } from 'node:crypto';
import { expect, it } from 'vitest';
import { parseCertificate } from './certificate.ts';
import { createTrustAnchors, findPath } from './path.ts';

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, 0x82, content.length >> 8, content.length & 0xff]), content]);
};
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const named = (text: string): Buffer => der(0x30, der(0x31, der(0x30, der(0x06, hex('550403')), der(0x0c, Buffer.from(text)))));
const ALGORITHM = der(0x30, der(0x06, hex('2a8648ce3d040302')));
const TIMES = der(0x30, der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('400101000000Z')));
const extension = (oid: string, value: Uint8Array): Buffer => der(0x30, der(0x06, hex(oid)), der(0x01, hex('ff')), der(0x04, value));

const authority = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const certificate = (subject: string, ...extensions: readonly Buffer[]): Buffer => {
  const { publicKey } = subject === 'root' ? authority : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const tbs = der(
    0x30,
    der(0xa0, der(0x02, hex('02'))),
    der(0x02, hex('05')),
    ALGORITHM,
    named('root'),
    TIMES,
    named(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, ...extensions)),
  );
  return der(0x30, tbs, ALGORITHM, der(0x03, hex('00'), sign('sha256', tbs, authority.privateKey)));
};
const anchors = createTrustAnchors([certificate('root', extension('551d13', der(0x30, der(0x01, hex('ff')))))]);
const pathOf = (bytes: Uint8Array, trusted = anchors): string => {
  const parsed = parseCertificate(bytes);
  if (!parsed.ok) return parsed.message;
  const path = findPath(parsed.value, trusted);
  return path.ok ? 'chained' : path.reason;
};

it('a certificate whose critical extensions are known chains', () => {
  expect(pathOf(certificate('ek', extension('551d11', der(0x30)), extension('551d0f', hex('03020520'))))).toBe('chained');
});

it('a certificate with a critical extension that is not understood chains to no root, unless it is trusted itself', () => {
  const odd = certificate('ek', extension('2a0304', der(0x30)));
  expect(pathOf(odd)).toBe('a critical extension (2a0304) of it is not understood');
  expect(pathOf(odd, createTrustAnchors([odd]))).toBe('chained');
});
