import type { HostDetail } from '../../../shared/contract/schemas.ts';
import { ReportedWord, VerdictWord } from '../../ui/verdict-mark.tsx';
import styles from './two-opinions.module.css';

/** What the endpoint said beside what was recomputed here. Neither is folded into the other. */
export const TwoOpinions = ({ host }: { host: HostDetail }) => (
  <section aria-labelledby="two-opinions" className={styles['opinions']} data-differ={host.disagreementSentence !== null}>
    <h2 id="two-opinions">Reported beside verified</h2>
    <div className={styles['two']}>
      <div>
        <h3>Reported by {host.row.endpoint}</h3>
        <ReportedWord reported={host.row.reported} />
        <p>{host.reportedSentence}</p>
      </div>
      <div>
        <h3>Verified here</h3>
        <VerdictWord verdict={host.row.verdict} />
        <p>{host.verifiedSentence}</p>
      </div>
    </div>
    {host.disagreementSentence !== null && (
      <p className={styles['differ']}>
        <strong>
          <span aria-hidden="true">≠</span> They disagree.
        </strong>{' '}
        {host.disagreementSentence}
      </p>
    )}
  </section>
);
