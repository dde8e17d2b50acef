import { useId, useMemo, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { type Command, useCommands } from '../../ui/commands.ts';
import { Instant } from '../../ui/time.tsx';
import { count } from '../../ui/words.ts';
import { recordHref } from '../navigation.ts';
import { type Grouped, GROUP_WORDS } from './groups.ts';
import styles from './notices.module.css';
import { useNotices } from './use-notices.ts';

const FEW = 3;

const One = ({ notice: { group, kind, rows }, isMore, onLeave }: { notice: Grouped; isMore: boolean; onLeave: () => void }) => (
  <li data-group={group}>
    <h3>
      {isMore && 'At least '}
      {GROUP_WORDS[group](rows.length)}
    </h3>
    <ul>
      {rows.slice(0, FEW).map((row) => (
        <li key={row.seq}>
          <span className={styles['sentence']} title={row.sentence}>
            {row.sentence}
          </span>
          <Instant atMs={row.atMs} />
        </li>
      ))}
    </ul>
    <a href={recordHref({ kind })} onClick={onLeave}>
      {rows.length > FEW ? `These and ${count(rows.length - FEW)} more in the record` : 'In the record'}
    </a>
  </li>
);

/** What happened since somebody looked: a number in the bar, and behind it what it counts, put together by what it means. */
export const Notices = () => {
  const { groups, isMore, isKnown, sinceMs, markSeen } = useNotices();
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const total = groups.reduce((sum, { rows }) => sum + rows.length, 0);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  useCommands(
    useMemo(
      (): readonly Command[] => [
        {
          id: 'view.news',
          word: 'What is new',
          group: 'View',
          keys: 'w',
          also: 'notices notifications',
          run: () => setOpen((before) => !before),
        },
      ],
      [],
    ),
  );
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- Escape from any of the controls in it
    <div
      className={styles['notices']}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && isOpen) close();
      }}
    >
      <Button ref={button} kind="quiet" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        {!isKnown ? 'What is new' : total === 0 ? 'Nothing new' : `${isMore ? '≥ ' : ''}${count(total)} new`}
      </Button>
      <output className="visually-hidden" aria-live="polite">
        {total === 0 ? '' : `${count(total)} new`}
      </output>
      <section id={id} hidden={!isOpen} aria-label="What is new" className={styles['panel']}>
        <p className={styles['since']}>
          {!isKnown ? 'Not known; last looked at ' : total === 0 ? 'Nothing since ' : 'Since '}
          <Instant atMs={sinceMs} />
        </p>
        <ul className={styles['groups']}>
          {groups.map((notice) => (
            <One key={notice.group} notice={notice} isMore={isMore} onLeave={() => setOpen(false)} />
          ))}
        </ul>
        {total > 0 && (
          <Button
            onClick={() => {
              markSeen();
              close();
            }}
          >
            I have seen it
          </Button>
        )}
      </section>
    </div>
  );
};
