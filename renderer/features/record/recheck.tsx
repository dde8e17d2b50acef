import { useState } from 'react';
import { CopyText } from '../../ui/copy-text.tsx';
import { Field } from '../../ui/field.tsx';
import { useReadOnly } from '../../ui/read-only.ts';
import { JobControl } from './job-control.tsx';
import styles from './parts.module.css';
import { RecheckResult } from './recheck-result.tsx';
import { Section } from './section.tsx';
import { standingOf } from '../../transport/job-list.ts';
import type { Jobs } from '../../transport/jobs.ts';

/** In the same size as what was checked: a check by the very program that is checked convinces nobody who does not trust it already. */
const WithoutTrust = ({ dataFolder }: { dataFolder: string | undefined }) => (
  <div className={styles['without']}>
    <h3>What this does not prove</h3>
    <p>
      This re-check runs inside the program that keeps the record. Whoever could change the program could make it say anything, so it is a
      convenience for whoever trusts this console, and no proof for anyone else. It also cannot show that an entry was true when it was
      written, or that everything was entered. It does not look at the texts of host pages, at findings, or at the history of places.
    </p>
    <h3>To check without trusting it</h3>
    <ul>
      <li>
        On another machine, with a Plumbline from its source and a copy of the data folder, hold everything against the key and a checkpoint
        that were kept elsewhere:
        <CopyText
          label="the command"
          text={`plumbline audit verify --data '${dataFolder ?? 'DIR'}' --key ledger.vkey --checkpoint from-elsewhere.txt`}
        />
      </li>
      <li>
        One entry without Plumbline at all: export its proof with <code>plumbline audit proof</code>, and check it with{' '}
        <code>docs/check-a-proof.sh</code>, which is a page long and needs only sh, OpenSSL and coreutils.
      </li>
      <li>
        Keep a checkpoint elsewhere, again and again: by anchors, or by hand with <code>plumbline audit checkpoint</code>. Only it shows
        that an older ledger was put in place, or another one was written by whoever has the key.
      </li>
    </ul>
  </div>
);

/** The independent re-check as a job, what it found, and how much that is worth. */
export const Recheck = ({ jobs, dataFolder }: { jobs: Jobs; dataFolder: string | undefined }) => {
  const readOnly = useReadOnly();
  const [key, setKey] = useState('');
  const [checkpoint, setCheckpoint] = useState('');
  const standing = standingOf(jobs.list, 'recheck');
  const { running, last } = standing;
  const ask = () => ({
    kind: 'recheck' as const,
    ...(key.trim() !== '' && { key: key.trim() }),
    ...(checkpoint.trim() !== '' && { checkpoint }),
  });
  return (
    <Section
      title="Re-check"
      about={
        <>
          <p>
            Reads every entry and computes everything again: order, hashes, signatures, anchors, and whether history, manifests,
            confirmations and kept evidence are what was entered. It changes nothing, and polling goes on.{' '}
            {readOnly ? 'Read-only, the ledger cannot say that it was made.' : 'The ledger says who checked and what came of it.'}
          </p>
          <p>
            <strong>It runs inside the program that it checks.</strong> So it is a convenience; how to check without trusting it is said
            below.
          </p>
        </>
      }
    >
      <div data-tour="recheck">
        <JobControl jobs={jobs} standing={standing} word="Re-check now" ask={ask} writes={false} />
      </div>
      {last !== undefined && last.report !== null && (
        <RecheckResult key={last.id} job={last} report={last.report} isBefore={running !== undefined} />
      )}
      <details className={styles['details']}>
        <summary>Hold it against what you kept elsewhere</summary>
        <Field
          label="Verifier key"
          hint="One line, name+hex+base64. Without it, the key that comes first in the ledger is believed."
          value={key}
          onChange={setKey}
          look="mono"
          maxLength={16_384}
        />
        <Field
          label="Checkpoint"
          hint="Its whole text. Without it, an older ledger in place of the newest one looks the same."
          value={checkpoint}
          onChange={setCheckpoint}
          look="mono"
          lines={6}
          maxLength={65_536}
        />
      </details>
      <WithoutTrust dataFolder={dataFolder} />
    </Section>
  );
};
