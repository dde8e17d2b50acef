import '../transport/no-eval.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../ui/base.css';
import { watchProgress } from '../transport/progress.ts';
import { App } from './app.tsx';
import { reloadWhenReplaced } from './reload.ts';
import { startTheme } from './theme.ts';

startTheme();
reloadWhenReplaced();
watchProgress();
const root = document.querySelector('#root');
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
