import { useCallback, useState } from 'react';
import type { FleetAsOf, HostRow } from '../../../shared/contract/schemas.ts';
import { go, hostHref, recordHref } from '../../app/navigation.ts';
import { usePages } from '../../transport/pages.ts';
import { useQuery } from '../../transport/query.ts';
import { call } from '../../transport/transport.ts';
import { Button } from '../../ui/button.tsx';
import { Callout, Empty, Waiting } from '../../ui/callout.tsx';
import { ChainGlyph } from '../../ui/chain-glyph.tsx';
import { type Column, Grid } from '../../ui/grid.tsx';
import { Instant } from '../../ui/time.tsx';
import { VerdictWord } from '../../ui/verdict-mark.tsx';
import { count, plural } from '../../ui/words.ts';
import styles from './record.module.css';

const COLUMNS: readonly Column<HostRow, never>[] = [
  { key: 'verdict', title: 'Verdict', track: '112px', cell: (row) => <VerdictWord verdict={row.verdict} /> },
  { key: 'chain', title: 'Chain', track: '16px', hideTitle: true, cell: (row) => <ChainGlyph chain={row.chain} /> },
  {
    key: 'name',
    title: 'Host',
    track: 'minmax(140px, 1fr)',
    cell: (row) => (
      <a href={hostHref(row.id, 'history')} tabIndex={-1}>
        {row.name}
      </a>
    ),
  },
  { key: 'reason', title: 'Reason', track: 'minmax(220px, 2.4fr)', cell: (row) => <span title={row.reason}>{row.reason}</span> },
  {
    key: 'place',
    title: 'Location',
    track: '120px',
    cell: (row) => row.location.country ?? <span className={styles['quiet']}>unknown</span>,
  },
  { key: 'evidence', title: 'Evidence of', track: '170px', cell: (row) => <Instant atMs={row.evidenceAtMs} /> },
];

/** The form of a moment that the browser's own field takes, in UTC like every time here. */
const fieldOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 16);
const momentOf = (field: string): number | null => {
  const atMs = Date.parse(`${field}:00Z`);
  return Number.isNaN(atMs) ? null : atMs;
};

const Sentence = ({ fleet }: { fleet: FleetAsOf }) => {
  const { inventory, trusted, failed, stale, inconclusive } = fleet.tally;
  return (
    <>
      <p className={styles['said']}>
        <strong>{count(trusted)}</strong> of {plural(inventory, 'host was', 'hosts were')} true to {inventory === 1 ? 'its' : 'their'}{' '}
        hardware root; {count(failed)} failed, {count(stale)} stale, {count(inconclusive)} inconclusive.
      </p>
      <p className={styles['lead']}>
        As it was known at <Instant atMs={fleet.atMs} />, by{' '}
        {fleet.manifest === null ? 'the built-in defaults' : `${fleet.manifest.name}, version ${fleet.manifest.number}`}.
        {fleet.disagreements > 0 && ` The endpoint said otherwise of ${plural(fleet.disagreements, 'host', 'hosts')}.`}
        {fleet.findings > 0 && ` ${plural(fleet.findings, 'finding', 'findings')} held then.`}
        {fleet.silentEndpoints > 0 && ` ${plural(fleet.silentEndpoints, 'endpoint', 'endpoints')} did not answer.`}
      </p>
    </>
  );
};

const Fleet = ({ atMs }: { atMs: number }) => {
  const { data, problem } = useQuery('fleet.asOf', { atMs, query: {}, offset: 0, limit: 1 });
  const key = recordHref({ tab: 'as-of', atMs });
  const fetchPage = useCallback(
    async (offset: number, limit: number) => {
      const answer = await call('fleet.asOf', { atMs, query: {}, offset, limit });
      return answer.ok ? { ok: true as const, value: answer.value.hosts } : answer;
    },
    [atMs],
  );
  const { total, rowAt, show } = usePages<HostRow>(key, fetchPage);
  if (problem !== undefined && data === undefined) return <Callout problem={problem} />;
  if (data === undefined) return <Waiting>Reading the record…</Waiting>;
  if (data.tally.inventory === 0)
    return (
      <Empty title="No host was known then.">
        <p>Choose a later moment: the record begins with the first host that was seen.</p>
      </Empty>
    );
  return (
    <>
      <Sentence fleet={data} />
      {total !== undefined && (
        <div className={styles['list']}>
          <Grid
            label="Hosts as of the moment"
            listKey={key}
            columns={COLUMNS}
            total={total}
            minWidthPx={900}
            rowAt={rowAt}
            onVisible={show}
            onOpen={(row) => go(hostHref(row.id, 'history'))}
          />
        </div>
      )}
    </>
  );
};

/** Any past moment, exactly as it was known then. */
export const AsOf = ({ atMs, kind }: { atMs: number | null; kind: string | null }) => {
  const [field, setField] = useState(() => fieldOf(atMs ?? Date.now() - 3_600_000));
  const wanted = momentOf(field);
  const show = (): void => {
    if (wanted !== null) go(recordHref({ tab: 'as-of', atMs: wanted, kind }));
  };
  return (
    <section aria-labelledby="as-of">
      <h2 id="as-of">The fleet as of a moment</h2>
      <p className={styles['lead']}>Any past moment, exactly as it was known then, by the rules that were in force then.</p>
      <div className={styles['row']}>
        <label>
          <span>Date and time, UTC</span>
          <input
            type="datetime-local"
            value={field}
            onChange={(event) => setField(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') show();
            }}
            required
          />
        </label>
        <Button disabled={wanted === null} onClick={show}>
          Show the fleet
        </Button>
        {atMs !== null && (
          <Button kind="quiet" onClick={() => go(recordHref({ tab: 'as-of', kind }))}>
            Back to now
          </Button>
        )}
      </div>
      {atMs !== null && <Fleet key={atMs} atMs={atMs} />}
    </section>
  );
};
