import type { LedgerAnchor } from '../../../shared/contract/ledger-schemas.ts';
import { recordHref } from '../../app/navigation.ts';
import { Callout } from '../../ui/callout.tsx';
import { formatDuration } from '../../ui/format-time.ts';
import { KeyValue } from '../../ui/key-value.tsx';
import { useReadOnly } from '../../ui/read-only.ts';
import { Instant } from '../../ui/time.tsx';
import { OutcomeWord } from '../../ui/verdict-mark.tsx';
import { count, plural } from '../../ui/words.ts';
import { WorkMark } from '../../ui/work-mark.tsx';
import styles from './parts.module.css';
import { Section } from './section.tsx';

const KIND: Readonly<Record<LedgerAnchor['kind'], { readonly word: string; readonly shows: string }>> = {
  file: {
    word: 'Folder elsewhere',
    shows: 'Shows that the ledger went on from there, to whoever trusts that place.',
  },
  'time-stamp': {
    word: 'Time-stamp authority (RFC 3161)',
    shows: 'Shows that the checkpoint existed then, to whoever trusts the authority.',
  },
  witness: {
    word: 'Witness',
    shows: 'Shows that an independent witness saw it, and that it continued everything seen before.',
  },
};

const EXAMPLE = `anchors:
  - { kind: folder, path: /mnt/worm/plumbline }
  - kind: time-stamp
    url: https://tsa.example/tsr
    roots: tsa-roots.pem
  - kind: witness
    url: https://witness.example
    key: witness.example+1a2b3c4d+BA…`;

const State = ({ anchor: { problem, lastAtMs } }: { anchor: LedgerAnchor }) => {
  if (problem !== null) return <OutcomeWord kind="failed" word="Cannot be made" />;
  return lastAtMs === null ? <WorkMark state="none" word="None made yet" /> : <WorkMark state="done" word="Made" />;
};

const Last = ({ anchor: { lastAtMs, lastSize }, entries }: { anchor: LedgerAnchor; entries: number }) => {
  if (lastAtMs === null || lastSize === null) return <>none yet</>;
  const since = entries - lastSize;
  return (
    <>
      {plural(lastSize, 'entry', 'entries')}, <Instant atMs={lastAtMs} />
      {since > 0 && ` · ${count(since)} entered since`}
    </>
  );
};

const Anchor = ({ anchor, entries }: { anchor: LedgerAnchor; entries: number }) => (
  <li className={styles['anchor']}>
    <p className={styles['anchorHead']}>
      <strong>{KIND[anchor.kind].word}</strong> <State anchor={anchor} />
    </p>
    {anchor.problem !== null && (
      <Callout
        problem={anchor.problem}
        still={
          <>
            Entries are still recorded and signed; it is tried again{' '}
            {anchor.triedAgainAtMs === null ? 'by itself' : <Instant atMs={anchor.triedAgainAtMs} />}.
          </>
        }
      />
    )}
    <KeyValue
      pairs={[
        { key: 'Where', value: <code>{anchor.target}</code> },
        { key: 'Last anchored', value: <Last anchor={anchor} entries={entries} /> },
        { key: 'At most every', value: formatDuration(anchor.everyMs) },
      ]}
    />
    <p className={styles['quiet']}>{KIND[anchor.kind].shows}</p>
  </li>
);

/** Where checkpoints are put outside: what somebody with the key and the database cannot take back. */
export const Anchors = ({ anchors, entries }: { anchors: readonly LedgerAnchor[]; entries: number }) => {
  const readOnly = useReadOnly();
  return (
    <Section
      title="Anchors"
      about={
        <p>
          The key is on the machine that writes the ledger, and whoever has both can write another history. What was put outside before
          cannot be taken back.
        </p>
      }
    >
      {readOnly ? (
        <p className={styles['quiet']}>
          Where checkpoints are put outside is written in the endpoints file of the Plumbline that keeps this folder, and not known here.
          What was put outside is in the ledger: <a href={recordHref({ kind: 'anchor' })}>entries about anchors</a>.
        </p>
      ) : anchors.length === 0 ? (
        <div className={styles['none']}>
          <p>
            <WorkMark state="none" word="No anchor is configured" />
          </p>
          <p>
            Nothing leaves this machine. So nothing shows if whoever has this machine sets the ledger back or writes it anew, unless
            somebody carries a checkpoint away by hand. Name places outside in the endpoints file, and start Plumbline again:
          </p>
          <pre className={styles['example']}>{EXAMPLE}</pre>
          <p>
            An authority gets a digest, a witness the checkpoint and hashes; never an entry. What each shows and does not show is in{' '}
            <code>docs/ledger.md</code>.
          </p>
        </div>
      ) : (
        <ul>
          {anchors.map((anchor) => (
            <Anchor key={`${anchor.kind} ${anchor.target}`} anchor={anchor} entries={entries} />
          ))}
        </ul>
      )}
    </Section>
  );
};
