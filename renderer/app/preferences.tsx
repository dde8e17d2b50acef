import { Button, Choice } from '../ui/button.tsx';
import { setZone, useZone } from '../ui/clock.ts';
import { useQuery } from '../transport/query.ts';
import { setTheme, THEMES, THEME_WORD, useTheme } from './theme.ts';
import styles from './preferences.module.css';
import { SHELL_WORD } from './shell-word.ts';

export const Preferences = ({ onHelp }: { onHelp: () => void }) => {
  const theme = useTheme((state) => state.theme);
  const zone = useZone((state) => state.zone);
  const info = useQuery('app.info', {});
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
      <Button kind="quiet" onClick={onHelp}>
        Keyboard <kbd>?</kbd>
      </Button>
      <p className={styles['about']}>
        {info.data === undefined ? '' : `Version ${info.data.version}`}
        <br />
        {info.data === undefined ? '' : `${info.data.user} · ${SHELL_WORD[info.data.shell]}`}
      </p>
    </div>
  );
};
