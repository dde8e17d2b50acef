import { useEffect, useState } from 'react';
import { useZone } from '../../ui/clock.ts';
import { Button } from '../../ui/button.tsx';
import { formatInstant } from '../../ui/format-time.ts';
import { plural } from '../../ui/words.ts';
import styles from './time-slider.module.css';

/** Until a hand on the slider rests: each moment asked for is a fleet that is put together. */
const REST_MS = 250;

type TimeSliderProps = {
  /** Recorded moments, oldest first. */
  moments: readonly number[];
  /** Null = now. */
  atMs: number | null;
  onChange: (atMs: number | null) => void;
};

/** Steps over moments that were recorded, and over nothing between them. The last step is now. */
export const TimeSlider = ({ moments, atMs, onChange }: TimeSliderProps) => {
  const zone = useZone((state) => state.zone);
  const [dragged, setDragged] = useState<number | null>(null);
  const [known, setKnown] = useState(atMs);
  if (known !== atMs) {
    setKnown(atMs);
    setDragged(null);
  }
  // The moment of a link may be none of those that are kept: the last one before it has the hand then.
  const at =
    atMs === null
      ? moments.length
      : Math.max(
          0,
          moments.findLastIndex((moment) => moment <= atMs),
        );
  const step = Math.min(dragged ?? at, moments.length);
  useEffect(() => {
    if (dragged === null || dragged === at) return undefined;
    const timer = setTimeout(() => onChange(moments[dragged] ?? null), REST_MS);
    return () => clearTimeout(timer);
  }, [dragged, at, moments, onChange]);
  const moment = dragged === null ? atMs : (moments[step] ?? null);
  const word = moment === null ? 'now' : formatInstant(moment, zone, 0);
  const first = moments[0];
  if (first === undefined) return <p className={styles['none']}>Nothing is recorded yet that could be gone back to.</p>;
  return (
    <div className={styles['slider']}>
      <label>
        <span className={styles['label']}>Moment</span>
        <input
          type="range"
          min={0}
          max={moments.length}
          step={1}
          value={step}
          aria-valuetext={word}
          onChange={(event) => setDragged(Number(event.target.value))}
        />
      </label>
      <output className={styles['word']}>{word}</output>
      {moment !== null && <Button onClick={() => onChange(null)}>Back to now</Button>}
      <span className={styles['range']}>
        {plural(moments.length, 'recorded moment', 'recorded moments')} since {formatInstant(first, zone, 0)}
      </span>
    </div>
  );
};
