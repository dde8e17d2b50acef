import { useRef, useState } from 'react';
import type { Retention } from '../../../shared/contract/job-schemas.ts';
import { useQuery } from '../../transport/query.ts';
import { useNow } from '../../ui/clock.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Instant } from '../../ui/time.tsx';
import { JobControl } from './job-control.tsx';
import styles from './parts.module.css';
import { cutOffMs, KINDS } from './retention-words.ts';
import { Section } from './section.tsx';
import { standingOf } from '../../transport/job-list.ts';
import type { Jobs } from '../../transport/jobs.ts';

/** What a purge would delete now, each with the moment before which. */
const Goes = ({ retention }: { retention: Retention | undefined }) => {
  const nowMs = useNow(60_000);
  if (retention === undefined) return <p>Everything that is older than it is kept for.</p>;
  return (
    <ul>
      {KINDS.map(({ key, goes, stays }) => (
        <li key={key}>
          {goes} <Instant atMs={cutOffMs(nowMs, retention[key])} />. {stays}
        </li>
      ))}
    </ul>
  );
};

const Purge = ({ jobs }: { jobs: Jobs }) => {
  const retention = useQuery('retention.get', {});
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <Section title="Delete what is old" about={<p>What is older than it is kept for goes. Plumbline does this by itself once a day.</p>}>
      <JobControl
        jobs={jobs}
        standing={standingOf(jobs.list, 'purge')}
        word="Delete what is old…"
        ask={{ kind: 'purge' }}
        writes
        button={button}
        onStart={() => {
          setOpen(true);
          return false;
        }}
      >
        {open && (
          <Confirm
            title="Delete what is old now?"
            word="Delete it"
            busy={false}
            onCancel={close}
            onConfirm={() => {
              close();
              void jobs.start({ kind: 'purge' });
            }}
          >
            <p>The ledger says first what is about to go. Then this is deleted, and cannot be brought back but from a backup:</p>
            <Goes retention={retention.data} />
            <p>The ledger, histories of hosts, findings, manifests and reference values stay.</p>
          </Confirm>
        )}
      </JobControl>
      <p className={styles['quiet']}>What would go is shown first. For how long things are kept is set below.</p>
    </Section>
  );
};

/** What can be done with the database while everything goes on. Each says before what it will do. */
export const Upkeep = ({ jobs, dataFolder }: { jobs: Jobs; dataFolder: string | undefined }) => (
  <>
    <Section title="Back up" about={<p>Copies the database as it is at one moment, while recording goes on.</p>}>
      <JobControl jobs={jobs} standing={standingOf(jobs.list, 'backup')} word="Back up now" ask={{ kind: 'backup' }} writes />
      <p className={styles['quiet']}>
        It goes into a new file in the folder <code>backups</code> of the data folder
        {dataFolder !== undefined && <code> {dataFolder}</code>}; carry it to another machine from there. The key of the ledger,{' '}
        <code>ledger-key.pem</code>, is not part of it: keep a copy in a safe place of its own.
      </p>
    </Section>
    <Purge jobs={jobs} />
    <Section title="Give space back" about={<p>After much was deleted the file of the database is larger than it needs to be.</p>}>
      <JobControl jobs={jobs} standing={standingOf(jobs.list, 'compact')} word="Give space back" ask={{ kind: 'compact' }} writes />
      <p className={styles['quiet']}>Gives space that the database does not use any more back to the disk, in steps. Nothing is deleted.</p>
    </Section>
  </>
);
