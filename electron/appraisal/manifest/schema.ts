import { z } from 'zod';
import { ASSURANCES } from '../../../shared/model/verdict.ts';

/** Limits of what one manifest may hold. A manifest is read by people; these are far above what they write. */
export const MANIFEST_LIMITS = {
  characters: 1024 * 1024,
  classes: 1_000,
  places: 2_000,
  workloads: 10_000,
  patterns: 200,
  patternCharacters: 500,
  /** What a character of a path or command line costs at most, for one pattern and for a list; and what all of them may ask for. */
  patternSteps: 1_000,
  patternStepsOfList: 20_000,
  patternStepsTogether: 1_000_000,
  polygonsPerPlace: 20,
  corners: 500,
} as const;

const name = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$/, 'must be a name of letters, digits, dot, dash and underscore, at most 100')
  .describe('Letters, digits, dot, dash and underscore.');
const text = z.string().min(1, 'must not be empty');
const duration = z
  .string()
  .regex(/^[1-9]\d{0,5}[smhd]$/, 'must be a duration like 90s, 10m, 2h or 1d')
  .describe('A number and a unit: 90s, 10m, 2h, 1d.');
const country = z
  .string()
  .regex(/^[A-Z]{2}$/, 'must be two capital letters (ISO 3166-1 alpha-2)')
  .describe('ISO 3166-1 alpha-2, such as DE.');
const subdivision = z
  .string()
  .regex(/^[A-Z]{2}-[A-Z0-9]{1,3}$/, 'must be a subdivision such as DE-HE (ISO 3166-2)')
  .describe('ISO 3166-2, such as DE-HE.');
const pattern = text
  .max(MANIFEST_LIMITS.patternCharacters)
  .describe('A regular expression in RE2 syntax, which takes linear time. It matches from the start of the text.');
const patterns = z.array(pattern).max(MANIFEST_LIMITS.patterns);
const glob = text.max(300).describe('A name; * stands for any characters, ? for one.');

export const REQUIREMENTS = ['required', 'when-present', 'not-required'] as const;
const requirement = z
  .enum(REQUIREMENTS)
  .describe(
    'required: must be shown to be as in the reference values. when-present: the same, where there is anything to judge. not-required: not judged against reference values; evidence that contradicts itself still fails.',
  );
/** A link may be written as one word, or with its rules. */
const link = <T extends z.ZodRawShape>(rules: T) => z.union([requirement, z.strictObject({ require: requirement.optional(), ...rules })]);

const freshness = z
  .strictObject({
    maxAge: duration.optional().describe('Evidence older than this no longer makes a host trusted. Default 15m.'),
  })
  .describe('How old evidence may be.');

const doubt = z
  .strictObject({
    holdRacesFor: z
      .union([z.literal('off'), duration])
      .optional()
      .describe(
        'A host that was trusted and whose list or log is not the one that its quote covers is held as inconclusive for this long, because an honest host can look so for a moment (rebooting, list read before the quote). After it, doubt is failure. Default 2m.',
      ),
    failAfter: duration.optional().describe('A host that stays inconclusive for longer than this fails. Default: never.'),
  })
  .describe('How long doubt may stay doubt.');

export const SCHEMES = ['RSASSA', 'RSAPSS', 'ECDSA'] as const;
export const HASHES = ['sha1', 'sha256', 'sha384', 'sha512'] as const;
const quote = z
  .strictObject({
    schemes: z.array(z.enum(SCHEMES)).min(1).optional().describe('Signature schemes that are accepted. Default: all.'),
    hashes: z.array(z.enum(HASHES)).min(1).optional().describe('Hashes of signatures that are accepted. Default: sha256, sha384, sha512.'),
    pcrs: z
      .array(z.number().int().min(0).max(23))
      .max(24)
      .optional()
      .describe('Registers (SHA-256 bank) that the quote must cover beside those that are always needed: 0 to 10 and 14.'),
    endorsement: z
      .enum(['required', 'optional'])
      .optional()
      .describe('Whether the endorsement certificate must lead to a manufacturer root. Default optional.'),
    safeClock: z
      .enum(['required', 'optional'])
      .optional()
      .describe('Whether the clock of the TPM must say that it is safe. Default optional.'),
  })
  .describe('Rules about the quote, beside those that no manifest can relax.');

const chain = z
  .strictObject({
    firmware: link({}).optional(),
    secureBoot: link({
      state: z
        .enum(['on', 'any'])
        .optional()
        .describe('on: fails where secure boot is off, whatever the reference values allow. Default any.'),
    }).optional(),
    bootLoader: link({}).optional(),
    kernel: link({
      commandLine: z
        .strictObject({
          require: patterns.optional().describe('Each must occur in the verified kernel command line. Matches anywhere in it.'),
          forbid: patterns.optional().describe('None may occur in it. Matches anywhere in it.'),
        })
        .optional(),
    }).optional(),
    runtime: link({
      exclude: patterns.optional().describe('Paths of programs that are not judged. Each one is named in the result.'),
      violations: z
        .number()
        .int()
        .min(0)
        .max(1_000_000)
        .optional()
        .describe('How many measurement violations are accepted. Their files are unknown. Default 0.'),
    }).optional(),
    containerEngine: link({}).optional(),
    orchestrator: link({}).optional(),
  })
  .describe(
    'What each link of the chain of trust must show. Hardware is always required. Default: required; container engine and orchestrator when-present.',
  );

const assurance = z
  .enum(ASSURANCES)
  .describe('How well a location must be known: tpm-certified, issuer-signed, reported, declared, unknown.');
