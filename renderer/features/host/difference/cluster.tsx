import { useState } from 'react';
import type { Difference } from '../../../../shared/contract/difference-schemas.ts';
import { differenceHref } from '../../../app/navigation.ts';
import { useQuery } from '../../../transport/query.ts';
import { Button } from '../../../ui/button.tsx';
import { Callout, Waiting } from '../../../ui/callout.tsx';
import { plural } from '../../../ui/words.ts';
import styles from './difference.module.css';

const SHOWN = 50;

const Others = ({ cause, id }: { cause: string; id: string }) => {
  const { data, problem } = useQuery('findings.list', { cause, openOnly: true, offset: 0, limit: SHOWN });
  if (data === undefined) return problem === undefined ? <Waiting>Asking the engine…</Waiting> : <Callout problem={problem} />;
  const others = data.rows.filter(({ hostId }) => hostId !== null && hostId !== id);
  return (
    <>
      <ul className={styles['notes']}>
        {others.map((finding) => (
          <li key={finding.id}>
            <a href={differenceHref(finding.hostId ?? '')}>{finding.hostName}</a>
          </li>
        ))}
      </ul>
      {data.total > SHOWN && <p>These are the first; {plural(data.total - SHOWN, 'more host', 'more hosts')} are not shown here.</p>}
    </>
  );
};

type ClusterProps = { id: string; cluster: NonNullable<Difference['cluster']> };

/** Hosts that failed for the same cause: one change that was rolled out looks other than one host that was attacked. */
export const Cluster = ({ id, cluster }: ClusterProps) => {
  const [isOpen, setOpen] = useState(false);
  return (
    <section aria-labelledby="same-change">
      <h2 id="same-change">{plural(cluster.others, 'other host has the same change', 'other hosts have the same change')}</h2>
      <p className={styles['sub']}>{cluster.title}. Everything that broke on them is the same.</p>
      <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? 'Hide them' : 'Show them'}
      </Button>
      {isOpen && <Others cause={cluster.cause} id={id} />}
    </section>
  );
};
