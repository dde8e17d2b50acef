import styles from './key-value.module.css';

export type Pair = { readonly key: string; readonly value: React.ReactNode; readonly note?: React.ReactNode };

export const KeyValue = ({ pairs }: { pairs: readonly Pair[] }) => (
  <dl className={styles['list']}>
    {pairs.map((pair) => (
      <div key={pair.key} className={styles['pair']}>
        <dt>{pair.key}</dt>
        <dd>
          {pair.value}
          {pair.note !== undefined && <span className={styles['note']}>{pair.note}</span>}
        </dd>
      </div>
    ))}
  </dl>
);
