import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { HOST_LIST_FIELDS } from '../../shared/query/host-fields.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import { createFreshHosts } from './freshness.ts';
import { hostsWhere } from './host-filter.ts';
import { MOVEMENT_SQL } from './movements.ts';
import { placesSql } from './place-counts.ts';
import { addQueryFunctions } from './query-functions.ts';
import { openStore } from './store.ts';

const T0 = 1_800_000_000_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-place-plans-'));
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  opened.value.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('how places and movements are looked up', () => {
  const plan = (sql: string, bound: object = {}): string[] => {
    const db = new Database(path.join(folder, 'plumbline.db'), { readonly: true });
    addQueryFunctions(db);
    createFreshHosts(db);
    const rows = z.array(z.object({ detail: z.string() })).parse(db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(bound));
    db.close();
    return rows.map(({ detail }) => detail);
  };
  it.each(['', 'verdict = failed', 'country = DE and site ~ fra', 'web'])(
    'places of "%s": one pass over the hosts, by no index',
    (text) => {
      const parsed = parseQuery(text, HOST_LIST_FIELDS);
      if (!parsed.ok) throw new Error(parsed.problem.message);
      const where = hostsWhere({}, parsed.value, T0);
      const [scan, ...rest] = plan(placesSql('plain_host', where?.sql ?? null), where?.params ?? {});
      expect(scan).toMatch(/^SCAN main\.host$/u);
      expect(rest).toEqual(['USE TEMP B-TREE FOR GROUP BY']);
    },
  );
  it.each([MOVEMENT_SQL.count, MOVEMENT_SQL.rows])(
    'movements along the index of their time, and what was before along that of the host',
    (sql) => {
      const said = plan(sql, { fromMs: 0, toMs: T0, limit: 10, offset: 0 });
      expect(said).toContain('SEARCH l USING INDEX host_location_by_time (from_ms>? AND from_ms<?)');
      expect(said).toContain('SEARCH b USING INDEX host_location_by_host (host_id=? AND id<?)');
      expect(said.filter((one) => one.startsWith('SCAN'))).toEqual(sql === MOVEMENT_SQL.rows ? ['SCAN m'] : []);
    },
  );
});
