import { KIND_WORD, progressWords } from '../transport/job-words.ts';
import { useJobs } from '../transport/jobs.ts';
import { plural } from '../ui/words.ts';
import { jobsHref } from './navigation.ts';
import styles from './engine-status.module.css';

/** While something runs, what and how far, on every page. */
export const RunningJobs = () => {
  const running = useJobs().list?.filter(({ state }) => state === 'running') ?? [];
  const [first] = running;
  if (first === undefined) return null;
  return (
    <a className={styles['jobs']} href={jobsHref}>
      {running.length === 1 ? `${KIND_WORD[first.kind]}: ${progressWords(first)}` : plural(running.length, 'job runs', 'jobs run')}
    </a>
  );
};