const placeNames = z.array(name).min(1).max(MANIFEST_LIMITS.places);

const location = z
  .strictObject({
    places: placeNames.optional().describe('Names of places where the host may be. Default: anywhere.'),
    minimumAssurance: assurance.optional().describe('Default unknown: any assurance will do.'),
  })
  .describe('Where hosts may be, and how well that must be known. A tag is provisioned, not measured.');

const rules = {
  freshness: freshness.optional(),
  doubt: doubt.optional(),
  quote: quote.optional(),
  chain: chain.optional(),
  location: location.optional(),
};

const hostClass = z.strictObject({
  name,
  when: text
    .max(4_000)
    .describe(
      'A query that chooses the hosts, such as: endpoint = dc-frankfurt and country in (DE, FR). The first class that matches applies.',
    ),
  note: z.string().max(2_000).optional(),
  ...rules,
});

const corner = z
  .tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)])
  .describe('Longitude, latitude, in degrees (GeoJSON order).');
const place = z
  .strictObject({
    name,
    countries: z.array(country).max(250).optional(),
    subdivisions: z.array(subdivision).max(1_000).optional(),
    sites: z.array(text.max(100)).max(1_000).optional().describe('Data-centre tags.'),
    polygons: z
      .array(z.array(corner).min(3, 'needs at least three corners').max(MANIFEST_LIMITS.corners))
      .max(MANIFEST_LIMITS.polygonsPerPlace)
      .optional()
      .describe('Areas, each a ring of corners. One that crosses 180 degrees of longitude is written as two.'),
    note: z.string().max(2_000).optional(),
  })
  .describe('A named place. A host is in it when any one of the lists says so.');

const workload = z
  .strictObject({
    name: glob.describe('Which workloads, by name; * and ? may be used. Every rule that matches must hold.'),
    places: placeNames.optional(),
    countries: z.array(country).min(1).max(250).optional().describe('Short for a place that has only countries.'),
    minimumAssurance: assurance.optional(),
    hosts: text.max(4_000).optional().describe('A query; the workload may only run on hosts that match.'),
    images: z.array(glob).min(1).max(1_000).optional().describe('Images that the workload may be made of, best by digest.'),
    encrypted: z.enum(['required', 'any']).optional().describe('Whether its image must be encrypted. Default any.'),
    note: z.string().max(2_000).optional(),
  })
  .describe('Where a workload may run, on which hosts, from which images.');

export const UNMATCHED = ['inconclusive', 'failed', 'defaults'] as const;

export const manifestSchema = z
  .strictObject({
    apiVersion: z.literal('plumbline/v1', { error: 'must be plumbline/v1' }),
    kind: z.literal('TrustManifest', { error: 'must be TrustManifest' }),
    metadata: z.strictObject({
      name: text.max(200),
      note: z.string().max(2_000).optional(),
    }),
    ...rules,
    classes: z
      .array(hostClass)
      .max(MANIFEST_LIMITS.classes)
      .optional()
      .describe('Host classes, most particular first. Each takes what it does not say itself from the top of the manifest.'),
    unmatched: z
      .enum(UNMATCHED)
      .optional()
      .describe('What hosts are that match no class. Default inconclusive; without classes every host has the defaults.'),
    places: z.array(place).max(MANIFEST_LIMITS.places).optional(),
    locations: z
      .array(
        z.strictObject({
          hosts: text.max(4_000).describe('A query that chooses the hosts.'),
          country,
          subdivision: subdivision.optional(),
          site: text.max(100).optional(),
          latitude: z.number().min(-90).max(90).optional(),
          longitude: z.number().min(-180).max(180).optional(),
          note: z.string().max(2_000).optional(),
        }),
      )
      .max(MANIFEST_LIMITS.places)
      .optional()
      .describe('Where a person declares hosts to be. A declaration counts least: anything else that is known comes first.'),
    geo: z
      .strictObject({
        issuers: z
          .array(z.strictObject({ name, publicKey: text.max(8_192).describe('PEM, P-256 or Ed25519.') }))
          .max(100)
          .optional()
          .describe('Whose signed location tokens are believed (assurance issuer-signed).'),
        topology: z
          .array(z.strictObject({ value: glob, country, subdivision: subdivision.optional(), site: text.max(100).optional() }))
          .max(MANIFEST_LIMITS.places)
          .optional()
          .describe('What the values of the labels topology.kubernetes.io/zone and /region mean (assurance reported).'),
        maxSpeed: z
          .number()
          .positive()
          .max(100_000)
          .optional()
          .describe('Kilometres an hour above which a move is impossible. Default 1000.'),
      })
      .optional(),
    workloads: z.array(workload).max(MANIFEST_LIMITS.workloads).optional(),
    activation: z
      .strictObject({
        approvals: z
          .union([z.literal(1), z.literal(2)])
          .optional()
          .describe('2: a second person must approve each activation. Default 1.'),
        askAbove: z
          .string()
          .regex(/^(?:100|[1-9]?\d)%$/, 'must be a share such as 10%')
          .optional()
          .describe('A manifest that would newly fail more than this share of the fleet asks again. Default 10%.'),
      })
      .optional()
      .describe('How the next manifest takes effect.'),
  })
  .describe('Plumbline trust manifest: what must hold, for which hosts, in which places.');

export type ManifestDocument = z.output<typeof manifestSchema>;

/** JSON Schema (draft 2020-12) of a manifest, for editors that complete and check it. */
export const manifestJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(manifestSchema, { io: 'input' }),
  title: 'Plumbline TrustManifest',
});
