import { Button, Choice } from '../ui/button.tsx';
import { setZone, useZone } from '../ui/clock.ts';
import { useQuery } from '../transport/query.ts';
import { KeyboardHelp, useKeyboardHelp } from './keyboard-help.tsx';
import { setTheme, THEMES, useTheme, type Theme } from './theme.ts';
import styles from './preferences.module.css';

const THEME_WORD: Readonly<Record<Theme, string>> = { system: 'Auto', light: 'Light', dark: 'Dark' };

export const Preferences = () => {
  const theme = useTheme((state) => state.theme);
  const zone = useZone((state) => state.zone);
  const info = useQuery('app.info', {});
  const help = useKeyboardHelp();
  return (
    <div className={styles['preferences']}>
      <Choice
        label="Times"
        options={[
          { value: 'utc', word: 'UTC' },
          { value: 'local', word: 'Local' },
        ]}
        value={zone}
        onChange={setZone}
      />
      <Choice label="Theme" options={THEMES.map((value) => ({ value, word: THEME_WORD[value] }))} value={theme} onChange={setTheme} />
      <Button kind="quiet" onClick={help.open}>
        Keyboard <kbd>?</kbd>
      </Button>
      <p className={styles['about']}>
        {info.data === undefined ? '' : `Version ${info.data.version}`}
        <br />
        {info.data === undefined ? '' : `${info.data.user} · ${info.data.shell}`}
      </p>
      <KeyboardHelp dialog={help.dialog} />
    </div>
  );
};
