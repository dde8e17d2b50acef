import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostsPage } from '../../shared/contract/schemas.ts';
import type { FleetAsOf } from './as-of.ts';
import type { HostRecord } from './records.ts';
import { openStore, type Store } from './store.ts';
import { hostRecord } from './testing/host-record.ts';

const T0 = 1_800_000_000_000;
const MINUTE = 60_000;
const MAX_AGE = 10 * MINUTE;

let folder: string;
let store: Store;
let clock = T0;

beforeEach(() => {
  clock = T0;
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-as-of-'));
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
  store.judgeFreshness({ nowMs: () => clock, notRecorded: () => [] });
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const asOf = (atMs: number): FleetAsOf => {
  const steps = store.asOf.show(atMs);
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
};
const record = (id: string, over: Partial<HostRecord>): HostRecord => {
  const text = `${id} at ${clock}`;
  return hostRecord({
    id: `dc/${id}`,
    agentId: id,
    seenAtMs: clock,
    evidenceAtMs: clock,
    maxAgeMs: MAX_AGE,
    quote: { sha256: createHash('sha256').update(text).digest('hex'), packed: deflateRawSync(text) },
    quotedAtMs: clock,
    ...over,
  });
};
/** Everything that the fleet's screens would show now. */
const all = { by: 'name', descending: false } as const;
const shown = (
  { list, places, fleet }: FleetAsOf,
  atMs: number,
): { page: HostsPage; tally: unknown; links: unknown; places: unknown; counted: unknown } => ({
  counted: places({}, null, atMs),
  page: list({}, all, 0, 500, atMs),
  tally: fleet.tally(),
  links: fleet.links(),
  places: fleet.places(),
});
const live = () => shown({ list: store.hosts.list, places: store.places, fleet: store.fleet }, clock);

/** A generator that gives the same numbers every time: what fails here fails again. */
const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

describe('the fleet as of a moment', () => {
  it.each([1, 2, 3])('is shown exactly as it was then, whatever happened since (history %i)', (seed) => {
    const random = seeded(seed);
    const pick = <T>(values: readonly [T, ...T[]]): T => values[Math.floor(random() * values.length)] ?? values[0];
    const past: { atMs: number; was: ReturnType<typeof live> }[] = [];
    const kinds = new Map<string, Partial<HostRecord>>();
    for (let round = 0; round < 60; round += 1) {
      for (const id of ['1', '2', '3', '4', '5']) {
        if (random() < 0.25) continue;
        if (random() < 0.2 || !kinds.has(id))
          kinds.set(id, {
            verdict: pick(['trusted', 'failed', 'inconclusive']),
            name: pick([`host-${id}`, `host-${id}-renamed`]),
            brokenLink: pick([null, 'kernel']),
            reported: pick(['trusted', 'failed']),
            policyClass: pick([null, 'edge']),
            location: { country: pick(['DE', 'FR', null]), subdivision: null, site: null, assurance: 'reported', source: 'x' },
            steady: `${round}`,
          });
        store.write.recordHosts([record(id, kinds.get(id) ?? {})]);
      }
      if (random() < 0.3) store.write.expire(clock);
      past.push({ atMs: clock, was: live() });
      clock += pick([MINUTE, 3 * MINUTE, 15 * MINUTE]);
    }
    expect(past.length).toBe(60);
    for (const { atMs, was } of past) expect(shown(asOf(atMs), atMs)).toEqual(was);
  });

  it('has no host that was not known yet, and nothing at all before the first', () => {
    store.write.recordHosts([record('1', {})]);
    clock += MINUTE;
    store.write.recordHosts([record('2', {})]);
    expect(
      asOf(T0)
        .list({}, all, 0, 10, T0)
        .rows.map((row) => row.id),
    ).toEqual(['dc/1']);
    expect(asOf(T0 - 1).fleet.tally()).toMatchObject({ inventory: 0 });
  });

  it('grows stale between confirmations as it did then', () => {
    store.write.recordHosts([record('1', {})]);
    const then = clock + MAX_AGE + 1;
    clock += 60 * MINUTE;
    store.write.recordHosts([record('1', {})]);
    // Nothing was written when it went stale, because nobody looked; trust then ended by itself all the same.
    expect(store.hosts.history('dc/1', 10)).toHaveLength(1);
    expect(asOf(then - 2).fleet.tally()).toMatchObject({ trusted: 1 });
    expect(asOf(then).fleet.tally()).toMatchObject({ stale: 1, trusted: 0 });
  });

  it('is asked for and filtered as the fleet of now is', () => {
    store.write.recordHosts([record('1', { verdict: 'failed', brokenLink: 'kernel' }), record('2', {})]);
    clock += MINUTE;
    store.write.recordHosts([record('1', {}), record('2', { verdict: 'failed' })]);
    const then = asOf(T0);
    expect(then.list({ verdicts: ['failed'] }, all, 0, 10, T0)).toMatchObject({ total: 1, inventory: 2, rows: [{ id: 'dc/1' }] });
    expect(then.list({ text: 'ber1' }, { by: 'changedAtMs', descending: true }, 0, 10, T0).total).toBe(2);
  });
});
