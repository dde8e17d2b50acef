import type { Finding, FindingCluster, FindingSort } from '../../../shared/contract/finding-schemas.ts';
import type { Column } from '../../ui/grid.tsx';
import { tickColumn } from '../../ui/tick-column.tsx';
import { Age, Instant } from '../../ui/time.tsx';
import { count } from '../../ui/words.ts';
import { KIND_WORD, STATE_WORD } from './finding-words.ts';
import { SeverityWord } from './severity-mark.tsx';
import styles from './findings.module.css';

export const FINDING_COLUMNS: readonly Column<Finding, FindingSort>[] = [
  { key: 'severity', title: 'Severity', track: '84px', sort: 'severity', cell: (row) => <SeverityWord severity={row.severity} /> },
  {
    key: 'title',
    title: 'Finding',
    track: 'minmax(220px, 2fr)',
    cell: (row) => <span title={row.title}>{row.title}</span>,
  },
  { key: 'state', title: 'State', track: '104px', cell: (row) => <span data-state={row.state}>{STATE_WORD[row.state]}</span> },
  {
    key: 'assigned',
    title: 'Assigned',
    track: 'minmax(72px, 0.5fr)',
    cell: (row) => row.assigned ?? <span className={styles['quiet']}>nobody</span>,
  },
  { key: 'began', title: 'Began', track: '64px', align: 'end', sort: 'newest', cell: (row) => <Age atMs={row.openedAtMs} /> },
];

const RUNS_OUT: Column<Finding, FindingSort> = {
  key: 'ends',
  title: 'Waiver runs out',
  track: '166px',
  cell: (row) => (row.waiver === null ? '' : <Instant atMs={row.waiver.untilMs} />),
};
const KIND: Column<Finding, FindingSort> = { key: 'kind', title: 'Kind', track: '132px', cell: (row) => KIND_WORD[row.kind] };

/** Beside an opened finding there is less room, and it says the rest. */
export const findingColumns = (narrow: boolean, waivers: boolean): readonly Column<Finding, FindingSort>[] => {
  const [severity, title, ...rest] = FINDING_COLUMNS;
  if (severity === undefined || title === undefined) return FINDING_COLUMNS;
  return [tickColumn, severity, title, ...(narrow ? [] : [KIND]), ...(waivers ? [RUNS_OUT] : []), ...rest];
};

export const CAUSE_COLUMNS: readonly Column<FindingCluster, never>[] = [
  { key: 'severity', title: 'Severity', track: '84px', cell: (row) => <SeverityWord severity={row.severity} /> },
  { key: 'findings', title: 'Findings', track: '64px', align: 'end', cell: (row) => count(row.findings) },
  {
    key: 'what',
    title: 'What is the same',
    track: 'minmax(240px, 2fr)',
    cell: (row) => (
      <span title={row.detail}>
        {row.sentence} <span className={styles['quiet']}>{row.detail}</span>
      </span>
    ),
  },
  { key: 'open', title: 'Open', track: '56px', align: 'end', cell: (row) => count(row.counts.open) },
  { key: 'waived', title: 'Waived', track: '60px', align: 'end', cell: (row) => count(row.counts.waived) },
  { key: 'last', title: 'Newest', track: '64px', align: 'end', cell: (row) => <Age atMs={row.lastAtMs} /> },
];
