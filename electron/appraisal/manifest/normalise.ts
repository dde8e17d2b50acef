import { DEFAULT_POLICY, type HostClass, type Manifest, type Policy, type Requirement } from './manifest.ts';
import type { ManifestDocument } from './schema.ts';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
export const msOf = (duration: string): number => Number.parseInt(duration, 10) * (UNIT_MS[duration.slice(-1)] ?? 0);

type Rules = Pick<ManifestDocument, 'freshness' | 'doubt' | 'quote' | 'chain' | 'location'>;

type Written<T> = Requirement | T | undefined;
/** A link is written as one word, or as a map with rules. */
const requireOf = (written: Written<{ readonly require?: Requirement | undefined }>, otherwise: Requirement): Requirement =>
  (typeof written === 'string' ? written : written?.require) ?? otherwise;
const rulesOf = <T extends object>(written: Written<T>): T | null => (typeof written === 'object' ? written : null);

const msOr = (duration: string | undefined, otherwise: number): number => (duration === undefined ? otherwise : msOf(duration));

/** What `rules` says, and for the rest what `base` says. Lists replace lists: a class that names its own exclusions has only those. */
const policyOf = (rules: Rules, base: Policy): Policy => {
  const { freshness, doubt, quote, chain, location } = rules;
  const commandLine = rulesOf(chain?.kernel)?.commandLine;
  const runtime = rulesOf(chain?.runtime);
  const hold = doubt?.holdRacesFor;
  return {
    maxEvidenceAgeMs: msOr(freshness?.maxAge, base.maxEvidenceAgeMs),
    holdRacesMs: hold === 'off' ? 0 : msOr(hold, base.holdRacesMs),
    failAfterMs: doubt?.failAfter === undefined ? base.failAfterMs : msOf(doubt.failAfter),
    quote: {
      schemes: quote?.schemes ?? base.quote.schemes,
      hashes: quote?.hashes ?? base.quote.hashes,
      pcrs: quote?.pcrs ?? base.quote.pcrs,
      endorsement: quote?.endorsement ?? base.quote.endorsement,
      safeClock: quote?.safeClock ?? base.quote.safeClock,
    },
    firmware: { require: requireOf(chain?.firmware, base.firmware.require) },
    secureBoot: {
      require: requireOf(chain?.secureBoot, base.secureBoot.require),
      state: rulesOf(chain?.secureBoot)?.state ?? base.secureBoot.state,
    },
    bootLoader: { require: requireOf(chain?.bootLoader, base.bootLoader.require) },
    kernel: {
      require: requireOf(chain?.kernel, base.kernel.require),
      commandLine: {
        require: commandLine?.require ?? base.kernel.commandLine.require,
        forbid: commandLine?.forbid ?? base.kernel.commandLine.forbid,
      },
    },
    runtime: {
      require: requireOf(chain?.runtime, base.runtime.require),
      exclude: runtime?.exclude ?? base.runtime.exclude,
      violations: runtime?.violations ?? base.runtime.violations,
    },
    containerEngine: { require: requireOf(chain?.containerEngine, base.containerEngine.require) },
    orchestrator: { require: requireOf(chain?.orchestrator, base.orchestrator.require) },
    location: {
      places: location?.places ?? base.location.places,
      minimumAssurance: location?.minimumAssurance ?? base.location.minimumAssurance,
    },
  };
};

/** A valid document with every default filled in. */
export const normalise = (document: ManifestDocument, visible: (text: string) => string): Manifest => {
  const defaults = policyOf(document, DEFAULT_POLICY);
  return {
    name: visible(document.metadata.name),
    builtIn: false,
    defaults,
    classes: (document.classes ?? []).map(
      (written): HostClass => ({ name: written.name, when: written.when, policy: policyOf(written, defaults) }),
    ),
    unmatched: document.unmatched ?? 'inconclusive',
    places: (document.places ?? []).map((place) => ({
      name: place.name,
      countries: place.countries ?? [],
      subdivisions: place.subdivisions ?? [],
      sites: place.sites ?? [],
      polygons: place.polygons ?? [],
    })),
    locations: (document.locations ?? []).map((declared) => ({
      hosts: declared.hosts,
      country: declared.country,
      subdivision: declared.subdivision ?? null,
      site: declared.site ?? null,
      latitude: declared.latitude ?? null,
      longitude: declared.longitude ?? null,
    })),
    issuers: document.geo?.issuers ?? [],
    topology: (document.geo?.topology ?? []).map(({ value, country, subdivision = null, site = null }) => ({
      value,
      country,
      subdivision,
      site,
    })),
    maxSpeedKmh: document.geo?.maxSpeed ?? 1000,
    workloads: (document.workloads ?? []).map((rule) => ({
      name: rule.name,
      places: rule.places ?? null,
      countries: rule.countries ?? null,
      minimumAssurance: rule.minimumAssurance ?? 'unknown',
      hosts: rule.hosts ?? null,
      images: rule.images ?? null,
      encrypted: rule.encrypted ?? 'any',
    })),
    activation: {
      approvals: document.activation?.approvals ?? 1,
      askAboveShare: document.activation?.askAbove === undefined ? 0.1 : Number.parseInt(document.activation.askAbove, 10) / 100,
    },
  };
};
