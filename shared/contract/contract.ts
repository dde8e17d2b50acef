import { z } from 'zod';
import { assessmentSchema, EVIDENCE_STATES, ITEM_KINDS, itemTargetSchema, reportItemsSchema, saidOfSchema } from './assessment-schemas.ts';
import { exportChangeSchema, exportSavedSchema, signingStateSchema, keptExportSchema } from './export-schemas.ts';
import { alertPlaceSchema } from './alert-schemas.ts';
import { keptPreferencesSchema, preferenceChangeSchema, preferencesSchema } from './preference-schemas.ts';
import { jobAskSchema, jobSchema, recheckAskSchema, jobStartSchema, retentionSchema } from './job-schemas.ts';
import { differenceAskSchema, differenceSchema, peersSchema } from './difference-schemas.ts';
import { fieldsAskSchema, fieldsSchema, keysSchema, rawAskSchema, rawSchema } from './raw-schemas.ts';
import { keyRotationSchema, ledgerEntrySchema, ledgerStateSchema } from './ledger-schemas.ts';
import { findingActSchema, findingPreviewSchema } from './finding-bulk-schemas.ts';
import {
  FINDING_KINDS,
  FINDING_SORTS,
  findingChangeSchema,
  findingClusterSchema,
  findingDetailSchema,
  findingQuerySchema,
  findingsPageSchema,
  findingTargetSchema,
  hostLocationSchema,
} from './finding-schemas.ts';
import {
  activationSchema,
  manifestProblemSchema,
  manifestVersionSchema,
  policySchema,
  textDiffSchema,
  whatIfSchema,
} from './policy-schemas.ts';
import { packViewSchema } from './pack-schemas.ts';
import { postureSchema, targetPercent } from './posture-schemas.ts';
import {
  fleetPlacesAskSchema,
  fleetPlacesSchema,
  momentMs,
  movementsAskSchema,
  movementsSchema,
  policyPlacesSchema,
} from './map-schemas.ts';
import { reportChangeSchema, reportDefinitionSchema, reportSchema } from './report-schemas.ts';
import { REFERENCE_STATES, referenceItemSchema } from '../model/reference-set.ts';
import {
  referenceDecisionSchema,
  referenceDifferenceSchema,
  referenceLintSchema,
  referenceReachSchema,
  referenceProposalSchema,
  referenceSetSchema,
} from './reference-schemas.ts';
import {
  appInfoSchema,
  demoLeftSchema,
  endpointStatusSchema,
  fleetAsOfSchema,
  eventRowSchema,
  hostDetailSchema,
  hostQuerySchema,
  hostsPageSchema,
  imaRowSchema,
  overviewSchema,
  spanSchema,
} from './schemas.ts';
import {
  completionAskSchema,
  completionSchema,
  filterProblemSchema,
  filterText,
  savedViewSchema,
  sortSchema,
  viewChangeSchema,
  viewedList,
  viewName,
  viewSaveSchema,
} from './view-schemas.ts';

const nothing = z.strictObject({});
const manifestText = z.string().max(1024 * 1024);
const reason = z.string().trim().min(1).max(2_000);
const note = z.string().trim().min(1).max(4_000);
const person = z.string().trim().min(1).max(200);
const findingId = z.number().int().positive();
const version = z.number().int().min(0);
const reportId = z.number().int().positive();
const exportId = z.number().int().nonnegative();
const hostId = z.string().min(1).max(200);
const window = { offset: z.number().int().min(0), limit: z.number().int().min(1).max(500) };
const textFilter = z.string().max(200).optional();

/** What every proposal of reference values says of itself. */
const proposal = {
  name: z.string().trim().min(1).max(200),
  /** Text of a host query; null = all hosts. */
  scope: z.string().trim().min(1).max(4_000).nullable(),
  reason,
  /** From then on it no longer counts; null = without end. */
  toMs: z.number().int().nullable(),
  /** The set whose place it takes when it is approved. */
  replaces: z.number().int().positive().nullable(),
};
const referenceId = z.number().int().min(1);

