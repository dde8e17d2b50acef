import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { POSTURE_SQL } from './posture-reader.ts';
import { openStore, type Store } from './store.ts';
import { hostRecord } from './testing/host-record.ts';

const T0 = 1_800_000_000_000;
const MINUTE = 60_000;
const DAY = 86_400_000;

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-posture-'));
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
  store.judgeFreshness({ nowMs: () => T0, notRecorded: () => [] });
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const FAILED = { verdict: 'failed', verified: 'failed', reason: 'The boot loader changed.', brokenLink: 'boot-loader' } as const;
const DRAFT = {
  kind: 'host-failed',
  severity: 'critical',
  cause: 'boot loader',
  what: 'changed',
  title: 'Boot loader changed',
  detail: '',
  momentary: false,
} as const;
const record = (id: string, atMs: number, over: object = {}): void =>
  store.write.recordHosts([hostRecord({ id: `dc/${id}`, name: id, seenAtMs: atMs, evidenceAtMs: atMs, maxAgeMs: 400 * DAY, ...over })]);
const showThen = (atMs: number): void => {
  for (const steps = store.asOf.show(atMs); steps.next().done !== true; );
};

describe('what changed since a moment', () => {
  it('counts what got better, worse, and came, and names the first of each, worst first', () => {
    record('steady', T0 - 40 * DAY);
    record('fell', T0 - 40 * DAY);
    record('rose', T0 - 40 * DAY, FAILED);
    record('fell', T0 - 5 * DAY, FAILED);
    record('rose', T0 - 4 * DAY);
    record('came', T0 - 3 * DAY);
    showThen(T0 - 30 * DAY);
    expect(store.posture.changes(10)).toEqual({
      better: 1,
      worse: 1,
      fresh: 1,
      firstBetter: [{ id: 'dc/rose', name: 'rose', before: 'failed', now: 'trusted' }],
      firstWorse: [{ id: 'dc/fell', name: 'fell', before: 'trusted', now: 'failed' }],
    });
  });

  it('says nothing got better where nothing was known', () => {
    record('came', T0);
    showThen(T0 - 30 * DAY);
    expect(store.posture.changes(10)).toMatchObject({ better: 0, worse: 0, fresh: 1 });
    expect(store.posture.beganAtMs()).toBe(T0);
  });

  it('counts trust that grew stale by the clock as worse', () => {
    record('ages', T0 - 40 * DAY, { maxAgeMs: 35 * DAY });
    showThen(T0 - 30 * DAY);
    expect(store.posture.changes(10)).toMatchObject({ worse: 1, firstWorse: [{ before: 'trusted', now: 'stale' }] });
  });
});

describe('how long it takes', () => {
  it('to see it: from the last confirmation that it was otherwise to the finding, never from a guess of when it happened', () => {
    record('a', T0 - 10 * DAY);
    record('a', T0 - 9 * DAY);
    record('a', T0 - 9 * DAY + 5 * MINUTE, { ...FAILED, findings: [DRAFT] });
    record('b', T0 - 8 * DAY);
    record('b', T0 - 8 * DAY + 45 * MINUTE, { ...FAILED, findings: [DRAFT] });
    record('first', T0 - 7 * DAY, { ...FAILED, findings: [DRAFT] });
    // Of one that was failed from the first there is no time before.
    expect(store.posture.detect(T0 - 30 * DAY, T0)).toEqual({ findings: 2, medianMs: 5 * MINUTE, worstMs: 45 * MINUTE });
    expect(store.posture.detect(T0 - DAY, T0)).toEqual({ findings: 0, medianMs: null, worstMs: null });
  });

  it('to resolve it: the middle one of those that ended in the time', () => {
    record('a', T0 - 10 * DAY, { ...FAILED, findings: [DRAFT] });
    record('a', T0 - 8 * DAY);
    expect(store.posture.resolve(T0 - 30 * DAY, T0)).toEqual({ findings: 1, medianMs: 2 * DAY });
    expect(store.posture.resolve(T0 - 3 * DAY, T0)).toEqual({ findings: 0, medianMs: null });
  });
});

describe('the trend of a time', () => {
  it('has recorded points of that time only', () => {
    record('a', T0 - 100 * DAY);
    for (const days of [100, 60, 20, 1]) store.write.recordTrend(T0 - days * DAY, 0);
    const daysOf = (since: number) => store.fleet.trend(240, T0 - since * DAY).map(({ atMs }) => Math.round((T0 - atMs) / DAY));
    expect(daysOf(365)).toEqual([100, 60, 20, 1]);
    expect(daysOf(90)).toEqual([60, 20, 1]);
    expect(daysOf(30)).toEqual([20, 1]);
  });
});

describe('how it is looked up', () => {
  const plan = (sql: string, bound: object): string => {
    showThen(T0);
    store.close();
    const db = new Database(path.join(folder, 'plumbline.db'), { readonly: true });
    const rows = z.array(z.object({ detail: z.string() })).parse(db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(bound));
    db.close();
    const opened = openStore(folder);
    if (opened.ok) store = opened.value;
    return rows.map((row) => row.detail).join('; ');
  };
  it('findings of the time along their moment, and spans along their host', () => {
    const found = plan(POSTURE_SQL.detect, { from: T0, to: T0 });
    expect(found).toContain('SEARCH f USING INDEX finding_newest (opened_at_ms>? AND opened_at_ms<?)');
    expect(found).toContain('USING COVERING INDEX span_by_host');
    expect(found).not.toContain('SCAN s');
  });
});
