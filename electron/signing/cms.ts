import { createHash, sign, X509Certificate } from 'node:crypto';
import { fail, ok, type Result } from '../../shared/model/result.ts';
import {
  childrenOf,
  type Der,
  derFault,
  elementsOf,
  oid,
  oidOf,
  oneOf,
  readDer,
  TAG,
  tlv,
  unsignedInteger,
} from '../ledger/timestamp/der.ts';
import { hashOf, isSignedBy } from '../ledger/timestamp/signature.ts';
import { algorithmOf } from '../ledger/timestamp/token.ts';
import type { SigningIdentity } from './identity.ts';

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const DATA = '1.2.840.113549.1.7.1';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const SHA256 = '2.16.840.1.101.3.4.2.1';
const RSA_WITH_SHA256 = '1.2.840.113549.1.1.11';
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const NULL = tlv(TAG.null);

const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(TAG.sequence, ...parts);
/** DER: the elements of a set stand in the order of their bytes (X.690, 11.6). */
const setOf = (parts: readonly Buffer[]): Buffer => tlv(TAG.set, ...[...parts].sort((a, b) => Buffer.compare(a, b)));
const attribute = (type: string, value: Buffer): Buffer => sequence(oid(type), tlv(TAG.set, value));
const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** issuerAndSerialNumber (RFC 5652, 10.2.4), as the certificate has them. */
const issuerAndSerial = (certificate: Buffer): Buffer => {
  const tbs = elementsOf(elementsOf(oneOf(certificate, TAG.sequence, 'the certificate')).need(TAG.sequence, 'the certificate'));
  tbs.maybe(TAG.context(0));
  const serial = tbs.need(TAG.integer, 'its serial number').whole;
  tbs.need(TAG.sequence, 'its algorithm');
  return sequence(tbs.need(TAG.sequence, 'its issuer').whole, serial);
};

const version = (number: number): Buffer => unsignedInteger(Buffer.from([number]));

const built = ({ key, certificate, chain }: SigningIdentity, digest: Buffer): Buffer => {
  const raw = Buffer.from(certificate.raw);
  // ETSI EN 319 122-1, 5.2.2: which certificate it is by, so that none can be put in its place. No signing time: PAdES has it in the document.
  const signedCertificate = sequence(sequence(sequence(tlv(TAG.octetString, sha256(raw)))));
  const attributes = setOf([
    attribute(CONTENT_TYPE, oid(DATA)),
    attribute(MESSAGE_DIGEST, tlv(TAG.octetString, digest)),
    attribute(SIGNING_CERTIFICATE_V2, signedCertificate),
  ]);
  const algorithm = key.asymmetricKeyType === 'ec' ? sequence(oid(ECDSA_WITH_SHA256)) : sequence(oid(RSA_WITH_SHA256), NULL);
  const hash = sequence(oid(SHA256));
  const signer = sequence(
    version(1),
    issuerAndSerial(raw),
    hash,
    Buffer.concat([Buffer.from([TAG.context(0)]), attributes.subarray(1)]),
    algorithm,
    tlv(TAG.octetString, sign('sha256', attributes, key)),
  );
  const certificates = setOf([raw, ...chain.map((one) => Buffer.from(one.raw))]);
  const content = sequence(
    version(1),
    tlv(TAG.set, hash),
    sequence(oid(DATA)),
    Buffer.concat([Buffer.from([TAG.context(0)]), certificates.subarray(1)]),
    tlv(TAG.set, signer),
  );
  return sequence(oid(SIGNED_DATA), tlv(TAG.context(0), content));
};

/**
 * A detached CMS signature (RFC 5652) over bytes with this SHA-256, as PAdES baseline B wants it (ETSI EN 319 142-1, 6.3): RSA (PKCS #1 v1.5) or
 * ECDSA with SHA-256. DER. Problems: signature-certificate.
 */
export const signDigest = (identity: SigningIdentity, digest: Buffer): Result<Buffer> => {
  const made = readDer('The certificate', () => built(identity, digest));
  return made.ok
    ? made
    : fail('signature-certificate', made.problem.message, 'Ask whoever issued the certificate for one that is written in DER.');
};

