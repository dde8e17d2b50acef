import { lazy, Suspense, useState } from 'react';
import type { Posture as PostureNow, PostureChangedHost } from '../../../shared/contract/posture-schemas.ts';
import { findingsHref } from '../../app/navigation-findings.ts';
import { hostHref, hostsHref } from '../../app/navigation.ts';
import { Button } from '../../ui/button.tsx';
import { useZone } from '../../ui/clock.ts';
import { formatInstant } from '../../ui/format-time.ts';
import { Instant } from '../../ui/time.tsx';
import { VerdictWord } from '../../ui/verdict-mark.tsx';
import { count, LINK_WORD, plural } from '../../ui/words.ts';
import styles from './posture.module.css';
import { percentWords, trustedPercent } from './posture-words.ts';

const ShareChart = lazy(async () => ({ default: (await import('./share-chart.tsx')).ShareChart }));

const TrendTable = ({ posture: { trend } }: { posture: PostureNow }) => {
  const zone = useZone((state) => state.zone);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrollable region must be reachable by keyboard
    <section className={styles['scroll']} tabIndex={0} aria-label="Trend as a table">
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">Recorded</th>
            <th scope="col">Trusted</th>
            <th scope="col">Of</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {trend.toReversed().map((point) => (
            <tr key={point.atMs}>
              <td>{formatInstant(point.atMs, zone, point.atMs)}</td>
              <td>{count(point.trusted)}</td>
              <td>{count(point.inventory)}</td>
              <td>{percentWords(trustedPercent(point) ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};

export const TrendPart = ({ posture }: { posture: PostureNow }) => {
  const [asTable, setAsTable] = useState(false);
  const { trend, beganAtMs, sinceMs } = posture;
  return (
    <section aria-labelledby="trend" className={styles['part']}>
      <div className={styles['head']}>
        <h2 id="trend">Trusted of all hosts</h2>
        {trend.length > 1 && (
          <Button kind="word" onClick={() => setAsTable(!asTable)}>
            {asTable ? 'Show the chart' : 'Show as a table'}
          </Button>
        )}
      </div>
      {trend.length < 2 && <p className={styles['quiet']}>Too little was recorded in this time for a trend; nothing is guessed.</p>}
      {trend.length > 1 &&
        (asTable ? (
          <TrendTable posture={posture} />
        ) : (
          <div aria-hidden="true">
            <Suspense fallback={null}>
              <ShareChart posture={posture} />
            </Suspense>
          </div>
        ))}
      {beganAtMs !== null && beganAtMs > sinceMs && (
        <p className={styles['quiet']}>
          Recorded since <Instant atMs={beganAtMs} />; earlier is not known.
        </p>
      )}
    </section>
  );
};

const FEW = 6;

export const ChangedPart = ({
  title,
  id,
  hosts,
  total,
  unknown,
}: {
  title: string;
  id: string;
  hosts: readonly PostureChangedHost[];
  total: number;
  /** Why it cannot be told; null where it can. */
  unknown: string | null;
}) => {
  const [all, setAll] = useState(false);
  const shown = all ? hosts : hosts.slice(0, FEW);
  return (
    <section aria-labelledby={id} className={styles['part']}>
      <div className={styles['head']}>
        <h2 id={id}>{title}</h2>
        <span className={styles['quiet']}>{unknown === null ? plural(total, 'host', 'hosts') : 'not known'}</span>
      </div>
      {unknown !== null && <p className={styles['quiet']}>{unknown}</p>}
      {unknown === null && total === 0 && <p className={styles['quiet']}>None.</p>}
      <ul className={styles['hosts']}>
        {shown.map(({ id: host, name, before, now }) => (
          <li key={host}>
            <a href={hostHref(host)} title={name}>
              {name}
            </a>
            <span>
              <VerdictWord verdict={before} /> → <VerdictWord verdict={now} />
            </span>
          </li>
        ))}
      </ul>
      {hosts.length > FEW && (
        <Button kind="word" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : total > hosts.length ? `Show the first ${count(hosts.length)}` : `Show all ${count(total)}`}
        </Button>
      )}
    </section>
  );
};

export const CausesPart = ({ posture: { causes } }: { posture: PostureNow }) => (
  <section aria-labelledby="causes" className={styles['part']}>
    <div className={styles['head']}>
      <h2 id="causes">Top causes</h2>
      {causes.total > 0 && <a href={findingsHref({ by: 'cause' })}>{plural(causes.total, 'cause', 'causes')} in all</a>}
    </div>
    {causes.total === 0 && <p className={styles['quiet']}>Nothing holds now.</p>}
    <ol className={styles['hosts']}>
      {causes.rows.map(({ cause, title, detail, hosts }) => (
        <li key={cause} title={detail}>
          <span className={styles['cause']}>
            <a href={findingsHref({ cause })}>{title}</a> <span className={styles['quiet']}>{detail}</span>
          </span>
          <span>{plural(hosts, 'host', 'hosts')}</span>
        </li>
      ))}
    </ol>
  </section>
);

export const WaiversPart = ({ posture: { waivers } }: { posture: PostureNow }) => (
  <section aria-labelledby="waivers" className={styles['part']}>
    <div className={styles['head']}>
      <h2 id="waivers">Waivers that run out in 30 days</h2>
      <span className={styles['quiet']}>{count(waivers.total)}</span>
    </div>
    {waivers.total === 0 && <p className={styles['quiet']}>None.</p>}
    <ul className={styles['hosts']}>
      {waivers.rows.slice(0, FEW).map(({ id, title, waiver }) => (
        <li key={id}>
          <a href={findingsHref({ states: ['waived'], finding: id })}>{title}</a>
          <Instant atMs={waiver?.untilMs ?? null} />
        </li>
      ))}
    </ul>
  </section>
);

/** Links that the manifest requires, and of how many hosts each was held against a reference. What was not evaluated is said, not left out. */
export const CoveragePart = ({ posture: { links } }: { posture: PostureNow }) => (
  <section aria-labelledby="coverage" className={styles['part']}>
    <h2 id="coverage">What is covered, link by link</h2>
    <table className={styles['table']}>
      <thead>
        <tr>
          <th scope="col">Link</th>
          <th scope="col">True</th>
          <th scope="col">Broken</th>
          <th scope="col">Not evaluated</th>
          <th scope="col">Not required</th>
        </tr>
      </thead>
      <tbody>
        {links.map(({ link, trusted, failed, inconclusive, notRequired, firstBroken }) => (
          <tr key={link}>
            <th scope="row">{LINK_WORD[link]}</th>
            <td>{count(trusted)}</td>
            <td>{firstBroken > 0 ? <a href={hostsHref({ link })}>{count(failed)}</a> : count(failed)}</td>
            <td>{count(inconclusive)}</td>
            <td>{count(notRequired)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);
