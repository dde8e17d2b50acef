import { create } from 'zustand';
import { type Contrast, CONTRASTS, type Theme, THEMES } from '../../shared/contract/preference-schemas.ts';
import { prefer, usePreferences } from './kept/preferences-store.ts';

export { type Contrast, CONTRASTS, type Theme, THEMES };
export const THEME_WORD: Readonly<Record<Theme, string>> = { system: 'Auto', light: 'Light', dark: 'Dark' };

const dark = matchMedia('(prefers-color-scheme: dark)');
const more = matchMedia('(prefers-contrast: more)');

const resolve = (theme: Theme): 'light' | 'dark' => (theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme);
const resolveContrast = (contrast: Contrast): 'usual' | 'more' => (contrast === 'system' ? (more.matches ? 'more' : 'usual') : contrast);

type Look = { readonly theme: Theme; readonly shown: 'light' | 'dark'; readonly contrast: Contrast };
const wanted = (): Look => {
  const { theme = 'system', contrast = 'system' } = usePreferences.getState().kept;
  return { theme, shown: resolve(theme), contrast };
};
export const useTheme = create<Look>(wanted);

const apply = (): void => {
  const look = wanted();
  document.documentElement.dataset['theme'] = look.shown;
  document.documentElement.dataset['contrast'] = resolveContrast(look.contrast);
  useTheme.setState(look);
};

export const setTheme = (theme: Theme): void => prefer({ theme });
export const setContrast = (contrast: Contrast): void => prefer({ contrast });

/** Until it is called, nothing is painted but the canvas of the system: no screen appears in a theme that is not meant. */
export const startTheme = (): void => {
  apply();
  usePreferences.subscribe(apply);
  dark.addEventListener('change', apply);
  more.addEventListener('change', apply);
};
