import { create } from 'zustand';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'plumbline.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const remembered = (): Theme => THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'system';

const resolve = (theme: Theme): 'light' | 'dark' => (theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme);

export const useTheme = create<{ theme: Theme; shown: 'light' | 'dark' }>(() => ({ theme: remembered(), shown: resolve(remembered()) }));

const apply = (): void => {
  const shown = resolve(useTheme.getState().theme);
  document.documentElement.dataset['theme'] = shown;
  useTheme.setState({ shown });
};

export const setTheme = (theme: Theme): void => {
  localStorage.setItem(KEY, theme);
  useTheme.setState({ theme });
  apply();
};

export const startTheme = (): void => {
  apply();
  dark.addEventListener('change', apply);
};
