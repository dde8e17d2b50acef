import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openExportStore } from './export-store.ts';
import { PERIOD_SQL, THEN_TABLE } from './period-facts.ts';
import { openStore } from './store.ts';
import { hostRecord } from './testing/host-record.ts';

const T0 = 1_800_000_000_000;
const MINUTE = 60_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-period-'));
  const store = openStore(folder);
  if (!store.ok) throw new Error(store.problem.message);
  const at = (id: string, atMs: number, verdict: 'trusted' | 'failed') =>
    store.value.write.recordHosts([hostRecord({ id, name: id, verdict, verified: verdict, seenAtMs: atMs, evidenceAtMs: atMs })]);
  at('dc/1', T0, 'failed');
  at('dc/2', T0, 'trusted');
  at('dc/1', T0 + 5 * MINUTE, 'trusted');
  at('dc/3', T0 + 5 * MINUTE, 'trusted');
  store.value.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('what a report says of a period', () => {
  it('knows what each host was at a moment, and not those that were not known then', () => {
    const opened = openExportStore(folder, { nowMs: () => T0 + 6 * MINUTE, notRecorded: () => [] });
    if (!opened.ok) throw new Error(opened.problem.message);
    const { period, close } = opened.value;
    period.show(T0 + MINUTE, () => {});
    const ids = ['dc/1', 'dc/2', 'dc/3'];
    expect(Object.fromEntries(period.verdictsThen(ids))).toEqual({ 'dc/1': 'failed', 'dc/2': 'trusted' });
    period.show(T0 + 6 * MINUTE, () => {});
    expect(Object.fromEntries(period.verdictsThen(ids))).toEqual(Object.fromEntries(ids.map((id) => [id, 'trusted'])));
    expect(period.beganAtMs()).toBe(T0);
    close();
  });

  it('says the middle time that it took to resolve, of an odd and of an even number, and none of none', () => {
    const db = new Database(path.join(folder, 'plumbline.db'));
    const add = db.prepare(`INSERT INTO finding (subject, kind, severity, title, detail, opened_at_ms, resolved_at_ms)
      VALUES (@subject, 'host-failed', @severity, 'x', 'x', @opened, @resolved)`);
    const resolved = (minutes: number, severity = 'critical'): void =>
      void add.run({ subject: `${minutes} ${severity}`, severity, opened: T0 - minutes * MINUTE, resolved: T0 });
    for (const minutes of [9, 1, 5]) resolved(minutes);
    resolved(100, 'info');
    const ask = (from: number, to: number) => {
      const opened = openExportStore(folder, { nowMs: () => T0 + 6 * MINUTE, notRecorded: () => [] });
      if (!opened.ok) throw new Error(opened.problem.message);
      const said = opened.value.period.resolved(from, to);
      opened.value.close();
      return said;
    };
    expect(ask(T0, T0 + 1)).toEqual({ findings: 3, medianMs: 5 * MINUTE });
    expect(ask(T0 + 1, T0 + 2)).toEqual({ findings: 0, medianMs: null });
    resolved(3);
    db.close();
    // Of an even number the lower of the two in the middle.
    expect(ask(T0 - 1, T0 + 1)).toEqual({ findings: 4, medianMs: 3 * MINUTE });
  });

  it.each([
    ['verdicts', { ids: '[]' }, /SEARCH then_host USING PRIMARY KEY/u],
    ['resolved', { from: T0, to: T0 + 1 }, /SEARCH finding USING INDEX finding_\w+ \(resolved_at_ms>\? AND resolved_at_ms<\?\)/u],
    ['began', {}, /SEARCH span USING INTEGER PRIMARY KEY/u],
  ] as const)('%s is looked up and not gone through', (name, bound, plan) => {
    const db = new Database(path.join(folder, 'plumbline.db'));
    db.exec(THEN_TABLE);
    const rows = z.array(z.object({ detail: z.string() })).parse(db.prepare(`EXPLAIN QUERY PLAN ${PERIOD_SQL[name]}`).all(bound));
    db.close();
    const said = rows.map(({ detail }) => detail).join('; ');
    expect(said).toMatch(plan);
    expect(said).not.toMatch(/SCAN (?:finding|span|then_host)(?:;|$)/u);
  });
});
