import { useEffect } from 'react';
import { commandsNow } from '../../ui/commands.ts';
import { chordOf } from '../../ui/keys.ts';
import { keysOf } from './bindings.ts';

const NEXT_WAITS_MS = 1000;

/** Where the key was pressed, also inside of a shadow root, which events do not tell of by themselves. */
const typing = (event: KeyboardEvent): boolean => {
  const [target] = event.composedPath();
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
};

/** Runs commands by their keys. In a field only those with Ctrl, ⌘ or Alt; while a dialog is open, none: it has keys of its own. */
export const useShortcuts = (): void => {
  useEffect(() => {
    let pressed = '';
    let atMs = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent): void => {
      const chord = chordOf(event);
      if (chord === null || event.defaultPrevented || event.isComposing) return;
      const plain = !/^(?:Mod|Alt)\+/u.test(chord);
      if ((plain && typing(event)) || document.querySelector('dialog[open]') !== null) return;
      const now = performance.now();
      const before = now - atMs < NEXT_WAITS_MS ? pressed : '';
      for (const keys of before === '' ? [chord] : [`${before} ${chord}`, chord]) {
        const commands = commandsNow();
        const command = commands.find((one) => keysOf(one) === keys);
        if (command !== undefined) {
          event.preventDefault();
          pressed = '';
          command.run();
          return;
        }
        if (commands.some((one) => keysOf(one)?.startsWith(`${keys} `) === true)) {
          pressed = keys;
          atMs = now;
          return;
        }
      }
      pressed = '';
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
};
