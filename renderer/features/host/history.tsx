import { useQuery } from '../../transport/query.ts';
import { Callout, Empty, Waiting } from '../../ui/callout.tsx';
import { formatDuration } from '../../ui/format-time.ts';
import { Instant } from '../../ui/time.tsx';
import { ReportedWord, VerdictWord } from '../../ui/verdict-mark.tsx';
import { LINK_WORD, plural } from '../../ui/words.ts';
import styles from './history.module.css';

const LIMIT = 200;

/** Spans, newest first: each is one verdict that was confirmed again and again, not one row per question asked. */
export const History = ({ id }: { id: string }) => {
  const { data, problem } = useQuery('hosts.history', { id, limit: LIMIT });
  if (data === undefined) return problem === undefined ? <Waiting>Reading the record…</Waiting> : <Callout problem={problem} />;
  if (data.length === 0) return <Empty title="Nothing is recorded of this host yet." />;
  const newest = [...data].sort((a, b) => b.fromMs - a.fromMs);
  return (
    <ol className={styles['spans']}>
      {newest.map((span) => (
        <li key={span.fromMs}>
          <div className={styles['when']}>
            <Instant atMs={span.fromMs} />
            <span>
              held {formatDuration(span.toMs - span.fromMs)}, confirmed {plural(span.confirmations, 'time', 'times')}
            </span>
          </div>
          <div className={styles['mark']}>
            <VerdictWord verdict={span.verdict} />
          </div>
          <div>
            <p>{span.reason}</p>
            <p className={styles['reported']}>
              {span.brokenLink !== null && <span>broke at {LINK_WORD[span.brokenLink]}</span>}
              <span>
                reported <ReportedWord reported={span.reported} />
              </span>
            </p>
          </div>
        </li>
      ))}
    </ol>
  );
};
