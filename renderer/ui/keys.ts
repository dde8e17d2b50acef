/**
 * Keys as text, so that they can be shown, changed and kept: chords with a space between them, each of "Mod+" (Ctrl, or ⌘ on a Mac), "Alt+",
 * "Shift+" (only where the key itself writes nothing) and the key as `KeyboardEvent.key` names it: "g h", "Mod+k", "?".
 */
export type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

const MODIFIERS: ReadonlySet<string> = new Set([
  'Control',
  'Meta',
  'Alt',
  'Shift',
  'AltGraph',
  'CapsLock',
  'Dead',
  'Process',
  'Unidentified',
]);

/** The chord of a key that was pressed; null for a modifier alone. */
export const chordOf = ({ key, ctrlKey, metaKey, altKey, shiftKey }: Pressed): string | null => {
  if (MODIFIERS.has(key)) return null;
  const writes = key.length === 1;
  const name = key === ' ' ? 'Space' : writes && (ctrlKey || metaKey) ? key.toLowerCase() : key;
  return `${ctrlKey || metaKey ? 'Mod+' : ''}${altKey ? 'Alt+' : ''}${shiftKey && !writes ? 'Shift+' : ''}${name}`;
};

const CHORD = /^(?:Mod\+)?(?:Alt\+)?(?:Shift\+)?(?:[!-~]|[^\s\p{C}]|[A-Z][A-Za-z0-9]{1,15})$/u;
const MOST_CHORDS = 3;

/** Whether a text is keys, such as what was kept of an earlier start. */
export const isKeys = (keys: string): boolean => {
  const chords = keys.split(' ');
  return chords.length <= MOST_CHORDS && chords.every((chord) => CHORD.test(chord));
};

/** Whether pressing one would also be, or be on the way to, the other: then only one of them could ever be reached. */
export const collide = (a: string, b: string): boolean => `${a} `.startsWith(`${b} `) || `${b} `.startsWith(`${a} `);

const SHOWN: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  PageUp: 'Page Up',
  PageDown: 'Page Down',
};
const isMac = (): boolean => /Mac/u.test(navigator.userAgent);

/** As they stand on a keyboard. */
export const shownKeys = (keys: string): string =>
  keys
    .split(' ')
    .map((chord) => {
      const parts = chord.length > 1 ? chord.split(/\+(?=.)/u) : [chord];
      return parts.map((part) => (part === 'Mod' ? (isMac() ? '⌘' : 'Ctrl') : (SHOWN[part] ?? part))).join('+');
    })
    .join(' ');
