import { useRef, useState } from 'react';
import type { KeptExport } from '../../../shared/contract/export-schemas.ts';
import { formatWord, sizeWords } from '../../exporting/format-words.ts';
import { GetExport } from '../../exporting/get-export.tsx';
import type { Said } from '../../transport/jobs.ts';
import { useQuery } from '../../transport/query.ts';
import { call } from '../../transport/transport.ts';
import { Button } from '../../ui/button.tsx';
import { Callout, Empty, Waiting } from '../../ui/callout.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Digest } from '../../ui/digest.tsx';
import { Instant } from '../../ui/time.tsx';
import { count, plural } from '../../ui/words.ts';
import styles from '../../ui/listing.module.css';

/** So many the engine lists. */
const MOST = 500;
const ROWS: ReadonlyMap<string, string> = new Map([
  ['hosts', 'Hosts'],
  ['findings', 'Findings'],
  ['ledger', 'Ledger'],
]);

const Row = ({ kept, onDelete }: { kept: KeptExport; onDelete: (button: HTMLButtonElement) => void }) => (
  <tr>
    <th scope="row">
      {kept.name}
      <span className={styles['more']}>
        {ROWS.get(kept.rows) ?? kept.rows}: {kept.query === '' ? 'all' : <code>{kept.query}</code>}
      </span>
      {kept.sample !== undefined && (
        <span className={styles['more']}>
          A sample of {count(kept.count)} of {count(kept.sample.population)}, seed <code>{kept.sample.seed}</code>
        </span>
      )}
    </th>
    <td>
      {formatWord(kept.format)}
      <span className={styles['more']}>
        {plural(kept.count, 'row', 'rows')}, {sizeWords(kept.bytes)}
      </span>
    </td>
    <td>
      <Instant atMs={kept.cutOffMs} />
      <span className={styles['more']}>{kept.who}</span>
    </td>
    <td>
      <Digest value={kept.sha256} label={`SHA-256 of ${kept.name}`} />
    </td>
    <td>
      <span className={styles['acts']}>
        <GetExport kept={kept} />
        <Button writes aria-label={`Delete ${kept.name}…`} onClick={(event) => onDelete(event.currentTarget)}>
          Delete…
        </Button>
      </span>
    </td>
  </tr>
);

/** Every export whose file is still in the data folder. */
export const Exports = ({ dataFolder }: { dataFolder: string | undefined }) => {
  const { data, problem, refetch } = useQuery('exports.list', {});
  const [wanted, setWanted] = useState<KeptExport | null>(null);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const [refused, setRefused] = useState<Said | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const close = (): void => {
    setWanted(null);
    opener.current?.focus();
  };
  const remove = async (kept: KeptExport): Promise<void> => {
    setBusy(true);
    const answer = await call('exports.delete', { id: kept.id });
    setBusy(false);
    setWanted(null);
    setRefused(answer.ok ? (answer.value.state === 'refused' ? answer.value : null) : answer.problem);
    setSaid(answer.ok && answer.value.state === 'done' ? `${kept.name} is deleted, and the ledger says so.` : '');
    refetch();
    // The button goes away with its row.
    heading.current?.focus();
  };
  return (
    <section aria-labelledby="exports">
      <h2 id="exports" ref={heading} tabIndex={-1}>
        Exports
      </h2>
      <p className={styles['lead']}>
        Files that were made by “Export…” on a list. Each is an entry of the ledger, with who, what and the SHA-256 of its bytes. They stay
        in the folder <code>exports</code> of the data folder{dataFolder !== undefined && <code> {dataFolder}</code>} until they are
        deleted.
      </p>
      <output className={styles['said']}>{said}</output>
      {problem !== undefined && <Callout problem={problem} />}
      {refused !== null && <Callout problem={refused} />}
      {wanted !== null && (
        <Confirm title={`Delete ${wanted.name}?`} word="Delete it" busy={busy} onCancel={close} onConfirm={() => void remove(wanted)}>
          <p>The file goes from the data folder, and cannot be brought back: an export made later is one of a later moment.</p>
          <p>That it was made, and that it was deleted, stays in the ledger. Copies elsewhere stay where they are.</p>
        </Confirm>
      )}
      {data === undefined && problem === undefined && <Waiting>Looking into the folder…</Waiting>}
      {data?.length === 0 && (
        <Empty title="No export is kept.">
          <p>Begin one on the page Hosts or on the tab Ledger.</p>
        </Empty>
      )}
      {data !== undefined && data.length >= MOST && (
        <p className={styles['lead']}>
          The newest {count(MOST)} are listed. What is older stays in the folder, and each has its entry in the ledger.
        </p>
      )}
      {data !== undefined && data.length > 0 && (
        <table className={`${styles['list']} ${styles['tight']}`}>
          <caption className="visually-hidden">Exports that are kept, newest first</caption>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">Format</th>
              <th scope="col">Cut-off, by</th>
              <th scope="col">SHA-256</th>
              <th scope="col">Get it, or delete it</th>
            </tr>
          </thead>
          <tbody>
            {data.map((kept) => (
              <Row
                key={kept.id}
                kept={kept}
                onDelete={(button) => {
                  opener.current = button;
                  setSaid('');
                  setWanted(kept);
                }}
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
};
