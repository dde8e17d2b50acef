import { Digest } from '../../ui/digest.tsx';
import { plural } from '../../ui/words.ts';
import styles from './measured.module.css';

const SHOWN = 3;

type MeasuredProps = { digest: string; bank: string | null; expected: readonly string[] };

/** What was measured against what would have been allowed, one above the other so that eyes can compare. */
export const Measured = ({ digest, bank, expected }: MeasuredProps) => (
  <dl className={styles['measured']}>
    <div>
      <dt>Measured</dt>
      <dd>
        <Digest value={digest} label="measured digest" keep={20} />
        {bank !== null && <span className={styles['bank']}>{bank}</span>}
      </dd>
    </div>
    <div>
      <dt>{expected.length > 1 ? 'Expected one of' : 'Expected'}</dt>
      <dd>
        {expected.length === 0 && <span>Nothing of the kind is in the reference.</span>}
        {expected.slice(0, SHOWN).map((value) => (
          <span key={value} className={styles['one']}>
            <Digest value={value} label="expected digest" keep={20} />
          </span>
        ))}
        {expected.length > SHOWN && <span>or {plural(expected.length - SHOWN, 'other', 'others')}</span>}
      </dd>
    </div>
  </dl>
);
