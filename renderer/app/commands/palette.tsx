/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a select cannot be the list of a combobox that is a text field; the roles are those of that pattern */
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { HostRow } from '../../../shared/contract/schemas.ts';
import { call } from '../../transport/transport.ts';
import { type Command, useOffered } from '../../ui/commands.ts';
import { shownKeys } from '../../ui/keys.ts';
import { VerdictMark } from '../../ui/verdict-mark.tsx';
import { plural, VERDICT_WORD } from '../../ui/words.ts';
import { go, hostHref } from '../navigation.ts';
import { keysIn, useBindings } from './bindings.ts';
import { findCommands } from './find.ts';
import styles from './palette.module.css';

const MOST_HOSTS = 8;
const MOST_TYPED = 200;
const ASK_AFTER_MS = 120;

type Choice = { readonly id: string; readonly run: () => void } & (
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'host'; readonly host: HostRow }
);

/** Hosts whose name or place holds what was typed. A slower answer to an earlier question is dropped. */
const useHosts = (typed: string): readonly HostRow[] => {
  const [found, setFound] = useState<{ readonly typed: string; readonly rows: readonly HostRow[] }>({ typed: '', rows: [] });
  useEffect(() => {
    if (typed.trim() === '') return undefined;
    let over = false;
    const ask = async (): Promise<void> => {
      const answer = await call('hosts.list', {
        query: { text: typed },
        sort: { by: 'name', descending: false },
        offset: 0,
        limit: MOST_HOSTS,
      });
      if (!over) setFound({ typed, rows: answer.ok ? answer.value.rows : [] });
    };
    const timer = setTimeout(() => void ask(), ASK_AFTER_MS);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [typed]);
  return typed.trim() === '' ? [] : found.rows;
};

const Row = ({ choice }: { choice: Choice }) => {
  const { changed } = useBindings();
  if (choice.kind === 'host')
    return (
      <>
        <span className={styles['word']}>
          <VerdictMark kind={choice.host.verdict} size={10} /> {choice.host.name}
        </span>
        <span className={styles['note']}>
          {VERDICT_WORD[choice.host.verdict]} · {choice.host.endpoint}
        </span>
      </>
    );
  const keys = keysIn(changed, choice.command);
  return (
    <>
      <span className={styles['word']}>{choice.command.word}</span>
      {keys !== null && <kbd>{shownKeys(keys)}</kbd>}
    </>
  );
};

const Finder = ({ onDone }: { onDone: () => void }) => {
  const id = useId();
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  const hosts = useHosts(typed);
  const commands = findCommands(useOffered(), typed);
  const choices: readonly Choice[] = [
    ...commands.map((command): Choice => ({ kind: 'command', id: command.id, command, run: command.run })),
    ...hosts.map((host): Choice => ({ kind: 'host', id: `host ${host.id}`, host, run: () => go(hostHref(host.id)) })),
  ];
  const at = Math.min(active, Math.max(0, choices.length - 1));
  const take = (choice: Choice | undefined): void => {
    if (choice === undefined) return;
    onDone();
    choice.run();
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && choices.length > 0) {
      event.preventDefault();
      setActive((at + step + choices.length) % choices.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      take(choices[at]);
    }
  };
  return (
    <>
      <input
        type="text"
        role="combobox"
        aria-label="Find a command or a host"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={choices.length === 0 ? undefined : `${id}-${at}`}
        autoComplete="off"
        spellCheck={false}
        maxLength={MOST_TYPED}
        placeholder="Find a command or a host"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={`${id}-list`} role="listbox" aria-label="Commands and hosts" className={styles['list']}>
        {choices.map((choice, index) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the field handles the keys
          <div
            key={choice.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            ref={(element) => {
              if (index === at) element?.scrollIntoView({ block: 'nearest' });
            }}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(choice)}
          >
            <Row choice={choice} />
          </div>
        ))}
      </div>
      {choices.length === 0 && <p className={styles['none']}>Nothing has all of these words. Try fewer.</p>}
      <output className="visually-hidden" aria-live="polite">
        {typed === '' ? '' : plural(choices.length, 'result', 'results')}
      </output>
    </>
  );
};

/** Everything that can be done, and every host, by a few letters. */
export const Palette = ({ onClose }: { onClose: () => void }) => {
  const dialog = useRef<HTMLDialogElement>(null);
  // Before the next key arrives: what is typed at once must not be lost.
  useLayoutEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className={styles['palette']} aria-label="Commands" onClose={onClose}>
      <Finder onDone={() => dialog.current?.close()} />
    </dialog>
  );
};
