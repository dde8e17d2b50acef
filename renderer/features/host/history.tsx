import { useState } from 'react';
import type { HostDetail } from '../../../shared/contract/schemas.ts';
import type { ReportedVerdict, Verdict } from '../../../shared/model/verdict.ts';
import { useQuery } from '../../transport/query.ts';
import { Callout, Empty, Waiting } from '../../ui/callout.tsx';
import { Choice } from '../../ui/button.tsx';
import { useNow } from '../../ui/clock.ts';
import { formatDuration } from '../../ui/format-time.ts';
import { Instant } from '../../ui/time.tsx';
import { ReportedWord, VerdictWord } from '../../ui/verdict-mark.tsx';
import { joined } from '../../ui/timeline/lanes.ts';
import { Timeline } from '../../ui/timeline/timeline.tsx';
import { LINK_WORD, plural, REPORTED_WORD, VERDICT_WORD } from '../../ui/words.ts';
import styles from './history.module.css';

const LIMIT = 200;

const DAY_MS = 86_400_000;
const TIMES = [
  { value: 'day', word: '24 hours', ms: DAY_MS },
  { value: 'week', word: '7 days', ms: 7 * DAY_MS },
  { value: 'month', word: '30 days', ms: 30 * DAY_MS },
  { value: 'all', word: 'All that is listed', ms: Number.POSITIVE_INFINITY },
] as const;
type Time = (typeof TIMES)[number]['value'];

const WORDS: Readonly<Record<Verdict | ReportedVerdict, string>> = { ...REPORTED_WORD, ...VERDICT_WORD };

type Span = { readonly fromMs: number; readonly toMs: number; readonly verdict: Verdict; readonly reported: ReportedVerdict };

/** The same as a picture: what was verified above what was reported. */
const Picture = ({ spans, clocks }: { spans: readonly Span[]; clocks: HostDetail['clocks'] }) => {
  const [time, setTime] = useState<Time>('all');
  const nowMs = useNow(60_000);
  const oldest = Math.min(...spans.map(({ fromMs }) => fromMs));
  // A clock that was ahead must not hide the end.
  const toMs = Math.max(nowMs, ...spans.map((span) => span.toMs));
  const fromMs = Math.max(oldest, toMs - (TIMES.find(({ value }) => value === time)?.ms ?? DAY_MS));
  const lane = (kind: (span: Span) => Verdict | ReportedVerdict) =>
    joined(
      spans.map((span) => ({ fromMs: span.fromMs, toMs: span.toMs, kind: kind(span) })),
      0,
    );
  return (
    <div className={styles['picture']}>
      <Choice label="Time of the picture" options={TIMES} value={time} onChange={setTime} />
      <Timeline
        fromMs={fromMs}
        toMs={toMs}
        lanes={[
          { word: 'Verified here', stretches: lane(({ verdict }) => verdict) },
          { word: 'Reported', stretches: lane(({ reported }) => reported) },
        ]}
        moments={clocks.bootedAtMs === null ? [] : [{ word: 'booted, at the latest', atMs: clocks.bootedAtMs }]}
        kindWord={(kind) => (kind === 'not-required' ? '' : WORDS[kind])}
      />
    </div>
  );
};

/** Spans, newest first: each is one verdict that was confirmed again and again, not one row per question asked. */
export const History = ({ id, clocks }: { id: string; clocks: HostDetail['clocks'] }) => {
  const { data, problem } = useQuery('hosts.history', { id, limit: LIMIT });
  if (data === undefined) return problem === undefined ? <Waiting>Reading the record…</Waiting> : <Callout problem={problem} />;
  if (data.length === 0) return <Empty title="Nothing is recorded of this host yet." />;
  const newest = [...data].sort((a, b) => b.fromMs - a.fromMs);
  return (
    <>
      <Picture spans={newest} clocks={clocks} />
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
      {newest.length === LIMIT && <p className={styles['reported']}>The newest {LIMIT} are listed; what was before is in the record.</p>}
    </>
  );
};
