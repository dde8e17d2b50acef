import { Fragment } from 'react';
import type { EventRow } from '../../../shared/contract/schemas.ts';
import { bytesHref, differenceHref } from '../../app/navigation.ts';
import { useQuery } from '../../transport/query.ts';
import { Callout } from '../../ui/callout.tsx';
import { KeyValue } from '../../ui/key-value.tsx';
import { count, LINK_WORD } from '../../ui/words.ts';
import { Full } from './full.tsx';
import styles from './event-detail.module.css';

const DATA_SENTENCE: Readonly<Record<EventRow['data'], string>> = {
  verified: 'The digest covers this event’s data: what it says is what was measured.',
  mismatch: 'The digest should cover the data and does not: the description was altered or is wrong.',
  'not-covered': 'The digest does not cover the description. Read it as a claim.',
};

/** Breaks after an underscore, where a reader would. */
const EventType = ({ name }: { name: string }) => (
  <code>
    {name.split(/(?<=_)/).map((part, index) => (
      // oxlint-disable-next-line react/no-array-index-key -- the parts of one name never move
      <Fragment key={index}>
        {part}
        <wbr />
      </Fragment>
    ))}
  </code>
);

const replaySentence = (proven: boolean | null): string => {
  if (proven === null) return 'Its PCR is not in the quote, so nothing proves that this event happened.';
  return proven ? 'The log replays to the value that the TPM signed.' : 'The log does not replay to the value that the TPM signed.';
};

export const EventDetail = ({ id, index }: { id: string; index: number }) => {
  const { data, problem } = useQuery('hosts.events', { id, offset: index, limit: 1 });
  const event = data?.rows[0];
  if (event === undefined) return problem === undefined ? null : <Callout problem={problem} />;
  return (
    <div className={styles['detail']}>
      <h3>Boot event {count(event.index)}</h3>
      <p className={styles['ways']}>
        <a href={bytesHref(id, 'event-log', index)}>Its bytes</a>
        <a href={differenceHref(id, { with: 'peer', at: index })}>Beside a peer</a>
      </p>
      {event.broke !== null && (
        <div className={styles['broke']}>
          <strong>Broke trust at {LINK_WORD[event.broke.link]}</strong>
          <p>{event.broke.reason}</p>
        </div>
      )}
      <KeyValue
        pairs={[
          { key: 'Says', value: event.summary, note: DATA_SENTENCE[event.data] },
          { key: 'Type', value: <EventType name={event.claimedType} />, note: 'Claimed: no digest covers the type.' },
          { key: 'PCR', value: event.pcr, note: replaySentence(event.replayProven) },
          { key: 'Measured', value: <Full value={event.digest} label="measured digest" />, note: event.bank },
          ...(event.broke === null
            ? []
            : [
                {
                  key: 'Expected',
                  value:
                    event.broke.expected.length === 0
                      ? 'nothing of the kind'
                      : event.broke.expected.map((value) => <Full key={value} value={value} label="expected digest" />),
                },
              ]),
        ]}
      />
    </div>
  );
};
