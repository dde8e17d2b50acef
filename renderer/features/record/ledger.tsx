import { useCallback, useState } from 'react';
import type { LedgerRow } from '../../../shared/contract/ledger-schemas.ts';
import { go, recordHref } from '../../app/navigation.ts';
import { ExportButton } from '../../exporting/export-button.tsx';
import { usePages } from '../../transport/pages.ts';
import { call } from '../../transport/transport.ts';
import { Callout, Empty, Waiting } from '../../ui/callout.tsx';
import { type Column, Grid } from '../../ui/grid.tsx';
import { Instant } from '../../ui/time.tsx';
import styles from './record.module.css';

const KINDS: readonly (readonly [string, string])[] = [
  ['verdict', 'Verdicts'],
  ['host', 'Hosts, otherwise changed'],
  ['sweep', 'Confirmations'],
  ['finding', 'Findings'],
  ['findings', 'Findings, many at once'],
  ['manifest', 'Manifests'],
  ['reference', 'Reference values'],
  ['endpoint', 'Endpoints'],
  ['engine', 'Starts and stops'],
  ['polling', 'Gaps'],
  ['store', 'Database'],
  ['key', 'Keys'],
  ['anchor', 'Anchors'],
  ['settings', 'Settings'],
  ['ledger', 'Re-checks'],
  ['export', 'Exports'],
  ['report', 'Reports'],
  ['alert', 'Alerts'],
];

const COLUMNS: readonly Column<LedgerRow, never>[] = [
  { key: 'seq', title: 'Entry', track: '72px', align: 'end', cell: (row) => row.seq },
  { key: 'at', title: 'Time', track: '170px', cell: (row) => <Instant atMs={row.atMs} /> },
  { key: 'who', title: 'Who', track: '120px', cell: (row) => <span title={row.who.kind}>{row.who.name}</span> },
  { key: 'kind', title: 'Kind', track: '160px', cell: (row) => row.kind },
  { key: 'what', title: 'What', track: 'minmax(280px, 1fr)', cell: (row) => <span title={row.sentence}>{row.sentence}</span> },
];

const Entry = ({ entry }: { entry: LedgerRow }) => (
  <section aria-label={`Entry ${entry.seq}`}>
    <p>
      Entry {entry.seq}, {entry.kind}, {entry.subject}: {entry.sentence}
    </p>
    <pre className={styles['body']}>{entry.body}</pre>
  </section>
);

/** What was entered, newest first. */
export const Ledger = ({ atMs, kind }: { atMs: number | null; kind: string | null }) => {
  const key = `ledger ${kind ?? ''}`;
  const fetchPage = useCallback(
    (offset: number, limit: number) => call('ledger.list', { offset, limit, ...(kind !== null && { kind }) }),
    [kind],
  );
  const { total, problem, rowAt, show } = usePages<LedgerRow>(key, fetchPage);
  const [open, setOpen] = useState<LedgerRow>();
  return (
    <section aria-labelledby="ledger">
      <h2 id="ledger">Entries, newest first</h2>
      <p className={styles['lead']}>What changes and what a person does is entered, and can only be added to. Enter opens an entry.</p>
      <div className={styles['row']}>
        <label>
          <span>Entries about</span>
          <select
            value={kind ?? ''}
            onChange={(event) =>
              go(recordHref({ tab: 'ledger', atMs, kind: event.target.value === '' ? null : event.target.value }), 'replace')
            }
          >
            <option value="">Everything</option>
            {KINDS.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <ExportButton
          exported={
            total === undefined
              ? null
              : {
                  what: 'entries of the ledger',
                  total,
                  query: kind === null ? '' : `kind = "${kind}"`,
                  ask: (format) => ({ rows: 'ledger', format, period: null, ...(kind !== null && { kind }) }),
                }
          }
        />
      </div>
      {problem !== undefined && <Callout problem={problem} />}
      {total === undefined && problem === undefined && <Waiting>Reading the ledger…</Waiting>}
      {total === 0 && (
        <Empty title="No entry of this kind.">
          <p>Choose another kind, or everything.</p>
        </Empty>
      )}
      {total !== undefined && total > 0 && (
        <div className={styles['list']}>
          <Grid
            label="Entries of the ledger, newest first"
            listKey={key}
            columns={COLUMNS}
            total={total}
            minWidthPx={900}
            rowAt={rowAt}
            onVisible={show}
            onOpen={(row) => setOpen(row)}
            rowTone={(row) => (row.seq === open?.seq ? 'selected' : undefined)}
          />
        </div>
      )}
      {open !== undefined && <Entry entry={open} />}
    </section>
  );
};
