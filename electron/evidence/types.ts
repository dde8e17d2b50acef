import type { KeyObject } from 'node:crypto';
import type { Check } from '../../shared/model/check.ts';
import type { EventMeaning, LogKind, SignatureEntry } from './event-log/meaning/types.ts';
import type { SecureBootState } from './event-log/secure-boot-types.ts';

export type { SignatureEntry } from './event-log/meaning/types.ts';
import type { EndorsementFacts, RevocationLists, TrustAnchors } from './endorsement/types.ts';

/** TCG algorithm names as used in event logs and PCR selections. */
export type Bank = 'sha1' | 'sha256' | 'sha384' | 'sha512' | 'sm3';

/** PCR values per bank as lower-case hex. Claimed by the host until a quote covers them. */
export type PcrValues = Partial<Record<Bank, Readonly<Record<number, string>>>>;

export type PcrSelection = Partial<Record<Bank, readonly number[]>>;

/** A key that the host was enrolled with, from outside the evidence itself. */
export type Enrolment = {
  /** TPM name of the AK: nameAlg || H(TPMT_PUBLIC), hex. */
  readonly akName: string;
  readonly akPem?: string;
  /** Whose word the binding rests on, in plain words: "the registrar's credential activation", "enrolment file". */
  readonly source: string;
};

/** TPMS_CLOCK_INFO and neighbours of an earlier accepted quote of the same AK. Times in TPM milliseconds. */
export type ClockFacts = {
  readonly resetCount: number;
  readonly restartCount: number;
  readonly clockMs: bigint;
  readonly safe: boolean;
  readonly firmwareVersion: bigint;
};

export type GeoEvidence = {
  readonly attest: Uint8Array;
  readonly signature: Uint8Array;
  /** The key the host says signed it; trusted only if it is the enrolled AK or another AK enrolled for the same host. */
  readonly signerPem?: string;
  readonly nvIndex: number;
  /** TPM name of the NV index pinned at provisioning, hex. Without it the name is recomputed for the attribute sets of a write-locked index. */
  readonly pinnedIndexName?: string;
};

export type ImaKey = {
  /** Last four bytes of the identifier, hex. Four bytes are easily made equal: several keys may share them, and each is tried. */
  readonly keyId: string;
  readonly key: KeyObject;
  /** Where it came from and, for a certificate, its subject; made visible. */
  readonly label: string;
};

/** Made by `createImaKeyring`. */
export type ImaKeyring = { readonly keys: readonly ImaKey[]; readonly find: (keyId: string) => readonly ImaKey[] };

/** What endorsement certificates are judged by. Without it `ek-chain` is not evaluated. */
export type EndorsementTrust = {
  readonly anchors: TrustAnchors;
  /** The time validity is judged at, milliseconds since 1970. */
  readonly atMs: number;
  /** What a certificate of the path outside its validity means; many real ones are past it. Default `notice`. */
  readonly expired?: 'refuse' | 'notice' | 'accept';
  /** Lists that were fetched beforehand; without them `ek-revocation` is not evaluated. Nothing is ever fetched here. */
  readonly revocation?: RevocationLists;
};

/** One bundle of evidence of one host. Everything is bytes or text from outside: nothing here is trusted. */
export type EvidenceInput = {
  readonly host: string;
  /** The nonce that we asked with; qualifying data must equal it exactly. */
  readonly nonce: Uint8Array;
  readonly akTpm2bPublic?: Uint8Array;
  readonly akPem?: string;
  readonly ekTpm2bPublic?: Uint8Array;
  readonly ekCertDer?: Uint8Array;
  readonly endorsement?: EndorsementTrust;
  readonly quote: { readonly attest: Uint8Array; readonly signature: Uint8Array };
  readonly pcrs: PcrValues;
  readonly eventLog?: Uint8Array;
  readonly ima?: Uint8Array;
  /** Where an earlier verification of the same boot ended: `ima` then holds only what follows. `resetCount` is that of its quote. */
  readonly imaFrom?: { readonly resetCount: number; readonly state: ImaState };
  readonly geo?: GeoEvidence;
  /** Keys whose signatures on measured files are accepted; without them `ima-signature` is not evaluated. */
  readonly imaKeys?: ImaKeyring;
  readonly requiredSelection: PcrSelection;
  /** PCR selection that the host claims; must not differ from the signed one. */
  readonly claimedSelection?: PcrSelection;
  readonly enrolment?: Enrolment;
  /** Names of further AKs enrolled for the same host (for example the key that certifies the geo tag). */
  readonly enrolledKeys?: readonly Enrolment[];
  readonly previous?: ClockFacts;
  /** The last accepted quote of the same AK, where only its bytes were kept; verified before its clock is used. */
  readonly previousQuote?: { readonly attest: Uint8Array; readonly signature: Uint8Array };
};

/** Whether the event's data is covered by its digest. `not-covered`: the digest is of something else; the description is a claim. */
export type DataCoverage = 'verified' | 'mismatch' | 'not-covered';

export type BootEvent = {
  readonly index: number;
  /** Byte offset of the event in the log. */
  readonly offset: number;
  readonly pcr: number;
  /** Event type name. A claim: replay does not cover it. */
  readonly claimedType: string;
  readonly digests: Partial<Record<Bank, string>>;
  readonly data: DataCoverage;
  readonly dataLength: number;
  /** One line in plain words, made visible; says nothing that `data` does not. */
  readonly summary: string;
  /** UEFI variable, where the event carries one that parses. `valueHex` at most 64 bytes. */
  readonly variable?: {
    readonly name: string;
    readonly guid: string;
    readonly valueHex: string;
    readonly signatures?: readonly SignatureEntry[];
  };
  /** For EV_IPL and EV_EVENT_TAG: the text of the data, made visible, at most 4096 characters. */
  readonly text?: string;
  /** What the event is about, with what is verified and what is claimed. */
  readonly meaning: EventMeaning;
};

