import { z } from 'zod';

const digest256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits in lower case');
const fileDigest = z.string().regex(/^[0-9a-f]{40,128}$/, 'must be 40 to 128 hexadecimal digits in lower case');
const guid = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a GUID in lower case');
/** RE2 syntax; whether it can be compiled is for whoever applies it. */
const pattern = z.string().min(1).max(16_384);

export const KEY_DATABASES = ['pk', 'kek', 'db', 'dbx'] as const;
export const OWNER_KEY_LISTS = ['mokList', 'mokListX'] as const;

/** One thing that somebody calls good. Digests of boot items are of the SHA-256 bank. */
export const referenceItemSchema = z.discriminatedUnion('kind', [
  /** All of it must have been measured by the firmware; entries are alternatives. */
  z.strictObject({ kind: z.literal('firmware'), crtm: digest256.nullable(), platformFirmware: z.array(digest256).max(100).readonly() }),
  /** What was started in order, with the files and the command line that belong to it; chains are alternatives. */
  z.strictObject({
    kind: z.literal('boot-chain'),
    shim: digest256.nullable(),
    bootLoader: digest256.nullable(),
    kernel: digest256.nullable(),
    initrd: digest256.nullable(),
    kernelCommandLine: pattern.nullable(),
  }),
  z.strictObject({ kind: z.literal('secure-boot-key'), database: z.enum(KEY_DATABASES), owner: guid, sha256: digest256 }),
  /** Secure boot may be off. Nothing else says so: without this item it must be on. */
  z.strictObject({ kind: z.literal('secure-boot-off') }),
  z.strictObject({ kind: z.literal('owner-key'), list: z.enum(OWNER_KEY_LISTS), sha256: digest256 }),
  z.strictObject({ kind: z.literal('file'), path: z.string().min(1).max(4_096), digest: fileDigest }),
  /** Files whose path begins with a match of this pattern are not judged. */
  z.strictObject({ kind: z.literal('exclude'), pattern }),
]);
export type ReferenceItem = z.output<typeof referenceItemSchema>;

export const REFERENCE_ORIGINS = ['captured-host', 'captured-group', 'imported', 'typed', 'promoted'] as const;
export const REFERENCE_STATES = ['proposed', 'approved', 'withdrawn'] as const;
export const MAX_REFERENCE_ITEMS = 200_000;

/** A set of reference values of our own. Its contents are never edited: a change is another set that replaces it. */
export type ReferenceSet = {
  readonly id: number;
  readonly name: string;
  /** Text of a host query; null = all hosts. */
  readonly scope: string | null;
  readonly items: readonly ReferenceItem[];
  readonly provenance: {
    readonly how: (typeof REFERENCE_ORIGINS)[number];
    /** "Captured from node-12 at demo-fleet, from evidence of 2026-11-21 10:00:00 UTC". */
    readonly words: string;
    /** Of the source document: a policy as imported, otherwise the items as text. */
    readonly sha256: string;
  };
  readonly fromMs: number;
  /** null = without end. */
  readonly toMs: number | null;
  readonly state: (typeof REFERENCE_STATES)[number];
  readonly author: string;
  readonly reason: string;
  readonly proposedAtMs: number;
  readonly approvedBy: string | null;
  /** When it was approved or, without approval, withdrawn; null while it waits. */
  readonly decidedAtMs: number | null;
  readonly withdrawnBy: string | null;
  /** The set that this one takes the place of once it is approved. */
  readonly replaces: number | null;
};
