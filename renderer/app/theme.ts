import { create } from 'zustand';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const THEME_WORD: Readonly<Record<Theme, string>> = { system: 'Auto', light: 'Light', dark: 'Dark' };

export const CONTRASTS = ['system', 'usual', 'more'] as const;
export type Contrast = (typeof CONTRASTS)[number];

const THEME_KEY = 'plumbline.theme';
const CONTRAST_KEY = 'plumbline.contrast';
const dark = matchMedia('(prefers-color-scheme: dark)');
const more = matchMedia('(prefers-contrast: more)');
const remembered = <T extends string>(list: readonly T[], key: string, usual: T): T =>
  list.find((one) => one === localStorage.getItem(key)) ?? usual;

const resolve = (theme: Theme): 'light' | 'dark' => (theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme);
const resolveContrast = (contrast: Contrast): 'usual' | 'more' => (contrast === 'system' ? (more.matches ? 'more' : 'usual') : contrast);

type Look = { readonly theme: Theme; readonly shown: 'light' | 'dark'; readonly contrast: Contrast };
export const useTheme = create<Look>(() => {
  const theme = remembered(THEMES, THEME_KEY, 'system');
  return { theme, shown: resolve(theme), contrast: remembered(CONTRASTS, CONTRAST_KEY, 'system') };
});

const apply = (): void => {
  const { theme, contrast } = useTheme.getState();
  const shown = resolve(theme);
  document.documentElement.dataset['theme'] = shown;
  document.documentElement.dataset['contrast'] = resolveContrast(contrast);
  useTheme.setState({ shown });
};

export const setTheme = (theme: Theme): void => {
  localStorage.setItem(THEME_KEY, theme);
  useTheme.setState({ theme });
  apply();
};

export const setContrast = (contrast: Contrast): void => {
  localStorage.setItem(CONTRAST_KEY, contrast);
  useTheme.setState({ contrast });
  apply();
};

export const startTheme = (): void => {
  apply();
  dark.addEventListener('change', apply);
  more.addEventListener('change', apply);
};
