import { createHash, createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import { bits, boolean, integer, nothing, octets, oid, sequence, setOf, tagged, time, utf8 } from './der.ts';

export type Issuer = { readonly name: string; readonly key: KeyObject; readonly organization?: string };

export type CertificateSpec = {
  readonly issuer: Issuer;
  /** Common name; empty subject where absent (endorsement certificates). */
  readonly subject?: string;
  readonly organization?: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  readonly serial?: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly ca?: boolean;
  readonly purpose?: 'server' | 'client' | 'both' | 'endorsement';
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** TPM manufacturer, model and version for the subject alternative name of an endorsement certificate. */
  readonly tpm?: { readonly manufacturer: string; readonly model: string; readonly version: string };
};

const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const attribute = (id: string, text: string): Buffer => setOf(sequence(oid(id), utf8(text)));
const nameOf = (commonName: string | undefined, organization?: string): Buffer =>
  sequence(
    ...(organization === undefined ? [] : [attribute(ORGANIZATION, organization)]),
    ...(commonName === undefined ? [] : [attribute(COMMON_NAME, commonName)]),
  );

const PURPOSES = {
  server: ['1.3.6.1.5.5.7.3.1'],
  client: ['1.3.6.1.5.5.7.3.2'],
  both: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
  endorsement: ['2.23.133.8.1'],
} as const;

const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  critical ? sequence(oid(id), boolean(true), octets(value)) : sequence(oid(id), octets(value));

const alternativeNames = (spec: CertificateSpec): readonly Buffer[] => {
  const names = [
    ...(spec.dnsNames ?? []).map((name) => tagged(0x82, Buffer.from(name, 'ascii'))),
    ...(spec.ipAddresses ?? []).map((address) => tagged(0x87, Buffer.from(address.split('.').map(Number)))),
  ];
  if (spec.tpm !== undefined) {
    const { manufacturer, model, version } = spec.tpm;
    const facts = [
      sequence(oid('2.23.133.2.1'), utf8(manufacturer)),
      sequence(oid('2.23.133.2.2'), utf8(model)),
      sequence(oid('2.23.133.2.3'), utf8(version)),
    ];
    names.push(tagged(0xa4, sequence(...facts.map((fact) => setOf(fact)))));
  }
  return names.length === 0 ? [] : [extension('2.5.29.17', spec.subject === undefined, sequence(...names))];
};

const extensions = (spec: CertificateSpec): Buffer => {
  const usage =
    spec.ca === true
      ? bits(Buffer.from([0x06]), 1)
      : spec.purpose === 'endorsement'
        ? bits(Buffer.from([0x08]), 3)
        : bits(Buffer.from([0x80]), 7);
  return tagged(
    0xa3,
    sequence(
      extension('2.5.29.19', true, spec.ca === true ? sequence(boolean(true)) : sequence()),
      extension('2.5.29.15', true, usage),
      ...(spec.purpose === undefined ? [] : [extension('2.5.29.37', false, sequence(...PURPOSES[spec.purpose].map(oid)))]),
      ...alternativeNames(spec),
      extension('2.5.29.14', false, octets(createHash('sha1').update(spec.spki).digest())),
    ),
  );
};

/** An X.509 v3 certificate, DER. The issuer's key is RSA (PKCS #1 v1.5, repeatable bytes) or P-256. */
export const createCertificate = (spec: CertificateSpec): Buffer => {
  const rsa = spec.issuer.key.asymmetricKeyType === 'rsa';
  const algorithm = rsa ? sequence(oid('1.2.840.113549.1.1.11'), nothing) : sequence(oid('1.2.840.10045.4.3.2'));
  const serial = Buffer.from(spec.serial ?? randomBytes(16));
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    nameOf(spec.issuer.name, spec.issuer.organization),
    sequence(time(spec.notBeforeMs), time(spec.notAfterMs)),
    nameOf(spec.subject, spec.organization),
    spec.spki,
    extensions(spec),
  );
  return sequence(body, algorithm, bits(sign('sha256', body, spec.issuer.key)));
};

export const spkiOf = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' });

/** SubjectPublicKeyInfo of an RSA key that nobody holds: demo firmware certificates need a key, never its secret. */
export const rsaSpkiOf = (modulus: Buffer): Buffer => {
  const odd = Buffer.from(modulus);
  odd[0] = (odd[0] ?? 0) | 0x80;
  odd[odd.length - 1] = (odd[odd.length - 1] ?? 0) | 0x01;
  const key = sequence(integer(odd), integer(Buffer.from([1, 0, 1])));
  return sequence(sequence(oid('1.2.840.113549.1.1.1'), nothing), bits(key));
};

export const pemOf = (der: Uint8Array, label = 'CERTIFICATE'): string =>
  `-----BEGIN ${label}-----\n${(
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  ).join('\n')}\n-----END ${label}-----\n`;
