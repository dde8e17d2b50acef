import type { HostRow, HostSort } from '../../../shared/contract/schemas.ts';
import { hostHref } from '../../app/navigation.ts';
import { ChainGlyph } from '../../ui/chain-glyph.tsx';
import type { Column } from '../../ui/grid.tsx';
import { Age } from '../../ui/time.tsx';
import { ReportedWord, VerdictWord } from '../../ui/verdict-mark.tsx';
import { ASSURANCE_MEANING, ASSURANCE_WORD } from '../../ui/words.ts';
import styles from './host-columns.module.css';

const Reported = ({ row }: { row: HostRow }) => (
  <span className={styles['reported']}>
    <ReportedWord reported={row.reported} />
    {row.disagreement && (
      <strong title="The endpoint says otherwise">
        <span aria-hidden="true">≠</span>
        <span className="visually-hidden">disagrees</span>
      </strong>
    )}
  </span>
);

const Place = ({ row }: { row: HostRow }) => {
  const { country, site, assurance } = row.location;
  if (country === null && site === null) return <span className={styles['quiet']}>unknown</span>;
  return (
    <span title={ASSURANCE_MEANING[assurance]}>
      {country}
      {country !== null && site !== null && ' · '}
      {site} <span className={styles['quiet']}>{ASSURANCE_WORD[assurance]}</span>
    </span>
  );
};

type HostColumn = Column<HostRow, HostSort> & { readonly onlyWide?: boolean };

const COLUMNS: readonly HostColumn[] = [
  { key: 'verdict', title: 'Verdict', track: '96px', sort: 'verdict', cell: (row) => <VerdictWord verdict={row.verdict} /> },
  { key: 'chain', title: 'Chain', track: '16px', hideTitle: true, cell: (row) => <ChainGlyph chain={row.chain} /> },
  {
    key: 'name',
    title: 'Host',
    track: 'minmax(124px, 1fr)',
    sort: 'name',
    cell: (row) => (
      <a className={styles['name']} href={hostHref(row.id)} tabIndex={-1}>
        {row.name}
      </a>
    ),
  },
  {
    key: 'class',
    title: 'Class',
    track: '96px',
    sort: 'hostClass',
    onlyWide: true,
    cell: (row) => row.hostClass ?? <span className={styles['quiet']}>none</span>,
  },
  {
    key: 'reason',
    title: 'Reason',
    track: 'minmax(200px, 2.4fr)',
    sort: 'brokenLink',
    cell: (row) => (
      <span className={row.verdict === 'trusted' ? styles['quiet'] : undefined} title={row.reason}>
        {row.reason}
      </span>
    ),
  },
  { key: 'reported', title: 'Reported', track: '112px', sort: 'reported', cell: (row) => <Reported row={row} /> },
  { key: 'place', title: 'Location', track: 'minmax(196px, 1fr)', sort: 'country', cell: (row) => <Place row={row} /> },
  { key: 'evidence', title: 'Evidence', track: '60px', align: 'end', sort: 'evidenceAtMs', cell: (row) => <Age atMs={row.evidenceAtMs} /> },
  { key: 'changed', title: 'Changed', track: '60px', align: 'end', sort: 'changedAtMs', cell: (row) => <Age atMs={row.changedAtMs} /> },
  { key: 'endpoint', title: 'Endpoint', track: '112px', sort: 'endpoint', onlyWide: true, cell: (row) => row.endpoint },
];

const NARROW = COLUMNS.filter((column) => column.onlyWide !== true);

/** A narrow table does without what the host's own page says as well. */
export const hostColumns = (wide: boolean): readonly HostColumn[] => (wide ? COLUMNS : NARROW);
