import type { FindingKind, Severity } from '../../shared/contract/finding-schemas.ts';
import type { Assurance, Link, LinkVerdict, ReportedVerdict, Verdict } from '../../shared/model/verdict.ts';
import { LINKS, VERDICTS } from '../../shared/model/verdict.ts';

/** TPM clock of the last accepted quote; 64-bit counters as decimal strings because JSON has no bigint. */
export type StoredClock = {
  resetCount: number;
  restartCount: number;
  clockMs: string;
  safe: boolean;
  firmwareVersion: string;
  /** When a quote with this resetCount was first received: the host booted before that. */
  countSeenAtMs: number;
};

/** What is remembered of a host between two observations. */
export type HostMemory = {
  readonly verdict: Verdict;
  readonly verified: Verdict;
  readonly reason: string;
  readonly brokenLink: Link | null;
  readonly evidenceAtMs: number | null;
  readonly changedAtMs: number;
  readonly akName: string | null;
  readonly akPinnedAtMs: number | null;
  readonly ekSha256: string | null;
  readonly clock: StoredClock | null;
  readonly detail: string;
  /** JSON of what was known at the last observation, for deciding again; null where an earlier version wrote it. */
  readonly standing: string | null;
  readonly pulse: Pulse;
  /** Digests of the evidence that is kept of this host. */
  readonly kept: { readonly eventLog: string | null; readonly ima: string | null; readonly imaPieces: KeptPieces };
};

type NamedBlob = {
  readonly sha256: string;
  readonly kind: 'event-log' | 'ima' | 'runtime-reference' | 'ek-certificate';
  /** Bytes of the content itself. */
  readonly size: number;
};

/**
 * Evidence to keep, whole. `gzip`: packed already, by whoever had the time. `stored`: what is kept of this host has that digest, so the
 * bytes were not sent again.
 */
export type WholeBlob = NamedBlob & { readonly encoding: 'plain' | 'gzip' | 'stored'; readonly bytes: Uint8Array };

/** Some of the content, packed (raw deflate); null where what is kept of this host has it. */
export type Piece = { readonly sha256: string; readonly size: number; readonly packed: Uint8Array | null };

/** Pieces that follow each other, named by the SHA-256 of their digests; null where what is kept of this host has all of it. */
export type Stretch = { readonly sha256: string; readonly size: number; readonly pieces: readonly Piece[] | null };

/** Evidence that grows, in pieces: what it has in common with other evidence is kept once. */
export type PiecedBlob = NamedBlob & { readonly encoding: 'pieces'; readonly stretches: readonly Stretch[] };

/** Evidence to keep, by content. */
export type Blob = WholeBlob | PiecedBlob;

/** Digests of what is kept of a host's list already: its stretches, and the pieces of the last one, to which more will come. */
export type KeptPieces = { readonly stretches: readonly string[]; readonly pieces: readonly string[] };

/**
 * A quote as it came, in the bundle form that `verify evidence` reads; log and list are kept beside it, by content. Packed (raw deflate)
 * by whoever had the time.
 */
export type RawQuote = { readonly sha256: string; readonly packed: Uint8Array };

/** What every confirmation changes. All else of a host is written only when it changes. */
export type Pulse = {
  readonly evidenceAtMs: number | null;
  readonly quotedAtMs: number | null;
  readonly seenAtMs: number;
};

/** What a manifest decides of a host. */
export type DecidedColumns = {
  readonly verdict: Verdict;
  readonly verified: Verdict;
  readonly disagreement: boolean;
  readonly brokenLink: Link | null;
  readonly reason: string;
  readonly chain: readonly LinkVerdict[];
  readonly location: {
    readonly country: string | null;
    readonly subdivision: string | null;
    readonly site: string | null;
    readonly assurance: Assurance;
    /** Whose word it is; null where nobody says anything. */
    readonly source: string | null;
  };
  /** True where the last observation brought no evidence: it says nothing about what only evidence shows. */
  readonly silent: boolean;
  readonly policyClass: string | null;
  /** Required links that were held against a reference, of those required. */
  readonly coverage: { readonly covered: number; readonly required: number };
  /** How old evidence may be before trust is stale. */
  readonly maxAgeMs: number;
};

/** One appraised observation, ready to be remembered. */
export type HostRecord = DecidedColumns & {
  readonly id: string;
  readonly agentId: string;
  readonly endpoint: string;
  readonly name: string;
  readonly hostClass: string | null;
  readonly address: string | null;
  /** Claims of the host; nothing where none are known. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly reported: ReportedVerdict;
  readonly evidenceAtMs: number | null;
  readonly seenAtMs: number;
  readonly demo: boolean;
  /** JSON text of the detail shown on the host page. */
  readonly detail: string;
  /** JSON of what was known, for deciding again under another manifest. */
  readonly standing: string;
  /** Number of the manifest version that decided; 0 = the built-in one. */
  readonly decidedBy: number;
  /** Changes when anything changes that a manifest could decide by. */
  readonly decisive: string;
  readonly akName: string | null;
  readonly ekSha256: string | null;
  /** Serial number of the geo tag in this evidence; null = none. */
  readonly tagSerial: string | null;
  readonly clock: StoredClock | null;
  /** When the quote was asked for; null = none came. */
  readonly quotedAtMs: number | null;
  readonly quote: RawQuote | null;
  /** Equal for two observations that differ in nothing but times, the clock and the quote; null where this one is no mere confirmation. */
  readonly steady: string | null;
  /** null = nothing new was fetched: what is stored stays. */
  readonly blobs: {
    readonly eventLog: Blob | null;
    readonly ima: Blob | null;
    readonly runtimeReference: Blob | null;
    /** The endorsement certificate that came with it (DER). */
    readonly ekCertificate?: Blob | null;
  } | null;
  readonly findings: readonly FindingDraft[];
};

/** A finding that holds now. Those of lasting kinds that no longer hold are resolved by the writer. */
export type FindingDraft = {
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** What broke, whichever host it broke on: the same key on every host where it is the same. */
  readonly cause: string;
  /** In a few words, without the name of the host. */
  readonly what: string;
  readonly title: string;
  readonly detail: string;
  /** A moment, not a state: recorded and closed at once. */
  readonly momentary: boolean;
};

/** Worst first, so that the default order of a list is by need of attention. */
export const severityOf = (verdict: Verdict): number => VERDICTS.indexOf(verdict);
export const linkOrder = (link: Link | null): number => (link === null ? LINKS.length : LINKS.indexOf(link));

const LETTER: Readonly<Record<LinkVerdict, string>> = { trusted: 't', failed: 'f', inconclusive: 'i', 'not-required': 'n' };
const VERDICT_OF = new Map<string, LinkVerdict>([
  ['t', 'trusted'],
  ['f', 'failed'],
  ['i', 'inconclusive'],
  ['n', 'not-required'],
]);
/** The chain as one letter a link, in the order of LINKS. */
export const packChain = (chain: readonly LinkVerdict[]): string => chain.map((verdict) => LETTER[verdict]).join('');
export const unpackChain = (packed: string): LinkVerdict[] => Array.from(packed, (letter) => VERDICT_OF.get(letter) ?? 'inconclusive');
