import { useLayoutEffect, useRef } from 'react';
import { Button } from '../../ui/button.tsx';
import { type Command, useOffered } from '../../ui/commands.ts';
import { shownKeys } from '../../ui/keys.ts';
import { settingsHref } from '../navigation.ts';
import { keysIn, useBindings } from './bindings.ts';
import styles from './keyboard-help.module.css';

/** What lists, tabs and dialogs do by themselves: the ways of the platform, which nobody should have to learn anew. */
const FIXED: readonly (readonly [string, string])[] = [
  ['↑ ↓', 'Previous, next row'],
  ['Page Up, Page Down', 'A screen of rows'],
  ['Home, End', 'First, last row'],
  ['Enter', 'Open the row'],
  ['← →', 'Previous, next tab'],
  ['Esc', 'Close what is open'],
];

const GROUPS: readonly Command['group'][] = ['Go to', 'This page', 'View', 'Help'];
const GROUP_WORD: Readonly<Record<Command['group'], string>> = { 'Go to': 'Go to', 'This page': 'This page', View: 'View', Help: 'Help' };

const Keys = ({ keys, does }: { keys: string; does: string }) => (
  <div>
    <dt>
      <kbd>{keys}</kbd>
    </dt>
    <dd>{does}</dd>
  </div>
);

export const KeyboardHelp = ({ onClose }: { onClose: () => void }) => {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const commands = useOffered();
  const tour = commands.find(({ id }) => id === 'help.tour');
  const { changed } = useBindings();
  return (
    <dialog ref={dialog} onClose={onClose} className={styles['help']} aria-labelledby="keyboard-help">
      <h2 id="keyboard-help">Keyboard</h2>
      <div className={styles['columns']}>
        {GROUPS.map((group) => {
          const shown = commands.flatMap((command) => {
            const keys = command.group === group ? keysIn(changed, command) : null;
            return keys === null ? [] : [{ id: command.id, keys: shownKeys(keys), word: command.word }];
          });
          return (
            shown.length > 0 && (
              <section key={group} aria-label={GROUP_WORD[group]}>
                <h3>{GROUP_WORD[group]}</h3>
                <dl>
                  {shown.map(({ id, keys, word }) => (
                    <Keys key={id} keys={keys} does={word} />
                  ))}
                </dl>
              </section>
            )
          );
        })}
        <section aria-label="In lists and tabs">
          <h3>In lists and tabs</h3>
          <dl>
            {FIXED.map(([keys, does]) => (
              <Keys key={keys} keys={keys} does={does} />
            ))}
          </dl>
        </section>
      </div>
      <p className={styles['foot']}>
        <a href={settingsHref} onClick={() => dialog.current?.close()}>
          Change keys in Settings
        </a>
        {tour !== undefined && (
          <Button
            onClick={() => {
              dialog.current?.close();
              tour.run();
            }}
          >
            Take the tour
          </Button>
        )}
        <Button onClick={() => dialog.current?.close()}>Close</Button>
      </p>
    </dialog>
  );
};