/** The whole surface that a person's screen can reach. Both shells serve exactly this table; both sides validate. */
export const calls = {
  'app.info': { input: nothing, output: appInfoSchema },
  /** How Plumbline looks and is used by whoever runs it. No evidence, so not in the ledger. */
  'preferences.get': { input: nothing, output: keptPreferencesSchema },
  /** Sets those that are named; the others stay. */
  'preferences.set': { input: preferencesSchema, output: preferenceChangeSchema },
  /** Ends the demo and opens the data folder that `app.info` names, in the same window. The shell does it, and tells `engine.replaced`. */
  'demo.leave': { input: nothing, output: demoLeftSchema },
  'overview.get': { input: nothing, output: overviewSchema },
  'hosts.list': {
    input: z.strictObject({ query: hostQuerySchema, filter: filterText.optional(), sort: sortSchema, ...window }),
    /** A filter that cannot be read finds nothing, and it is said why. */
    output: hostsPageSchema.extend({ filterProblem: filterProblemSchema.nullable() }),
  },
  /** The fleet as it was known at a past moment. */
  'fleet.asOf': {
    input: z.strictObject({ atMs: momentMs, query: hostQuerySchema, filter: filterText.optional(), ...window }),
    output: fleetAsOfSchema,
  },
  /** Where hosts are said to be, now or at a past moment, counted. */
  'fleet.places': { input: fleetPlacesAskSchema, output: fleetPlacesSchema },
  /** Hosts that were said to be elsewhere than before, newest first. */
  'fleet.movements': { input: movementsAskSchema, output: movementsSchema },
  /** Moments at which the fleet was counted, oldest first; recorded ones, and thinned where there are many. */
  'fleet.moments': { input: nothing, output: z.object({ moments: z.array(z.number().int()) }) },
  /** What hosts have, for who writes a filter: the most frequent first. */
  'hosts.complete': { input: completionAskSchema, output: completionSchema },
  'views.list': { input: z.strictObject({ list: viewedList }), output: z.array(savedViewSchema) },
  /** Takes the place of a view of the same name. */
  'views.save': { input: viewSaveSchema, output: viewChangeSchema },
  'views.delete': { input: z.strictObject({ list: viewedList, name: viewName }), output: viewChangeSchema },
  'hosts.get': { input: z.strictObject({ id: hostId }), output: hostDetailSchema.nullable() },
  'hosts.history': { input: z.strictObject({ id: hostId, limit: window.limit }), output: z.array(spanSchema) },
  /** Where the host was said to be, one row for each change, newest first. */
  'hosts.locations': {
    input: z.strictObject({ id: hostId, ...window }),
    output: z.object({ total: z.number().int(), rows: z.array(hostLocationSchema) }),
  },
  'hosts.events': {
    input: z.strictObject({ id: hostId, ...window, text: textFilter, onlyBroken: z.boolean().optional() }),
    output: z.object({ total: z.number().int(), rows: z.array(eventRowSchema) }),
  },
  'hosts.ima': {
    input: z.strictObject({ id: hostId, ...window, text: textFilter, onlyBroken: z.boolean().optional() }),
    output: z.object({ total: z.number().int(), rows: z.array(imaRowSchema) }),
  },
  /** What a host measured, held against something else: the rows of a window, and everything that is said of the whole. */
  'hosts.difference': { input: differenceAskSchema.extend(window), output: differenceSchema.nullable() },
  /** Hosts of the same class, to compare with; `text`: a part of the name. */
  'hosts.peers': { input: z.strictObject({ id: hostId, text: textFilter }), output: peersSchema },
  /** Evidence as it was received, in windows; its fields with their bytes; what its keys and certificates say of themselves. */
  'hosts.bytes': { input: rawAskSchema, output: rawSchema },
  'hosts.fields': { input: fieldsAskSchema, output: fieldsSchema },
  'hosts.keys': { input: z.strictObject({ id: hostId }), output: keysSchema },
  'findings.list': {
    input: findingQuerySchema.extend({ ...window, sort: z.enum(FINDING_SORTS).optional() }),
    output: findingsPageSchema,
  },
  /** Findings that hold now, put together by what broke; worst and largest first. */
  'findings.clusters': {
    input: z.strictObject({ ...window, minFindings: z.number().int().min(1).optional(), kind: z.enum(FINDING_KINDS).optional() }),
    output: z.object({ total: z.number().int(), rows: z.array(findingClusterSchema) }),
  },
  'findings.get': { input: z.strictObject({ id: findingId }), output: findingDetailSchema.nullable() },
  /** What a step for all that match would change, before it is begun as a job of the kind `findings`. */
  'findings.preview': { input: z.strictObject({ query: findingQuerySchema, act: findingActSchema }), output: findingPreviewSchema },
  /** What people say of findings. None of it changes a verdict. */
  'findings.acknowledge': { input: z.strictObject({ on: findingTargetSchema }), output: findingChangeSchema },
  'findings.assign': { input: z.strictObject({ on: findingTargetSchema, person: person.nullable() }), output: findingChangeSchema },
  /** Until a moment at most one year from now; then it is open again. */
  'findings.waive': {
    input: z.strictObject({ on: findingTargetSchema, untilMs: z.number().int(), reason }),
    output: findingChangeSchema,
  },
  'findings.unwaive': { input: z.strictObject({ on: findingTargetSchema, reason }), output: findingChangeSchema },
  /** Takes an acknowledgement back. */
  'findings.reopen': { input: z.strictObject({ on: findingTargetSchema, reason }), output: findingChangeSchema },
  'findings.note': { input: z.strictObject({ on: findingTargetSchema, text: note }), output: findingChangeSchema },
  'policy.get': { input: nothing, output: policySchema },
  'policy.check': {
    input: z.strictObject({ text: manifestText }),
    output: z.object({ valid: z.boolean(), problems: z.array(manifestProblemSchema), warnings: z.array(manifestProblemSchema) }),
  },
  /** Where the manifest in force, or the one that was in force at a moment, lets hosts be. */
  'fleet.regions': { input: z.strictObject({ atMs: momentMs.nullable() }), output: policyPlacesSchema },
  'policy.versions': { input: z.strictObject(window), output: z.array(manifestVersionSchema) },
  'policy.version': { input: z.strictObject({ number: version }), output: manifestVersionSchema.extend({ text: z.string() }).nullable() },
  /** Version 0 stands for an empty text. */
  'policy.compare': { input: z.strictObject({ from: version, to: version }), output: textDiffSchema },
  /** Begins to judge what is recorded by another manifest; nothing changes. Events `policy.progress` tell how far it is. */
  'policy.whatIf': {
    input: z.strictObject({ text: manifestText, atMs: z.number().int().optional() }),
    output: z.discriminatedUnion('ok', [
      z.object({ ok: z.literal(true), id: z.number().int() }),
      z.object({ ok: z.literal(false), problems: z.array(manifestProblemSchema) }),
    ]),
  },
  'policy.whatIfResult': { input: z.strictObject({ id: z.number().int(), ...window }), output: whatIfSchema.nullable() },
  'policy.whatIfCancel': { input: z.strictObject({ id: z.number().int() }), output: nothing },
  /** Makes a manifest the one in force, or proposes it where a second person must approve. `confirmed`: a large change was seen and is meant. */
  'policy.activate': { input: z.strictObject({ text: manifestText, reason, confirmed: z.boolean() }), output: activationSchema },
  'policy.approve': { input: z.strictObject({ number: version, confirmed: z.boolean() }), output: activationSchema },
  'policy.withdraw': { input: z.strictObject({ number: version, reason }), output: activationSchema },
  'references.list': {
    input: z.strictObject({ ...window, state: z.enum(REFERENCE_STATES).optional() }),
    output: z.object({ total: z.number().int(), rows: z.array(referenceSetSchema) }),
  },
  'references.get': {
    input: z.strictObject({ id: referenceId, ...window, text: textFilter }),
    output: z.object({ set: referenceSetSchema, total: z.number().int(), items: z.array(referenceItemSchema) }).nullable(),
  },
  /** What one set says that another does not, and the other way round; `to` null = the one that it replaces. Null where there is none. */
  'references.compare': {
    input: z.strictObject({ id: referenceId, to: referenceId.nullable(), ...window }),
    output: referenceDifferenceSchema.nullable(),
  },
  /** Hosts that a set is about, and those that were judged by it last. */
  'references.reach': { input: z.strictObject({ id: referenceId }), output: referenceReachSchema.nullable() },
  /** From a host whose evidence holds, or from what at least `share` of the hosts that a query means have (null query = all). */
  'references.capture': {
    input: z.strictObject({
      from: z.union([
        z.strictObject({ host: hostId }),
        z.strictObject({ query: z.string().trim().min(1).max(4_000).nullable(), share: z.number().min(0.5).max(1).default(0.95) }),
      ]),
      ...proposal,
    }),
    output: referenceProposalSchema,
  },
  'references.import': {
    input: z.strictObject({
      text: z.string().max(32 * 1024 * 1024),
      format: z.enum(['keylime-runtime', 'keylime-measured-boot']),
      ...proposal,
    }),
    output: referenceProposalSchema,
  },
  'references.propose': {
    input: z.strictObject({ items: z.array(referenceItemSchema).max(10_000), ...proposal }),
    output: referenceProposalSchema,
  },
  /** Makes a proposal of what a failed host has instead of what was expected; nothing counts before it is approved. */
  'references.promote': { input: z.strictObject({ host: hostId, ...proposal }), output: referenceProposalSchema },
  'references.approve': { input: z.strictObject({ id: referenceId, reason }), output: referenceDecisionSchema },
  /** Also the undo of an approval: hosts are judged without it from then on. */
  'references.withdraw': { input: z.strictObject({ id: referenceId, reason }), output: referenceDecisionSchema },
  'references.lint': { input: nothing, output: referenceLintSchema },
  /** Newest first. `kind` is one of them or the word before the dot; `subject` as an entry has it. */
  'ledger.list': {
    input: z.strictObject({ ...window, kind: z.string().max(64).optional(), subject: z.string().max(1_024).optional() }),
    output: z.object({ total: z.number().int(), rows: z.array(ledgerEntrySchema) }),
  },
  'ledger.state': { input: nothing, output: ledgerStateSchema },
  /** Begins the independent re-check as a job; events `jobs.progress` tell how far it is. Also where Plumbline is read-only. */
  'ledger.recheck': { input: recheckAskSchema, output: jobStartSchema },
  /** Newest first, those of this start. */
  'jobs.list': { input: nothing, output: z.array(jobSchema) },
  /** A backup goes into the folder `backups` of the data folder. Events `jobs.progress` tell how far it is. */
  'jobs.start': { input: jobAskSchema, output: jobStartSchema },
  'jobs.cancel': { input: z.strictObject({ id: z.number().int() }), output: nothing },
  /** Files that were exported and are still in the data folder, newest first. An export is begun as a job. */
  'exports.list': { input: nothing, output: z.array(keptExportSchema) },
  'exports.get': { input: z.strictObject({ id: exportId }), output: keptExportSchema.nullable() },
  /** Copies one to a place that a person chooses in a dialog of the desktop. A browser gets it at `/exports/ID` instead. */
  'exports.save': { input: z.strictObject({ id: exportId }), output: exportSavedSchema },
  /** What reports can be signed with; null where no certificate is configured. */
  'exports.signing': { input: nothing, output: signingStateSchema.nullable() },
  /** Deletes the file; that it was made, and that it was deleted, stays in the ledger. */
  'exports.delete': { input: z.strictObject({ id: exportId }), output: exportChangeSchema },
  /** Exports that are made again, by name. */
  'reports.list': { input: nothing, output: z.array(reportSchema) },
  /** `id` null = a new one. */
  'reports.save': { input: z.strictObject({ id: reportId.nullable(), definition: reportDefinitionSchema }), output: reportChangeSchema },
  'reports.delete': { input: z.strictObject({ id: reportId }), output: reportChangeSchema },
  /** Makes it now, as a job of the kind `export`. */
  'reports.run': { input: z.strictObject({ id: reportId }), output: jobStartSchema },
  /** Of the last run of a report of hosts, in the order of its file; null where there is none to be judged. */
  'reports.items': {
    input: z.strictObject({
      id: reportId,
      kind: z.enum(ITEM_KINDS),
      state: z.enum(EVIDENCE_STATES).optional(),
      text: textFilter,
      ...window,
    }),
    output: reportItemsSchema.nullable(),
  },
  /** Everything that was said of an item in the runs of a report, newest first. */
  'reports.itemHistory': {
    input: z.strictObject({ id: reportId, item: itemTargetSchema, ...window }),
    output: z.object({ total: z.number().int(), rows: z.array(saidOfSchema) }),
  },
  /** What a person says of items of the last run. What was said before stays. */
  'reports.assess': { input: z.strictObject({ id: reportId, assessment: assessmentSchema }), output: reportChangeSchema },
  'retention.get': { input: nothing, output: retentionSchema },
  'retention.set': { input: z.strictObject({ retention: retentionSchema, reason }), output: nothing },
  /** Signs with a new key from now on and deletes the old one; gives the new public key, to be kept somewhere else. */
  'ledger.rotateKey': { input: z.strictObject({ reason }), output: keyRotationSchema },
  /** Places outside that are told of what happens; none unless the endpoints file names them. */
  'alerts.list': { input: nothing, output: z.array(alertPlaceSchema) },
  /** How the fleet stands, against how it stood so many days ago. */
  'posture.get': { input: z.strictObject({ days: z.number().int().min(1).max(3_650) }), output: postureSchema },
  /** Null: nothing is aimed at. */
  'posture.setTarget': { input: z.strictObject({ percent: targetPercent.nullable(), reason }), output: nothing },
  /** The evidence pack that is open; null where it is a data folder. */
  'pack.get': { input: nothing, output: packViewSchema.nullable() },
  'endpoints.list': { input: nothing, output: z.array(endpointStatusSchema) },
  /** Asks every endpoint now. Reading only; `started` is false when a sweep is already under way. */
  'poll.now': { input: nothing, output: z.object({ started: z.boolean() }) },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

/** What the engine tells a screen without being asked. */
export const events = {
  /** Another data folder is shown from now on: whatever is on the screen is of the one before. */
  'engine.replaced': z.object({ dataFolder: z.string() }),
  /** Something recorded changed; ask again for what you show. At most a few a second. */
  'fleet.changed': z.object({ revision: z.number().int(), atMs: z.number().int() }),
  'policy.progress': z.object({ id: z.number().int(), done: z.number().int(), total: z.number().int(), running: z.boolean() }),
  'jobs.progress': jobSchema,
  'poll.progress': z.object({ endpoint: z.string(), done: z.number().int(), total: z.number().int(), running: z.boolean() }),
} as const satisfies Record<string, z.ZodType>;

export type CallName = keyof typeof calls;
export type EventName = keyof typeof events;
export type CallInput<N extends CallName> = z.input<(typeof calls)[N]['input']>;
export type CallOutput<N extends CallName> = z.output<(typeof calls)[N]['output']>;
export type EventPayload<N extends EventName> = z.output<(typeof events)[N]>;
type ParsedInputs = { [N in CallName]: z.output<(typeof calls)[N]['input']> };
type Outputs = { [N in CallName]: z.output<(typeof calls)[N]['output']> };
export type Handlers = { readonly [N in CallName]: (input: ParsedInputs[N]) => Outputs[N] | Promise<Outputs[N]> };
/** What is answered: where Plumbline is read-only, not every call. */
export type Registered = { readonly [N in CallName]?: Handlers[N] };
type CallTable = { readonly [N in CallName]: { readonly input: z.ZodType<ParsedInputs[N]>; readonly output: z.ZodType<Outputs[N]> } };
/** The same table, written so that TypeScript sees that a call's schemas and its handler belong together. */
export const callTable: CallTable = calls;

export const CALL_NAMES = Object.keys(calls).filter((name): name is CallName => Object.hasOwn(calls, name));
export const EVENT_NAMES = Object.keys(events).filter((name): name is EventName => Object.hasOwn(events, name));

export const isCallName = (name: unknown): name is CallName => typeof name === 'string' && Object.hasOwn(calls, name);
export const isEventName = (name: unknown): name is EventName => typeof name === 'string' && Object.hasOwn(events, name);

export const wireSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), data: z.unknown() }),
  z.object({
    ok: z.literal(false),
    error: z.object({ code: z.enum(['unknown-call', 'bad-input', 'internal', 'unavailable', 'not-registered']), message: z.string() }),
  }),
]);
export type Wire = z.output<typeof wireSchema>;

export { BRIDGE_KEY, type Bridge } from './bridge.ts';
