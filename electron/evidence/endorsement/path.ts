import { elementAt, elementsOf, reading } from './der.ts';
import { dersOf } from './pem.ts';
import { isSignedBy, OID, parseCertificate, signatureHash } from './certificate.ts';
import type { Certificate, TrustAnchors } from './types.ts';

const MAX_DEPTH = 8;
const MAX_SIGNATURES = 64;
const MAX_CERTIFICATES = 4096;
const TOO_MANY = `only ${MAX_CERTIFICATES} certificates are read`;

/**
 * Reads trusted roots and untrusted intermediates, at most 4096 certificates (DER, or any number in PEM). Every certificate of `roots`
 * is an anchor by the caller's word, self-signed or not (RFC 5937); `intermediates` help to build a path but never end one.
 */
export const createTrustAnchors = (roots: readonly Uint8Array[], intermediates: readonly Uint8Array[] = []): TrustAnchors => {
  const bySubject = new Map<string, Certificate[]>();
  const anchors = new Set<string>();
  const seen = new Set<string>();
  const unreadable: { index: number; message: string }[] = [];
  let count = 0;
  [...roots, ...intermediates].forEach((file, index) => {
    for (const der of dersOf(file, 'CERTIFICATE')) {
      count += 1;
      const parsed = count <= MAX_CERTIFICATES ? parseCertificate(der) : { ok: false as const, message: TOO_MANY };
      if (!parsed.ok) {
        unreadable.push({ index, message: parsed.message });
        // One word about a file is enough.
        return;
      }
      const certificate = parsed.value;
      if (index < roots.length) anchors.add(certificate.sha256);
      if (seen.has(certificate.sha256)) continue;
      seen.add(certificate.sha256);
      bySubject.set(certificate.subject, [...(bySubject.get(certificate.subject) ?? []), certificate]);
    }
  });
  return { bySubject, roots: anchors, unreadable };
};

const KNOWN_CRITICAL: ReadonlySet<string> = new Set([OID.keyUsage, OID.basicConstraints, OID.extendedKeyUsage, '551d20']);
/** Endorsement certificates name their TPM in the subjectAltName, which is critical where the subject is empty (TCG EK profile 3.2). */
const KNOWN_CRITICAL_OF_LEAF: ReadonlySet<string> = new Set([...KNOWN_CRITICAL, OID.subjectAltName]);

const unknownCritical = ({ extensions }: Certificate, known: ReadonlySet<string>): string | undefined =>
  [...extensions].find(([oid, { critical }]) => critical && !known.has(oid))?.[0];

/** Why this certificate may not issue (RFC 5280 6.1.4), or null. `below` = non-self-issued CA certificates under it in the path. */
const issuingFault = (ca: Certificate, below: number, isRoot: boolean): string | null => {
  const unknown = unknownCritical(ca, KNOWN_CRITICAL);
  if (unknown !== undefined) return `a critical extension (${unknown}) of a CA certificate is not understood`;
  // A root of version 1 has no extensions; it is trusted by being given.
  if (isRoot && ca.version < 3) return null;
  const read = reading(() => {
    const constraints = ca.extensions.get(OID.basicConstraints);
    if (constraints === undefined) return 'an issuer does not say that it is a CA';
    const [flag, limit] = elementsOf(elementAt(constraints.value, 0).element.content);
    if (flag?.tag !== 0x01 || flag.content[0] === 0) return 'an issuer is not a CA';
    if (limit?.tag === 0x02 && below > (limit.content.at(-1) ?? 0)) return 'a CA allows fewer CAs below it';
    const usage = ca.extensions.get(OID.keyUsage);
    const bits = usage === undefined ? 0x04 : (elementAt(usage.value, 0).element.content[1] ?? 0);
    return (bits & 0x04) === 0 ? 'an issuer may not sign certificates (keyCertSign is clear)' : null;
  });
  return read.ok ? read.value : read.message;
};

export type Path =
  | { readonly ok: true; readonly chain: readonly Certificate[]; readonly sha1: boolean }
  | { readonly ok: false; readonly reason: string; readonly issuerKnown: boolean };

/** Follows a certificate to a trusted root: depth at most 8, at most 64 signature verifications. Validity times are judged by the caller. */
export const findPath = (leaf: Certificate, anchors: TrustAnchors): Path => {
  let budget = MAX_SIGNATURES;
  let issuerKnown = false;
  // RFC 5280 6.1.5: what a certificate calls critical and we do not understand may take back what it says.
  const unknown = anchors.roots.has(leaf.sha256) ? undefined : unknownCritical(leaf, KNOWN_CRITICAL_OF_LEAF);
  if (unknown !== undefined) return { ok: false, reason: `a critical extension (${unknown}) of it is not understood`, issuerKnown };
  let reason = 'no certificate given is its issuer, or the issuer of one of its issuers';
  const follow = (chain: readonly Certificate[], below: number): readonly Certificate[] | null => {
    const last = chain.at(-1);
    if (last === undefined) return null;
    if (anchors.roots.has(last.sha256)) return chain;
    if (chain.length > MAX_DEPTH) return null;
    for (const issuer of anchors.bySubject.get(last.issuer) ?? []) {
      if (chain.some((known) => known.sha256 === issuer.sha256)) continue;
      issuerKnown = true;
      if (budget <= 0) {
        reason = `more than ${MAX_SIGNATURES} signatures would have to be verified`;
        return null;
      }
      budget -= 1;
      if (!isSignedBy(last, issuer)) {
        reason = 'a certificate with the name of its issuer did not sign it';
        continue;
      }
      const fault = issuingFault(issuer, below, anchors.roots.has(issuer.sha256));
      if (fault !== null) {
        reason = fault;
        continue;
      }
      const found = follow([...chain, issuer], below + (issuer.subject === issuer.issuer ? 0 : 1));
      if (found !== null) return found;
    }
    return null;
  };
  const chain = follow([leaf], 0);
  if (chain === null) return { ok: false, reason, issuerKnown };
  return { ok: true, chain, sha1: chain.slice(0, -1).some((certificate) => signatureHash(certificate) === 'sha1') };
};
