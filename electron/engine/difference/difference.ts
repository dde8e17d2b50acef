import type { CallOutput } from '../../../shared/contract/contract.ts';
import { type Difference, type DifferenceAsk, MAX_NAMED_CHANGES } from '../../../shared/contract/difference-schemas.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import { EvidenceDamaged } from '../../store/packed-evidence.ts';
import type { Readers } from '../../store/readers.ts';
import type { ParsedEvidence } from '../parsed-evidence.ts';
import { type Compared, isChange } from './compared.ts';
import { type Laid, layOut, rowOf } from './fold.ts';
import { hostNow, type HostNow, offersOf, otherSide, type Side, sideOfHost } from './sides.ts';
import { compareLists, compareLogs } from './with-evidence.ts';
import { compareListWithReference, compareLogWithReference } from './with-reference.ts';

export type DifferenceStore = Pick<Readers, 'hosts' | 'evidence' | 'past' | 'findings'>;
type Asked = DifferenceAsk & { readonly offset: number; readonly limit: number };

const THIS = {
  reference: 'this host',
  'previous-boot': 'this boot',
  'last-trusted': 'the observation of now',
  peer: 'the evidence of this host',
} as const;

const UNREADABLE = fail('unreadable', 'One of the two logs cannot be read, so they cannot be compared.', 'Look at its raw bytes.');
const NO_EVIDENCE = fail('no-evidence', 'Nothing of the kind was delivered by this host.', 'Compare the other log.');

const sameBytes = (a: Side, b: Side): boolean => a.shown.sha256 !== null && a.shown.sha256 === b.shown.sha256;

const compare = async (parsed: ParsedEvidence, host: HostNow, a: Side, b: Side, ask: DifferenceAsk): Promise<Result<Compared>> => {
  if (b.evidence === null) return NO_EVIDENCE;
  if (ask.with === 'reference') {
    if (ask.log === 'boot-events') {
      const log = await parsed.log(b.evidence);
      return log === null ? UNREADABLE : ok(compareLogWithReference(log, host.kept, b.proof));
    }
    const [list, reference] = await Promise.all([parsed.ima(b.evidence), a.evidence === null ? null : parsed.reference(a.evidence)]);
    return list === null || reference === null ? UNREADABLE : ok(await compareListWithReference(list, reference, b.proof));
  }
  if (a.evidence === null) return NO_EVIDENCE;
  const names = { a: ask.with === 'peer' ? `the evidence of ${a.shown.words}` : a.shown.words, b: b.shown.words };
  const proofs = { a: a.proof, b: b.proof };
  if (ask.log === 'programs') {
    const [before, after] = await Promise.all([parsed.ima(a.evidence), parsed.ima(b.evidence)]);
    return before === null || after === null ? UNREADABLE : ok(compareLists(before, after, names, proofs));
  }
  const [before, after, rawA, rawB] = await Promise.all([
    parsed.log(a.evidence),
    parsed.log(b.evidence),
    parsed.bytes(a.evidence),
    parsed.bytes(b.evidence),
  ]);
  if (before === null || after === null || rawA === null || rawB === null) return UNREADABLE;
  return ok(compareLogs({ a: before, b: after, raw: { a: rawA, b: rawB } }, names, proofs));
};

/** Findings that hold on other hosts for the same cause as that of this one. */
const clusterOf = ({ findings }: DifferenceStore, id: string, nowMs: number): Difference['cluster'] => {
  const { rows } = findings.list({ hostId: id, openOnly: true, kinds: ['host-failed'] }, 'newest', 0, 1, nowMs);
  const cause = rows[0]?.cause ?? '';
  const cluster = cause === '' ? null : findings.cluster(cause, nowMs);
  return cluster === null || cluster.hosts < 2 ? null : { cause, title: cluster.title, others: cluster.hosts - 1 };
};

const LATER = 'The earlier list is as it was then: a file that was first used later is new in this one without anything having changed.';

const notesOf = (compared: Compared, a: Side, b: Side, ask: DifferenceAsk): string[] => {
  const notes = [...compared.notes];
  if (sameBytes(a, b)) notes.push('Both are the same bytes.');
  if (ask.log === 'programs' && (ask.with === 'previous-boot' || ask.with === 'last-trusted')) notes.push(LATER);
  if (ask.with === 'peer' && a.shown.verdict !== 'trusted')
    notes.push(`${a.shown.words} is not trusted itself, so it is no measure of what is right.`);
  return notes;
};

