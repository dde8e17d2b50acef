/**
 * Reference values: known-good measurements, with the word they rest on.
 * Shapes follow what measured-boot policies in the field carry; all digests are lower-case hex of the bank named.
 */
export type ReferenceSource = {
  /** Plain words: "Keylime measured-boot policy of this host at dc-frankfurt". */
  readonly provenance: string;
  /** SHA-256 of the policy document as received, hex. */
  readonly sha256: string;
  readonly obtainedAtMs: number;
};

/** An EFI signature database entry, by owner GUID and SHA-256 of its data. */
export type SignatureReference = { readonly owner: string; readonly sha256: string };

export type BootChainReference = {
  readonly shim: string | null;
  readonly bootLoader: string | null;
  readonly kernel: string | null;
  readonly initrd: string | null;
  /** Anchored regular expression (RE2 syntax) over the kernel command line. */
  readonly kernelCommandLine: string | null;
};

export type MeasuredBootReference = {
  readonly source: ReferenceSource;
  readonly bank: 'sha256';
  readonly secureBoot: boolean;
  readonly firmware: readonly { readonly crtm: string | null; readonly platformFirmware: readonly string[] }[];
  /** null = the reference says nothing about this variable. */
  readonly secureBootKeys: {
    readonly pk: readonly SignatureReference[] | null;
    readonly kek: readonly SignatureReference[] | null;
    readonly db: readonly SignatureReference[] | null;
    readonly dbx: readonly SignatureReference[] | null;
  };
  readonly bootChains: readonly BootChainReference[];
  /** Digests of shim's MokList and MokListX as measured into PCR 14; null = the reference says nothing. */
  readonly machineOwnerKeys: { readonly mokList: readonly string[] | null; readonly mokListX: readonly string[] | null };
  /** Parts of the policy that are not judged here, by the name they have there. */
  readonly notJudged: readonly string[];
};

export type RuntimeReference = {
  readonly source: ReferenceSource;
  /** Path → allowed file digests, hex. */
  readonly digests: ReadonlyMap<string, readonly string[]>;
  /** Regular expressions (RE2 syntax) of paths that are not judged; they match from the start of the path, as Keylime does. */
  readonly excludes: readonly string[];
  /** Parts of the policy by which its owner may accept more than `digests`, and which are not judged here: signature keys, keyrings. */
  readonly notJudged: readonly string[];
};

export type ReferenceValues = {
  readonly measuredBoot: MeasuredBootReference | null;
  readonly runtime: RuntimeReference | null;
};
