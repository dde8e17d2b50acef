import { useId } from 'react';
import { type ExportFormat, isSignable } from '../../shared/contract/export-schemas.ts';
import { useQuery } from '../transport/query.ts';
import styles from './exporting.module.css';

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

type SignChoiceProps = { format: ExportFormat; chosen: boolean; onChange: (chosen: boolean) => void };

/** Whether a PDF is signed; offered only where a certificate is configured, and says whose it is and how long it holds. */
export const SignChoice = ({ format, chosen, onChange }: SignChoiceProps) => {
  const id = useId();
  const state = useQuery('exports.signing', {}).data ?? null;
  if (state === null || !isSignable(format)) return null;
  const { certificate, problem } = state;
  return (
    <div className={styles['sign']}>
      <input
        id={id}
        type="checkbox"
        checked={chosen && problem === null}
        aria-describedby={`${id}-by`}
        aria-disabled={problem !== null}
        onChange={(event) => problem === null && onChange(event.target.checked)}
      />
      <label htmlFor={id}>Sign with the organisation’s certificate</label>
      <p id={`${id}-by`} className={styles['quiet']}>
        {certificate !== null && `${certificate.subject}, valid to ${dayOf(certificate.validToMs)} UTC. `}
        {problem !== null && `${problem.message} ${problem.nextStep}`}
      </p>
    </div>
  );
};
