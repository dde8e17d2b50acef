import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MOST_PREFERENCES_BYTES } from '../../shared/contract/preference-schemas.ts';
import { openStore, type Store } from '../store/store.ts';
import { createPreferences, readPreferences } from './preferences.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-preferences-'));
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  store = opened.value;
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const of = (user: string) => createPreferences(store.settings, user, folder);
const kept = (user: string) => of(user)['preferences.get']({});
const manyKeys = (commands: number) =>
  Object.fromEntries(Array.from({ length: commands }, (_, index) => [`command.${index}`, 'x'.repeat(60)]));

describe('what a person sets', () => {
  it('is nothing at first, and said to be kept in the data folder', async () => {
    expect(await kept('ann')).toEqual({ preferences: null, keptIn: folder });
  });

  it('is each by itself, so that two windows do not undo each other', async () => {
    await of('ann')['preferences.set']({ theme: 'dark' });
    await of('ann')['preferences.set']({ zone: 'local', keys: { 'go.hosts': 'Alt+h' } });
    expect(await kept('ann')).toEqual({ preferences: { theme: 'dark', zone: 'local', keys: { 'go.hosts': 'Alt+h' } }, keptIn: folder });
  });

  it('is of that person only, however the system spells the name', async () => {
    await of('Ann')['preferences.set']({ theme: 'dark' });
    expect(await kept('ann')).toMatchObject({ preferences: { theme: 'dark' } });
    expect(await kept('bob')).toMatchObject({ preferences: null });
  });

  it('is not entered into the ledger', async () => {
    const before = store.ledger.size();
    await of('ann')['preferences.set']({ theme: 'dark' });
    expect(store.ledger.size()).toBe(before);
  });

  it('is read where nothing may be written, and said to be kept nowhere', async () => {
    await of('ann')['preferences.set']({ contrast: 'more' });
    expect(await readPreferences(store.settings, 'ann', null)({})).toEqual({ preferences: { contrast: 'more' }, keptIn: null });
  });

  it('keeps what another version put there under a name that this one does not know, and does not show it', async () => {
    store.settings.write('preferences ann', { density: 'comfortable', theme: 'dark' });
    expect(await kept('ann')).toMatchObject({ preferences: { theme: 'dark' } });
    await of('ann')['preferences.set']({ theme: 'light' });
    expect(store.settings.read('preferences ann', z.unknown())).toEqual({
      density: 'comfortable',
      theme: 'light',
    });
  });

  it('that cannot be read is as it comes, and costs nothing else', async () => {
    store.settings.write('preferences ann', { theme: 'loud', zone: 'local', keys: ['g'] });
    expect(await kept('ann')).toMatchObject({ preferences: { zone: 'local' } });
    store.settings.write('preferences ann', 'dark');
    expect(await kept('ann')).toMatchObject({ preferences: null });
  });

  it('has bounds: too much of a known kind is refused and changes nothing, too much of another version makes room', async () => {
    store.settings.write('preferences ann', { theme: 'dark', later: 'x'.repeat(MOST_PREFERENCES_BYTES - 100) });
    await of('ann')['preferences.set']({ keys: manyKeys(3) });
    expect(await kept('ann')).toMatchObject({ preferences: { theme: 'dark', keys: manyKeys(3) } });
    const long = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`${'c'.repeat(60)}${index}`, '…'.repeat(60)]));
    expect(await of('ann')['preferences.set']({ keys: long })).toMatchObject({ ok: false, problem: { code: 'preferences-too-large' } });
    expect(await kept('ann')).toMatchObject({ preferences: { theme: 'dark', keys: manyKeys(3) } });
  });
});
