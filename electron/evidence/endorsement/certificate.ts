import { type KeyObject, constants, createPublicKey, verify } from 'node:crypto';
import { asBuffer, hexDigest, toHex } from '../hashing.ts';
import { type Attempt, ReadFailure } from '../reader.ts';
import { elementAt, type Element, elementsOf, need, reading } from './der.ts';
import type { Certificate, Extension, Signed } from './types.ts';

export const MAX_CERTIFICATE_BYTES = 16 * 1024;

/** Object identifiers as the hex of their DER content. */
export const OID = {
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  extendedKeyUsage: '551d25',
  ekCertificate: '6781050801',
  tpmManufacturer: '6781050201',
  tpmModel: '6781050202',
  tpmVersion: '6781050203',
} as const;

export const oidOf = (element: Element | undefined, what: string): string => toHex(need(element, 0x06, what).content);

const textOf = (element: Element | undefined): string => {
  if (element === undefined) return '';
  if (element.tag !== 0x1e) return asBuffer(element.content).toString(element.tag === 0x0c ? 'utf8' : 'latin1');
  return Array.from({ length: element.content.length >> 1 }, (_, i) =>
    String.fromCharCode((element.content[i * 2] ?? 0) * 256 + (element.content[i * 2 + 1] ?? 0)),
  ).join('');
};

/** Attributes of a Name as pairs of identifier and text. */
export const attributesOf = (name: Element): readonly (readonly [string, string])[] =>
  elementsOf(name.content).flatMap((set) =>
    elementsOf(set.content).map((pair) => {
      const [type, value] = elementsOf(pair.content);
      return [oidOf(type, 'attribute type'), textOf(value)] as const;
    }),
  );

export const nameOf = (element: Element | undefined, what: string): string =>
  JSON.stringify(attributesOf(need(element, 0x30, what)).map(([type, value]) => [type, value.trim().replace(/\s+/gu, ' ').toLowerCase()]));

export const timeOf = (element: Element | undefined): number => {
  const text = textOf(element);
  const short = element?.tag === 0x17;
  const match = (short ? /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?Z$/u : /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?Z$/u).exec(text);
  if (match === null) throw new ReadFailure('a time cannot be read', 0);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return Date.UTC(short ? (year < 50 ? 2000 : 1900) + year : year, month - 1, day, hour, minute, second);
};

const RSAES_OAEP = '2a864886f70d010107';
const RSA_ENCRYPTION = Buffer.from('300d06092a864886f70d0101010500', 'hex');

const sequence = (content: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([0x30, 0x82, content.length >> 8, content.length & 0xff]), content]);

/** Some EK certificates name RSAES-OAEP as the key's algorithm (TCG EK profile 3.2), which OpenSSL does not take for a key. */
const keyOf = (spki: Element): KeyObject | null => {
  const [algorithm, bits] = elementsOf(spki.content);
  const oid = oidOf(elementsOf(need(algorithm, 0x30, 'key algorithm').content)[0], 'key algorithm');
  const der = oid === RSAES_OAEP ? sequence(Buffer.concat([RSA_ENCRYPTION, need(bits, 0x03, 'key').whole])) : asBuffer(spki.whole);
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    return null;
  }
};

export const extensionsOf = (element: Element | undefined): ReadonlyMap<string, Extension> => {
  const extensions = new Map<string, Extension>();
  if (element === undefined) return extensions;
  const list = need(elementsOf(element.content)[0], 0x30, 'extensions');
  for (const item of elementsOf(list.content)) {
    const parts = elementsOf(item.content);
    const oid = oidOf(parts[0], 'extension identifier');
    // RFC 5280 4.2: a repeated extension would let two readers see two certificates.
    if (extensions.has(oid)) throw new ReadFailure('an extension appears twice', 0);
    const critical = parts[1]?.tag === 0x01 && parts[1].content[0] !== 0;
    extensions.set(oid, { critical, value: need(parts.at(-1), 0x04, 'extension value').content });
  }
  return extensions;
};

/** NV indices may hold a 7-byte header before the certificate and padding after it; its own length says where it ends. */
const exact = (bytes: Uint8Array): Uint8Array => {
  const start = bytes[0] !== 0x30 && bytes[7] === 0x30 && bytes[8] === 0x82 ? 7 : 0;
  return elementAt(bytes, start).element.whole;
};

