import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Finding, FindingCounts, FindingQuery, FindingSort } from '../../../shared/contract/finding-schemas.ts';
import { findingQueryWords } from '../../../shared/contract/finding-query-words.ts';
import { findingsHref, type FindingsView, HOLDING } from '../../app/navigation-findings.ts';
import { go } from '../../app/navigation.ts';
import { ExportButton } from '../../exporting/export-button.tsx';
import { useJobs } from '../../transport/jobs.ts';
import { usePages } from '../../transport/pages.ts';
import { call } from '../../transport/transport.ts';
import { Button, Choice } from '../../ui/button.tsx';
import { Callout, Empty, Waiting } from '../../ui/callout.tsx';
import { type Command, useCommands } from '../../ui/commands.ts';
import { Grid } from '../../ui/grid.tsx';
import { useReadOnly } from '../../ui/read-only.ts';
import { type Chosen, useTicks } from '../../ui/ticks.ts';
import { UndoToast } from '../../ui/undo-toast.tsx';
import { count, plural } from '../../ui/words.ts';
import type { ActKind } from './act-words.ts';
import { BulkDialog } from './bulk-dialog.tsx';
import { CauseDetail, Causes } from './causes.tsx';
import { Filters } from './filters.tsx';
import { findingColumns } from './finding-columns.tsx';
import { FindingDetail } from './finding-detail.tsx';
import { isFiltered, queryOf, unfiltered } from './finding-query.ts';
import { useActing } from './use-act.ts';
import styles from './findings.module.css';

/** Where each list was left. Forgotten with the window. */
const leftAt = new Map<string, number>();

const focusGrid = (): void => document.querySelector<HTMLElement>('main [role="grid"]')?.focus();

type ListProps = {
  view: FindingsView;
  onCounts: (counts: FindingCounts, total: number) => void;
  onChosen: (chosen: Chosen<number>) => void;
};

const knownBy = ({ id, title }: Finding) => ({ id, name: title });

const List = ({ view, onCounts, onChosen }: ListProps) => {
  const key = findingsHref({ ...view, finding: null });
  const fetchPage = useCallback(
    async (offset: number, limit: number) => {
      const answer = await call('findings.list', { ...queryOf(view), sort: view.sort, offset, limit });
      if (answer.ok) onCounts(answer.value.counts, answer.value.total);
      return answer;
    },
    [view, onCounts],
  );
  const { total, problem, rowAt, show, current } = usePages<Finding>(key, fetchPage);
  const read = useCallback(
    async (offset: number, limit: number) => {
      const answer = await call('findings.list', { ...queryOf(view), sort: view.sort, offset, limit });
      return answer.ok ? answer.value.rows : null;
    },
    [view],
  );
  const { grid: ticks, chosen } = useTicks({
    filter: findingsHref({ ...view, sort: HOLDING.sort, finding: null }),
    total,
    current,
    read,
    rowAt,
    known: knownBy,
  });
  useEffect(() => onChosen(chosen), [chosen, onChosen]);
  const [startAt] = useState(() => leftAt.get(key) ?? 0);
  const columns = useMemo(
    () => findingColumns(view.finding !== null, view.states.includes('waived') || view.ends !== null),
    [view.finding, view.states, view.ends],
  );
  const changeSort = (by: FindingSort): void => {
    const sort = by === 'newest' && view.sort === 'newest' ? 'oldest' : by;
    go(findingsHref({ ...view, sort }), 'replace');
  };
  return (
    <div className={styles['rows']} data-settling={!current}>
      {problem !== undefined && (
        <Callout problem={problem} still={total === undefined ? undefined : 'The rows below are the last known.'} />
      )}
      {total === undefined && problem === undefined && <Waiting>Asking the engine…</Waiting>}
      {total === 0 && isFiltered(view) && (
        <Empty title="No finding matches this filter.">
          <Button onClick={() => go(findingsHref(unfiltered(view)))}>Undo the filter</Button>
        </Empty>
      )}
      {total === 0 && !isFiltered(view) && (
        <Empty title="Nothing holds that a person must look at.">
          <p>
            A finding appears here as soon as evidence speaks against a host, or an endpoint falls silent.{' '}
            <a href={findingsHref({ ...HOLDING, states: ['resolved'], sort: 'newest' })}>What was resolved</a>
          </p>
        </Empty>
      )}
      {total !== undefined && total > 0 && (
        <Grid
          label="Findings. Enter opens one, Space ticks it."
          listKey={key}
          columns={columns}
          total={total}
          minWidthPx={view.finding === null ? 860 : 600}
          rowAt={rowAt}
          onVisible={show}
          onOpen={(row) => go(findingsHref({ ...view, finding: row.id }))}
          rowTone={(row) => (row.id === view.finding ? 'selected' : undefined)}
          sort={{ by: view.sort === 'oldest' ? 'newest' : view.sort, descending: view.sort === 'newest', change: changeSort }}
          startAt={startAt}
          ticks={ticks}
          onLeave={(first) => leftAt.set(key, first)}
        />
      )}
    </div>
  );
};

/** What a step is for: `names` of those that were ticked, or null where it is for all that match. */
type Bulk = { readonly query: FindingQuery; readonly names: readonly string[] | null };

