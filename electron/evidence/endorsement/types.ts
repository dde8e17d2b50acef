import type { KeyObject } from 'node:crypto';

export type Extension = { readonly critical: boolean; readonly value: Uint8Array };

/** A signature and what it covers, as received. */
export type Signed = {
  readonly tbs: Uint8Array;
  readonly signatureOid: string;
  readonly signatureParameters: Uint8Array;
  readonly signature: Uint8Array;
};

/** What path validation and the TCG EK profile need of a certificate (RFC 5280 4.1). Nothing is trusted by being read. */
export type Certificate = Signed & {
  readonly sha256: string;
  readonly version: number;
  readonly serial: string;
  /** Names for comparing: caseless, white space collapsed, string types ignored (RFC 5280 7.1). */
  readonly issuer: string;
  readonly subject: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly key: KeyObject | null;
  readonly extensions: ReadonlyMap<string, Extension>;
};

/** Certificates that a path may end at and pass through, read once and indexed by name. */
export type TrustAnchors = {
  readonly bySubject: ReadonlyMap<string, readonly Certificate[]>;
  readonly roots: ReadonlySet<string>;
  readonly unreadable: readonly { readonly index: number; readonly message: string }[];
};

/** A certificate revocation list (RFC 5280 5). `nextUpdate` is null where none is given: such a list is never current. */
export type RevocationList = Signed & {
  readonly issuer: string;
  readonly thisUpdate: number;
  readonly nextUpdate: number | null;
  /** Serial numbers, hex as in the certificates. */
  readonly revoked: ReadonlySet<string>;
  /** It is for a part of the certificates only, or has a critical extension that we do not know: it can revoke, never clear. */
  readonly partial: boolean;
};

/** Made by `createRevocationLists`. */
export type RevocationLists = {
  readonly byIssuer: ReadonlyMap<string, readonly RevocationList[]>;
  readonly unreadable: readonly { readonly index: number; readonly message: string }[];
};

/** What an endorsement certificate says of its TPM (TCG EK Credential Profile, 3.1.2). The maker's word where `chained`, else anybody's. */
export type EndorsementFacts = {
  /** Four letters by which the TCG knows the maker ("STM", "IFX"), or the text as it stands; null where none is named. */
  readonly vendor: string | null;
  readonly vendorName: string | null;
  readonly model: string | null;
  readonly firmware: string | null;
  readonly serial: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Whether the certificate leads to a root that the caller gave. */
  readonly chained: boolean;
};
