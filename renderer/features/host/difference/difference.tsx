import { useMemo, useState } from 'react';
import type { Difference as Compared, DifferencePair, DifferenceRow } from '../../../../shared/contract/difference-schemas.ts';
import { differenceHref, type DifferenceView, hostHref, hostsHref } from '../../../app/navigation.ts';
import { Button } from '../../../ui/button.tsx';
import { Callout, Empty, Waiting } from '../../../ui/callout.tsx';
import { Grid } from '../../../ui/grid.tsx';
import { Instant } from '../../../ui/time.tsx';
import { useMedia } from '../../../ui/use-media.ts';
import { VerdictWord } from '../../../ui/verdict-mark.tsx';
import { count } from '../../../ui/words.ts';
import { Cluster } from './cluster.tsx';
import { differenceColumns } from './difference-columns.tsx';
import { DifferenceDetail } from './difference-detail.tsx';
import { evidenceText, LOG_WORD, tallyWords } from './difference-words.ts';
import { Propose } from './propose.tsx';
import { DifferenceTools, Instead } from './tools.tsx';
import { useDifferenceCommands } from './use-difference-commands.ts';
import { useDifference } from './use-difference.ts';
import styles from './difference.module.css';

type DifferenceProps = { id: string; view: DifferenceView };

const titleOf = ({ problem, first, identical, a, tally }: Compared): string => {
  if (problem !== null) return problem.message;
  if (first !== null) return `First divergence: ${first.reason}`;
  const words = a?.words ?? 'what it was held against';
  if (identical) return `Nothing differs from ${words}.`;
  return tally.notJudged > 0 && tally.same === 0
    ? `Nothing here could be held against ${words}.`
    : `No difference from ${words} was found, but not everything could be compared.`;
};

/** What a host measured beside what it should have, or what it measured before, or what another measures. */
export const Difference = ({ id, view }: DifferenceProps) => {
  const shown = useDifference(id, view);
  const { difference, problem } = shown;
  if (difference === undefined)
    return (
      <div className={styles['page']}>
        <h1 className="visually-hidden">Difference</h1>
        {problem === undefined ? <Waiting>Comparing…</Waiting> : <Callout problem={problem} />}
      </div>
    );
  if (difference === null)
    return (
      <div className={styles['page']}>
        <h1 className="visually-hidden">Host not found</h1>
        <Empty title="No endpoint has ever named this host.">
          <a href={hostsHref()}>See all hosts</a>
        </Empty>
      </div>
    );
  return <Shown id={id} view={view} shown={shown} difference={difference} />;
};

const Head = ({ id, view, difference }: { id: string; view: DifferenceView; difference: Compared }) => {
  const { a, b } = difference;
  return (
    <header className={styles['head']}>
      <p className={styles['path']}>
        <a href={hostsHref()}>Hosts</a>
        <span aria-hidden="true">/</span>
        <a href={hostHref(id)}>{b.hostName}</a>
        <span aria-hidden="true">/</span>
        <strong>Difference</strong>
      </p>
      <h1>{titleOf(difference)}</h1>
      <p className={styles['sub']}>
        {LOG_WORD[view.log]} of {b.hostName} {b.verdict !== null && <VerdictWord verdict={b.verdict} />}, received <Instant atMs={b.atMs} />
        {a !== null && (
          <>
            {', '}
            held against {a.words} {a.provenance !== null && `(${a.provenance}) `}
            {a.verdict !== null && <VerdictWord verdict={a.verdict} />}
            {a.atMs !== null && (
              <>
                {' '}
                of <Instant atMs={a.atMs} />
              </>
            )}
          </>
        )}
        .
      </p>
    </header>
  );
};

const JUDGEMENT = { 'not-benign': 'Not benign', look: 'Look at it', 'likely-benign': 'Likely benign' } as const;

const Causes = ({ causes }: Pick<Compared, 'causes'>) => (
  <section aria-labelledby="looks-like">
    <h2 id="looks-like">What it looks like</h2>
    <p className={styles['sub']}>A likelihood, and no judgement: an attacker can make it look like this.</p>
    <ul className={styles['notes']}>
      {causes.map(({ cause, judgement, reasons }) => (
        <li key={cause}>
          <strong>{JUDGEMENT[judgement]}</strong>: {cause}. {reasons.join('; ')}
        </li>
      ))}
    </ul>
  </section>
);

const Notes = ({ notes }: Pick<Compared, 'notes'>) => (
  <section aria-labelledby="not-compared">
    <h2 id="not-compared">What this does not say</h2>
    <ul className={styles['notes']}>
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  </section>
);

/** The list is no higher than its rows. */
const ROW_PX = 28;
const HEAD_PX = 34;

type ShownProps = DifferenceProps & { shown: ReturnType<typeof useDifference>; difference: Compared };

