import { useId } from 'react';
import styles from './parts.module.css';

/** One subject of a tab: what it is for at the side, what can be seen and done beside it. */
export const Section = ({ title, about, children }: { title: string; about: React.ReactNode; children: React.ReactNode }) => {
  const id = useId();
  return (
    <section aria-labelledby={id} className={styles['section']}>
      <div className={styles['about']}>
        <h2 id={id}>{title}</h2>
        {about}
      </div>
      <div className={styles['facts']}>{children}</div>
    </section>
  );
};
