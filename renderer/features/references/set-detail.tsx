import { useRef, useState } from 'react';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { referencesHref, type ReferencesView } from '../../app/navigation-references.ts';
import { useQuery } from '../../transport/query.ts';
import { Button } from '../../ui/button.tsx';
import { Callout, Waiting } from '../../ui/callout.tsx';
import { useNow } from '../../ui/clock.ts';
import { Digest } from '../../ui/digest.tsx';
import { KeyValue } from '../../ui/key-value.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Instant } from '../../ui/time.tsx';
import { Decide, Reach } from './decide.tsx';
import { Difference, Items } from './items.tsx';
import { ORIGIN_WORD, STATE_MEANING, STATE_WORD, stateOf } from './set-words.ts';
import styles from './references.module.css';

type Tab = 'items' | 'difference' | 'hosts';

export const SetDetail = ({ id, view, onChanged }: { id: number; view: ReferencesView; onChanged: () => void }) => {
  const { data, problem, refetch } = useQuery('references.get', { id, offset: 0, limit: 1 });
  const policy = useQuery('policy.get', {}).data;
  const user = useQuery('app.info', {}).data?.user;
  const nowMs = useNow(60_000);
  const [tab, setTab] = useState<Tab>('items');
  const [asked, setAsked] = useState<'approve' | 'withdraw' | null>(null);
  const [said, setSaid] = useState('');
  const actions = useRef<HTMLDivElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  if (data === null)
    return (
      <section aria-label="The opened set" className={styles['detail']}>
        <h2>There is no set {id}.</h2>
        <a href={referencesHref({ ...view, set: null })}>All sets</a>
      </section>
    );
  if (data === undefined) return problem === undefined ? <Waiting>Asking the engine…</Waiting> : <Callout problem={problem} />;
  const { set } = data;
  const state = stateOf(set, nowMs);
  const own = policy?.approvals === 2 && user !== undefined && user.toLowerCase() === set.author.toLowerCase();
  const back = (): void => {
    setAsked(null);
    actions.current?.querySelector('button')?.focus();
  };
  const done = (sentence: string): void => {
    setSaid(sentence);
    setAsked(null);
    // The buttons are others now.
    heading.current?.focus();
    refetch();
    onChanged();
  };
  return (
    <section aria-label="The opened set" className={styles['detail']}>
      <div className={styles['title']}>
        <h2 ref={heading} tabIndex={-1}>
          Set {set.id}, {visibleText(set.name)}
        </h2>
        <span data-state={state}>{STATE_WORD[state]}</span>
        <a href={referencesHref({ ...view, set: null })}>Close</a>
      </div>
      <p className={styles['quiet']}>{STATE_MEANING[state]}</p>
      {problem !== undefined && <Callout problem={problem} still="What follows is the last that is known." />}
      <output aria-live="polite" className={styles['said']}>
        {said}
      </output>
      <div className={styles['actions']} ref={actions}>
        {set.state === 'proposed' && (
          <Button
            kind="primary"
            writes
            aria-disabled={own}
            {...(own && { 'aria-describedby': 'second-person' })}
            onClick={() => !own && setAsked('approve')}
          >
            Approve…
          </Button>
        )}
        {set.state !== 'withdrawn' && (
          <Button writes onClick={() => setAsked('withdraw')}>
            Withdraw…
          </Button>
        )}
        {own && set.state === 'proposed' && (
          <span id="second-person">
            {visibleText(set.author)} proposed it and cannot approve it: the manifest asks for a second person.
          </span>
        )}
      </div>
      {asked !== null && <Decide set={set} what={asked} onDone={done} onCancel={back} />}
      <div className={styles['facts']}>
        <KeyValue
          pairs={[
            { key: 'It names', value: set.contents },
            { key: 'Scope', value: set.scope === null ? 'all hosts' : <code>{visibleText(set.scope, 4_000)}</code> },
            {
              key: 'In force',
              value:
                set.approvedBy === null || set.decidedAtMs === null ? (
                  'never yet'
                ) : (
                  <>
                    {set.state === 'approved' && (
                      <>
                        from <Instant atMs={set.decidedAtMs} />{' '}
                      </>
                    )}
                    {set.toMs === null ? 'without end' : <>until {<Instant atMs={set.toMs} />}</>}
                  </>
                ),
            },
            ...(set.replaces === null
              ? []
              : [{ key: 'Replaces', value: <a href={referencesHref({ ...view, set: set.replaces })}>Set {set.replaces}</a> }]),
          ]}
        />
        <KeyValue
          pairs={[
            {
              key: 'Proposed',
              value: (
                <>
                  {visibleText(set.author)}, <Instant atMs={set.proposedAtMs} />
                </>
              ),
              note: visibleText(set.reason, 2_000),
            },
            { key: 'Approved', value: set.approvedBy === null ? 'by nobody' : visibleText(set.approvedBy) },
            ...(set.withdrawnBy === null
              ? []
              : [
                  {
                    key: 'Withdrawn',
                    value: (
                      <>
                        {visibleText(set.withdrawnBy)}, <Instant atMs={set.decidedAtMs} />
                      </>
                    ),
                  },
                ]),
            {
              key: ORIGIN_WORD[set.provenance.how],
              value: visibleText(set.provenance.words, 800),
              note: <Digest value={set.provenance.sha256} label="SHA-256 of the source" />,
            },
          ]}
        />
      </div>
      <Tabs
        label="Of the set"
        tabs={[
          { value: 'items', word: 'Items', count: String(data.total) },
          ...(set.replaces === null ? [] : [{ value: 'difference' as const, word: 'Difference to the set before' }]),
          { value: 'hosts', word: 'Hosts' },
        ]}
        value={tab}
        onChange={setTab}
      >
        {tab === 'items' && <Items id={id} />}
        {tab === 'difference' && set.replaces !== null && <Difference id={id} to={set.replaces} />}
        {tab === 'hosts' && <Reach id={id} />}
      </Tabs>
    </section>
  );
};
