import styles from './list-with-detail.module.css';

type ListWithDetailProps = { tools: React.ReactNode; list: React.ReactNode; detail: React.ReactNode; hint: string };

/** A long list on the left, the chosen row in full on the right. */
export const ListWithDetail = ({ tools, list, detail, hint }: ListWithDetailProps) => (
  <div className={styles['both']}>
    <div>
      <div className={styles['tools']}>{tools}</div>
      <div className={styles['list']}>{list}</div>
    </div>
    <aside className={styles['detail']} aria-label="The chosen row">
      {detail ?? <p className={styles['hint']}>{hint}</p>}
    </aside>
  </div>
);
