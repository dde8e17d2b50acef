import { useZone } from '../clock.ts';
import { formatInstant, formatTick } from '../format-time.ts';
import { VerdictMark } from '../verdict-mark.tsx';
import { drawn, type Stretch, ticks } from './lanes.ts';
import styles from './timeline.module.css';

export type Lane = { readonly word: string; readonly stretches: readonly Stretch[] };
export type Moment = { readonly word: string; readonly atMs: number };

type Props = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly lanes: readonly Lane[];
  /** Moments that are marked across all lanes. */
  readonly moments: readonly Moment[];
  readonly kindWord: (kind: Stretch['kind']) => string;
};

const TICKS = 4;
/** In percent: narrower than this there is no room for a mark. */
const ROOM = 2.5;

/**
 * What held when, in lanes beside each other, so that it is seen where they do not agree. What was not recorded is empty. It is a picture of a
 * list that must stand beside it: to screen readers it does not exist.
 */
export const Timeline = ({ fromMs, toMs, lanes, moments, kindWord }: Props) => {
  const zone = useZone((state) => state.zone);
  const at = (ms: number): string => formatInstant(ms, zone, toMs);
  return (
    <div className={styles['timeline']} aria-hidden="true" data-timeline>
      {lanes.map(({ word, stretches }) => (
        <div key={word} className={styles['lane']}>
          <span className={styles['word']}>{word}</span>
          <div className={styles['line']}>
            {drawn(stretches, fromMs, toMs).map((one) => (
              <span
                key={`${one.kind} ${one.fromMs}`}
                className={styles['stretch']}
                data-kind={one.kind}
                title={`${kindWord(one.kind)}, ${at(one.fromMs)} to ${at(one.toMs)}`}
                style={{ left: `${one.left}%`, width: `${one.width}%` }}
              >
                {one.isBegun && one.width > ROOM && <VerdictMark kind={one.kind} />}
              </span>
            ))}
          </div>
        </div>
      ))}
      <div className={styles['axis']}>
        {ticks(fromMs, toMs, TICKS).map((tick) => (
          <span key={tick.left} className={styles['tick']} style={{ left: `${tick.left}%` }}>
            {formatTick(tick.atMs, zone, toMs - fromMs)}
          </span>
        ))}
        {moments
          .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
          .map(({ word, atMs }) => (
            <span
              key={word}
              className={styles['moment']}
              title={`${word} ${at(atMs)}`}
              style={{ left: `${((atMs - fromMs) / Math.max(1, toMs - fromMs)) * 100}%` }}
            >
              {word}
            </span>
          ))}
      </div>
    </div>
  );
};
