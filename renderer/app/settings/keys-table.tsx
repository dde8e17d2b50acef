import { useEffect, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { type Command, useOffered } from '../../ui/commands.ts';
import { chordOf, shownKeys } from '../../ui/keys.ts';
import { bind, bindAllAsTheyCome, keysIn, takenBy, useBindings } from '../commands/bindings.ts';
import styles from './settings.module.css';

const MOST_CHORDS = 3;

/** Takes the next keys that are pressed, until Enter, and gives none back to the page meanwhile. Escape leaves. */
const useRecording = (onDone: (keys: string | null) => void, isOn: boolean): readonly string[] => {
  const [chords, setChords] = useState<readonly string[]>([]);
  useEffect(() => {
    if (!isOn) return undefined;
    let taken: readonly string[] = [];
    const onKey = (event: KeyboardEvent): void => {
      const chord = chordOf(event);
      event.preventDefault();
      event.stopPropagation();
      if (chord === null) return;
      if (chord === 'Escape') return onDone(null);
      if (chord === 'Enter') return onDone(taken.length === 0 ? null : taken.join(' '));
      if (taken.length < MOST_CHORDS) taken = [...taken, chord];
      setChords(taken);
    };
    addEventListener('keydown', onKey, { capture: true });
    return () => {
      removeEventListener('keydown', onKey, { capture: true });
      setChords([]);
    };
  }, [isOn, onDone]);
  return chords;
};

const Row = ({ command, all }: { command: Command; all: readonly Command[] }) => {
  const { changed } = useBindings();
  const keys = keysIn(changed, command);
  const [isOn, setOn] = useState(false);
  const [said, setSaid] = useState('');
  const [done] = useState(() => (given: string | null): void => {
    setOn(false);
    if (given === null) return setSaid('');
    const other = takenBy(given, command.id, all);
    setSaid(other === null ? '' : `${shownKeys(given)} is taken by “${other.word}”. Nothing was changed.`);
    if (other === null) bind(command.id, given);
  });
  const chords = useRecording(done, isOn);
  return (
    <tr>
      <th scope="row">{command.word}</th>
      <td>
        {isOn ? (
          <em>{chords.length === 0 ? 'Press keys, then Enter' : `${shownKeys(chords.join(' '))} …`}</em>
        ) : keys === null ? (
          'none'
        ) : (
          <kbd>{shownKeys(keys)}</kbd>
        )}
      </td>
      <td className={styles['acts']}>
        <Button
          aria-pressed={isOn}
          onClick={() => setOn(!isOn)}
          aria-label={isOn ? `Esc leaves the keys of ${command.word} as they are` : `Change the keys of ${command.word}`}
        >
          {isOn ? 'Esc leaves' : 'Change…'}
        </Button>
        {keys !== null && (
          <Button kind="quiet" onClick={() => bind(command.id, null)} aria-label={`No keys for ${command.word}`}>
            No keys
          </Button>
        )}
        {command.id in changed && (
          <Button kind="quiet" onClick={() => bind(command.id, undefined)} aria-label={`As it comes: keys of ${command.word}`}>
            As it comes
          </Button>
        )}
        <output className={styles['said']}>{said}</output>
      </td>
    </tr>
  );
};

/** Every command with its keys, which can be others or none. */
export const KeysTable = ({ typed }: { typed: string }) => {
  const all = useOffered();
  const { changed } = useBindings();
  const shown = all.filter(({ word }) => word.toLowerCase().includes(typed.toLowerCase()));
  return (
    <>
      <table className={styles['keys']} aria-label="Keys of commands">
        <thead>
          <tr>
            <th scope="col">Command</th>
            <th scope="col">Keys</th>
            <th scope="col">
              <span className="visually-hidden">Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((command) => (
            <Row key={command.id} command={command} all={all} />
          ))}
        </tbody>
      </table>
      {Object.keys(changed).length > 0 && <Button onClick={bindAllAsTheyCome}>All keys as they come</Button>}
    </>
  );
};
