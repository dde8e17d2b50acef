import type { Page } from '@playwright/test';
import { keptPreferencesSchema, type Preferences } from '../../shared/contract/preference-schemas.ts';

/** Asks the engine in the session of the page. */
export const askEngine = (page: Page, name: string, input: unknown): Promise<unknown> =>
  page.evaluate(
    async (body) => {
      const response = await fetch('/rpc', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const wire: unknown = await response.json();
      return typeof wire === 'object' && wire !== null && 'data' in wire ? wire.data : wire;
    },
    { name, input },
  );

/** What is kept in the data folder for whoever runs the console. */
export const preferencesOf = async (page: Page): Promise<Preferences> =>
  keptPreferencesSchema.parse(await askEngine(page, 'preferences.get', {})).preferences ?? {};

/** Past the screen, as another window would. */
export const setPreferences = async (page: Page, change: Preferences): Promise<void> => {
  await askEngine(page, 'preferences.set', change);
};
