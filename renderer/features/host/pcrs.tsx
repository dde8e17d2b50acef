import type { PcrRow } from '../../../shared/contract/schemas.ts';
import { Empty } from '../../ui/callout.tsx';
import { Digest } from '../../ui/digest.tsx';
import { OutcomeWord } from '../../ui/verdict-mark.tsx';
import styles from './pcrs.module.css';

const Replayed = ({ pcr }: { pcr: PcrRow }) => {
  if (pcr.replayed === null) return <OutcomeWord kind="not-required" word="no log extends it" />;
  if (pcr.replayed === pcr.value && !pcr.quoted) return <OutcomeWord kind="not-required" word="the log replays to the claim" />;
  if (pcr.replayed === pcr.value) return <OutcomeWord kind="trusted" word="the log replays to it" />;
  return (
    <span className={styles['mismatch']}>
      <OutcomeWord kind="failed" word="the log replays to" /> <Digest value={pcr.replayed} label={`replayed value of PCR ${pcr.index}`} />
    </span>
  );
};

export const Pcrs = ({ pcrs }: { pcrs: readonly PcrRow[] }) => {
  if (pcrs.length === 0)
    return (
      <Empty title="No PCR values.">
        <p>The endpoint has delivered none for this host.</p>
      </Empty>
    );
  return (
    <table className={styles['pcrs']}>
      <caption className="visually-hidden">Platform configuration registers</caption>
      <thead>
        <tr>
          <th scope="col" className={styles['number']}>
            PCR
          </th>
          <th scope="col">Bank</th>
          <th scope="col">Measures</th>
          <th scope="col">Value</th>
          <th scope="col">How it is known</th>
          <th scope="col">Replay</th>
        </tr>
      </thead>
      <tbody>
        {pcrs.map((pcr) => (
          <tr key={`${pcr.bank} ${pcr.index}`}>
            <th scope="row" className={styles['number']}>
              {pcr.index}
            </th>
            <td>{pcr.bank}</td>
            <td>{pcr.meaning}</td>
            <td>
              <Digest value={pcr.value} label={`value of PCR ${pcr.index}`} />
            </td>
            <td>{pcr.quoted ? 'proven by the TPM' : <span className={styles['claimed']}>only claimed</span>}</td>
            <td>
              <Replayed pcr={pcr} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};