/** What certificates and revocation lists have in common (RFC 5280 4.1.1, 5.1.1): a body, and a signature over exactly its bytes. */
export const signedPartsOf = (der: Uint8Array, what: string): Signed & { readonly body: Element } => {
  const [tbs, algorithm, signature, further] = elementsOf(need(elementAt(der, 0).element, 0x30, what).content);
  const signed = need(signature, 0x03, 'signature').content;
  // Bytes that no signature covers must not be open to choice: it has one form.
  if (further !== undefined || signed[0] !== 0) throw new ReadFailure(`it is not exactly one signed ${what}`, 0);
  const body = need(tbs, 0x30, 'signed body');
  const outer = need(algorithm, 0x30, 'signature algorithm');
  // RFC 5280 4.1.1.2: the signed algorithm, the first SEQUENCE of the body, must be the one that is used.
  const inner = elementsOf(body.content).find((field) => field.tag === 0x30);
  if (toHex(need(inner, 0x30, 'inner algorithm').whole) !== toHex(outer.whole))
    throw new ReadFailure('its two signature algorithms differ', 0);
  const [oid, parameters] = elementsOf(outer.content);
  return {
    body,
    tbs: body.whole,
    signatureOid: oidOf(oid, 'signature algorithm'),
    signatureParameters: parameters?.content ?? new Uint8Array(),
    signature: signed.subarray(1),
  };
};

/** Reads one DER certificate. Never throws. */
export const parseCertificate = (bytes: Uint8Array): Attempt<Certificate> =>
  reading(() => {
    if (bytes.length > MAX_CERTIFICATE_BYTES) throw new ReadFailure(`it has more than ${MAX_CERTIFICATE_BYTES} bytes`, 0);
    const der = exact(bytes);
    const { body, ...signed } = signedPartsOf(der, 'certificate');
    const fields = [...elementsOf(body.content)];
    const versioned = fields[0]?.tag === 0xa0 ? fields.shift() : undefined;
    const [serial, , issuer, validity, subject, spki, ...rest] = fields;
    const [from, to] = elementsOf(need(validity, 0x30, 'validity').content);
    return {
      ...signed,
      sha256: hexDigest('sha256', der),
      version: 1 + (versioned === undefined ? 0 : (elementsOf(versioned.content)[0]?.content[0] ?? 0)),
      serial: toHex(need(serial, 0x02, 'serial number').content),
      issuer: nameOf(issuer, 'issuer'),
      subject: nameOf(subject, 'subject'),
      notBefore: timeOf(from),
      notAfter: timeOf(to),
      key: keyOf(need(spki, 0x30, 'public key')),
      extensions: extensionsOf(rest.find((field) => field.tag === 0xa3)),
    };
  });

const HASHES: ReadonlyMap<string, string> = new Map([
  ['2a864886f70d010105', 'sha1'],
  ['2a864886f70d01010b', 'sha256'],
  ['2a864886f70d01010c', 'sha384'],
  ['2a864886f70d01010d', 'sha512'],
  ['2a8648ce3d0401', 'sha1'],
  ['2a8648ce3d040302', 'sha256'],
  ['2a8648ce3d040303', 'sha384'],
  ['2a8648ce3d040304', 'sha512'],
]);
const PSS = '2a864886f70d01010a';
const PSS_HASHES = [
  ['0609608648016503040201', 'sha256'],
  ['0609608648016503040202', 'sha384'],
  ['0609608648016503040203', 'sha512'],
] as const;

/** Hash of the signature; null where we do not know the algorithm. RSASSA-PSS names its hash first (RFC 4055 3.1). */
export const signatureHash = (certificate: Signed): string | null => {
  if (certificate.signatureOid !== PSS) return HASHES.get(certificate.signatureOid) ?? null;
  const parameters = toHex(certificate.signatureParameters).slice(0, 60);
  return PSS_HASHES.find(([oid]) => parameters.includes(oid))?.[1] ?? null;
};

/** Whether `issuer` signed exactly the received bytes of a certificate or revocation list. Says nothing about whether it was allowed to. */
export const isSignedBy = (certificate: Signed, issuer: Certificate): boolean => {
  const hash = signatureHash(certificate);
  if (hash === null || issuer.key === null) return false;
  const rsa = certificate.signatureOid.startsWith('2a864886f70d0101');
  if ((issuer.key.asymmetricKeyType === 'rsa') !== rsa) return false;
  const padding = certificate.signatureOid === PSS ? { padding: constants.RSA_PKCS1_PSS_PADDING } : {};
  try {
    return verify(hash, certificate.tbs, { key: issuer.key, ...padding }, certificate.signature);
  } catch {
    return false;
  }
};
