import { useCallback, useMemo, useState } from 'react';
import type { HostDetail, ImaRow } from '../../../shared/contract/schemas.ts';
import { go, hostHref } from '../../app/navigation.ts';
import { usePages } from '../../transport/pages.ts';
import { call } from '../../transport/transport.ts';
import { Button } from '../../ui/button.tsx';
import { Callout, Empty, Waiting } from '../../ui/callout.tsx';
import { shorten } from '../../ui/digest.tsx';
import { Grid, type Column } from '../../ui/grid.tsx';
import { ListSearch } from '../../ui/list-search.tsx';
import { OutcomeWord } from '../../ui/verdict-mark.tsx';
import { count, plural } from '../../ui/words.ts';
import { FileDetail } from './file-detail.tsx';
import { judgedOf } from './judged.ts';
import { ListWithDetail } from './list-with-detail.tsx';

const Judgement = ({ row }: { row: ImaRow }) => {
  const { mark, word } = judgedOf(row);
  return <OutcomeWord kind={mark} word={word} />;
};

const COLUMNS: readonly Column<ImaRow, never>[] = [
  { key: 'index', title: '#', track: '56px', align: 'end', cell: (row) => count(row.index) },
  {
    key: 'judged',
    title: 'Judged',
    track: '152px',
    cell: (row) => <Judgement row={row} />,
  },
  { key: 'path', title: 'File', track: 'minmax(200px, 1fr)', cell: (row) => <code title={row.path}>{row.path}</code> },
  { key: 'digest', title: 'Digest', track: '136px', cell: (row) => <code>{shorten(row.fileDigest, 7)}</code> },
];

type RuntimeProps = { host: HostDetail; entry: number | null };

export const Runtime = ({ host, entry }: RuntimeProps) => {
  const { id } = host.row;
  const [text, setText] = useState('');
  const [onlyBroken, setOnlyBroken] = useState(false);
  const fetchPage = useCallback(
    (offset: number, limit: number) =>
      call('hosts.ima', { id, offset, limit, ...(text !== '' && { text }), ...(onlyBroken && { onlyBroken }) }),
    [id, text, onlyBroken],
  );
  const { total, problem, rowAt, show } = usePages<ImaRow>(`${id} ${text} ${onlyBroken}`, fetchPage);
  const whole = text === '' && !onlyBroken;
  const reveal = useMemo(() => (entry !== null && whole ? { index: entry, wish: 0 } : undefined), [entry, whole]);
  if (host.ima === 0)
    return (
      <Empty title="No runtime measurements.">
        <p>The endpoint delivered no IMA list for this host, so nothing is known of the files it ran.</p>
      </Empty>
    );
  return (
    <ListWithDetail
      tools={
        <>
          <ListSearch label="Search files" value={text} onChange={setText} />
          <Button onClick={() => setOnlyBroken(!onlyBroken)}>{onlyBroken ? 'Show every file' : 'Only what broke'}</Button>
          <output>
            {total === undefined ? '' : whole ? plural(total, 'file', 'files') : `${count(total)} of ${plural(host.ima, 'file', 'files')}`}
          </output>
        </>
      }
      list={
        <>
          {problem !== undefined && <Callout problem={problem} />}
          {total === undefined && problem === undefined && <Waiting>Reading the list…</Waiting>}
          {total === 0 && (
            <Empty title={onlyBroken && text === '' ? 'No file broke trust.' : 'No file matches.'}>
              <Button
                onClick={() => {
                  setText('');
                  setOnlyBroken(false);
                }}
              >
                Undo the filter
              </Button>
            </Empty>
          )}
          {total !== undefined && total > 0 && (
            <Grid
              label="Files measured at run time"
              columns={COLUMNS}
              total={total}
              minWidthPx={600}
              rowAt={rowAt}
              onVisible={show}
              onOpen={(row) => go(hostHref(id, 'runtime', row.index), 'replace')}
              rowTone={(row) => (row.index === entry ? 'selected' : row.broke === null ? undefined : 'alarm')}
              reveal={reveal}
            />
          )}
        </>
      }
      detail={entry === null ? null : <FileDetail id={id} index={entry} />}
      hint="Choose a file to see its digest in full and how it was judged."
    />
  );
};
