/** The endpoints file (YAML): which endpoints to ask, and with which certificates. Written by a person; see endpoints-file.test.ts. */
export type EndpointConfig = {
  readonly name: string;
  readonly kind: 'keylime';
  readonly verifier: string;
  readonly registrar: string;
  readonly tls: {
    /** PEM texts, already read from the paths in the file. */
    readonly ca: string | null;
    readonly cert: string | null;
    readonly key: string | null;
    readonly password: string | null;
    /** Name expected in the server's certificate instead of the host part of the URL. */
    readonly serverName: string | null;
  };
  readonly intervalMs: number;
  readonly allowPlaintextLoopback: boolean;
  /** Named Keylime policies that hold for every host of this endpoint; absent = the policy stored under each agent's own id. */
  readonly runtimePolicy: string | null;
  readonly measuredBootPolicy: string | null;
};

/** One place outside where checkpoints of the ledger go. None unless the file names it. */
export type AnchorConfig =
  | { readonly kind: 'folder' /** Absolute. */; readonly path: string; readonly everyMs: number }
  | (AnchorService & { readonly kind: 'time-stamp' /** PEM, one certificate each. */; readonly roots: readonly string[] })
  | (AnchorService & { readonly kind: 'witness' /** Verifier key of its cosignatures. */; readonly key: string });

type AnchorService = {
  readonly url: string;
  /** PEM of the authorities that its TLS certificate must lead to; null = those that the runtime brings. */
  readonly ca: string | null;
  readonly everyMs: number;
};

/** One place outside that is told of what happens. None unless the file names it. */
export type AlertConfig = {
  readonly name: string /** Kinds of entries; null = the ones that are told by default. */;
  readonly kinds: readonly string[] | null;
} & (
  | { readonly kind: 'webhook'; readonly url: string; readonly secret: string; readonly ca: string | null }
  | {
      readonly kind: 'syslog';
      readonly host: string;
      readonly port: number;
      readonly format: 'rfc5424' | 'cef';
      /** PEM texts; `serverName`: expected in the certificate instead of the host. */
      readonly tls: {
        readonly ca: string | null;
        readonly cert: string | null;
        readonly key: string | null;
        readonly serverName: string | null;
      };
    }
);

export type EndpointsFile = {
  readonly endpoints: readonly EndpointConfig[];
  readonly anchors: readonly AnchorConfig[];
  readonly alerts: readonly AlertConfig[];
  /** Folders of what endorsement certificates are judged by, absolute; null = nothing is named. */
  readonly endorsement: {
    readonly roots: string;
    readonly intermediates: string | null;
    readonly revocationLists: string | null;
    readonly expired: 'refuse' | 'notice' | 'accept';
  } | null;
  /** Whose reports they are, and the absolute path of a logo; null = nobody said. */
  readonly organisation: { readonly name: string; readonly logoPath: string | null } | null;
  /** Absolute path of the manifest named by the file, if any. */
  readonly manifestPath: string | null;
  /** Absolute path of an organisation's own mapping of controls, if any. */
  readonly controlsPath: string | null;
  /** What reports can be signed with: absolute path of the PKCS#12 file, and its password, which goes nowhere else. */
  readonly signature: {
    readonly pkcs12: string;
    readonly password: string;
    readonly reason: string | null;
    readonly location: string | null;
  } | null;
};

/** One thing wrong with the file, where it is (from 1), and what to do. Never contains a value of the file that could be a secret. */
export type EndpointsProblem = { readonly line: number; readonly column: number; readonly message: string; readonly nextStep: string };
