import { useCallback, useMemo, useState } from 'react';
import type { HostRow, HostSort } from '../../../shared/contract/schemas.ts';
import { wholeHostQuery } from '../../../shared/query/host-query.ts';
import { printQuery } from '../../../shared/query/print.ts';
import { ALL_HOSTS, go, hostHref, hostsHref, type HostsView } from '../../app/navigation.ts';
import { ExportButton } from '../../exporting/export-button.tsx';
import { setHostPath } from '../../transport/host-path.ts';
import { usePages } from '../../transport/pages.ts';
import { call } from '../../transport/transport.ts';
import { Button } from '../../ui/button.tsx';
import { Callout, Empty, Waiting } from '../../ui/callout.tsx';
import { Grid } from '../../ui/grid.tsx';
import { tickColumn } from '../../ui/tick-column.tsx';
import { useTicks } from '../../ui/ticks.ts';
import { useMedia } from '../../ui/use-media.ts';
import { count, plural } from '../../ui/words.ts';
import { Filters } from './filters.tsx';
import { askOf, filterOf, isFiltered, readSearch } from './host-query.ts';
import { hostColumns } from './host-columns.tsx';
import styles from './hosts.module.css';

/** Where each list was left, so that going back finds the same rows. Forgotten with the window. */
const leftAt = new Map<string, number>();
/** Rows of a grid are counted from one, and the first is its head. */
const FIRST_ROW = 2;

const announce = (total: number | undefined, inventory: number | undefined, filtered: boolean): string => {
  if (total === undefined) return '';
  return filtered && inventory !== undefined ? `${count(total)} of ${plural(inventory, 'host', 'hosts')}` : plural(total, 'host', 'hosts');
};

const listed = (view: HostsView) => ({ ...askOf(view), sort: { by: view.sort, descending: view.descending } });

/** A link in a row is followed by the browser; where it stands in the list is noted on the way. */
const noteRow = (event: React.MouseEvent, view: HostsView): void => {
  const row = event.target instanceof Element ? event.target.closest('[aria-rowindex]')?.getAttribute('aria-rowindex') : null;
  const index = Number(row) - FIRST_ROW;
  if (typeof row === 'string' && index >= 0) setHostPath({ ask: listed(view), index });
};

const knownBy = ({ id, name }: HostRow) => ({ id, name });

/** What is exported: the list, or what is ticked in it. */
const exportOf = (
  asked: ReturnType<typeof askOf>,
  total: number,
  view: HostsView,
): React.ComponentProps<typeof ExportButton>['exported'] => ({
  what: 'hosts',
  total,
  query: asked.query.ids === undefined ? (filterOf(view) ?? '') : printQuery(wholeHostQuery(asked.query, { kind: 'all' })),
  ask: (format) => ({ rows: 'hosts', format, ...asked, sort: { by: view.sort, descending: view.descending } }),
});

export const Hosts = ({ view }: { view: HostsView }) => {
  const key = hostsHref(view);
  const fetchPage = useCallback((offset: number, limit: number) => call('hosts.list', { ...listed(view), offset, limit }), [view]);
  const { total, inventory, problem, rowAt, show, current } = usePages<HostRow>(key, fetchPage);
  const read = useCallback(
    async (offset: number, limit: number) => {
      const answer = await call('hosts.list', { ...listed(view), offset, limit });
      return answer.ok ? answer.value.rows : null;
    },
    [view],
  );
  const filter = hostsHref({ ...view, sort: ALL_HOSTS.sort, descending: ALL_HOSTS.descending });
  const { grid: ticks, chosen } = useTicks({ filter, total, current, read, rowAt, known: knownBy });
  const some = chosen.isAll || chosen.ticked === 0 ? null : chosen;
  const filtered = isFiltered(view);
  const unreadable = readSearch(view.text).kind === 'problem';
  const wide = useMedia('(min-width: 1360px)');
  const columns = useMemo(() => [tickColumn, ...hostColumns(wide)], [wide]);
  const [startAt] = useState(() => leftAt.get(key) ?? 0);
  const changeSort = (by: HostSort): void =>
    go(hostsHref({ ...view, sort: by, descending: view.sort === by ? !view.descending : false }), 'replace');
  const unfiltered = hostsHref({ sort: view.sort, descending: view.descending });
  return (
    <div className={styles['page']}>
      <div className={styles['head']}>
        <h1>Hosts</h1>
        <output>
          {announce(total, inventory, filtered)}
          {chosen.words !== '' && `, ${chosen.words}`}
        </output>
        {chosen.ticked > 0 && (
          <Button
            kind="quiet"
            onClick={() => {
              chosen.none();
              document.querySelector<HTMLElement>('main [role="grid"]')?.focus();
            }}
          >
            Untick
          </Button>
        )}
        <span className={styles['act']} data-tour="export">
          <ExportButton
            label={some === null ? 'Export…' : 'Export the ticked…'}
            exported={
              some !== null
                ? exportOf({ query: { ids: [...some.ids] } }, some.ticked, view)
                : total === undefined || unreadable
                  ? null
                  : exportOf(askOf(view), total, view)
            }
          />
        </span>
      </div>
      <Filters view={view} />
      {problem !== undefined && (
        <div className={styles['note']}>
          <Callout problem={problem} still={total === undefined ? undefined : 'The rows below are the last known.'} />
        </div>
      )}
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the grid handles the keyboard, and tells where it is by itself */}
      <div className={styles['rows']} data-settling={!current} onClickCapture={(event) => noteRow(event, view)}>
        {total === undefined && problem === undefined && <Waiting>Asking the engine…</Waiting>}
        {total === 0 && unreadable && (
          <Empty title="This filter cannot be read.">
            <p>It is said above at which character. No host was left out by it, and none let in.</p>
            <Button onClick={() => go(unfiltered)}>Undo the filter</Button>
          </Empty>
        )}
        {total === 0 && filtered && !unreadable && (
          <Empty title="No host matches this filter.">
            <p>{inventory === undefined ? '' : `It was asked of ${plural(inventory, 'host', 'hosts')}.`}</p>
            <Button onClick={() => go(unfiltered)}>Undo the filter</Button>
          </Empty>
        )}
        {total === 0 && !filtered && (
          <Empty title="No host yet.">
            <p>Hosts appear here as soon as an endpoint names one.</p>
          </Empty>
        )}
        {total !== undefined && total > 0 && (
          <Grid
            label="Hosts"
            listKey={key}
            columns={columns}
            total={total}
            minWidthPx={1000}
            rowAt={rowAt}
            onVisible={show}
            onOpen={(row, index) => {
              setHostPath({ ask: listed(view), index });
              go(hostHref(row.id));
            }}
            sort={{ by: view.sort, descending: view.descending, change: changeSort }}
            ticks={ticks}
            startAt={startAt}
            onLeave={(first) => leftAt.set(key, first)}
          />
        )}
      </div>
    </div>
  );
};
