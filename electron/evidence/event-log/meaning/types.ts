/** What an event can be about. A closed list: whoever shows or compares events can rely on it. */
export const MEANING_KINDS = [
  'log-header',
  'startup-locality',
  'reference-manifest',
  'secure-boot-switch',
  'key-database',
  'authority',
  'revocation-level',
  'owner-keys',
  'boot-order',
  'boot-entry',
  'variable',
  'separator',
  'action',
  'boot-application',
  'driver',
  'boot-command',
  'kernel-command-line',
  'file-read',
  'initial-ram-disk',
  'kernel-image-section',
  'boot-configuration',
  'partition-table',
  'firmware-volume',
  'hardware-tables',
  'firmware-version',
  'firmware-code',
  'microcode',
  'platform-configuration',
  'windows',
  'confidential-guest',
  'other',
] as const;
export type MeaningKind = (typeof MEANING_KINDS)[number];

/** `verified`: the event's digest covers it, so replay to a quoted PCR proves it. `claimed`: somebody wrote it beside the digest. */
export type FactBasis = 'verified' | 'claimed';

export type MeaningFact = { readonly label: string; readonly value: string; readonly basis: FactBasis };

/** What an event is about. The kind itself follows from the event type and place, which are claims. All text is visible. */
export type EventMeaning = {
  readonly kind: MeaningKind;
  /** What it is the same thing as in another boot: a variable's name, the path of an image without its versions. */
  readonly subject: string;
  readonly facts: readonly MeaningFact[];
  /** Parameters of a kernel command line, in order. */
  readonly parameters?: readonly string[];
  /** The whole kernel command line; null where it is longer than any kernel takes. The fact of it is cut for people to read. */
  readonly commandLine?: string | null;
  /** Raw lines of SbatLevel: component to generation. */
  readonly revocations?: Readonly<Record<string, string>>;
  /** The data is a whole UEFI variable of this name although the event's type says otherwise. */
  readonly hiddenVariable?: string;
};

/**
 * Which part of the event a fact was read from. `value`: the part that a digest of only the variable's value, or only the text
 * behind a prefix, still covers. `whole`: covered only by a digest of all data. `outside`: never covered, or our own conclusion.
 */
export type DraftFact = { readonly label: string; readonly value: string; readonly part: 'value' | 'whole' | 'outside' };
export type DraftMeaning = Omit<EventMeaning, 'facts'> & { readonly facts: readonly DraftFact[] };

/** Subject and validity of an X.509 certificate, made visible. Nothing here says that anybody vouches for it. */
export type CertificateFacts = {
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
};

/** An EFI signature database entry (UEFI 2.10 §32.4.1). */
export type SignatureEntry = {
  readonly owner: string;
  /** "x509", "sha256" or the GUID. */
  readonly kind: string;
  /** SHA-256 of SignatureData, hex; for kind "sha256" the data itself. */
  readonly sha256: string;
  /** Subject common name where an X.509 certificate can be read; hostile text made visible. */
  readonly subject?: string;
  /** Name of an owner whose GUID is well known; the GUID is written by whoever enrolled the key. */
  readonly ownerName?: string;
  readonly certificate?: CertificateFacts;
};

/** Whose log it is. `ccel`: of a confidential guest, whose "PCRs" are measurement registers. `wbcl`: Windows appended its own records. */
export type LogKind = { readonly kind: 'tpm' | 'ccel' | 'wbcl'; readonly reason: string };
