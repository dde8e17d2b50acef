import type { SignatureEntry } from './meaning/types.ts';

/** One statement with the events it was read from. `proven`: their data is covered by digests that replay to a quoted PCR. */
export type Derivation = {
  readonly statement: string;
  readonly events: readonly number[];
  readonly basis: 'verified' | 'claimed';
  readonly proven: boolean;
};

export type UsedAuthority = {
  readonly event: number;
  /** Database the image was allowed by, as the event names it. */
  readonly database: string;
  readonly entry: SignatureEntry | null;
  readonly beforeSeparator: boolean;
  /** Whether the entry is in the measured database; null where that cannot be told (another database, an unreadable one). */
  readonly listed: boolean | null;
};

export type SecureBootState = {
  readonly mode: 'enabled' | 'disabled' | 'setup-mode' | 'audit-mode' | 'unknown';
  readonly deployed: boolean | null;
  /** PCR 7 of a TPM log; register 1 of a CCEL log. */
  readonly pcr: number;
  readonly proven: boolean;
  /** Null: not measured, not readable, or not covered by its digest. Permitted: db. Forbidden: dbx. */
  readonly keys: Readonly<Record<'pk' | 'kek' | 'db' | 'dbx', readonly SignatureEntry[] | null>>;
  readonly authorities: readonly UsedAuthority[];
  /** Whether shim validates what it starts (MokSBState); `not-said` where it measured nothing about that. */
  readonly shimValidation: 'on' | 'off' | 'not-said';
  readonly remarks: readonly Derivation[];
  readonly contradictions: readonly Derivation[];
  readonly derivations: readonly Derivation[];
};
