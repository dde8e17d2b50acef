import { useEffect, useRef } from 'react';
import { Button } from '../ui/button.tsx';
import { endpointsHref, go, hostsHref, overviewHref, policyHref, recordHref, reportsHref } from './navigation.ts';
import styles from './keyboard-help.module.css';

const KEYS: readonly (readonly [string, string])[] = [
  ['?', 'This help'],
  ['g o', 'Overview'],
  ['g h', 'Hosts'],
  ['g p', 'Policy'],
  ['g r', 'Record'],
  ['g t', 'Reports'],
  ['g e', 'Endpoints'],
  ['/', 'Search in the list'],
  ['↑ ↓', 'Previous, next row'],
  ['Page Up, Page Down', 'A screen of rows'],
  ['Home, End', 'First, last row'],
  ['Enter', 'Open the row'],
  ['← →', 'Previous, next tab'],
];

const PLACES: Readonly<Record<string, string>> = {
  o: overviewHref,
  h: hostsHref(),
  p: policyHref,
  r: recordHref(),
  t: reportsHref,
  e: endpointsHref,
};
const G_WAITS_MS = 1000;

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

export const useKeyboardHelp = () => {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = (): void => dialog.current?.showModal();
  useEffect(() => {
    let gAtMs = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      if (event.key === '?') dialog.current?.showModal();
      else if (event.key === 'g') gAtMs = performance.now();
      else if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('input[type="search"]');
        if (search === null) return;
        event.preventDefault();
        search.focus();
        search.select();
      } else if (performance.now() - gAtMs < G_WAITS_MS) {
        gAtMs = Number.NEGATIVE_INFINITY;
        const place = PLACES[event.key];
        if (place !== undefined) go(place);
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return { dialog, open };
};

export const KeyboardHelp = ({ dialog }: { dialog: React.RefObject<HTMLDialogElement | null> }) => (
  <dialog ref={dialog} className={styles['help']} aria-labelledby="keyboard-help">
    <h2 id="keyboard-help">Keyboard</h2>
    <dl>
      {KEYS.map(([keys, does]) => (
        <div key={keys}>
          <dt>
            <kbd>{keys}</kbd>
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
    <Button onClick={() => dialog.current?.close()}>Close</Button>
  </dialog>
);
