import { z } from 'zod';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { type Result, fail, ok } from '../../shared/model/result.ts';
import { type JsonValue, boundedCanonicalText, parseCanonical } from './canonical-json.ts';

/**
 * What is recorded. A table and not a type: a ledger outlives the version that wrote it, so an entry of another kind still decodes,
 * is still covered by the tree, and is shown by its name.
 */
export const ENTRY_KINDS = [
  'verdict.changed',
  'sweep.confirmed',
  'manifest.proposed',
  'manifest.activated',
  'manifest.rejected',
  'reference.proposed',
  'reference.approved',
  'reference.rejected',
  'reference.retired',
  'finding.opened',
  'finding.acknowledged',
  'finding.waived',
  'finding.waiver-ended',
  'finding.reopened',
  'finding.resolved',
  'finding.unacknowledged',
  'findings.decided',
  'findings.stopped',
  'export.made',
  'export.deleted',
  'report.defined',
  'report.deleted',
  'report.failed',
  'report.assessed',
  'settings.changed',
  'endpoint.changed',
  'engine.started',
  'engine.stopped',
  'polling.gap',
  'clock.jumped',
  'store.migrated',
  'store.backed-up',
  'store.restored',
  'store.purged',
  'store.compacted',
  'store.repaired',
  'ledger.rechecked',
  'key.created',
  'key.rotated',
  'anchor.made',
  'anchor.failed',
  'alert.sent',
  'alert.failed',
] as const;

export type EntryKind = (typeof ENTRY_KINDS)[number];

/** Who did it: the user of the operating system, a user signed in to the console, or the product by itself. Never nobody. */
export const WHO_KINDS = ['os-user', 'signed-in', 'system'] as const;

/** One entry fits an entry bundle of C2SP tlog-tiles, whose lengths are 16 bits; so a body is always under 64 KiB. */
export const MAX_ENTRY_BYTES = 65_535;
export const MAX_ENTRY_DEPTH = 32;
const LIMITS = { maxBytes: MAX_ENTRY_BYTES, maxDepth: MAX_ENTRY_DEPTH };
const KIND = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/;
const MOMENT = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** RFC 3339 in UTC with milliseconds, of a day that exists: one moment has one spelling. */
export const isMoment = (text: string): boolean => {
  if (!MOMENT.test(text)) return false;
  // Only the last days of a month need the calendar.
  if (text.charCodeAt(8) < 0x32 || (text.charCodeAt(8) === 0x32 && text.charCodeAt(9) < 0x39)) return true;
  const ms = Date.parse(text);
  return Number.isFinite(ms) && new Date(ms).toISOString() === text;
};

export const whoSchema = z.strictObject({
  kind: z.enum(WHO_KINDS),
  name: z
    .string()
    .max(256)
    .regex(/[^\p{White_Space}\p{C}]/u, 'must not be empty'),
});

const bodySchema = z.custom<JsonValue>((value) => value !== undefined, 'must be there');

/** One audit entry. Exact keys: what is not described here is not an entry of version 1. `seq` is the index of its leaf, from 0. */
export const entrySchema = z.strictObject({
  v: z.literal(1),
  seq: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  at: z.string().refine(isMoment, 'must be a moment like 2026-01-31T09:30:00.000Z'),
  who: whoSchema,
  kind: z.string().max(64).regex(KIND, 'must be words joined by dots, such as verdict.changed'),
  subject: z.string().max(1024),
  body: bodySchema,
});

export type Who = z.infer<typeof whoSchema>;
export type LedgerEntry = z.infer<typeof entrySchema>;

const NOT_AN_ENTRY = 'ledger-entry';

const shapeProblem = (error: z.ZodError): string => {
  const [issue] = error.issues;
  const where = issue?.path.join('.') ?? '';
  // The message may quote keys that are as hostile as the bytes.
  return visibleText(`${where === '' ? 'the entry' : where}: ${issue?.message ?? 'has another shape'}`);
};

const KEYS = 7;
/** Kinds repeat, so that looking one up is cheaper than matching it. Only known ones are kept: a hostile ledger must not fill memory. */
const KNOWN: ReadonlySet<string> = new Set(ENTRY_KINDS);
const VISIBLE = /^[!-~]/;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/**
 * The same as the schema for the entries that are common, several times faster; what it does not take goes to the schema, which also says why.
 * A test holds the two against each other.
 */
const isPlainEntry = (value: unknown): value is LedgerEntry => {
  if (!isObject(value)) return false;
  const { v, seq, at, who, kind, subject, body } = value;
  if (v !== 1 || typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0 || body === undefined) return false;
  if (typeof at !== 'string' || !isMoment(at) || typeof kind !== 'string' || !KNOWN.has(kind)) return false;
  if (typeof subject !== 'string' || subject.length > 1024 || !isObject(who) || Object.keys(value).length !== KEYS) return false;
  if (who['kind'] !== 'system' && who['kind'] !== 'os-user' && who['kind'] !== 'signed-in') return false;
  const name = who['name'];
  return typeof name === 'string' && name.length <= 256 && VISIBLE.test(name) && Object.keys(who).length === 2;
};

/** The canonical JSON (RFC 8785) of an entry. It is well-formed, so its UTF-8 is the bytes of the entry. */
export const encodeEntryText = (entry: LedgerEntry): Result<string> => {
  if (isPlainEntry(entry)) return boundedCanonicalText(entry, LIMITS);
  const checked = entrySchema.safeParse(entry);
  return checked.success
    ? boundedCanonicalText(checked.data, LIMITS)
    : fail(NOT_AN_ENTRY, `This cannot be recorded as an audit entry: ${shapeProblem(checked.error)}.`, 'Report this as a bug.');
};

/** The bytes of an entry: canonical JSON (RFC 8785) as UTF-8. These bytes are what is hashed, kept and exported. */
export const encodeEntry = (entry: LedgerEntry): Result<Buffer> => {
  const text = encodeEntryText(entry);
  return text.ok ? ok(Buffer.from(text.value, 'utf8')) : text;
};

/** Reads the bytes of an entry strictly: canonical JSON, exact keys, a moment that exists. Its kind may be one that this version does not know. */
export const decodeEntry = (bytes: Uint8Array): Result<LedgerEntry> => {
  const parsed = parseCanonical(bytes, LIMITS);
  if (!parsed.ok) return parsed;
  if (isPlainEntry(parsed.value)) return ok(parsed.value);
  const checked = entrySchema.safeParse(parsed.value);
  return checked.success
    ? ok(checked.data)
    : fail(NOT_AN_ENTRY, `The bytes are not an audit entry: ${shapeProblem(checked.error)}.`, 'Compare them with a backup or an export.');
};
