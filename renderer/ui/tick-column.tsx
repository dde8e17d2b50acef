import type { Column } from './grid.tsx';
import styles from './grid.module.css';

/** The mark of a row that can be ticked. What it says is said by `aria-selected` of its row. */
const Tick = () => (
  <svg data-tick className={styles['tick']} viewBox="0 0 14 14" aria-hidden="true">
    <path d="M3 7.2 5.8 10 11 4.4" />
  </svg>
);

/** The first column of a list whose rows can be ticked. */
export const tickColumn: Column<unknown, never> = { key: 'tick', title: 'Ticked', track: '16px', hideTitle: true, cell: () => <Tick /> };
