import { useCallback, useState } from 'react';
import type { LedgerRow } from '../../../shared/contract/ledger-schemas.ts';
import type { PackView } from '../../../shared/contract/pack-schemas.ts';
import { VERDICTS } from '../../../shared/model/verdict.ts';
import { hostsHref } from '../../app/navigation.ts';
import { usePages } from '../../transport/pages.ts';
import { useQuery } from '../../transport/query.ts';
import { call } from '../../transport/transport.ts';
import { Callout, Waiting } from '../../ui/callout.tsx';
import { Digest } from '../../ui/digest.tsx';
import { type Column, Grid } from '../../ui/grid.tsx';
import { KeyValue } from '../../ui/key-value.tsx';
import { Instant } from '../../ui/time.tsx';
import { OutcomeWord, VerdictWord } from '../../ui/verdict-mark.tsx';
import { count, plural } from '../../ui/words.ts';
import styles from './pack.module.css';

/** What the check showed, in one sentence that claims no more than it. */
const Holds = ({ pack: { pinned, quotes, entries } }: { pack: PackView }) => (
  <p className={styles['said']}>
    <OutcomeWord kind={pinned ? 'trusted' : 'inconclusive'} word={pinned ? 'The pack holds.' : 'Nothing contradicts itself.'} />{' '}
    {plural(entries, 'entry is', 'entries are')} proven under the signed checkpoint, and {plural(quotes, 'quote was', 'quotes were')}{' '}
    verified again.{' '}
    {pinned
      ? 'The signature is by the key that was given from elsewhere.'
      : 'Who made it is not shown: the signature was checked with the key that is in the pack. Open it again with the key that you got elsewhere.'}
  </p>
);

const Tally = ({ pack: { tally } }: { pack: PackView }) => (
  <ul className={styles['tally']} aria-label="Hosts of the pack by verdict">
    {VERDICTS.map((verdict) => (
      <li key={verdict}>
        <a href={hostsHref({ verdicts: [verdict] })}>
          <VerdictWord verdict={verdict} /> <strong>{count(tally[verdict])}</strong>
        </a>
      </li>
    ))}
    <li>
      <a href={hostsHref()}>
        All <strong>{plural(tally.inventory, 'host', 'hosts')}</strong>
      </a>
    </li>
  </ul>
);

const Facts = ({ pack }: { pack: PackView }) => (
  <KeyValue
    pairs={[
      { key: 'Cut-off', value: <Instant atMs={pack.cutOffMs} />, note: 'All that is shown is of this moment.' },
      { key: 'Hosts', value: pack.query === '' ? 'All hosts of the fleet' : <code>{pack.query}</code> },
      { key: 'SHA-256 of the file', value: <Digest value={pack.sha256} label="SHA-256 of the pack" /> },
      { key: 'Made by', value: `Plumbline ${pack.version}` },
      { key: 'Ledger', value: pack.checkpoint.origin, note: `Signed up to entry ${count(pack.checkpoint.size - 1)}.` },
      { key: 'Root', value: <Digest value={pack.checkpoint.root} label="root of the ledger" /> },
      {
        key: 'Key',
        value: <Digest value={pack.key} label="verifier key" />,
        note: pack.pinned ? 'Given from elsewhere.' : 'The pack’s own word.',
      },
      ...(pack.notKept === 0
        ? []
        : [{ key: 'Evidence', value: `Of ${plural(pack.notKept, 'observation', 'observations')} something is not kept any more.` }]),
    ]}
  />
);

const NotShown = ({ pack: { notices, notContained } }: { pack: PackView }) => (
  <section aria-labelledby="not-shown">
    <h2 id="not-shown">What it does not show</h2>
    <ul className={styles['list']}>
      {notices.map(({ code, sentence, next }) => (
        <li key={`${code} ${sentence}`}>
          {sentence} <span className={styles['next']}>{next}</span>
        </li>
      ))}
      {notContained.map((one) => (
        <li key={one}>{one}</li>
      ))}
      <li>What was found and done about hosts, and what happened to them before, is not in a pack: ask for the data folder.</li>
    </ul>
  </section>
);

const COLUMNS: readonly Column<LedgerRow, never>[] = [
  { key: 'seq', title: 'Entry', track: '72px', align: 'end', cell: (row) => row.seq },
  { key: 'at', title: 'Time', track: '170px', cell: (row) => <Instant atMs={row.atMs} /> },
  { key: 'kind', title: 'Kind', track: '160px', cell: (row) => row.kind },
  { key: 'what', title: 'What', track: 'minmax(280px, 1fr)', cell: (row) => <span title={row.sentence}>{row.sentence}</span> },
];

const Entries = () => {
  const fetchPage = useCallback((offset: number, limit: number) => call('ledger.list', { offset, limit }), []);
  const { total, problem, rowAt, show } = usePages<LedgerRow>('pack entries', fetchPage);
  const [open, setOpen] = useState<LedgerRow>();
  return (
    <section aria-labelledby="entries">
      <h2 id="entries">Entries that are proven</h2>
      <p className={styles['lead']}>What the ledger says of each host of the pack. Enter opens an entry.</p>
      {problem !== undefined && <Callout problem={problem} />}
      {total !== undefined && total > 0 && (
        <div className={styles['grid']}>
          <Grid
            label="Entries of the pack, newest first"
            listKey="pack entries"
            columns={COLUMNS}
            total={total}
            minWidthPx={800}
            rowAt={rowAt}
            onVisible={show}
            onOpen={(row) => setOpen(row)}
            rowTone={(row) => (row.seq === open?.seq ? 'selected' : undefined)}
          />
        </div>
      )}
      {open !== undefined && (
        <section aria-label={`Entry ${open.seq}`}>
          <p>
            Entry {open.seq}, {open.kind}, {open.subject}: {open.sentence}
          </p>
          <pre className={styles['text']}>{open.body}</pre>
        </section>
      )}
    </section>
  );
};

const Manifest = ({ manifest }: { manifest: PackView['manifest'] }) => (
  <section aria-labelledby="manifest">
    <h2 id="manifest">Manifest in force</h2>
    {manifest === null ? (
      <p>No manifest of one’s own was in force: the built-in defaults applied.</p>
    ) : (
      <details>
        <summary>
          Version {manifest.number}, <code>{manifest.sha256.slice(0, 16)}…</code>
        </summary>
        <pre className={styles['text']}>{manifest.text}</pre>
      </details>
    )}
  </section>
);

/** An evidence pack that is open: what it is, what its check showed, and what it cannot show. */
export const Pack = () => {
  const { data, problem } = useQuery('pack.get', {});
  return (
    <div className={styles['page']}>
      <h1>Evidence pack</h1>
      {problem !== undefined && <Callout problem={problem} />}
      {data === undefined && problem === undefined && <Waiting>Asking the engine…</Waiting>}
      {data === null && <p>A data folder is open here, and no pack.</p>}
      {data !== undefined && data !== null && (
        <>
          <p className={styles['name']}>{data.name}</p>
          <Holds pack={data} />
          <Tally pack={data} />
          <Facts pack={data} />
          <NotShown pack={data} />
          <Entries />
          <Manifest manifest={data.manifest} />
        </>
      )}
    </div>
  );
};
