import { useMemo, useState } from 'react';
import { type Command, useCommands } from '../../ui/commands.ts';
import { setZone, useZone } from '../../ui/clock.ts';
import { go } from '../navigation.ts';
import type { Place } from '../pages.ts';
import { setTheme, type Theme, THEMES, THEME_WORD, useTheme } from '../theme.ts';
import { KeyboardHelp } from './keyboard-help.tsx';
import { Palette } from './palette.tsx';
import { useShortcuts } from './shortcuts.ts';

const focusSearch = (): void => {
  const search = document.querySelector<HTMLInputElement>('input[type="search"]');
  search?.focus();
  search?.select();
};
const nextTheme = (theme: Theme): Theme => THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';

type Opens = { readonly palette: () => void; readonly help: () => void };

const viewCommands: readonly Command[] = [
  { id: 'page.search', word: 'Search in the list', group: 'This page', keys: '/', run: focusSearch },
  {
    id: 'page.copy-link',
    word: 'Copy the link of this page',
    group: 'This page',
    keys: null,
    also: 'address share',
    run: () => void navigator.clipboard.writeText(location.href).catch(() => {}),
  },
  {
    id: 'view.theme',
    word: 'Next theme',
    group: 'View',
    keys: null,
    also: `colours ${Object.values(THEME_WORD).join(' ')}`,
    run: () => setTheme(nextTheme(useTheme.getState().theme)),
  },
  {
    id: 'view.zone',
    word: 'Times in UTC or local',
    group: 'View',
    keys: null,
    run: () => setZone(useZone.getState().zone === 'utc' ? 'local' : 'utc'),
  },
];

const commandsOf = (places: readonly Place[], { palette, help }: Opens): readonly Command[] => [
  ...places.map(
    ({ href, word, key }): Command => ({
      id: `go.${word.toLowerCase().replaceAll(' ', '-')}`,
      word: `Go to ${word}`,
      group: 'Go to',
      keys: `g ${key}`,
      run: () => go(href),
    }),
  ),
  ...viewCommands,
  { id: 'help.palette', word: 'Find a command or a host', group: 'Help', keys: 'Mod+k', run: palette },
  { id: 'help.keyboard', word: 'Keyboard', group: 'Help', keys: '?', also: 'shortcuts keys', run: help },
];

/** What can be done on every page, with the two dialogs by which it is found. `children` gets what opens them. */
export const AppCommands = ({ places, children }: { places: readonly Place[]; children: (opens: Opens) => React.ReactNode }) => {
  const [shown, setShown] = useState<'palette' | 'help' | null>(null);
  const close = (): void => setShown(null);
  const opens = useMemo<Opens>(() => ({ palette: () => setShown('palette'), help: () => setShown('help') }), []);
  useCommands(useMemo(() => commandsOf(places, opens), [places, opens]));
  useShortcuts();
  return (
    <>
      {children(opens)}
      {shown === 'palette' && <Palette onClose={close} />}
      {shown === 'help' && <KeyboardHelp onClose={close} />}
    </>
  );
};
