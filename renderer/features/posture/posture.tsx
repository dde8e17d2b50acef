import { useEffect, useMemo, useState } from 'react';
import type { Posture as PostureNow } from '../../../shared/contract/posture-schemas.ts';
import { findingsHref } from '../../app/navigation-findings.ts';
import { go, hostsHref, POSTURE_DAYS, postureHref } from '../../app/navigation.ts';
import { ExportButton } from '../../exporting/export-button.tsx';
import { useQuery } from '../../transport/query.ts';
import { Button, Choice } from '../../ui/button.tsx';
import { Callout, Empty, Waiting } from '../../ui/callout.tsx';
import { type Command, useCommands } from '../../ui/commands.ts';
import { formatDuration } from '../../ui/format-time.ts';
import { count, plural } from '../../ui/words.ts';
import { CausesPart, ChangedPart, CoveragePart, TrendPart, WaiversPart } from './parts.tsx';
import styles from './posture.module.css';
import { answerWords, changeWords, movedPoints, percentWords, trustedPercent } from './posture-words.ts';
import { TargetForm } from './target-form.tsx';

type FigureProps = { word: string; value: string; note: string; href?: string };
const Figure = ({ word, value, note, href }: FigureProps) => (
  <li>
    <span className={styles['word']}>{word}</span>
    {href === undefined ? <strong>{value}</strong> : <a href={href}>{value}</a>}
    <span className={styles['quiet']}>{note}</span>
  </li>
);

const signed = (points: number): string => (points < 0 ? `−${-points}` : `+${points}`);
const durationWords = (ms: number | null): string => (ms === null ? '–' : formatDuration(ms));

const Figures = ({ posture, days }: { posture: PostureNow; days: number }) => {
  const { tally, detect, resolve, waivers } = posture;
  const moved = movedPoints(posture);
  return (
    <ul className={styles['figures']} aria-label="Figures">
      <Figure
        word="Trusted"
        value={percentWords(trustedPercent(tally) ?? 0)}
        note={moved === null ? 'nothing to compare with' : `${signed(moved)} points in ${days} days`}
        href={hostsHref({ verdicts: ['trusted'] })}
      />
      <Figure word="Failed" value={count(tally.failed)} note="a link of the chain is broken" href={hostsHref({ verdicts: ['failed'] })} />
      <Figure
        word="Not known"
        value={count(tally.stale + tally.inconclusive)}
        note="stale or not evaluated"
        href={hostsHref({ verdicts: ['stale', 'inconclusive'] })}
      />
      <Figure
        word="Time to see it"
        value={durationWords(detect.medianMs)}
        note={
          detect.findings === 0
            ? 'no finding with a confirmation before it'
            : `at most, middle of ${plural(detect.findings, 'finding', 'findings')}`
        }
      />
      <Figure
        word="Time to resolve"
        value={durationWords(resolve.medianMs)}
        note={resolve.findings === 0 ? 'nothing was resolved in this time' : `middle of ${plural(resolve.findings, 'finding', 'findings')}`}
      />
      <Figure word="Waivers" value={count(waivers.total)} note="run out in 30 days" href={findingsHref({ states: ['waived'], ends: 30 })} />
    </ul>
  );
};

/** Only the page, as large as the screen: for the board. Left by Escape or the same button. */
const usePresenting = (): readonly [boolean, () => void] => {
  const [isOn, setOn] = useState(false);
  useEffect(() => {
    document.documentElement.toggleAttribute('data-presenting', isOn);
    return () => document.documentElement.removeAttribute('data-presenting');
  }, [isOn]);
  useEffect(() => {
    const leave = (): void => setOn(document.fullscreenElement !== null);
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') setOn(false);
    };
    document.addEventListener('fullscreenchange', leave);
    addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('fullscreenchange', leave);
      removeEventListener('keydown', onKey);
    };
  }, []);
  const toggle = (): void => {
    if (isOn && document.fullscreenElement !== null) void document.exitFullscreen();
    // Where the screen is not given, the page is shown alone all the same.
    else if (!isOn) void document.documentElement.requestFullscreen().catch(() => {});
    setOn(!isOn);
  };
  return [isOn, toggle];
};

const Body = ({ posture, days, onTarget }: { posture: PostureNow; days: number; onTarget: () => void }) => {
  const unknown = posture.before === null ? `Nothing was recorded ${days} days ago to hold today against.` : null;
  return (
    <>
      <p className={styles['said']}>
        {answerWords(posture)} <span className={styles['quiet']}>{changeWords(posture, days)}</span>{' '}
        <Button kind="word" writes onClick={onTarget}>
          {posture.target === null ? 'Set a target…' : 'Change the target…'}
        </Button>
      </p>
      <Figures posture={posture} days={days} />
      <TrendPart posture={posture} />
      <div className={styles['columns']}>
        <ChangedPart title="Got worse" id="worse" hosts={posture.changes.firstWorse} total={posture.changes.worse} unknown={unknown} />
        <ChangedPart title="Got better" id="better" hosts={posture.changes.firstBetter} total={posture.changes.better} unknown={unknown} />
        <CausesPart posture={posture} />
        <WaiversPart posture={posture} />
      </div>
      <CoveragePart posture={posture} />
      <p className={styles['quiet']}>
        Every number is of what was recorded. “Time to see it” is the time between the last confirmation and the finding: what broke, broke
        within it. It is measured only where there was a confirmation before. A verdict says what was measured; it is no claim of
        compliance.
      </p>
    </>
  );
};

/** Is the fleet good enough, and is it getting better: for whoever answers for it. */
export const Posture = ({ days }: { days: number }) => {
  const { data, problem, refetch } = useQuery('posture.get', { days });
  const [isSetting, setSetting] = useState(false);
  const [presenting, togglePresenting] = usePresenting();
  useCommands(
    useMemo(
      (): readonly Command[] =>
        POSTURE_DAYS.map((one) => ({
          id: `posture.${one}`,
          word: `Posture of ${one} days`,
          group: 'This page',
          keys: null,
          run: () => go(postureHref(one)),
        })),
      [],
    ),
  );
  return (
    <div className={styles['page']}>
      <div className={styles['top']}>
        <h1>Posture</h1>
        <Choice
          label="Time"
          options={POSTURE_DAYS.map((one) => ({ value: String(one), word: `${one} days` }))}
          value={String(days)}
          onChange={(value) => go(postureHref(Number(value)))}
        />
        <span className={styles['acts']}>
          <Button aria-pressed={presenting} onClick={togglePresenting}>
            {presenting ? 'Leave the presentation' : 'Present'}
          </Button>
          {data !== undefined && (
            <ExportButton
              label="Board summary…"
              first="pdf-board"
              exported={{
                what: 'hosts',
                total: data.tally.inventory,
                query: '',
                ask: (format) => ({ rows: 'hosts', format, query: {}, sort: { by: 'verdict', descending: false } }),
              }}
            />
          )}
        </span>
      </div>
      {problem !== undefined && <Callout problem={problem} />}
      {data === undefined && problem === undefined && <Waiting>Reading what was recorded…</Waiting>}
      {isSetting && data !== undefined && (
        <TargetForm
          target={data.target}
          onDone={() => {
            setSetting(false);
            refetch();
          }}
        />
      )}
      {data?.tally.inventory === 0 && (
        <Empty title="No host yet, so there is no posture.">
          <p>Hosts appear as soon as an endpoint names one.</p>
        </Empty>
      )}
      {data !== undefined && data.tally.inventory > 0 && <Body posture={data} days={days} onTarget={() => setSetting(true)} />}
    </div>
  );
};
