import { type X509Certificate, hash } from 'node:crypto';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { type Result, fail, ok } from '../../../shared/model/result.ts';
import { type Certificate, certificateOf, leadsToRoot } from './certificate.ts';
import { TAG, childrenOf, elementsOf, oidOf, readDer, unsignedBytes } from './der.ts';
import { SHA256 } from './request.ts';
import { hashOf, isSignedBy } from './signature.ts';
import { type Token, algorithmOf, parseToken, readTimeStampResponse } from './token.ts';

export type TimeStampExpectation = {
  /** What must be stamped. */
  readonly sha256: Uint8Array;
  /** That of the request; null where a kept time stamp is checked whose request is gone. */
  readonly nonce: Uint8Array | null;
  readonly roots: readonly X509Certificate[];
  /** Further issuers, where the authority does not send them. */
  readonly intermediates?: readonly X509Certificate[];
};

export type TimeStamp = {
  /** The authority's time, RFC 3339 UTC. */
  readonly at: string;
  readonly policy: string;
  /** Serial number, hexadecimal. */
  readonly serial: string;
  /** Subject of the authority's certificate, one line. */
  readonly authority: string;
};

const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';
const TST_INFO = '1.2.840.113549.1.9.16.1.4';

const isSigner = (certificate: Certificate, signer: Token['signer']): boolean =>
  'keyId' in signer
    ? certificate.keyId?.equals(signer.keyId) === true
    : certificate.issuer.equals(signer.issuer) && certificate.serial.equals(signer.serial);

/**
 * RFC 5035 and RFC 2634, ESS: the first certificate that the signed attributes name is the signer's, so that no other certificate with the same
 * key can take its place. SigningCertificate names it by SHA-1, which is enough for this: nobody finds a second certificate for a given digest.
 */
const namesCertificate = ({ attributes }: Token, { der }: Certificate): boolean => {
  const [v2, v1] = [attributes.get(SIGNING_CERTIFICATE_V2), attributes.get(SIGNING_CERTIFICATE)];
  const attribute = v2 ?? v1;
  if (attribute === undefined) return false;
  const [first] = childrenOf(elementsOf(attribute).need(TAG.sequence, 'the certificates that the signer names'));
  if (first === undefined) return false;
  const parts = elementsOf(first);
  const algorithm = v2 === undefined ? null : parts.maybe(TAG.sequence);
  const digest = parts.need(TAG.octetString, 'the digest of a certificate').content;
  const name = v2 === undefined ? 'sha1' : algorithm === null ? 'sha256' : hashOf(algorithmOf(algorithm).oid);
  return name !== null && hash(name, der, 'buffer').equals(digest);
};

/** RFC 5652 §5.4 and §11: the attributes are those of this content. */
const fitsContent = ({ attributes, content }: Token, digest: string): boolean => {
  const [type, value] = [attributes.get(CONTENT_TYPE), attributes.get(MESSAGE_DIGEST)];
  if (type === undefined || value?.tag !== TAG.octetString) return false;
  return oidOf(type) === TST_INFO && hash(digest, content, 'buffer').equals(value.content);
};

/** What is wrong, in words; null where nothing is. */
const faultOf = (token: Token, expected: TimeStampExpectation): string | Certificate => {
  const { info } = token;
  if (info.imprintAlgorithm !== SHA256 || !info.imprint.equals(expected.sha256)) return 'it stamps something else';
  if (expected.nonce !== null && info.nonce === null) return 'it does not answer this request';
  if (expected.nonce !== null && !unsignedBytes(info.nonce ?? Buffer.alloc(0)).equals(unsignedBytes(expected.nonce)))
    return 'it answers another request';
  if (info.criticalExtension) return 'it has a critical extension that is not known here';
  const sent = token.certificates.map(certificateOf);
  const extra = (expected.intermediates ?? []).map(({ raw }) => certificateOf(raw));
  const roots = expected.roots.map(({ raw }) => certificateOf(raw));
  const certificate = [...sent, ...extra, ...roots].find((one) => isSigner(one, token.signer));
  if (certificate === undefined) return 'the certificate of its signer is not there';
  const digest = hashOf(token.digestAlgorithm);
  if (digest === null) return 'it uses a hash that does not count';
  if (!fitsContent(token, digest)) return 'what was signed is not what it says';
  if (!namesCertificate(token, certificate)) return 'its signer does not name the certificate that it was verified with';
  if (!isSignedBy(token, token.signatureAlgorithm, digest, certificate.publicKey)) return 'its signature does not fit';
  if (!certificate.forTimeStamping) return 'the certificate of its signer is not one for time stamps alone';
  if (!leadsToRoot(certificate, [...sent, ...extra], roots, info.atMs)) return 'no path led to a trusted root that was valid at its time';
  return certificate;
};

/**
 * Verifies a TimeStampToken (RFC 3161 §2.4.2, RFC 5652 §5, RFC 5816). It proves that what was stamped existed at the authority's time, to whoever
 * trusts the root. It does not look at revocation, and says nothing about how exact the authority's clock is.
 */
export const verifyTimeStampToken = (bytes: Uint8Array, expected: TimeStampExpectation): Result<TimeStamp> => {
  const token = parseToken(bytes);
  if (!token.ok) return token;
  const judged = readDer('The time stamp', () => faultOf(token.value, expected));
  if (!judged.ok) return judged;
  if (typeof judged.value === 'string')
    return fail(
      'ledger-time-stamp-broken',
      `The time stamp does not hold: ${judged.value}.`,
      'Ask for another; check the roots that are trusted.',
    );
  const { at, policy, serial } = token.value.info;
  const authority = visibleText(judged.value.x509.subject.split('\n').join(', '));
  return ok({ at, policy, serial: serial.toString('hex'), authority });
};

/** Reads and verifies a TimeStampResp; gives the token to keep, too. */
export const verifyTimeStampResponse = (
  bytes: Uint8Array,
  expected: TimeStampExpectation,
): Result<TimeStamp & { readonly token: Buffer }> => {
  const token = readTimeStampResponse(bytes);
  if (!token.ok) return token;
  const verified = verifyTimeStampToken(token.value, expected);
  return verified.ok ? ok({ ...verified.value, token: token.value }) : verified;
};
