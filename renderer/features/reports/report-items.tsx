import { useCallback, useRef, useState } from 'react';
import {
  EVIDENCE_STATES,
  type EvidenceState,
  type ItemKind,
  type ItemTarget,
  MOST_ITEMS,
  type ReportItem,
  STATE_WORD,
} from '../../../shared/contract/assessment-schemas.ts';
import { VERDICTS } from '../../../shared/model/verdict.ts';
import { recordHref, reportsHref } from '../../app/navigation.ts';
import { usePages } from '../../transport/pages.ts';
import { useQuery } from '../../transport/query.ts';
import { call } from '../../transport/transport.ts';
import { Button, Choice } from '../../ui/button.tsx';
import { Callout, Empty, Waiting } from '../../ui/callout.tsx';
import { Digest } from '../../ui/digest.tsx';
import { Field } from '../../ui/field.tsx';
import { type Column, Grid } from '../../ui/grid.tsx';
import { useReadOnly } from '../../ui/read-only.ts';
import { Instant } from '../../ui/time.tsx';
import { VerdictWord } from '../../ui/verdict-mark.tsx';
import { count, plural } from '../../ui/words.ts';
import { standingWord } from './report-words.ts';
import { ItemHistory, SayForm } from './say-of.tsx';
import { StateWord } from './state-mark.tsx';
import styles from './items.module.css';

const Standing = ({ item: { kind, standing } }: { item: ReportItem }) => {
  const verdict = VERDICTS.find((one) => one === standing);
  return kind === 'host' && verdict !== undefined ? <VerdictWord verdict={verdict} /> : <>{standingWord(kind, standing)}</>;
};

const COLUMNS = (kind: ItemKind): readonly Column<ReportItem, never>[] => [
  {
    key: 'item',
    title: kind === 'host' ? 'Host' : 'Control',
    track: 'minmax(150px, 1.2fr)',
    cell: (item) => <span title={item.id}>{kind === 'host' ? item.name : `${item.id} ${item.name}`}</span>,
  },
  { key: 'standing', title: 'In this run', track: kind === 'host' ? '116px' : '200px', cell: (item) => <Standing item={item} /> },
  { key: 'state', title: 'State', track: '128px', cell: ({ state }) => <StateWord state={state} /> },
  {
    key: 'comment',
    title: 'Who said what',
    track: 'minmax(180px, 2fr)',
    cell: ({ said }) =>
      said === null ? '' : <span title={said.comment}>{said.comment === '' ? said.who : `${said.who}: ${said.comment}`}</span>,
  },
  { key: 'at', title: 'When', track: '166px', cell: ({ said }) => (said === null ? '' : <Instant atMs={said.atMs} />) },
  {
    key: 'before',
    title: 'Said of a run before',
    track: 'minmax(150px, 1fr)',
    cell: ({ former }) => (former === null ? '' : <span title={former.comment}>{`${STATE_WORD[former.state]} (${former.who})`}</span>),
  },
];

type Open = { readonly what: 'item'; readonly item: ReportItem } | { readonly what: 'all'; readonly targets: readonly ItemTarget[] };

