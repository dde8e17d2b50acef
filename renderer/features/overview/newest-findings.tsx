import type { ExportAsk, ExportFormat } from '../../../shared/contract/export-schemas.ts';
import type { Finding } from '../../../shared/contract/schemas.ts';
import { findingsHref } from '../../app/navigation-findings.ts';
import { ExportButton } from '../../exporting/export-button.tsx';
import { Ago } from '../../ui/time.tsx';
import { useMedia } from '../../ui/use-media.ts';
import { count } from '../../ui/words.ts';
import { Section } from './section.tsx';
import styles from './newest-findings.module.css';

const SEVERITY: Readonly<Record<Finding['severity'], { word: string; shape: React.ReactNode }>> = {
  critical: { word: 'Critical', shape: <path d="M6 1 11.5 11H.5Z" fill="currentColor" /> },
  warning: {
    word: 'Warning',
    shape: <path d="M6 2 10.6 10.4H1.4Z" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinejoin="round" />,
  },
  info: { word: 'Note', shape: <circle cx="6" cy="6.5" r="2" fill="currentColor" /> },
};

const OPEN = (format: ExportFormat): ExportAsk => ({ rows: 'findings', format, query: { openOnly: true }, sort: 'newest', period: null });
const SHOWN = { usual: 4, tall: 8 };

const Item = ({ finding }: { finding: Finding }) => (
  <li>
    <svg className={styles['shape']} width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      {SEVERITY[finding.severity].shape}
    </svg>
    <p className={styles['title']} title={finding.detail}>
      <a href={findingsHref({ finding: finding.id })}>{finding.title}</a>
    </p>
    <p className={styles['meta']}>
      {SEVERITY[finding.severity].word}, {finding.resolvedAtMs === null ? <Ago atMs={finding.openedAtMs} /> : 'resolved'}
    </p>
  </li>
);

export const NewestFindings = ({ findings, open }: { findings: readonly Finding[]; open: number }) => {
  const tall = useMedia('(min-height: 960px)');
  return (
    <Section
      title="Newest findings"
      aside={
        <span className={styles['aside']}>
          {open === 0 ? 'none holds' : <a href={findingsHref({ sort: 'newest' })}>{`${count(open)} hold`}</a>}
          {open > 0 && <a href={findingsHref({ by: 'cause' })}>By cause</a>}
          <ExportButton
            exported={open === 0 ? null : { what: 'open findings', total: open, query: 'open_only = true', ask: OPEN }}
            look="word"
          />
        </span>
      }
    >
      {findings.length === 0 ? (
        <p className={styles['none']}>Nothing has been found so far.</p>
      ) : (
        <ul className={styles['findings']}>
          {findings.slice(0, tall ? SHOWN.tall : SHOWN.usual).map((finding) => (
            <Item key={finding.id} finding={finding} />
          ))}
        </ul>
      )}
    </Section>
  );
};
