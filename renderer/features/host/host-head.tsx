import type { HostDetail } from '../../../shared/contract/schemas.ts';
import { type HostTab, hostsHref } from '../../app/navigation.ts';
import { Ago } from '../../ui/time.tsx';
import { VerdictMark } from '../../ui/verdict-mark.tsx';
import { ASSURANCE_MEANING, ASSURANCE_WORD, countryName, VERDICT_WORD } from '../../ui/words.ts';
import { HostActions } from './host-actions.tsx';
import { Neighbours } from './neighbours.tsx';
import styles from './host-head.module.css';

const Where = ({ host }: { host: HostDetail }) => {
  const { country, subdivision, site, assurance } = host.row.location;
  const place = [country === null ? null : countryName(country), subdivision, site].filter((part) => part !== null).join(' · ');
  if (place === '') return <span>place unknown</span>;
  return (
    <span title={ASSURANCE_MEANING[assurance]}>
      {place}, {ASSURANCE_WORD[assurance]}
    </span>
  );
};

export const HostHead = ({ host, tab }: { host: HostDetail; tab: HostTab }) => {
  const { row } = host;
  return (
    <header className={styles['head']}>
      <p className={styles['path']}>
        <a href={hostsHref()}>Hosts</a>
        <span aria-hidden="true">/</span>
        <strong>{row.name}</strong>
        {row.hostClass !== null && <span>{row.hostClass}</span>}
        <Where host={host} />
        <span>
          via <a href={hostsHref({ endpoint: row.endpoint })}>{row.endpoint}</a>
        </span>
        <Neighbours id={row.id} tab={tab} />
      </p>
      <div className={styles['verdict']}>
        <span key={row.verdict} className={styles['mark']}>
          <VerdictMark kind={row.verdict} size={32} />
        </span>
        <div>
          <h1>{host.sentence}</h1>
          <p className={styles['since']}>
            <strong data-verdict={row.verdict}>{VERDICT_WORD[row.verdict]}</strong>, since <Ago atMs={row.changedAtMs} />
          </p>
          {host.nextStep !== null && <p className={styles['next']}>Next: {host.nextStep}</p>}
          <HostActions host={host} />
        </div>
      </div>
    </header>
  );
};
