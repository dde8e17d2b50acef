import { type KeyObject, X509Certificate } from 'node:crypto';
import { type Der, TAG, childrenOf, derFault, elementsOf, oidOf, oneOf, smallInteger } from './der.ts';
import { isStrongSignature } from './signature.ts';
import { algorithmOf } from './token.ts';

/** What Node's reader does not tell of a certificate, beside it. */
export type Certificate = {
  readonly der: Buffer;
  readonly x509: X509Certificate;
  readonly publicKey: KeyObject;
  readonly issuer: Buffer;
  readonly serial: Buffer;
  readonly keyId: Buffer | null;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly strong: boolean;
  readonly ca: boolean;
  readonly pathLength: number | null;
  /** RFC 3161 §2.3: extendedKeyUsage is critical and says timeStamping and nothing else. */
  readonly forTimeStamping: boolean;
  readonly unknownCritical: boolean;
};

type Extension = { readonly oid: string; readonly critical: boolean; readonly value: Buffer };

const OID = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  policies: '2.5.29.32',
  extendedKeyUsage: '2.5.29.37',
  timeStamping: '1.3.6.1.5.5.7.3.8',
} as const;
/** Looked at here or by Node's own check of issuers, or without say about time stamps. Name constraints are not, so they refuse the path. */
const KNOWN: ReadonlySet<string> = new Set(Object.values(OID));

const extensionOf = (der: Der): Extension => {
  const parts = elementsOf(der);
  const oid = oidOf(parts.need(TAG.oid, 'the name of an extension'));
  const critical = (parts.maybe(TAG.boolean)?.content[0] ?? 0) !== 0;
  return { oid, critical, value: parts.need(TAG.octetString, 'an extension').content };
};

const usagesOf = (value: Buffer): readonly string[] => childrenOf(oneOf(value, TAG.sequence, 'the usage of the key')).map(oidOf);

const constraintsOf = (value: Buffer): { readonly ca: boolean; readonly pathLength: number | null } => {
  const parts = elementsOf(oneOf(value, TAG.sequence, 'the basic constraints'));
  const ca = (parts.maybe(TAG.boolean)?.content[0] ?? 0) !== 0;
  const length = parts.maybe(TAG.integer);
  return { ca, pathLength: length === null ? null : smallInteger(length) };
};

const x509Of = (der: Buffer): Pick<Certificate, 'x509' | 'publicKey'> => {
  try {
    const x509 = new X509Certificate(der);
    return { x509, publicKey: x509.publicKey };
  } catch {
    return derFault('a certificate cannot be read');
  }
};

/** RFC 5280 §4.1, as far as a time stamp needs it. */
export const certificateOf = (der: Buffer): Certificate => {
  const { x509, publicKey } = x509Of(der);
  const tbs = elementsOf(elementsOf(oneOf(der, TAG.sequence, 'a certificate')).need(TAG.sequence, 'a certificate'));
  tbs.maybe(TAG.context(0));
  const serial = tbs.need(TAG.integer, 'the serial number of a certificate').content;
  const { oid } = algorithmOf(tbs.need(TAG.sequence, 'the signature of a certificate'));
  const issuer = tbs.need(TAG.sequence, 'the issuer of a certificate').whole;
  const list = tbs.rest().find(({ tag }) => tag === TAG.context(3));
  const extensions = list === undefined ? [] : childrenOf(oneOf(list.content, TAG.sequence, 'the extensions')).map(extensionOf);
  const valueOf = (name: string): Extension | null => {
    const [one, ...more] = extensions.filter((extension) => extension.oid === name);
    return more.length > 0 ? derFault('an extension is there twice') : (one ?? null);
  };
  const usage = valueOf(OID.extendedKeyUsage);
  const usages = usage === null ? [] : usagesOf(usage.value);
  const constraints = valueOf(OID.basicConstraints);
  const keyId = valueOf(OID.subjectKeyId);
  return {
    der,
    x509,
    publicKey,
    issuer,
    serial,
    keyId: keyId === null ? null : oneOf(keyId.value, TAG.octetString, 'the identifier of a key').content,
    notBeforeMs: x509.validFromDate.getTime(),
    notAfterMs: x509.validToDate.getTime(),
    strong: isStrongSignature(oid),
    ...(constraints === null ? { ca: false, pathLength: null } : constraintsOf(constraints.value)),
    forTimeStamping: usage?.critical === true && usages.length === 1 && usages[0] === OID.timeStamping,
    unknownCritical: extensions.some((extension) => extension.critical && !KNOWN.has(extension.oid)),
  };
};

const MAX_PATH = 8;

const wasValid = ({ notBeforeMs, notAfterMs }: Certificate, atMs: number): boolean => notBeforeMs <= atMs && atMs <= notAfterMs;

/** Whether `issuer` made `subject`, and may have made it with `below` further issuers beneath it. */
const isIssuedBy = (subject: Certificate, issuer: Certificate, below: number): boolean =>
  issuer.ca &&
  (issuer.pathLength === null || issuer.pathLength >= below) &&
  !issuer.unknownCritical &&
  subject.strong &&
  subject.x509.checkIssued(issuer.x509) &&
  subject.x509.verify(issuer.publicKey);

/**
 * Whether a path leads from the certificate to a trusted root, every part of it valid at that moment (RFC 5280 §6, without policies and name
 * constraints). Revocation is not looked at: who revokes the authority's certificate must say so to whoever checks.
 */
export const leadsToRoot = (start: Certificate, others: readonly Certificate[], roots: readonly Certificate[], atMs: number): boolean => {
  const walk = (at: Certificate, below: number, seen: readonly Certificate[]): boolean => {
    if (!wasValid(at, atMs)) return false;
    if (roots.some((root) => root.der.equals(at.der))) return true;
    if (seen.length >= MAX_PATH) return false;
    if (roots.some((root) => wasValid(root, atMs) && isIssuedBy(at, root, below))) return true;
    return others.some((issuer) => !seen.includes(issuer) && isIssuedBy(at, issuer, below) && walk(issuer, below + 1, [...seen, issuer]));
  };
  return !start.unknownCritical && walk(start, 0, [start]);
};
