import type { Overview } from '../../../shared/contract/schemas.ts';
import { hostsHref } from '../../app/navigation.ts';
import { formatAge, formatDuration } from '../../ui/format-time.ts';
import { Ago } from '../../ui/time.tsx';
import { count, plural } from '../../ui/words.ts';
import { Section } from './section.tsx';
import styles from './freshness.module.css';

export const Freshness = ({ freshness }: { freshness: Overview['freshness'] }) => {
  const most = Math.max(1, ...freshness.ages.map((age) => age.hosts));
  return (
    <Section title="Age of the evidence" aside={<span>too old after {formatDuration(freshness.maxAgeMs)}</span>}>
      <ol className={styles['ages']}>
        {freshness.ages.map((age, index) => {
          const before = freshness.ages[index - 1]?.upToMs ?? null;
          const old = age.upToMs === null;
          const words = age.upToMs === null ? 'older' : `≤ ${formatAge(age.upToMs)}`;
          return (
            <li key={age.upToMs ?? 'older'}>
              <span className={styles['bar']} style={{ height: age.hosts === 0 ? 1 : Math.max(3, (40 * age.hosts) / most) }} />
              {old && before !== null && age.hosts > 0 ? (
                <a
                  href={hostsHref({ olderThanMs: before })}
                  aria-label={`${plural(age.hosts, 'host', 'hosts')} with older evidence, or none`}
                >
                  {count(age.hosts)}
                </a>
              ) : (
                <span data-zero={age.hosts === 0}>{count(age.hosts)}</span>
              )}
              <span className={styles['label']}>{words}</span>
            </li>
          );
        })}
      </ol>
      <p className={styles['edge']}>
        {freshness.oldestTrustedEvidenceAtMs === null ? (
          'No trusted host has evidence yet.'
        ) : (
          <>
            The oldest evidence that a trusted host rests on came <Ago atMs={freshness.oldestTrustedEvidenceAtMs} />.
          </>
        )}
      </p>
    </Section>
  );
};