export type LogProblem = { readonly code: string; readonly offset: number; readonly message: string };

export type EventLogFacts = {
  readonly format: 'agile' | 'sha1';
  /** Whose log it is, from its content; `format` names only the encoding. */
  readonly kind: LogKind;
  readonly algorithms: readonly Bank[];
  readonly startupLocality: number | null;
  /** Only PCRs that the log extends. */
  readonly pcrs: PcrValues;
  readonly events: readonly BootEvent[];
  readonly problems: readonly LogProblem[];
};

export type ImaEntry = {
  readonly index: number;
  readonly pcr: number;
  readonly template: string;
  /** Digest of the file, hex, and its algorithm; empty for templates without one. */
  readonly fileAlg: string;
  readonly fileDigest: string;
  /** Path made visible. */
  readonly path: string;
  /** False when the path had to be escaped to be shown: it then equals no path of a reference. */
  readonly plainPath: boolean;
  readonly violation: boolean;
  /** Whether the recomputed template hash equals the one in the list; null where the template is unknown. */
  readonly templateHashOk: boolean | null;
  /**
   * Covered by the quoted PCR 10: false for a tail measured after the quote and for text that its hash does not cover.
   * Of a violation only the place is proven: it extends all ones, whatever the path says.
   */
  readonly proven: boolean;
  /** What the template holds beside digest and name: signature of ima-sig, buffer of ima-buf, signature or appended signature of ima-modsig. */
  readonly extra?: Uint8Array;
};

/** Entries of a list, decoded one by one when looked at; a list of a million is never there twice. */
export type ImaEntries = Iterable<ImaEntry> & {
  readonly length: number;
  readonly at: (position: number) => ImaEntry | undefined;
};

/**
 * A list up to an entry that a quote proved; what follows can be verified alone. Plain data, to be kept. Holds for one boot:
 * whoever keeps it must drop it when the TPM was reset. It vouches for nothing but what verification found then.
 */
export type ImaState = {
  readonly entryCount: number;
  /** Bytes of the list up to and including that entry. */
  readonly byteLength: number;
  /** PCR 10 per quoted bank, hex. */
  readonly pcr10: Readonly<Partial<Record<Bank, string>>>;
  /** Whether the larger banks were extended with the padded SHA-1 template hash. */
  readonly padded: boolean;
  readonly templates: Readonly<Record<string, number>>;
  readonly violations: number;
  readonly templateHashMismatches: number;
  readonly unknownTemplates: number;
  readonly aggregates: readonly { readonly index: number; readonly fileAlg: string; readonly fileDigest: string }[];
};

/**
 * `full`: every template hash of the list was recomputed. `fast`: only the digests that were extended into quoted PCR 10; they cover
 * the text of every proven entry, and the template hash column of another hash was not looked at.
 */
export type ImaMode = 'full' | 'fast';

export type ImaFacts = {
  /** Entries of the list, those before `from` included. */
  readonly entryCount: number;
  /** Entries verified earlier and not given again; the first of `entries` has this index. */
  readonly continuedAt: number;
  readonly mode: ImaMode;
  /** State to continue from; null where no quote proves any entry. */
  readonly state: ImaState | null;
  /** How many entries from the start reproduce the quoted PCR 10; null when none does or no quote was given. */
  readonly provenCount: number | null;
  readonly templates: Readonly<Record<string, number>>;
  readonly violations: number;
  readonly templateHashMismatches: number;
  readonly bootAggregates: number;
  /** All entries replayed: {sha1, sha256}. */
  readonly pcr10: Readonly<Record<string, string>>;
  readonly entries: ImaEntries;
  readonly problems: readonly LogProblem[];
};

export type QuoteFacts = {
  /** "TPMT_SIGNATURE" scheme in words: "RSASSA with SHA-256". */
  readonly scheme: string;
  readonly schemeName: 'RSASSA' | 'RSAPSS' | 'ECDSA';
  readonly hash: Bank;
  readonly clock: ClockFacts;
  /** Signed PCR selection. */
  readonly selection: PcrSelection;
  readonly akName: string | null;
};

/** What verification of one bundle yields. `pass` = no check failed; read the checks for what was not evaluated. */
export type EvidenceResult = {
  readonly verdict: 'pass' | 'fail';
  readonly checks: readonly Check[];
  readonly quote: QuoteFacts | null;
  /** Values whose hash the signed digest covers; empty unless signature and pcr-digest passed. */
  readonly quotedPcrs: PcrValues;
  /** PCRs whose events in the log replay to a quoted value in every quoted bank; events of any other PCR are claims. */
  readonly provenLogPcrs: readonly number[];
  /** What the endorsement certificate says of the TPM; null where there is none that can be read. */
  readonly endorsement: EndorsementFacts | null;
  readonly eventLog: EventLogFacts | null;
  /** What the events of PCR 7 and 14 say about Secure Boot, each statement with what it rests on; null without a log. */
  readonly secureBoot: SecureBootState | null;
  readonly ima: ImaFacts | null;
  /** Contents of the geo tag when every geo check passed: bytes of the NV index. */
  readonly geoTag: Uint8Array | null;
};