/** Who signed, and nothing of whether anybody trusts them. */
export type Signer = { readonly certificate: X509Certificate };

const valueOf = (attributes: readonly Der[], type: string): Der | null => {
  const found = attributes.filter((one) => oidOf(elementsOf(one).need(TAG.oid, 'the type of an attribute')) === type);
  const [only, ...more] = found;
  if (only === undefined || more.length > 0) return null;
  const parts = elementsOf(only);
  parts.need(TAG.oid, 'the type of an attribute');
  const [value, ...others] = childrenOf(parts.need(TAG.set, 'the value of an attribute'));
  return value === undefined || others.length > 0 ? null : value;
};

const certificateAt = (der: Der): X509Certificate => {
  try {
    return new X509Certificate(der.whole);
  } catch {
    return derFault('a certificate is none');
  }
};

const verified = (der: Buffer, digest: Buffer): Signer => {
  const info = elementsOf(oneOf(der, TAG.sequence, 'the signature'));
  if (oidOf(info.need(TAG.oid, 'its type')) !== SIGNED_DATA) return derFault('it is no signature');
  const data = elementsOf(oneOf(info.need(TAG.context(0), 'its content').content, TAG.sequence, 'its content'));
  data.need(TAG.integer, 'its version');
  data.need(TAG.set, 'its hashes');
  data.need(TAG.sequence, 'what is signed');
  const certificates = childrenOf(data.need(TAG.context(0), 'its certificates'));
  const [only, ...others] = childrenOf(data.need(TAG.set, 'its signers'));
  if (only === undefined || others.length > 0) return derFault('it has not one signer');
  const signer = elementsOf(only);
  signer.need(TAG.integer, 'the version of the signer');
  const named = signer.need(TAG.sequence, 'who signed').whole;
  const hash = hashOf(algorithmOf(signer.need(TAG.sequence, 'the hash of the signer')).oid);
  const attributes = signer.need(TAG.context(0), 'what was signed');
  const algorithm = algorithmOf(signer.need(TAG.sequence, 'how it was signed'));
  const signature = signer.need(TAG.octetString, 'the signature').content;
  const own = certificates.find((one) => issuerAndSerial(Buffer.from(one.whole)).equals(named));
  if (own === undefined || hash !== 'sha256') return derFault('the certificate of who signed is not in it, or its hash is another');
  const inside = childrenOf(attributes);
  if (!(valueOf(inside, MESSAGE_DIGEST)?.content.equals(digest) ?? false)) return derFault('it is over other bytes than these');
  const by = valueOf(inside, SIGNING_CERTIFICATE_V2);
  const meant = by === null ? null : childrenOf(childrenOf(childrenOf(by)[0] ?? by)[0] ?? by)[0];
  if (meant?.tag !== TAG.octetString || !meant.content.equals(sha256(own.whole))) return derFault('it names another certificate');
  const certificate = certificateAt(own);
  const signedBytes = Buffer.concat([Buffer.from([TAG.set]), attributes.whole.subarray(1)]);
  if (!isSignedBy({ signedBytes, signature: Buffer.from(signature) }, algorithm, 'sha256', certificate.publicKey))
    return derFault('it is not by the key of its certificate');
  return { certificate };
};

/** The element without the zeros that fill its place. */
const trimmed = (contents: Buffer): Buffer => {
  const size = contents[1] === 0x82 ? contents.readUInt16BE(2) + 4 : 0;
  return contents.subarray(size).every((byte) => byte === 0) ? contents.subarray(0, size) : contents;
};

/**
 * Verifies a signature of the form that `signDigest` makes, with the certificate that is in it. `digest`: SHA-256 of what is signed. Does not say
 * who trusts that certificate, nor whether it was revoked. Problems: signature-broken.
 */
export const verifyDigest = (contents: Buffer, digest: Buffer): Result<Signer> => {
  const read = readDer('The signature', () => verified(trimmed(contents), digest));
  return read.ok
    ? ok(read.value)
    : fail(
        'signature-broken',
        `The signature does not hold: ${read.problem.message}`,
        'Do not rely on this file; get it again from where it was made.',
      );
};
