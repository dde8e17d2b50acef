import type { LedgerState } from '../../../shared/contract/ledger-schemas.ts';
import { useQuery } from '../../transport/query.ts';
import { Callout, Waiting } from '../../ui/callout.tsx';
import { Digest } from '../../ui/digest.tsx';
import { KeyValue } from '../../ui/key-value.tsx';
import { Instant } from '../../ui/time.tsx';
import { count } from '../../ui/words.ts';
import { AsOf } from './as-of.tsx';
import { Ledger } from './ledger.tsx';
import styles from './record.module.css';

const State = ({ state: { entries, checkpoint, verifierKey } }: { state: LedgerState }) => {
  const open = entries - (checkpoint?.size ?? 0);
  return (
    <KeyValue
      pairs={[
        {
          key: 'Entries',
          value: count(entries),
          note: open === 0 ? 'all of them signed' : `${count(open)} not signed yet`,
        },
        { key: 'Newest checkpoint', value: checkpoint === null ? 'none yet' : <Instant atMs={checkpoint.atMs} /> },
        ...(checkpoint === null ? [] : [{ key: 'Signed text', value: <pre className={styles['note']}>{checkpoint.note.trim()}</pre> }]),
        { key: 'Verifier key', value: verifierKey === '' ? 'none yet' : <Digest value={verifierKey} label="verifier key" keep={24} /> },
      ]}
    />
  );
};

export const Record = ({ atMs, kind }: { atMs: number | null; kind: string | null }) => {
  const { data, problem } = useQuery('ledger.state', {});
  return (
    <div className={styles['page']}>
      <h1>Record</h1>
      <p className={styles['lead']}>
        Everything that changes is entered into a ledger that can only be added to, and signed. Keep the verifier key and a checkpoint
        somewhere else: with them, <code>plumbline audit verify</code> shows whether anything was changed, without trusting this console.
      </p>
      {problem !== undefined && <Callout problem={problem} />}
      {data?.problem && <Callout problem={data.problem} still="What happens is still entered; it is not signed." />}
      {data !== undefined && data.found.length > 0 && (
        <section aria-label="How this start found the record">
          {data.found.map((sentence) => (
            <p key={sentence} className={styles['lead']}>
              <strong>At this start:</strong> {sentence}
            </p>
          ))}
        </section>
      )}
      {data === undefined && problem === undefined && <Waiting>Asking the engine…</Waiting>}
      {data !== undefined && <State state={data} />}
      <AsOf key={atMs} atMs={atMs} kind={kind} />
      <Ledger atMs={atMs} kind={kind} />
    </div>
  );
};
