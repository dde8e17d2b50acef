import { BOB_PATH } from '../../shared/drawing/shapes.ts';
import styles from './rail.module.css';

type Place = { readonly href: string; readonly word: string; readonly current: boolean };

/** The pages on a plumb line: it hangs from the mark, and the bob rests where you are. */
export const Rail = ({ places }: { places: readonly Place[] }) => (
  <nav aria-label="Pages">
    <ul className={styles['rail']}>
      {places.map((place) => (
        <li key={place.href} className={styles['place']} data-current={place.current}>
          <a href={place.href} aria-current={place.current ? 'page' : undefined}>
            <svg className={styles['bob']} width="14" height="24" viewBox="-7 0 14 24" aria-hidden="true">
              <path d={BOB_PATH} fill="currentColor" />
            </svg>
            {place.word}
          </a>
        </li>
      ))}
    </ul>
  </nav>
);
