import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import type { Quiet } from '../notices/groups.ts';
import { setBySystem, setQuiet, useNoticed } from '../notices/notices-store.ts';
import styles from './settings.module.css';

const timeOf = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const minuteOf = (time: string): number | null => {
  const [, hours, minutes] = /^(\d\d):(\d\d)$/u.exec(time) ?? [];
  return hours === undefined || minutes === undefined ? null : Number(hours) * 60 + Number(minutes);
};

/** Whether the system tells what is new, and when it must not. */
export const NoticeSettings = () => {
  const { bySystem, quiet } = useNoticed();
  const [said, setSaid] = useState('');
  const change = async (): Promise<void> => {
    const isAllowed = await setBySystem(!bySystem);
    setSaid(
      isAllowed ? '' : 'The system does not allow it. Allow notifications for this page in the browser or the system, then try again.',
    );
  };
  const set = (part: keyof Quiet, time: string): void => {
    const minute = minuteOf(time);
    if (minute !== null) setQuiet({ ...quiet, [part]: minute });
  };
  return (
    <>
      <p className={styles['lead']}>
        What is new is always in the bar above. While the window is not looked at, the system can tell it as well: all that came at once in
        one notice, without names of hosts.
      </p>
      <div className={styles['choices']}>
        <Button aria-pressed={bySystem} onClick={() => void change()}>
          {bySystem ? 'Told by the system' : 'Not told by the system'}
        </Button>
        <label>
          Quiet from <input type="time" value={timeOf(quiet.from)} onChange={(event) => set('from', event.target.value)} />
        </label>
        <label>
          to <input type="time" value={timeOf(quiet.to)} onChange={(event) => set('to', event.target.value)} /> local time
        </label>
        <span>{quiet.from === quiet.to && 'Never quiet.'}</span>
      </div>
      <output className={styles['said']}>{said}</output>
    </>
  );
};
