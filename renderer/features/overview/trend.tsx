import { lazy, Suspense, useState } from 'react';
import type { Overview } from '../../../shared/contract/schemas.ts';
import { Button } from '../../ui/button.tsx';
import { useZone } from '../../ui/clock.ts';
import { formatInstant } from '../../ui/format-time.ts';
import { Instant } from '../../ui/time.tsx';
import { count, VERDICT_WORD } from '../../ui/words.ts';
import { VerdictMark } from '../../ui/verdict-mark.tsx';
import { Section } from './section.tsx';
import { allTrusted, OFF_TRUE, spanWords, trendSentence } from './trend-words.ts';
import styles from './trend.module.css';

const TrendChart = lazy(async () => ({ default: (await import('./trend-chart.tsx')).TrendChart }));

type Points = Overview['trend'];

const Table = ({ trend }: { trend: Points }) => {
  const zone = useZone((state) => state.zone);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrollable region must be reachable by keyboard
    <section className={styles['table']} tabIndex={0} aria-label="Trend as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">Recorded</th>
            {OFF_TRUE.map((verdict) => (
              <th key={verdict} scope="col">
                <span className={styles['mark']}>
                  <VerdictMark kind={verdict} size={10} />
                  <span className="visually-hidden">{VERDICT_WORD[verdict]}</span>
                </span>
              </th>
            ))}
            <th scope="col">Trusted</th>
          </tr>
        </thead>
        <tbody>
          {trend.toReversed().map((point) => (
            <tr key={point.atMs}>
              <td>{formatInstant(point.atMs, zone, point.atMs)}</td>
              {OFF_TRUE.map((verdict) => (
                <td key={verdict}>{count(point[verdict])}</td>
              ))}
              <td>{count(point.trusted)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};

export const Trend = ({ trend, nowMs }: { trend: Points; nowMs: number }) => {
  const [asTable, setAsTable] = useState(false);
  const [first] = trend;
  if (first === undefined || trend.length < 2)
    return (
      <Section title="Not trusted over time">
        <p className={styles['starts']}>
          The trend starts now.{' '}
          {first !== undefined && (
            <>
              First recorded <Instant atMs={first.atMs} />; earlier times are not known and not guessed.
            </>
          )}
        </p>
      </Section>
    );
  if (trend.every(allTrusted))
    return (
      <Section title={`Not trusted, last ${spanWords(nowMs - first.atMs)}`}>
        <p className={styles['starts']}>No host at any time that was recorded.</p>
      </Section>
    );
  return (
    <Section
      title={`Not trusted, last ${spanWords(nowMs - first.atMs)}`}
      aside={
        <Button kind="word" onClick={() => setAsTable(!asTable)}>
          {asTable ? 'Show the chart' : 'Show as a table'}
        </Button>
      }
    >
      <div className={styles['body']}>
        {asTable ? (
          <Table trend={trend} />
        ) : (
          <figure>
            <figcaption className="visually-hidden">{trendSentence(trend)}</figcaption>
            <div aria-hidden="true">
              <Suspense fallback={null}>
                <TrendChart trend={trend} nowMs={nowMs} />
              </Suspense>
            </div>
          </figure>
        )}
      </div>
      <ul className={styles['legend']} aria-hidden="true">
        {OFF_TRUE.map((verdict) => (
          <li key={verdict}>
            <VerdictMark kind={verdict} size={10} /> {VERDICT_WORD[verdict]}
          </li>
        ))}
      </ul>
    </Section>
  );
};
