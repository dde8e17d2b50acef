import type { Tally } from '../../../shared/contract/schemas.ts';
import { VERDICTS } from '../../../shared/model/verdict.ts';
import { hostsHref } from '../../app/navigation.ts';
import { VerdictWord } from '../../ui/verdict-mark.tsx';
import { count, VERDICT_MEANING } from '../../ui/words.ts';
import { share } from './share.ts';
import styles from './tally-row.module.css';

/** Four numbers that add up to the inventory. Each is a link to exactly the hosts it counts. */
export const TallyRow = ({ tally }: { tally: Tally }) => (
  <ul className={styles['tally']} aria-label="Hosts by verdict">
    {VERDICTS.map((verdict) => (
      <li key={verdict} data-zero={tally[verdict] === 0}>
        <a href={hostsHref({ verdicts: [verdict] })} title={VERDICT_MEANING[verdict]}>
          <VerdictWord verdict={verdict} />
          <span key={tally[verdict]} className={styles['number']}>
            {count(tally[verdict])}
          </span>
          <span className={styles['share']}>
            {share(tally[verdict], tally.inventory)}
            <span className="visually-hidden"> of {count(tally.inventory)} hosts</span>
          </span>
        </a>
      </li>
    ))}
    <li className={styles['bar']} aria-hidden="true">
      {VERDICTS.map((verdict) => (
        <span key={verdict} data-verdict={verdict} style={{ flexGrow: tally[verdict] }} hidden={tally[verdict] === 0} />
      ))}
    </li>
  </ul>
);
