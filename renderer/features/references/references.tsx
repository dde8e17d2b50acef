import { useCallback, useMemo, useState } from 'react';
import type { ReferenceProposal, ReferenceSetRow } from '../../../shared/contract/reference-schemas.ts';
import { REFERENCE_STATES } from '../../../shared/model/reference-set.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { go } from '../../app/navigation.ts';
import { REFERENCE_FORMS, type ReferenceForm, referencesHref, type ReferencesView } from '../../app/navigation-references.ts';
import { AddressViews } from '../../saved-views/address-views.tsx';
import { usePages } from '../../transport/pages.ts';
import { call } from '../../transport/transport.ts';
import { Button, Choice } from '../../ui/button.tsx';
import { Callout, Empty, Waiting } from '../../ui/callout.tsx';
import { useNow } from '../../ui/clock.ts';
import { type Command, useCommands } from '../../ui/commands.ts';
import { type Column, Grid } from '../../ui/grid.tsx';
import { useReadOnly } from '../../ui/read-only.ts';
import { Age, Instant } from '../../ui/time.tsx';
import { plural } from '../../ui/words.ts';
import { Lint } from './lint.tsx';
import { FORM_WORD, ProposalForm, ProposalResult } from './proposal-form.tsx';
import { SetDetail } from './set-detail.tsx';
import { ORIGIN_WORD, STATE_WORD, stateOf } from './set-words.ts';
import styles from './references.module.css';

const WORD: Readonly<Record<(typeof REFERENCE_STATES)[number], string>> = {
  proposed: 'Proposed',
  approved: 'Approved',
  withdrawn: 'Withdrawn',
};

/** As many sets as are seen at once; a few take less room. */
const MOST_SHOWN = 10;
const ROW_PX = 28;

const columnsAt = (nowMs: number): readonly Column<ReferenceSetRow, never>[] => [
  { key: 'id', title: 'Set', track: '40px', align: 'end', cell: (row) => row.id },
  { key: 'state', title: 'State', track: '124px', cell: (row) => STATE_WORD[stateOf(row, nowMs)] },
  {
    key: 'name',
    title: 'Name',
    track: 'minmax(112px, 1fr)',
    cell: (row) => <span title={visibleText(row.name)}>{visibleText(row.name)}</span>,
  },
  { key: 'contents', title: 'It names', track: 'minmax(140px, 1.4fr)', cell: (row) => <span title={row.contents}>{row.contents}</span> },
  {
    key: 'scope',
    title: 'Scope',
    track: 'minmax(76px, 0.7fr)',
    cell: (row) => (row.scope === null ? 'all hosts' : <span title={visibleText(row.scope, 4_000)}>{visibleText(row.scope)}</span>),
  },
  { key: 'how', title: 'From', track: '92px', cell: (row) => ORIGIN_WORD[row.provenance.how] },
  { key: 'author', title: 'Proposed by', track: '80px', cell: (row) => visibleText(row.author) },
  { key: 'at', title: 'Ago', track: '56px', align: 'end', cell: (row) => <Age atMs={row.proposedAtMs} /> },
  { key: 'to', title: 'Ends', track: '164px', cell: (row) => <Instant atMs={row.toMs} none="without end" /> },
];

/** What somebody called good: who, since when, for which hosts, and what waits for a second word. */
export const References = ({ view }: { view: ReferencesView }) => {
  const [made, setMade] = useState<Extract<ReferenceProposal, { state: 'proposed' }>>();
  const nowMs = useNow(60_000);
  const readOnly = useReadOnly();
  const { state } = view;
  const key = `references ${state ?? ''}`;
  const fetchPage = useCallback(
    (offset: number, limit: number) => call('references.list', { offset, limit, ...(state !== null && { state }) }),
    [state],
  );
  const { total, problem, rowAt, show, refresh, current } = usePages<ReferenceSetRow>(key, fetchPage);
  const columns = useMemo(() => columnsAt(nowMs), [nowMs]);
  const begin = useCallback((form: ReferenceForm) => go(referencesHref({ ...view, form, host: null })), [view]);
  useCommands(
    useMemo<readonly Command[]>(
      () =>
        (readOnly ? [] : REFERENCE_FORMS).map((form) => ({
          id: `references.${form}`,
          word: `${FORM_WORD[form]}: reference values`,
          group: 'This page',
          keys: null,
          run: () => begin(form),
        })),
      [begin, readOnly],
    ),
  );
  return (
    <div className={styles['page']}>
      <div className={styles['head']}>
        <h1>Reference values</h1>
        <output>{total === undefined ? '' : plural(total, 'set', 'sets')}</output>
        <span className={styles['begin']}>
          {REFERENCE_FORMS.map((form) => (
            <Button key={form} writes onClick={() => begin(form)}>
              {FORM_WORD[form]}…
            </Button>
          ))}
        </span>
      </div>
      <p className={styles['lead']}>
        A set is somebody’s word that measurements are good. It counts beside what the endpoint gives, only after it is approved, and what
        it says is never edited.
      </p>
      {view.form !== null && !readOnly && (
        <ProposalForm
          key={`${view.form} ${view.host}`}
          form={view.form}
          view={view}
          onMade={(answer) => {
            setMade(answer);
            refresh();
            go(referencesHref({ set: answer.id }));
          }}
        />
      )}
      {made !== undefined && made.id === view.set && <ProposalResult made={made} />}
      <Lint view={view}>
        <Choice
          label="State"
          options={[{ value: 'all', word: 'All' }, ...REFERENCE_STATES.map((value) => ({ value, word: WORD[value] }))]}
          value={state ?? 'all'}
          onChange={(value) => go(referencesHref({ ...view, state: REFERENCE_STATES.find((one) => one === value) ?? null }), 'replace')}
        />
        <AddressViews list="references" href={referencesHref({ state })} />
      </Lint>
      {problem !== undefined && (
        <Callout problem={problem} still={total === undefined ? undefined : 'The rows below are the last known.'} />
      )}
      {total === undefined && problem === undefined && <Waiting>Asking the engine…</Waiting>}
      {total === 0 && (
        <Empty title={state === null ? 'No reference values of our own yet.' : 'No set is in this state.'}>
          <p>
            {state === null
              ? 'Hosts are judged by what their endpoint gives. Where it gives none, capture a set from a host that you installed yourself.'
              : 'Choose another state, or all.'}
          </p>
        </Empty>
      )}
      {total !== undefined && total > 0 && (
        <div className={styles['sets']} style={{ height: (Math.min(total, MOST_SHOWN) + 1) * ROW_PX + 4 }} data-settling={!current}>
          <Grid
            label="Sets of reference values. Enter opens one."
            listKey={key}
            columns={columns}
            total={total}
            minWidthPx={1040}
            rowAt={rowAt}
            onVisible={show}
            onOpen={(row) => go(referencesHref({ ...view, form: null, set: row.id }))}
            rowTone={(row) => (row.id === view.set ? 'selected' : undefined)}
          />
        </div>
      )}
      {view.set !== null && <SetDetail key={view.set} id={view.set} view={view} onChanged={refresh} />}
    </div>
  );
};