const NOTHING: Pick<Difference, 'identical' | 'tally' | 'first' | 'changeRows' | 'atRow' | 'causes' | 'notes' | 'total' | 'rows'> = {
  identical: false,
  tally: { same: 0, changed: 0, added: 0, removed: 0, moved: 0, notJudged: 0 },
  first: null,
  changeRows: [],
  atRow: null,
  causes: [],
  notes: [],
  total: 0,
  rows: [],
};

const KEPT = 4;

/** Comparisons that were asked for last, by everything that they rest on, so that a page of rows does not compare again. */
const remembered = (): ((key: string, make: () => Promise<Result<Compared>>) => Promise<Result<Compared>>) => {
  const kept = new Map<string, Promise<Result<Compared>>>();
  return (key, make) => {
    const hit = kept.get(key);
    if (hit !== undefined) return hit;
    const made = make();
    kept.set(key, made);
    made.catch(() => kept.delete(key));
    const oldest = kept.keys().next().value;
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return made;
  };
};

/** Only lines that are shown are looked at: what is folded away has no row. */
const rowOfIndex = (compared: Compared, laid: readonly Laid[], index: number): number | null => {
  const row = laid.findIndex((one) => typeof one === 'number' && compared.ownIndexAt(one) === index);
  return row < 0 ? null : row;
};

export type AskDifference = (input: Asked) => Promise<CallOutput<'hosts.difference'>>;

/**
 * What a host measured, held against something else, one window of it. Says what differs and where first; whether any of it is good is for the
 * appraisal. All is read out of the database before anything is waited for.
 */
export const createDifference = (store: DifferenceStore, parsed: ParsedEvidence, nowMs: () => number): AskDifference => {
  const remember = remembered();
  return async (ask) => {
    const host = hostNow(store, ask.id);
    if (host === null) return null;
    const b = sideOfHost(store, host, ask.log, THIS[ask.with]);
    const a = otherSide(store, host, ask);
    const offers = offersOf(store, host, ask.log);
    const cluster = clusterOf(store, ask.id, nowMs());
    const nothing = (problem: Difference['problem'], side: Difference['a']): Difference => ({
      ...NOTHING,
      a: side,
      b: b.shown,
      problem,
      offers,
      cluster,
    });
    if (!a.ok) return nothing(a.problem, null);
    const rests = ask.with === 'reference' ? [host.kept.brokenEvents, host.kept.knownChains] : [];
    const key = JSON.stringify([
      ask.with,
      ask.log,
      a.value.shown.words,
      a.value.shown.sha256,
      b.shown.sha256,
      a.value.proof,
      b.proof,
      rests,
    ]);
    const made = await remember(key, () => compare(parsed, host, a.value, b, ask)).catch((error: unknown) => {
      if (error instanceof EvidenceDamaged) return fail('damaged', error.message, 'Restore a backup.');
      throw error;
    });
    if (!made.ok) return nothing(made.problem, a.value.shown);
    const compared = made.value;
    const laid = layOut(compared, ask.unfolded === 'all' ? 'all' : new Set(ask.unfolded));
    const changeRows: number[] = [];
    laid.forEach((one, row) => {
      if (changeRows.length < MAX_NAMED_CHANGES && typeof one === 'number' && isChange(compared.stateAt(one))) changeRows.push(row);
    });
    const [first] = changeRows;
    const firstAt = first === undefined ? undefined : laid[first];
    return {
      a: a.value.shown,
      b: b.shown,
      problem: null,
      offers,
      identical: compared.identical,
      tally: compared.tally,
      first: first === undefined || typeof firstAt !== 'number' ? null : { row: first, reason: compared.pairAt(firstAt).reason ?? '' },
      changeRows,
      atRow: ask.at === null ? null : rowOfIndex(compared, laid, ask.at),
      causes: compared.causes.map((cause) => ({ ...cause, reasons: [...cause.reasons] })),
      notes: notesOf(compared, a.value, b, ask),
      cluster,
      total: laid.length,
      rows: laid.slice(ask.offset, ask.offset + ask.limit).map((one) => rowOf(compared, one)),
    };
  };
};
