import { createHash } from 'node:crypto';
import { createTrustAnchors, dersOf, findPath, parseCertificate } from '../evidence/index.ts';
import type { IssuerKind } from './layout.ts';

/** Files of certificates, DER or PEM: those that are trusted, and those that only lead to them. */
export type IssuerFiles = { readonly roots: readonly Uint8Array[]; readonly issuers: readonly Uint8Array[] };
export type Issuer = { readonly kind: IssuerKind; readonly sha256: string; readonly der: Uint8Array };

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Through which certificates endorsement certificates (DER) lead to a root, each once, in the order of their digests. Of one that leads nowhere there
 * is nothing. Times and revocation are not looked at: a pack is read years later.
 */
export const issuersOf = (certificates: readonly Uint8Array[], { roots, issuers }: IssuerFiles): readonly Issuer[] => {
  if (certificates.length === 0 || roots.length === 0) return [];
  const anchors = createTrustAnchors(roots, issuers);
  const ders = new Map([...roots, ...issuers].flatMap((file) => dersOf(file, 'CERTIFICATE').map((der) => [sha256Of(der), der] as const)));
  const found = new Map<string, Issuer>();
  for (const der of certificates) {
    const leaf = parseCertificate(der);
    const path = leaf.ok ? findPath(leaf.value, anchors) : null;
    for (const { sha256 } of path?.ok === true ? path.chain.slice(1) : []) {
      const bytes = ders.get(sha256);
      if (bytes !== undefined) found.set(sha256, { kind: anchors.roots.has(sha256) ? 'root' : 'issuer', sha256, der: bytes });
    }
  }
  return [...found.values()].toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
};
