import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../store/store.ts';
import { hostRecord } from '../store/testing/host-record.ts';
import { createHostLists, createViews } from './host-lists.ts';

const T0 = 1_800_000_000_000;
const SORT = { by: 'name', descending: false } as const;
const ANN = { kind: 'os-user', name: 'ann' } as const;
const PAGE = { query: {}, sort: SORT, offset: 0, limit: 10 };

let folder: string;
let store: Store;
let lists: ReturnType<typeof createHostLists> & ReturnType<typeof createViews>;
const open = (): void => {
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
  lists = { ...createHostLists(store, () => T0), ...createViews(store, ANN, () => T0) };
};
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-lists-'));
  open();
  const place = (country: string | null) => ({ country, subdivision: null, site: null, assurance: 'reported' as const, source: null });
  store.write.recordHosts([
    hostRecord({ id: 'dc/1', name: 'web-1', location: place('DE'), labels: { role: 'Web', 'two words': 'x' } }),
    hostRecord({ id: 'dc/2', name: 'web-2', location: place('DE'), labels: { role: 'web' } }),
    hostRecord({ id: 'dc/3', name: 'db-1', location: place('FR'), verdict: 'failed' }),
    hostRecord({ id: 'dc/4', name: 'db-2', location: place(null) }),
  ]);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a list of hosts with a filter', () => {
  it('finds what the filter means, together with what the buttons mean', async () => {
    const found = await lists['hosts.list']({ ...PAGE, query: { country: 'DE' }, filter: 'name like *-1' });
    expect(found).toMatchObject({ total: 1, inventory: 4, filterProblem: null, rows: [{ id: 'dc/1' }] });
  });

  it('finds nothing where the filter cannot be read, and points at the character', async () => {
    const found = await lists['hosts.list']({ ...PAGE, filter: 'name = web and verdikt = failed' });
    expect(found).toMatchObject({ total: 0, inventory: 4, rows: [] });
    expect(found.filterProblem).toMatchObject({ code: 'unknown-field', at: 15, length: 7, suggestion: 'verdict' });
  });
});

describe('values for who writes a filter', () => {
  const values = async (field: string, typed: string) => (await lists['hosts.complete']({ kind: 'values', field, typed })).values;

  it('are those that hosts have, the most frequent first', async () => {
    expect(await values('country', '')).toEqual([
      { value: 'DE', hosts: 2 },
      { value: 'FR', hosts: 1 },
    ]);
    expect(await values('country', 'f')).toEqual([{ value: 'FR', hosts: 1 }]);
  });

  it('of a label, and the names of labels', async () => {
    expect(await values('label.role', 'WE')).toEqual([{ value: 'web', hosts: 2 }]);
    expect(await values('label."two words"', '')).toEqual([{ value: 'x', hosts: 1 }]);
    const { values: names } = await lists['hosts.complete']({ kind: 'members', field: 'label', typed: '' });
    expect(names.map(({ value }) => value)).toEqual(['role', 'two words']);
  });

  it.each(['verdict', 'last_change', 'text', 'nowhere', 'label', "name' OR 1=1 --", ''])('there are none for %j', async (field) => {
    expect(await values(field, '')).toEqual([]);
  });
});

describe('saved views', () => {
  const save = (name: string, filter: string) => lists['views.save']({ list: 'hosts', name, filter, sort: SORT });

  it('are kept with the database, in canonical form, by name', async () => {
    await save('Failed in Europe', 'VERDICT = failed AND (country IN (DE,FR))');
    await save('All', '');
    store.close();
    open();
    expect(await lists['views.list']({ list: 'hosts' })).toMatchObject([
      { name: 'All', filter: '' },
      { name: 'Failed in Europe', filter: 'verdict = failed and country in (DE, FR)', sort: SORT, savedAtMs: T0 },
    ]);
  });

  it('of the same name take the place of the one before, and are gone when deleted', async () => {
    await save('Mine', 'verdict = failed');
    expect(await save('Mine', 'verdict = stale')).toMatchObject({ ok: true, views: [{ filter: 'verdict = stale' }] });
    expect(await lists['views.delete']({ list: 'hosts', name: 'Mine' })).toEqual({ ok: true, views: [] });
    expect(await lists['views.delete']({ list: 'hosts', name: 'Mine' })).toEqual({ ok: true, views: [] });
  });

  it('are entries of the ledger, as often as they change', async () => {
    await save('Mine', 'verdict = failed');
    await lists['views.delete']({ list: 'hosts', name: 'Mine' });
    await lists['views.delete']({ list: 'hosts', name: 'Mine' });
    expect(store.ledger.list({ kind: 'settings' }, 0, 10).rows).toMatchObject([
      { who: ANN, subject: 'view hosts Mine', body: { name: 'Mine', detail: expect.stringContaining('deleted') } },
      { who: ANN, subject: 'view hosts Mine', body: { name: 'Mine', filter: 'verdict = failed' } },
    ]);
  });

  it('of one list are not those of another, whatever they are called', async () => {
    await save('Mine', 'verdict = failed');
    await lists['views.save']({ list: 'findings', name: 'Mine', filter: 'state=open&sort=newest', sort: null });
    expect(await lists['views.list']({ list: 'findings' })).toEqual([
      { name: 'Mine', filter: 'state=open&sort=newest', sort: null, savedAtMs: T0 },
    ]);
    expect(await lists['views.list']({ list: 'hosts' })).toMatchObject([{ name: 'Mine', filter: 'verdict = failed' }]);
    expect(await lists['views.delete']({ list: 'findings', name: 'Mine' })).toEqual({ ok: true, views: [] });
    expect(await lists['views.list']({ list: 'hosts' })).toHaveLength(1);
    expect(store.ledger.list({ kind: 'settings' }, 0, 1).rows).toMatchObject([{ subject: 'view findings Mine' }]);
  });

  it('are not saved where the filter cannot be read', async () => {
    expect(await save('Broken', 'verdict =')).toMatchObject({ ok: false, problem: { code: 'value-expected' } });
    expect(await lists['views.list']({ list: 'hosts' })).toEqual([]);
  });

  it('have a bound, within which they can still be replaced', async () => {
    for (let index = 0; index < 200; index += 1) await save(`view ${index}`, '');
    expect(await save('one more', '')).toMatchObject({ ok: false, problem: { code: 'too-many-views' } });
    expect(await save('view 7', 'web')).toMatchObject({ ok: true });
  });
});
