import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Preferences } from '../../../shared/contract/preference-schemas.ts';

type Wire = { readonly ok: boolean; readonly data?: unknown; readonly error?: unknown };
const written: Preferences[] = [];
let answerGet: () => Promise<Wire> = () => Promise.reject(new Error('not set'));

/** The door as a page has it: what is asked through it, and what is written. */
const openDoor = async () => {
  vi.resetModules();
  vi.stubGlobal('localStorage', { getItem: () => null });
  vi.stubGlobal('window', {
    plumbline: {
      call: (name: string, input: Preferences) => {
        if (name === 'preferences.get') return answerGet();
        written.push(input);
        return Promise.resolve({ ok: true, data: { ok: true } });
      },
      subscribe: () => () => {},
    },
  });
  const keep = await import('./keep.ts');
  const store = await import('./preferences-store.ts');
  return { ...keep, ...store };
};

beforeEach(() => {
  written.length = 0;
});

describe('preferences of a page', () => {
  it('are kept, also those that were set before the engine answered', async () => {
    let tell: (wire: Wire) => void = () => {};
    answerGet = () => new Promise((resolve) => (tell = resolve));
    const { loadPreferences, prefer, usePreferences } = await openDoor();
    const loaded = loadPreferences();
    prefer({ theme: 'dark' });
    tell({ ok: true, data: { preferences: { zone: 'local' }, keptIn: '/data' } });
    await loaded;
    expect(usePreferences.getState().kept).toEqual({ zone: 'local', theme: 'dark' });
    expect(written).toEqual([{ theme: 'dark' }]);
  });

  it('that could not be asked for are not said to be kept nowhere: that is not known', async () => {
    answerGet = () => Promise.reject(new Error('no engine'));
    const { loadPreferences, usePreferences } = await openDoor();
    await loadPreferences();
    expect(usePreferences.getState().keptIn).toBeUndefined();
    expect(usePreferences.getState().problem).not.toBeNull();
  });

  it('of a data folder that was left are not written into the one that is shown now', async () => {
    answerGet = () => Promise.resolve({ ok: true, data: { preferences: { theme: 'dark' }, keptIn: '/demo' } });
    const { loadPreferences, carryPreferences, prefer } = await openDoor();
    await loadPreferences();
    answerGet = () => Promise.resolve({ ok: true, data: { preferences: null, keptIn: '/data' } });
    const carried = carryPreferences();
    prefer({ seen: { seq: 5000, atMs: 1 } });
    await carried;
    expect(written).toEqual([{ theme: 'dark' }]);
  });
});
