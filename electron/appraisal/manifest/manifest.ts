import type { Assurance } from '../../../shared/model/verdict.ts';
import type { LocationIssuer } from '../location-token.ts';
import type { Position } from '../position.ts';
import type { HASHES, REQUIREMENTS, SCHEMES, UNMATCHED } from './schema.ts';

export type Requirement = (typeof REQUIREMENTS)[number];

/** What must hold for the hosts of one class; every rule has a value. Times in milliseconds. */
export type Policy = {
  readonly maxEvidenceAgeMs: number;
  /** 0 = off. */
  readonly holdRacesMs: number;
  /** null = doubt never becomes failure. */
  readonly failAfterMs: number | null;
  readonly quote: {
    readonly schemes: readonly (typeof SCHEMES)[number][];
    readonly hashes: readonly (typeof HASHES)[number][];
    readonly pcrs: readonly number[];
    readonly endorsement: 'required' | 'optional';
    readonly safeClock: 'required' | 'optional';
  };
  readonly firmware: { readonly require: Requirement };
  readonly secureBoot: { readonly require: Requirement; readonly state: 'on' | 'any' };
  readonly bootLoader: { readonly require: Requirement };
  readonly kernel: {
    readonly require: Requirement;
    readonly commandLine: { readonly require: readonly string[]; readonly forbid: readonly string[] };
  };
  readonly runtime: { readonly require: Requirement; readonly exclude: readonly string[]; readonly violations: number };
  readonly containerEngine: { readonly require: Requirement };
  readonly orchestrator: { readonly require: Requirement };
  readonly location: { readonly places: readonly string[] | null; readonly minimumAssurance: Assurance };
};

export type HostClass = { readonly name: string; readonly when: string; readonly policy: Policy };

export type Place = {
  readonly name: string;
  readonly countries: readonly string[];
  readonly subdivisions: readonly string[];
  readonly sites: readonly string[];
  /** Rings of [longitude, latitude]. */
  readonly polygons: readonly (readonly (readonly [number, number])[])[];
};

export type WorkloadRule = {
  readonly name: string;
  readonly places: readonly string[] | null;
  readonly countries: readonly string[] | null;
  readonly minimumAssurance: Assurance;
  readonly hosts: string | null;
  readonly images: readonly string[] | null;
  readonly encrypted: 'required' | 'any';
};

/** What must hold, as one document that a security officer maintains. Plain data: it crosses threads and is compared by value. */
export type Manifest = {
  readonly name: string;
  /** True for the manifest that applies when none was given: it has no rules about places or workloads. */
  readonly builtIn: boolean;
  readonly defaults: Policy;
  readonly classes: readonly HostClass[];
  readonly unmatched: (typeof UNMATCHED)[number];
  readonly places: readonly Place[];
  /** Where a person declares hosts to be. */
  readonly locations: readonly (Position & { readonly hosts: string })[];
  readonly issuers: readonly LocationIssuer[];
  readonly topology: readonly {
    readonly value: string;
    readonly country: string;
    readonly subdivision: string | null;
    readonly site: string | null;
  }[];
  readonly maxSpeedKmh: number;
  readonly workloads: readonly WorkloadRule[];
  readonly activation: { readonly approvals: 1 | 2 /** 0 to 1. */; readonly askAboveShare: number };
};

export const DEFAULT_POLICY: Policy = {
  maxEvidenceAgeMs: 15 * 60_000,
  holdRacesMs: 2 * 60_000,
  failAfterMs: null,
  quote: {
    schemes: ['RSASSA', 'RSAPSS', 'ECDSA'],
    hashes: ['sha256', 'sha384', 'sha512'],
    pcrs: [],
    endorsement: 'optional',
    safeClock: 'optional',
  },
  firmware: { require: 'required' },
  secureBoot: { require: 'required', state: 'any' },
  bootLoader: { require: 'required' },
  kernel: { require: 'required', commandLine: { require: [], forbid: [] } },
  runtime: { require: 'required', exclude: [], violations: 0 },
  containerEngine: { require: 'when-present' },
  orchestrator: { require: 'when-present' },
  location: { places: null, minimumAssurance: 'unknown' },
};

export const BUILT_IN_MANIFEST: Manifest = {
  name: 'built-in defaults',
  builtIn: true,
  defaults: DEFAULT_POLICY,
  classes: [],
  unmatched: 'inconclusive',
  places: [],
  locations: [],
  issuers: [],
  topology: [],
  maxSpeedKmh: 1000,
  workloads: [],
  activation: { approvals: 1, askAboveShare: 0.1 },
};
