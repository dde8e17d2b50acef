import { useCallback, useMemo, useState } from 'react';
import type { EventRow, HostDetail } from '../../../shared/contract/schemas.ts';
import { go, hostHref } from '../../app/navigation.ts';
import { usePages } from '../../transport/pages.ts';
import { useQuery } from '../../transport/query.ts';
import { call } from '../../transport/transport.ts';
import { Button, Choice } from '../../ui/button.tsx';
import { Callout, Empty, Waiting } from '../../ui/callout.tsx';
import { shorten } from '../../ui/digest.tsx';
import { Grid, type Column } from '../../ui/grid.tsx';
import { ListSearch } from '../../ui/list-search.tsx';
import { OutcomeWord, VerdictMark } from '../../ui/verdict-mark.tsx';
import { useMedia } from '../../ui/use-media.ts';
import { count, plural } from '../../ui/words.ts';
import { BootTree } from './boot-tree.tsx';
import { EventDetail } from './event-detail.tsx';
import { ListWithDetail } from './list-with-detail.tsx';

/** Teal only where the chain is whole: the digest covers the data, and the quoted value covers the digest. */
const Data = ({ event }: { event: EventRow }) => {
  if (event.data === 'mismatch') return <OutcomeWord kind="failed" word="mismatch" />;
  if (event.data === 'not-covered') return <OutcomeWord kind="not-required" word="not covered" />;
  return event.replayProven === true ? (
    <OutcomeWord kind="trusted" word="verified" />
  ) : (
    <OutcomeWord kind="inconclusive" word="not proven" />
  );
};

const COLUMNS: readonly Column<EventRow, never>[] = [
  { key: 'index', title: '#', track: '40px', align: 'end', cell: (row) => count(row.index) },
  { key: 'pcr', title: 'PCR', track: '32px', align: 'end', cell: (row) => row.pcr },
  { key: 'type', title: 'Type (claimed)', track: 'minmax(140px, 1fr)', cell: (row) => <code>{row.claimedType.replace(/^EV_/, '')}</code> },
  { key: 'data', title: 'Data', track: '104px', cell: (row) => <Data event={row} /> },
  {
    key: 'summary',
    title: 'What it says',
    track: 'minmax(140px, 1.6fr)',
    cell: (row) => (
      <span title={row.summary}>
        {row.broke !== null && (
          <>
            <MarkInline /> <span className="visually-hidden">Broke trust. </span>
          </>
        )}
        {row.summary}
      </span>
    ),
  },
  { key: 'digest', title: 'Digest', track: '136px', cell: (row) => <code>{shorten(row.digest, 7)}</code> },
];

/** A narrow list does without the digest; the chosen row shows it in full. */
const NARROW = COLUMNS.filter((column) => column.key !== 'digest');

const MarkInline = () => (
  <span style={{ display: 'inline-block', verticalAlign: '-1px' }}>
    <VerdictMark kind="failed" size={11} />
  </span>
);

type Order = 'list' | 'pcr';
const ORDERS = [
  { value: 'list', word: 'As logged' },
  { value: 'pcr', word: 'By PCR' },
] as const;

type BootEventsProps = { host: HostDetail; event: number | null };

export const BootEvents = ({ host, event }: BootEventsProps) => {
  const { id } = host.row;
  const wide = useMedia('(min-width: 1440px)');
  const [text, setText] = useState('');
  const [order, setOrder] = useState<Order>('list');
  const fetchPage = useCallback(
    (offset: number, limit: number) => call('hosts.events', { id, offset, limit, ...(text !== '' && { text }) }),
    [id, text],
  );
  const { total, problem, rowAt, show } = usePages<EventRow>(`${id} ${text}`, fetchPage);
  const broken = useQuery('hosts.events', { id, offset: 0, limit: 1, onlyBroken: true }).data?.rows[0];
  const select = (index: number): void => go(hostHref(id, 'boot-events', index), 'replace');
  const [wish, setWish] = useState(0);
  const reveal = useMemo(() => (event !== null && text === '' ? { index: event, wish } : undefined), [event, text, wish]);
  const jump = (index: number): void => {
    setText('');
    setWish(wish + 1);
    select(index);
  };
  if (host.events === 0)
    return (
      <Empty title="No boot event log.">
        <p>The endpoint delivered none, so no single boot event could be looked at. PCR values alone say only that something differs.</p>
      </Empty>
    );
  return (
    <ListWithDetail
      tools={
        <>
          <Choice label="Order" options={ORDERS} value={order} onChange={setOrder} />
          {order === 'list' && <ListSearch label="Search events" value={text} onChange={setText} />}
          <output>
            {total === undefined
              ? ''
              : text === ''
                ? plural(total, 'event', 'events')
                : `${count(total)} of ${plural(host.events, 'event', 'events')}`}
          </output>
          {broken !== undefined && <Button onClick={() => jump(broken.index)}>Go to the event that broke trust</Button>}
        </>
      }
      list={
        <>
          {order === 'pcr' && <BootTree host={host} event={event} onSelect={select} />}
          {problem !== undefined && <Callout problem={problem} />}
          {total === undefined && problem === undefined && <Waiting>Reading the log…</Waiting>}
          {order === 'list' && total === 0 && (
            <Empty title="No event matches.">
              <Button onClick={() => setText('')}>Undo the search</Button>
            </Empty>
          )}
          {order === 'list' && total !== undefined && total > 0 && (
            <Grid
              label="Boot events"
              columns={wide ? COLUMNS : NARROW}
              total={total}
              minWidthPx={600}
              rowAt={rowAt}
              onVisible={show}
              onOpen={(row) => select(row.index)}
              rowTone={(row) => (row.index === event ? 'selected' : row.broke === null ? undefined : 'alarm')}
              reveal={reveal}
            />
          )}
        </>
      }
      detail={event === null ? null : <EventDetail id={id} index={event} />}
      hint="Choose an event to see its digest in full, what it proves, and what was expected."
    />
  );
};
