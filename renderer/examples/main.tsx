import { StrictMode, useSyncExternalStore } from 'react';
import { createRoot } from 'react-dom/client';
import '../ui/base.css';
import { setContrast, setTheme, startTheme, THEMES, THEME_WORD, useTheme } from '../app/theme.ts';
import { Choice } from '../ui/button.tsx';
import { BYTES_AND_TREES } from './bytes.tsx';
import { CONTROLS } from './controls.tsx';
import type { Example } from './example.ts';
import styles from './examples.module.css';
import { WORDS_AND_MARKS } from './words-and-marks.tsx';

const EXAMPLES: readonly Example[] = [...WORDS_AND_MARKS, ...CONTROLS, ...BYTES_AND_TREES];

const useHash = (): string =>
  useSyncExternalStore(
    (listener) => {
      addEventListener('hashchange', listener);
      return () => removeEventListener('hashchange', listener);
    },
    () => location.hash.slice(1),
  );

const Look = () => {
  const { theme, contrast } = useTheme();
  return (
    <div className={styles['row']}>
      <Choice label="Theme" options={THEMES.map((value) => ({ value, word: THEME_WORD[value] }))} value={theme} onChange={setTheme} />
      <Choice
        label="Contrast"
        options={[
          { value: 'system', word: 'As the system' },
          { value: 'more', word: 'More' },
        ]}
        value={contrast === 'more' ? 'more' : 'system'}
        onChange={setContrast}
      />
    </div>
  );
};

const Examples = () => {
  const id = useHash();
  const shown = EXAMPLES.find((example) => example.id === id) ?? EXAMPLES[0];
  return (
    <div className={styles['frame']}>
      <nav aria-label="Components">
        <ul>
          {EXAMPLES.map((example) => (
            <li key={example.id}>
              <a href={`#${example.id}`} aria-current={example === shown ? 'page' : undefined}>
                {example.title}
              </a>
            </li>
          ))}
        </ul>
        <Look />
      </nav>
      {shown !== undefined && (
        <main key={shown.id}>
          <h1>{shown.title}</h1>
          <p className={styles['about']}>{shown.about}</p>
          <h2 className="visually-hidden">As it looks</h2>
          <shown.Show />
        </main>
      )}
    </div>
  );
};

startTheme();
const root = document.querySelector('#root');
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <Examples />
    </StrictMode>,
  );
