import { useState } from 'react';
import type { Difference, DifferenceCell, DifferencePair } from '../../../../shared/contract/difference-schemas.ts';
import type { DifferenceView } from '../../../app/navigation.ts';
import { Choice } from '../../../ui/button.tsx';
import { Empty } from '../../../ui/callout.tsx';
import { KeyValue, type Pair } from '../../../ui/key-value.tsx';
import { count } from '../../../ui/words.ts';
import { LinkedBytes } from '../bytes/linked-bytes.tsx';
import { Full } from '../full.tsx';
import { dataWords, provenWords, STATE_WORD } from './difference-words.ts';
import styles from './difference.module.css';

/** What a log claims stands apart from what was measured: nobody vouches for the one by the other. */
const cellPairs = (cell: DifferenceCell, name: string): readonly Pair[] => [
  {
    key: 'Measured',
    value: cell.digest === '' ? 'nothing' : <Full value={cell.digest} label={`digest of ${name}`} />,
    note: [cell.bank, cell.alternatives > 0 ? `or ${count(cell.alternatives)} others` : null, provenWords(cell)]
      .filter((part) => part !== null)
      .join('; '),
  },
  ...(cell.index === null
    ? []
    : [
        {
          key: 'Claimed',
          value: cell.claimed,
          note: [cell.claimedType, dataWords(cell)].filter((part) => part !== null && part !== '').join('; '),
        },
      ]),
];

const Side = ({ title, cell, none }: { title: string; cell: DifferenceCell | null; none: string }) => (
  <section>
    <h3>{title}</h3>
    {cell === null ? <p>{none}</p> : <KeyValue pairs={cellPairs(cell, title)} />}
  </section>
);

type DetailProps = { id: string; view: DifferenceView; difference: Difference; pair: DifferencePair };

/** The line that was chosen: both sides in full, and beside them the bytes that were measured. */
export const DifferenceDetail = ({ id, view, difference, pair }: DetailProps) => {
  const { a, b } = difference;
  const [wanted, setWanted] = useState<'a' | 'b'>('b');
  const hasA = a?.hostId !== null && a !== null && pair.a?.index !== null && pair.a !== null;
  const shown = (wanted === 'a' && hasA) || pair.b === null ? 'a' : 'b';
  const what = view.log === 'boot-events' ? 'event-log' : 'ima';
  const noun = view.log === 'boot-events' ? 'boot event' : 'measured file';
  const index = pair[shown]?.index ?? null;
  const words = { a: a?.words ?? 'the other side', b: b.hostName ?? 'this host' };
  return (
    <section className={styles['detail']} aria-label="The chosen line">
      <div>
        <h2>
          {STATE_WORD[pair.state].replace(/^./u, (first) => first.toUpperCase())}
          {pair.pcr <= 23 && `, PCR ${pair.pcr}`}
        </h2>
        {pair.reason !== null && <p className={styles['reason']}>{pair.reason}</p>}
        {pair.details.length > 0 && (
          <ul className={styles['details']}>
            {pair.details.map((detail) => (
              <li key={detail}>{detail}</li>
            ))}
          </ul>
        )}
        <Side
          title={words.a.replace(/^the /u, 'The ')}
          cell={pair.a}
          none={view.with === 'reference' ? 'No reference value speaks of it.' : 'Nothing of the kind is there.'}
        />
        <Side title={words.b} cell={pair.b} none="Nothing of the kind was measured." />
      </div>
      <div>
        {hasA && pair.b !== null && (
          <Choice
            label="Bytes of which side"
            options={[
              { value: 'a', word: view.with === 'peer' ? words.a : 'Before' },
              { value: 'b', word: words.b },
            ]}
            value={shown}
            onChange={setWanted}
          />
        )}
        {index === null ? (
          <Empty title="There are no bytes of this line.">
            <p>A reference value is a digest: what it was computed from is not kept.</p>
          </Empty>
        ) : (
          <LinkedBytes
            of={{ id: (shown === 'a' ? a?.hostId : null) ?? id, what, sha256: (shown === 'a' ? a?.sha256 : b.sha256) ?? null }}
            index={index}
            label={`${noun} ${count(index)}`}
            scope="structure"
          />
        )}
      </div>
    </section>
  );
};