/** What needs a person, and what became of it. */
export const Findings = ({ view }: { view: FindingsView }) => {
  const jobs = useJobs();
  const [known, setKnown] = useState<{ counts: FindingCounts; total: number }>();
  const [causes, setCauses] = useState<number>();
  const [form, setForm] = useState<{ readonly of: number | null; readonly kind: ActKind } | null>(null);
  const [bulk, setBulk] = useState<Bulk | null>(null);
  const [chosen, setChosen] = useState<Chosen<number> | null>(null);
  const acting = useActing(() => {});
  const onCounts = useCallback((counts: FindingCounts, total: number) => setKnown({ counts, total }), []);
  const byCause = view.by === 'cause';
  const total = known?.total;
  const some = byCause || chosen === null || chosen.isAll || chosen.ticked === 0 ? null : chosen;
  const query: FindingQuery = some === null ? queryOf(view) : { ids: [...some.ids] };
  const wanted = some?.ticked ?? total;
  const names = some?.names ?? null;
  const { finding } = view;
  const readOnly = useReadOnly();
  useCommands(
    useMemo<readonly Command[]>(() => {
      const page = (id: string, word: string, run: () => void): Command => ({
        id: `findings.${id}`,
        word,
        group: 'This page',
        keys: null,
        run,
      });
      const asked = { query: queryOf(view), names: null };
      return [
        page('by-cause', view.by === 'cause' ? 'Findings one by one' : 'Findings by cause', () =>
          go(findingsHref({ ...view, by: view.by === 'cause' ? 'finding' : 'cause', cause: null, finding: null })),
        ),
        ...(readOnly || view.by === 'cause' ? [] : [page('bulk', 'Decide about all findings that match', () => setBulk(asked))]),
        ...(readOnly || finding === null
          ? []
          : (['assign', 'waive', 'note'] as const).map((kind) =>
              page(kind, `${kind[0]?.toUpperCase()}${kind.slice(1)}: the opened finding`, () => setForm({ of: finding, kind })),
            )),
      ];
    }, [view, finding, readOnly]),
  );

  const undoBulk = async (job: number): Promise<void> => {
    acting.dismiss();
    const refused = await jobs.start({ kind: 'findings', findings: { undo: job } });
    acting.fail(refused);
    if (refused === null) acting.say('It is being undone; the list follows.');
    focusGrid();
  };
  const onDone = (sentence: string, job: number | null): void => {
    setBulk(null);
    // What was decided is decided; the next step is for what is ticked next.
    chosen?.none();
    acting.say(sentence, job === null ? undefined : () => void undoBulk(job));
  };
  return (
    <div className={styles['page']}>
      <div className={styles['head']}>
        <h1>Findings</h1>
        <output>
          {byCause
            ? causes === undefined
              ? ''
              : plural(causes, 'cause', 'causes')
            : total === undefined
              ? ''
              : plural(total, 'finding', 'findings')}
          {!byCause && chosen !== null && chosen.words !== '' && `, ${chosen.words}`}
        </output>
        {!byCause && chosen !== null && chosen.ticked > 0 && (
          <Button
            kind="quiet"
            onClick={() => {
              chosen.none();
              focusGrid();
            }}
          >
            Untick
          </Button>
        )}
        <Choice
          label="Rows"
          options={[
            { value: 'finding', word: 'One by one' },
            { value: 'cause', word: 'By cause' },
          ]}
          value={view.by}
          onChange={(by) => go(findingsHref({ ...view, by, cause: null, finding: null }))}
        />
        <span className={styles['act']}>
          {!byCause && (
            <Button
              writes
              aria-disabled={wanted === undefined || wanted === 0}
              onClick={() => wanted !== undefined && wanted > 0 && setBulk({ query, names })}
            >
              {some === null ? (
                <>Decide about all {total === undefined ? '' : count(total)}…</>
              ) : (
                <>Decide about the {count(some.ticked)} ticked…</>
              )}
            </Button>
          )}
          {!byCause && (
            <ExportButton
              label={some === null ? 'Export…' : 'Export the ticked…'}
              exported={
                wanted === undefined
                  ? null
                  : {
                      what: 'findings',
                      total: wanted,
                      query: findingQueryWords(query),
                      ask: (format) => ({ rows: 'findings', format, query, sort: view.sort, period: null }),
                    }
              }
            />
          )}
        </span>
      </div>
      <Filters view={view} counts={known?.counts} />
      {acting.problem !== null && finding === null && (
        <div className={styles['note']}>
          <Callout problem={acting.problem} />
        </div>
      )}
      <div className={styles['both']} data-open={finding !== null || (byCause && view.cause !== null)}>
        {byCause ? <Causes view={view} onTotal={setCauses} /> : <List view={view} onCounts={onCounts} onChosen={setChosen} />}
        {!byCause && finding !== null && (
          <aside className={styles['detail']} aria-label="The opened finding">
            <FindingDetail
              key={finding}
              id={finding}
              view={view}
              acting={acting}
              form={form?.of === finding ? form.kind : null}
              onForm={(kind) => setForm(kind === null ? null : { of: finding, kind })}
            />
          </aside>
        )}
        {byCause && view.cause !== null && (
          <aside className={styles['detail']} aria-label="The opened cause">
            <CauseDetail
              key={view.cause}
              view={view}
              cause={view.cause}
              onAct={() => view.cause !== null && setBulk({ query: { openOnly: true, cause: view.cause }, names: null })}
            />
          </aside>
        )}
      </div>
      {bulk !== null && <BulkDialog query={bulk.query} names={bulk.names} onClose={() => setBulk(null)} onDone={onDone} />}
      {acting.done !== null && (
        <UndoToast
          key={acting.done.id}
          what={acting.done}
          onGone={() => {
            acting.dismiss();
            focusGrid();
          }}
        />
      )}
    </div>
  );
};
