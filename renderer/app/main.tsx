import '../transport/no-eval.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../ui/base.css';
import { watchProgress } from '../transport/progress.ts';
import { App } from './app.tsx';
import { beginAgainWhenReplaced } from './kept/begin-again.ts';
import { loadPreferences } from './kept/keep.ts';
import { reloadWhenReplaced } from './reload.ts';
import { startTheme } from './theme.ts';

/** An engine that does not answer must not keep the screen from saying so. */
const WAITS_MS = 1_000;

reloadWhenReplaced();
watchProgress();
beginAgainWhenReplaced();

const begin = async (): Promise<void> => {
  await Promise.race([loadPreferences(), new Promise((done) => setTimeout(done, WAITS_MS))]);
  startTheme();
  const root = document.querySelector('#root');
  if (root !== null)
    createRoot(root).render(
      <StrictMode>
        <App />
      </StrictMode>,
    );
};
void begin();
