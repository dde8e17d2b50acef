import { useCallback, useState } from 'react';
import type { ReferenceDifference } from '../../../shared/contract/reference-schemas.ts';
import type { ReferenceItem } from '../../../shared/model/reference-set.ts';
import { usePages } from '../../transport/pages.ts';
import { call } from '../../transport/transport.ts';
import { Callout, Waiting } from '../../ui/callout.tsx';
import { Digest } from '../../ui/digest.tsx';
import { type Column, Grid } from '../../ui/grid.tsx';
import { KeyValue } from '../../ui/key-value.tsx';
import { ListSearch } from '../../ui/list-search.tsx';
import { count, plural } from '../../ui/words.ts';
import { itemParts } from './set-words.ts';
import styles from './references.module.css';

const COLUMNS: readonly Column<ReferenceItem, never>[] = [
  { key: 'kind', title: 'Kind', track: '136px', cell: (item) => itemParts(item).kind },
  {
    key: 'what',
    title: 'What',
    track: 'minmax(200px, 1.4fr)',
    cell: (item) => <span title={itemParts(item).what}>{itemParts(item).what}</span>,
  },
  { key: 'digest', title: 'Digest', track: 'minmax(160px, 1fr)', cell: (item) => <code>{itemParts(item).digest}</code> },
];

type DifferenceRow = ReferenceDifference['rows'][number];
const DIFFERENCE_COLUMNS: readonly Column<DifferenceRow, never>[] = [
  {
    key: 'sign',
    title: 'Change',
    track: '80px',
    cell: ({ sign }) => (sign === 'added' ? '+ added' : '− left out'),
  },
  ...COLUMNS.map(
    (column): Column<DifferenceRow, never> => ({
      key: column.key,
      title: column.title,
      track: column.track,
      cell: ({ item }, index) => column.cell(item, index),
    }),
  ),
];

/** Every digest of an item, to be compared and copied. */
const Opened = ({ item }: { item: ReferenceItem }) => {
  const values = Object.entries(item).filter(([name, value]) => name !== 'kind' && value !== null);
  const said = (value: unknown): React.ReactNode =>
    Array.isArray(value) ? (
      value.map((one) => (
        <div key={String(one)}>
          <Digest value={String(one)} label="digest" keep={24} />
        </div>
      ))
    ) : /^[0-9a-f]{40,128}$/u.test(String(value)) ? (
      <Digest value={String(value)} label="digest" keep={24} />
    ) : (
      itemParts(item).what || String(value)
    );
  return (
    <section aria-label="The opened item" className={styles['opened']}>
      <KeyValue pairs={values.map(([key, value]) => ({ key, value: said(value) }))} />
    </section>
  );
};

/** All items of a set, of which only those that can be seen are here. */
export const Items = ({ id }: { id: number }) => {
  const [text, setText] = useState('');
  const [open, setOpen] = useState<ReferenceItem>();
  const words = text.trim();
  const key = `items ${id} ${words}`;
  const fetchPage = useCallback(
    async (offset: number, limit: number) => {
      const answer = await call('references.get', { id, offset, limit, ...(words !== '' && { text: words }) });
      return answer.ok ? { ok: true as const, value: { total: answer.value?.total ?? 0, rows: answer.value?.items ?? [] } } : answer;
    },
    [id, words],
  );
  const { total, problem, rowAt, show } = usePages<ReferenceItem>(key, fetchPage);
  return (
    <>
      <div className={styles['tools']}>
        <ListSearch label="Search items" value={text} onChange={setText} />
        <output>{total === undefined ? '' : plural(total, 'item', 'items')}</output>
      </div>
      {problem !== undefined && <Callout problem={problem} />}
      {total === undefined && problem === undefined && <Waiting>Asking the engine…</Waiting>}
      {total === 0 && <p className={styles['quiet']}>No item has all of these words.</p>}
      {total !== undefined && total > 0 && (
        <div className={styles['items']}>
          <Grid
            label="Items of the set. Enter opens one."
            listKey={key}
            columns={COLUMNS}
            total={total}
            minWidthPx={600}
            rowAt={rowAt}
            onVisible={show}
            onOpen={setOpen}
            rowTone={(row) => (row === open ? 'selected' : undefined)}
          />
        </div>
      )}
      {open !== undefined && <Opened item={open} />}
    </>
  );
};

/** What a set says that the one before did not, and what it leaves out. */
export const Difference = ({ id, to }: { id: number; to: number }) => {
  const [known, setKnown] = useState<{ added: number; removed: number }>();
  const fetchPage = useCallback(
    async (offset: number, limit: number) => {
      const answer = await call('references.compare', { id, to, offset, limit });
      if (!answer.ok) return answer;
      const { total = 0, rows = [], added = 0, removed = 0 } = answer.value ?? {};
      setKnown({ added, removed });
      return { ok: true as const, value: { total, rows } };
    },
    [id, to],
  );
  const { total, problem, rowAt, show } = usePages<DifferenceRow>(`difference ${id} ${to}`, fetchPage);
  return (
    <>
      <p className={styles['tools']}>
        {known === undefined
          ? ''
          : known.added + known.removed === 0
            ? `Set ${id} says the same as set ${to}.`
            : `Against set ${to}: ${count(known.added)} added, ${count(known.removed)} left out.`}
      </p>
      {problem !== undefined && <Callout problem={problem} />}
      {total === undefined && problem === undefined && <Waiting>Asking the engine…</Waiting>}
      {total !== undefined && total > 0 && (
        <div className={styles['items']}>
          <Grid
            label="Difference to the set before"
            listKey={`difference ${id} ${to}`}
            columns={DIFFERENCE_COLUMNS}
            total={total}
            minWidthPx={680}
            rowAt={rowAt}
            onVisible={show}
            onOpen={() => {}}
          />
        </div>
      )}
    </>
  );
};