/** The items of the last run of a report, and what people said of each. */
export const ReportItems = ({ report }: { report: number }) => {
  const [kind, setKind] = useState<ItemKind>('host');
  const [state, setState] = useState<EvidenceState | 'any'>('any');
  const [text, setText] = useState('');
  const [open, setOpen] = useState<Open | null>(null);
  const [said, setSaid] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const reports = useQuery('reports.list', {});
  const name = reports.data?.find(({ id }) => id === report)?.definition.name;
  const words = text.trim();
  const key = JSON.stringify([report, kind, state, words]);
  const fetchPage = useCallback(
    async (offset: number, limit: number) => {
      const asked = { id: report, kind, ...(state !== 'any' && { state }), ...(words !== '' && { text: words }) };
      const answer = await call('reports.items', { ...asked, offset, limit });
      return answer.ok ? { ok: true as const, value: answer.value ?? { total: 0, rows: [] } } : answer;
    },
    [report, kind, state, words],
  );
  const { total, problem, rowAt, show, refresh } = usePages<ReportItem>(key, fetchPage);
  const head = useQuery('reports.items', { id: report, kind, offset: 0, limit: 1 });
  const found = head.data;

  const focusList = (): void => list.current?.querySelector<HTMLElement>('[role="grid"]')?.focus();
  const saved = (now: EvidenceState): void => {
    const of = open?.what === 'item' ? open.item.name : plural(open?.targets.length ?? 0, 'item', 'items');
    setSaid(`${of}: ${STATE_WORD[now].toLowerCase()}, and the ledger says so.`);
    setOpen(null);
    head.refetch();
    refresh();
    focusList();
  };
  const openAll = async (): Promise<void> => {
    const answer = await fetchPage(0, MOST_ITEMS);
    if (answer.ok) setOpen({ what: 'all', targets: answer.value.rows.map(({ kind: of, id }) => ({ kind: of, id })) });
  };

  return (
    <div className={styles['page']}>
      <a className={styles['back']} href={reportsHref}>
        All reports
      </a>
      <h1>Items of {name ?? 'a report'}</h1>
      {head.problem !== undefined && <Callout problem={head.problem} />}
      {found === undefined && head.problem === undefined && <Waiting>Asking the engine…</Waiting>}
      {found === null && (
        <Empty title="There is no run whose items can be judged.">
          <p>
            Make the report first, or again where an older version made its last run: <a href={reportsHref}>all reports</a>.
          </p>
        </Empty>
      )}
      {found !== undefined && found !== null && (
        <>
          <p className={styles['run']}>
            <span>
              Run of <Instant atMs={found.run.cutOffMs} />, <a href={recordHref({ kind: 'export' })}>entry {count(found.run.entry)}</a>
            </span>
            <span>
              File <Digest value={found.run.sha256} label="SHA-256 of the file of this run" />
            </span>
          </p>
          <p className={styles['run']}>
            What is said here is the judgement of a person, not a measurement. It holds for this run and its file; the next run is ready to
            be judged again.
          </p>
          <div className={styles['bar']}>
            {found.kinds.control > 0 && (
              <Choice
                label="Items"
                options={[
                  { value: 'host', word: `Hosts ${count(found.kinds.host)}` },
                  { value: 'control', word: `Controls ${count(found.kinds.control)}` },
                ]}
                value={kind}
                onChange={(next) => {
                  setKind(next);
                  setOpen(null);
                }}
              />
            )}
            <Choice
              label="State"
              options={[
                { value: 'any', word: 'All' },
                ...EVIDENCE_STATES.map((value) => ({ value, word: `${STATE_WORD[value]} ${count(found.counts[value])}` })),
              ]}
              value={state}
              onChange={setState}
            />
            <div className={styles['search']}>
              <Field label="Name" value={text} onChange={setText} maxLength={200} />
            </div>
            <Button
              writes
              aria-disabled={total === undefined || total === 0 || total > MOST_ITEMS}
              {...(total !== undefined && total > MOST_ITEMS && { title: `At most ${MOST_ITEMS} at once: narrow the list.` })}
              onClick={() => total !== undefined && total > 0 && total <= MOST_ITEMS && void openAll()}
            >
              Say it of all {total === undefined ? '' : count(total)}…
            </Button>
          </div>
          <output aria-live="polite" className={styles['quiet']}>
            {said}
          </output>
          {problem !== undefined && <Callout problem={problem} />}
          {total === 0 && (
            <Empty title="No item is like this.">
              <p>Choose another state, or empty the name.</p>
            </Empty>
          )}
          {total !== undefined && total > 0 && (
            <div className={styles['list']} ref={list}>
              <Grid
                label="Items of the run. Enter opens one."
                listKey={key}
                columns={COLUMNS(kind)}
                total={total}
                minWidthPx={900}
                rowAt={rowAt}
                onVisible={show}
                onOpen={(item) => {
                  setSaid('');
                  setOpen({ what: 'item', item });
                }}
                rowTone={(item) => (open?.what === 'item' && item.id === open.item.id ? 'selected' : undefined)}
              />
            </div>
          )}
          {open !== null && (
            <Detail
              key={open.what === 'item' ? `${open.item.kind} ${open.item.id}` : 'all'}
              report={report}
              run={found.run.entry}
              open={open}
              onSaved={saved}
              onCancel={() => {
                setOpen(null);
                focusList();
              }}
            />
          )}
        </>
      )}
    </div>
  );
};

type DetailProps = {
  report: number;
  run: number;
  open: Open;
  onSaved: (state: EvidenceState) => void;
  onCancel: () => void;
};

const Detail = ({ report, run, open, onSaved, onCancel }: DetailProps) => {
  const readOnly = useReadOnly();
  const shared = { report, run, onSaved, onCancel };
  if (open.what === 'all')
    return (
      <div className={styles['detail']}>
        <SayForm {...shared} title={`Say it of ${plural(open.targets.length, 'item', 'items')}`} targets={open.targets} first="approved" />
      </div>
    );
  const { item } = open;
  const target = { kind: item.kind, id: item.id };
  const title = `${item.kind === 'host' ? item.name : `${item.id} ${item.name}`}: ${standingWord(item.kind, item.standing)}`;
  return (
    <div className={styles['detail']}>
      {readOnly ? (
        <h2>{title}</h2>
      ) : (
        <SayForm {...shared} title={title} targets={[target]} first={item.state === 'ready' ? 'approved' : item.state} />
      )}
      <ItemHistory report={report} item={target} />
    </div>
  );
};
