import { useCallback, useEffect, useRef } from 'react';
import type { HostRow } from '../../../shared/contract/schemas.ts';
import { go, hostHref, mapHref, type MapView } from '../../app/navigation.ts';
import { usePages } from '../../transport/pages.ts';
import { call } from '../../transport/transport.ts';
import { Button } from '../../ui/button.tsx';
import { Callout, Waiting } from '../../ui/callout.tsx';
import { ChainGlyph } from '../../ui/chain-glyph.tsx';
import { type Column, Grid } from '../../ui/grid.tsx';
import { Instant } from '../../ui/time.tsx';
import { VerdictWord } from '../../ui/verdict-mark.tsx';
import { ASSURANCE_WORD, plural } from '../../ui/words.ts';
import { placeName } from './places.ts';
import styles from './hosts-then.module.css';

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
  { key: 'place', title: 'Location', track: 'minmax(200px, 1.6fr)', cell: (row) => placeName(row.location, 'site') },
  { key: 'known', title: 'Known', track: '110px', cell: (row) => ASSURANCE_WORD[row.location.assurance] },
  { key: 'evidence', title: 'Evidence of', track: '170px', cell: (row) => <Instant atMs={row.evidenceAtMs} /> },
];

/** The hosts behind a count of a past moment. The list of hosts itself knows only now. */
export const HostsThen = ({ view, atMs, filter }: { view: MapView; atMs: number; filter: string }) => {
  const fetchPage = useCallback(
    async (offset: number, limit: number) => {
      const answer = await call('fleet.asOf', { atMs, query: {}, filter, offset, limit });
      return answer.ok ? { ok: true as const, value: answer.value.hosts } : answer;
    },
    [atMs, filter],
  );
  const key = `${atMs} ${filter}`;
  const { total, rowAt, show, problem } = usePages<HostRow>(key, fetchPage);
  const heading = useRef<HTMLHeadingElement>(null);
  // It stands below the map: whoever asked for it is brought there.
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className={styles['then']} aria-labelledby="map-hosts">
      <div className={styles['title']}>
        <h2 id="map-hosts" ref={heading} tabIndex={-1}>
          {total === undefined ? 'Hosts' : plural(total, 'host', 'hosts')} as of <Instant atMs={atMs} />
        </h2>
        <Button onClick={() => go(mapHref({ ...view, hosts: null }), 'replace')}>Close the list</Button>
      </div>
      <p className={styles['filter']}>
        Those of <code>{filter}</code>
      </p>
      {problem !== undefined && <Callout problem={problem} />}
      {total === undefined && problem === undefined && <Waiting>Reading the record…</Waiting>}
      {total === 0 && <p className={styles['filter']}>No host fitted this then, or the filter cannot be read.</p>}
      {total !== undefined && total > 0 && (
        <div className={styles['list']}>
          <Grid
            label="Hosts of the place as of the moment"
            listKey={key}
            columns={COLUMNS}
            total={total}
            minWidthPx={860}
            rowAt={rowAt}
            onVisible={show}
            onOpen={(row) => go(hostHref(row.id, 'history'))}
          />
        </div>
      )}
    </section>
  );
};
