import type { Problem } from '../../shared/model/result.ts';
import type { ReferenceValues } from '../../shared/model/reference-values.ts';
import type { ReportedVerdict } from '../../shared/model/verdict.ts';
import type { GeoEvidence, PcrSelection, PcrValues } from '../evidence/types.ts';

/** What the endpoint itself says about a host. Shown beside our verdict, never instead of it. */
export type Reported = {
  readonly verdict: ReportedVerdict;
  /** One plain sentence, hostile text made visible: "Verifier says FAIL: ima.validation…". */
  readonly sentence: string;
  readonly lastSuccessAtMs: number | null;
  readonly attestationPeriodMs: number | null;
  /** What the endpoint's verdict rests on; a PASS with all false rests on nothing. */
  readonly evaluates: { readonly runtimePolicy: boolean; readonly measuredBoot: boolean; readonly pcrPolicy: boolean };
};

/** Claims of the endpoint or its administrator. Nothing here is proven. */
export type Claims = {
  readonly name: string | null;
  readonly hostClass: string | null;
  readonly country: string | null;
  readonly subdivision: string | null;
  readonly site: string | null;
  /** A signed location token (compact JWS) that the endpoint hands on. */
  readonly locationToken: string | null;
  /** Labels that the endpoint or an orchestrator gives the host. */
  readonly labels: Readonly<Record<string, string>>;
  readonly workloads: readonly {
    readonly name: string;
    readonly image: string | null /** null = nobody said. */;
    readonly encrypted: boolean | null;
  }[];
  /** How many further ones it names that could not be read; absent = none. */
  readonly workloadsUnread?: number;
};

/** Who the host is. `ekTpm2bPublic` and `akTpm2bPublic` are TPM2B_PUBLIC bytes as enrolled at the endpoint. */
export type Identity = {
  readonly akTpm2bPublic: Uint8Array | null;
  readonly ekTpm2bPublic: Uint8Array | null;
  readonly ekCertDer: Uint8Array | null;
  /** How often the host registered with this identity, where the endpoint counts. */
  readonly registrations: number | null;
};

/** Evidence as fetched. Bytes only; the connector has judged nothing. */
export type FetchedEvidence =
  | {
      readonly kind: 'evidence';
      readonly nonce: Uint8Array;
      readonly quote: { readonly attest: Uint8Array; readonly signature: Uint8Array };
      readonly pcrs: PcrValues;
      readonly claimedSelection: PcrSelection | null;
      readonly eventLog: Uint8Array | null;
      /** Complete IMA list from entry 0, ascii. */
      readonly ima: Uint8Array | null;
      readonly geo: GeoEvidence | null;
      /** Why there is no geo tag although one is announced for this host; null where none is announced or it came. */
      readonly geoProblem: string | null;
      readonly requestedAtMs: number;
      readonly receivedAtMs: number;
    }
  | { readonly kind: 'none'; readonly problem: Problem };

export type Observation = {
  readonly endpoint: string;
  /** Stable id of the host at this endpoint (Keylime: agent UUID). */
  readonly hostId: string;
  readonly address: string | null;
  readonly observedAtMs: number;
  readonly reported: Reported;
  readonly identity: Identity;
  readonly claims: Claims;
  readonly evidence: FetchedEvidence;
  readonly reference: ReferenceValues;
  /** True where the endpoint says of itself that it is a simulator. */
  readonly demo: boolean;
};

export type SweepContext = {
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  /** Fresh random bytes; single use. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** How many hosts are asked at the same time. */
  readonly concurrency: number;
  /** Milliseconds for one request, from connect to last byte. */
  readonly requestTimeoutMs: number;
  /** Only these hosts; absent = all. */
  readonly onlyHosts?: ReadonlySet<string>;
  /** Called as soon as the inventory is known: how many hosts will be observed. */
  readonly onInventory: (hostIds: readonly string[]) => void;
  /** Called once per host, in any order. Back-pressure: the connector waits for it. */
  readonly onObservation: (observation: Observation) => Promise<void>;
};

export type SweepOutcome =
  | { readonly ok: true; readonly hosts: number; readonly demo: boolean; readonly note: string | null }
  | { readonly ok: false; readonly problem: Problem };

/** One endpoint, one kind of protocol. Connectors fetch and translate; they judge nothing and remember only caches. */
export type Connector = {
  readonly kind: string;
  /** One full pass over the endpoint. Never throws for anything the endpoint does. */
  readonly sweep: (context: SweepContext) => Promise<SweepOutcome>;
  readonly close: () => Promise<void>;
};
