import type { Bank } from '../types.ts';

/** Bounds of what is read. A busy host that was never rebooted reaches some hundred thousand entries. */
export const MAX_IMA_BYTES = 256 * 1024 * 1024;
export const MAX_IMA_ENTRIES = 2_000_000;
export const MAX_TEMPLATE_DATA_BYTES = 1024 * 1024;

/** A field of a template (Linux Documentation/security/IMA-templates.rst). */
export type Field = 'digest' | 'digest-v2' | 'name' | 'hex' | 'optional-digest';

/** Templates whose ASCII form can be turned back into template data. The legacy `ima` template is handled apart. */
export const TEMPLATE_FIELDS: ReadonlyMap<string, readonly Field[]> = new Map<string, readonly Field[]>([
  ['ima-ng', ['digest', 'name']],
  ['ima-ngv2', ['digest-v2', 'name']],
  ['ima-sig', ['digest', 'name', 'hex']],
  ['ima-sigv2', ['digest-v2', 'name', 'hex']],
  ['ima-buf', ['digest', 'name', 'hex']],
  ['ima-modsig', ['digest', 'name', 'hex', 'optional-digest', 'hex']],
]);

export const LEGACY_TEMPLATE = 'ima';
export const LEGACY_NAME_BYTES = 256;

export const HASH_BY_HEX_LENGTH: ReadonlyMap<number, Bank> = new Map<number, Bank>([
  [40, 'sha1'],
  [64, 'sha256'],
  [96, 'sha384'],
  [128, 'sha512'],
]);

/** One entry as the list states it, with its template data rebuilt or read. Strings are bytes (latin1). */
export type RawEntry = {
  readonly pcr: number;
  /** Template hash column, hex. */
  readonly templateHash: string;
  readonly template: string;
  readonly fileAlg: string;
  readonly fileDigest: string;
  readonly path: string;
  /** View of a scratch buffer, valid only until the next entry; null where the template data cannot be rebuilt. */
  readonly data: Uint8Array | null;
};

/** Where entries go, in order. Returning false stops the reading. */
export type EntrySink = (entry: RawEntry, offset: number) => boolean;

/** Why reading stopped before the end of the list; null when it did not. */
export type Stop = { readonly offset: number; readonly message: string } | null;
