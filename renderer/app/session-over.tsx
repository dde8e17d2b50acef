import { ProductMark } from '../ui/plumb-bob.tsx';
import styles from './session-over.module.css';

export const SessionOver = () => (
  <main className={styles['page']}>
    <ProductMark size={48} />
    <h1>This link has been used, or the session is over</h1>
    <p>
      A link opens one browser once, so that nobody else can follow it. The engine goes on asking and recording; only this window has lost
      its way in.
    </p>
    <p>
      In the terminal where <code>plumbline serve</code> runs, press Enter: it prints a fresh link. If it no longer runs, start it again.
    </p>
  </main>
);
