import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { QueryProblem } from '../../../shared/query/problem.ts';
import { Button } from '../../ui/button.tsx';
import type { Search } from './host-query.ts';
import styles from './search-box.module.css';

const AROUND = 40;

/** The place of a problem in what was typed, with a little around it. */
const Place = ({ text, problem: { at, length } }: { text: string; problem: QueryProblem }) => {
  const from = Math.max(0, at - AROUND);
  const end = at + length;
  return (
    <code className={styles['place']}>
      {from > 0 && '…'}
      {visibleText(text.slice(from, at))}
      <mark>{length === 0 ? '\u00a0' : visibleText(text.slice(at, end), AROUND)}</mark>
      {visibleText(text.slice(end, end + AROUND))}
      {end + AROUND < text.length && '…'}
    </code>
  );
};

type MeaningProps = { id: string; text: string; search: Search; onFix: (text: string, cursor: number) => void };

/** How the filter was read, or at which character it could not be. */
export const SearchMeaning = ({ id, text, search, onFix }: MeaningProps) => {
  const problem = search.kind === 'problem' ? search.problem : null;
  const { suggestion } = problem ?? {};
  return (
    <output id={id} className={styles['meaning']} data-problem={problem !== null}>
      {search.kind === 'filter' && search.canonical !== '' && (
        <>
          Read as <code>{search.canonical}</code>
        </>
      )}
      {problem !== null && (
        <>
          <Place text={text} problem={problem} /> <strong>{problem.message}</strong> {problem.nextStep}{' '}
          {suggestion !== undefined && (
            <Button
              kind="word"
              onClick={() => {
                const head = text.slice(0, problem.at) + suggestion;
                onFix(head + text.slice(problem.at + problem.length), head.length);
              }}
            >
              {suggestion === '' ? 'Delete it' : `Write ${suggestion.trim()}`}
            </Button>
          )}
        </>
      )}
    </output>
  );
};
