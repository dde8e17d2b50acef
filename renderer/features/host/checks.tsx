import type { HostDetail } from '../../../shared/contract/schemas.ts';
import type { CheckOutcome } from '../../../shared/model/check.ts';
import { Empty } from '../../ui/callout.tsx';
import { OutcomeWord, type MarkKind } from '../../ui/verdict-mark.tsx';
import styles from './checks.module.css';

const GROUPS: readonly { outcome: CheckOutcome; word: string; mark: MarkKind }[] = [
  { outcome: 'fail', word: 'Failed', mark: 'failed' },
  { outcome: 'notice', word: 'Worth a look', mark: 'pending' },
  { outcome: 'not-evaluated', word: 'Not evaluated', mark: 'inconclusive' },
  { outcome: 'pass', word: 'Passed', mark: 'trusted' },
];

/** Every check, grouped by outcome. What was not checked stands in the same size as what was. */
export const Checks = ({ checks }: { checks: HostDetail['checks'] }) => {
  if (checks.length === 0)
    return (
      <Empty title="No check has been made.">
        <p>Checks need evidence, and none of this host has been received.</p>
      </Empty>
    );
  return (
    <div className={styles['groups']}>
      {GROUPS.map(({ outcome, word, mark }) => {
        const group = checks.filter((check) => check.outcome === outcome);
        return group.length === 0 ? null : (
          <section key={outcome} aria-label={word} className={styles['group']}>
            <h3>
              <OutcomeWord kind={mark} word={word} /> <span>{group.length}</span>
            </h3>
            <ul>
              {group.map((check) => (
                <li key={`${check.code} ${check.message}`}>
                  <span>{check.message}</span>
                  <code>{check.code}</code>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
};