/** `row`: in the rows of `key`; `pair`: what was chosen when the rows became others. */
type Chosen = {
  readonly asked: string;
  readonly key: string;
  readonly row: number;
  readonly wish: number;
  readonly pair: DifferencePair | null;
};

const Shown = ({ id, view, shown, difference }: ShownProps) => {
  const wide = useMedia('(min-width: 1500px)');
  const { total, rowAt, show, key, toggle, allUnfolded, foldAll, unfoldAll, isWhole } = shown;
  const asked = `${id} ${view.with} ${view.peer ?? ''} ${view.log}`;
  // The first divergence is what one came for, unless the address names something else.
  const begins = difference.atRow ?? difference.first?.row ?? null;
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const mine = chosen?.asked === asked ? chosen : null;
  // Where a stretch was folded meanwhile, the rows below it are others; what was chosen stays, without a row.
  const row = mine === null ? begins : mine.key === key ? mine.row : null;
  const wish = mine?.wish ?? 0;
  const reveal = useMemo(() => (row === null || !isWhole ? undefined : { index: row, wish }), [row, wish, isWhole]);
  const here = row === null ? undefined : rowAt(row);
  const pair = row === null ? (mine?.pair ?? null) : here?.kind === 'pair' ? here : null;
  const from = mine === null ? (begins ?? -1) : mine.row;
  const place = row === null ? -1 : difference.changeRows.indexOf(row);
  const [copied, setCopied] = useState('');
  const choose = (next: number | undefined): void => {
    if (next !== undefined) setChosen({ asked, key, row: next, wish: wish + 1, pair: null });
  };
  const next = (): void => choose(difference.changeRows.find((one) => one > from));
  const previous = (): void => choose(difference.changeRows.findLast((one) => one < from));
  const copy = (): void => {
    const link = `${location.origin}${location.pathname}${differenceHref(id, { ...view, peer: view.with === 'peer' ? (difference.a?.hostId ?? null) : null, at: pair?.b?.index ?? null })}`;
    navigator.clipboard.writeText(evidenceText(difference, pair, link)).then(
      () => setCopied('Copied'),
      () => setCopied('Not copied'),
    );
  };
  useDifferenceCommands({ next, previous, copy, fold: allUnfolded ? foldAll : unfoldAll });
  const columns = useMemo(() => differenceColumns(difference, view.with, wide), [difference, view.with, wide]);
  const open = (at: DifferenceRow, index: number): void => {
    if (at.kind === 'pair') return choose(index);
    setChosen({ asked, key: '', row: index, wish, pair });
    toggle(at.start);
    return undefined;
  };
  return (
    <div className={styles['page']}>
      <Head id={id} view={view} difference={difference} />
      <DifferenceTools id={id} view={view} difference={difference} />
      {difference.problem !== null && (
        <section aria-label="What there is instead">
          <p>{difference.problem.nextStep}</p>
          <Instead id={id} view={view} offers={difference.offers} />
        </section>
      )}
      {difference.problem === null && (
        <>
          <div className={styles['tools']}>
            <output>
              {tallyWords(difference)}
              {place >= 0 && `. Change ${count(place + 1)} of ${count(difference.changeRows.length)}`}
            </output>
            <Button aria-disabled={difference.changeRows.every((one) => one >= from)} onClick={previous}>
              Previous change
            </Button>
            <Button aria-disabled={difference.changeRows.every((one) => one <= from)} onClick={next}>
              Next change
            </Button>
            <Button onClick={allUnfolded ? foldAll : unfoldAll}>{allUnfolded ? 'Fold what did not change' : 'Unfold everything'}</Button>
            <Button onClick={copy}>Copy as evidence</Button>
            <output>{copied}</output>
          </div>
          {total !== undefined && total > 0 && (
            <div className={styles['list']} data-tour="difference" style={{ maxHeight: HEAD_PX + total * ROW_PX }}>
              <Grid
                label={`${LOG_WORD[view.log]} side by side`}
                listKey={asked}
                columns={columns}
                total={total}
                minWidthPx={720}
                rowAt={rowAt}
                onVisible={show}
                onOpen={open}
                rowTone={(one) => (one === here ? 'selected' : undefined)}
                reveal={reveal}
              />
            </div>
          )}
          {pair !== null && <DifferenceDetail id={id} view={view} difference={difference} pair={pair} />}
        </>
      )}
      <div className={styles['below']}>
        {difference.causes.length > 0 && <Causes causes={difference.causes} />}
        {difference.notes.length > 0 && <Notes notes={difference.notes} />}
        {difference.cluster !== null && <Cluster id={id} cluster={difference.cluster} />}
        {difference.b.verdict === 'failed' && <Propose id={id} name={difference.b.hostName ?? id} />}
      </div>
    </div>
  );
};
