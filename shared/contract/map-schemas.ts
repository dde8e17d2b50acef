import { z } from 'zod';
import { hostQuerySchema, linkVerdictSchema, locationSchema, verdictSchema } from './schemas.ts';
import { filterProblemSchema, filterText } from './view-schemas.ts';

const timeMs = z.number().int();
const count = z.number().int().nonnegative();
export const momentMs = z.number().int().min(0).max(8_640_000_000_000_000);

/** So many places are told of at most, each a country, subdivision and site; and so many countries. The rest is counted. */
export const MOST_PLACES = 3_000;
export const MOST_COUNTRIES = 500;

/** Hosts of one place. Country, subdivision and site are claims; null = nobody says. */
export const placeCountSchema = locationSchema.omit({ assurance: true }).extend({
  hosts: count,
  verdicts: z.object({ failed: count, inconclusive: count, stale: count, trusted: count }),
  assurances: z.object({ 'tpm-certified': count, 'issuer-signed': count, reported: count, declared: count, unknown: count }),
  /** The host of the worst verdict; of those alike, the first by its id. */
  worst: z.object({ id: z.string(), name: z.string(), verdict: verdictSchema, chain: z.array(linkVerdictSchema) }),
});

/** `atMs` null = now. The query and filter of a list of hosts, so that both mean the same hosts. */
export const fleetPlacesAskSchema = z.strictObject({
  query: hostQuerySchema,
  filter: filterText.optional(),
  atMs: momentMs.nullable(),
});

export const fleetPlacesSchema = z.object({
  atMs: timeMs.nullable(),
  /** Hosts that match, and hosts in all. */
  total: count,
  inventory: count,
  /** Of those that match: nobody says in which country they are. */
  unknown: count,
  /** Whole countries, the unknown one with them; where it is worst first. */
  countries: z.array(placeCountSchema),
  /** Each country, subdivision and site of its own, in the same order. */
  places: z.array(placeCountSchema),
  /** What there was no room for. Countries that are left out are counted here and nowhere else. */
  left: z.object({ places: count, countries: count, hosts: count }),
  /** A filter that cannot be read finds nothing, and it is said why. */
  filterProblem: filterProblemSchema.nullable(),
});

/** Whether the manifest that was in force let the host's class be there. By country, subdivision and site; not by how well they were known. */
export const MOVEMENT_RULES = ['allowed', 'not-allowed', 'cannot-tell', 'no-rule'] as const;

export const movementSchema = z.object({
  id: count,
  hostId: z.string(),
  name: z.string(),
  atMs: timeMs,
  from: locationSchema,
  to: locationSchema,
  /** Whose word the new place is. */
  source: z.string().nullable(),
  rule: z.enum(MOVEMENT_RULES),
  /** Class of the manifest that the host had then; null = its defaults. */
  policyClass: z.string().nullable(),
});

export const movementsAskSchema = z.strictObject({
  /** After `fromMs` and until `toMs`, both Unix milliseconds. */
  fromMs: momentMs,
  toMs: momentMs,
  offset: z.number().int().min(0),
  limit: z.number().int().min(1).max(500),
});
export const movementsSchema = z.object({ total: count, rows: z.array(movementSchema) });

/** Where the manifest lets hosts of one class be. Sites and areas have no code of their own. */
export const classPlacesSchema = z.object({
  /** Null = the defaults. */
  name: z.string().nullable(),
  /** It has no rule about places. */
  anywhere: z.boolean(),
  countries: z.array(z.string()),
  subdivisions: z.array(z.string()),
  sites: z.array(z.string()),
  areas: count,
});

export const policyPlacesSchema = z.object({
  /** 0 = the built-in defaults. */
  number: count,
  name: z.string(),
  classes: z.array(classPlacesSchema),
  /** Sites whose coordinates a person declared; degrees. */
  sites: z.array(z.object({ country: z.string(), site: z.string(), latitude: z.number(), longitude: z.number() })),
});

export type PlaceCount = z.output<typeof placeCountSchema>;
export type FleetPlaces = z.output<typeof fleetPlacesSchema>;
export type Movement = z.output<typeof movementSchema>;
export type MovementRule = (typeof MOVEMENT_RULES)[number];
export type ClassPlaces = z.output<typeof classPlacesSchema>;
export type PolicyPlaces = z.output<typeof policyPlacesSchema>;
