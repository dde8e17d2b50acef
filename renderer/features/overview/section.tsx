import { useId } from 'react';
import styles from './section.module.css';

type SectionProps = { title: string; aside?: React.ReactNode; children: React.ReactNode };

export const Section = ({ title, aside, children }: SectionProps) => {
  const id = useId();
  return (
    <section aria-labelledby={id} className={styles['section']}>
      <div className={styles['head']}>
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
};
