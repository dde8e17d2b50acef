import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { FindingQuery, FindingSort } from '../../shared/contract/finding-schemas.ts';
import { findingsWhere, orderOf } from './finding-query.ts';
import { clustersSql, COUNTS_SQL, HELD_AT_SQL } from './finding-readers.ts';
import { FINDING_COLUMNS, FINDING_FROM } from './finding-rows.ts';
import { MIGRATIONS, migrate } from './migrations.ts';
import { openStore } from './store.ts';

const T0 = 1_800_000_000_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-plans-'));
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  opened.value.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('how it is looked up', () => {
  const plan = (sql: string, bound: object): string => {
    const db = new Database(path.join(folder, 'plumbline.db'), { readonly: true });
    const rows = z.array(z.object({ detail: z.string() })).parse(db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(bound));
    db.close();
    return rows.map((row) => row.detail).join('; ');
  };
  const bound = { now: T0, limit: 10, offset: 0, minFindings: 1, kind: 'host-failed' };
  const planOf = (query: FindingQuery, sort: FindingSort): string => {
    const { clause, values } = findingsWhere(query, T0);
    const sql = `SELECT ${FINDING_COLUMNS} FROM ${FINDING_FROM} ${clause} ORDER BY ${orderOf(sort)} LIMIT @limit OFFSET @offset`;
    return plan(sql, { ...values, ...bound });
  };

  it.each([
    [{ openOnly: true }, 'newest', 'SEARCH f USING INDEX finding_unresolved'],
    [{ states: ['waived'] }, 'newest', 'SEARCH f USING INDEX finding_unresolved'],
    [{ openOnly: true }, 'severity', 'SEARCH f USING INDEX finding_unresolved_worst'],
    [{ openOnly: true, text: 'x' }, 'severity', 'SEARCH f USING INDEX finding_unresolved_worst'],
    [{ openOnly: true, cause: 'x' }, 'newest', 'SEARCH f USING INDEX finding_'],
    [{ cause: 'x' }, 'newest', 'SEARCH f USING INDEX finding_by_cause'],
    [{ hostId: 'x' }, 'newest', 'SEARCH f USING INDEX finding_by_host'],
    [{ kinds: ['host-failed'] }, 'newest', 'SEARCH f USING INDEX finding_by_kind'],
    [{ assigned: 'x' }, 'newest', 'SEARCH f USING INDEX finding_by_person'],
    [{ waiverEndsWithinDays: 14 }, 'newest', 'SEARCH f USING INDEX finding_'],
    // All of the past, one window of it: read along the order asked for, and never sorted.
    [{}, 'newest', 'SCAN f USING INDEX finding_newest'],
    [{}, 'severity', 'SCAN f USING INDEX finding_worst'],
  ] satisfies [FindingQuery, FindingSort, string][])('findings by %j, sorted by %s: %s', (query, sort, index) => {
    const said = planOf(query, sort);
    expect(said).toContain(index);
    expect(said).not.toMatch(/SCAN f(;|$)/u);
    const fewAreSorted = 'cause' in query || 'waiverEndsWithinDays' in query;
    expect(fewAreSorted || !said.includes('TEMP B-TREE')).toBe(true);
  });

  it('what held at a moment: along three indexes', () => {
    const said = plan(HELD_AT_SQL, { at: T0 });
    expect(said.match(/SEARCH f USING (COVERING )?INDEX finding_\w+/gu)).toHaveLength(3);
    expect(said).not.toMatch(/SCAN f/u);
  });

  it.each([null, 'host-failed'])('clusters of %s', (kind) => {
    const { page, total } = clustersSql(kind);
    for (const sql of [page, total]) {
      expect(plan(sql, bound)).toContain('SEARCH f USING COVERING INDEX finding_clusters');
      expect(plan(sql, bound)).not.toContain('SCAN f');
    }
  });

  it('how many hold, without looking at one of them', () => {
    expect(plan(COUNTS_SQL, bound)).toMatch(/^SEARCH f USING COVERING INDEX/u);
  });

  it('a finding that holds, by its host; notes and journal, by their finding; a tag, by its number', () => {
    expect(plan('SELECT id FROM finding WHERE host_id = @kind', bound)).toContain('finding_by_host');
    expect(plan('SELECT text FROM finding_note WHERE finding_id = @limit ORDER BY id DESC', bound)).toContain('SEARCH');
    expect(plan('SELECT host_id FROM host_state WHERE tag_serial = @kind', bound)).toContain('host_state_by_tag');
    expect(plan('SELECT country FROM host_location WHERE host_id = @kind ORDER BY id DESC', bound)).toContain('SEARCH');
  });
});

describe('data of an earlier version', () => {
  it('keeps its findings: what held is open, what was resolved stays so', () => {
    const db = new Database(':memory:');
    for (const step of MIGRATIONS.filter(({ version }) => version < 50)) db.exec(step.sql);
    const insert = db.prepare(
      "INSERT INTO finding (subject, kind, severity, title, detail, opened_at_ms, resolved_at_ms) VALUES ('s', ?, 'warning', 't', 'd', 5, ?)",
    );
    insert.run('host-stale', null);
    insert.run('reboot', 5);
    migrate(db, 40);
    expect(db.prepare('SELECT state, cause, what, cause_since_ms, severity_order, resolved_at_ms FROM finding').all()).toEqual([
      { state: 'open', cause: '', what: 't', cause_since_ms: 5, severity_order: 1, resolved_at_ms: null },
      { state: 'open', cause: '', what: 't', cause_since_ms: 5, severity_order: 1, resolved_at_ms: 5 },
    ]);
    db.close();
  });
});
