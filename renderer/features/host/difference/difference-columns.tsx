import type { Difference, DifferenceCell, DifferenceRow, DifferenceWith } from '../../../../shared/contract/difference-schemas.ts';
import { shorten } from '../../../ui/digest.tsx';
import type { Column } from '../../../ui/grid.tsx';
import { OutcomeWord } from '../../../ui/verdict-mark.tsx';
import { count, plural } from '../../../ui/words.ts';
import { stateMark, STATE_WORD } from './difference-words.ts';
import styles from './difference.module.css';

const Folded = ({ row }: { row: Extract<DifferenceRow, { kind: 'fold' }> }) => (
  <span className={styles['folded']}>
    <span aria-hidden="true">{row.isOpen ? '▾' : '▸'}</span>{' '}
    {row.notJudged === row.length
      ? `${count(row.length)} not judged`
      : row.notJudged === 0
        ? plural(row.length, 'equal line', 'equal lines')
        : `${count(row.length)} without a change, ${count(row.notJudged)} of them not judged`}
    , {row.from}
    {row.from === row.to ? '' : ` to ${row.to}`}
    <span className="visually-hidden">{row.isOpen ? ', unfolded' : ', folded'}</span>
  </span>
);

/** A reference value is a digest and hardly more; what an event is called stands before its own. */
const What = ({ cell, none, wide }: { cell: DifferenceCell | null; none: string; wide: boolean }) =>
  cell === null ? (
    <span className={styles['none']}>{none}</span>
  ) : (
    <span title={cell.claimed}>
      {cell.index !== null && <span className={styles['index']}>{count(cell.index)}</span>} {cell.claimed}
      {!wide && cell.index === null && (
        <>
          {' '}
          <code>{shorten(cell.digest, 6)}</code>
        </>
      )}
    </span>
  );
const Value = ({ cell }: { cell: DifferenceCell | null }) =>
  cell === null || cell.digest === '' ? null : <code>{shorten(cell.digest, 6)}</code>;

/** The two sides beside each other: what each log claims, and what each measured. */
export const differenceColumns = (difference: Difference, held: DifferenceWith, wide: boolean): readonly Column<DifferenceRow, never>[] => {
  const none = held === 'reference' ? 'not in the reference' : 'not there';
  const [a, b] = [held === 'reference' ? 'Reference value' : (difference.a?.words ?? 'Before'), difference.b.hostName ?? 'This host'];
  const digests = (key: 'a' | 'b', title: string): readonly Column<DifferenceRow, never>[] =>
    wide ? [{ key: `${key}-digest`, title, track: '124px', cell: (row) => (row.kind === 'fold' ? null : <Value cell={row[key]} />) }] : [];
  return [
    {
      key: 'state',
      title: 'State',
      track: '112px',
      cell: (row) => (row.kind === 'fold' ? null : <OutcomeWord kind={stateMark(row.state, held)} word={STATE_WORD[row.state]} />),
    },
    { key: 'pcr', title: 'PCR', track: '32px', align: 'end', cell: (row) => (row.kind === 'fold' || row.pcr > 23 ? null : row.pcr) },
    {
      key: 'a',
      title: a,
      track: 'minmax(160px, 1fr)',
      cell: (row) => (row.kind === 'fold' ? <Folded row={row} /> : <What cell={row.a} none={none} wide={wide} />),
    },
    ...digests('a', 'Digest'),
    {
      key: 'b',
      title: b,
      track: 'minmax(160px, 1fr)',
      cell: (row) => (row.kind === 'fold' ? null : <What cell={row.b} none="not there" wide={wide} />),
    },
    ...digests('b', 'Digest'),
  ];
};
