import { useState } from 'react';
import type { CallInput } from '../../shared/contract/contract.ts';
import type { SavedView, ViewedList } from '../../shared/contract/view-schemas.ts';
import type { Problem } from '../../shared/model/result.ts';
import { go } from '../app/navigation.ts';
import { useQuery } from '../transport/query.ts';
import { call } from '../transport/transport.ts';
import { Button } from '../ui/button.tsx';
import styles from './saved-views.module.css';

const MOST_NAME = 80;

/** What is saved of a list that is on the screen. */
export type Saves = CallInput<'views.save'> extends infer Input ? (Input extends { name: string } ? Omit<Input, 'name'> : never) : never;

type SavedViewsProps = {
  list: ViewedList;
  /** Null where what is asked cannot be read, and so not be saved. */
  saves: Saves | null;
  /** Where a saved one leads. */
  hrefOf: (saved: SavedView) => string;
};

const isThis = (saved: SavedView, { filter, sort }: Saves): boolean =>
  saved.filter === filter && saved.sort?.by === sort?.by && saved.sort?.descending === sort?.descending;

/** What is asked of a list, under a name, kept with the data: whoever opens it sees the same. */
export const SavedViews = ({ list, saves, hrefOf }: SavedViewsProps) => {
  const { data, refetch } = useQuery('views.list', { list });
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<Problem>();
  const views = data ?? [];
  const current = saves === null ? undefined : views.find((saved) => isThis(saved, saves));

  const save = async (): Promise<void> => {
    if (saves === null || name.trim() === '') return;
    const answer = await call('views.save', { ...saves, name });
    const failed = answer.ok ? (answer.value.ok ? undefined : answer.value.problem) : answer.problem;
    setProblem(failed);
    if (failed !== undefined) return;
    setNaming(false);
    setName('');
    refetch();
  };
  const remove = async (saved: SavedView): Promise<void> => {
    const answer = await call('views.delete', { list, name: saved.name });
    setProblem(answer.ok ? undefined : answer.problem);
    refetch();
  };
  const replaced = views.some((saved) => saved.name === name.trim());
  if (naming)
    return (
      <form
        className={styles['views']}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <input
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the field was asked for by a button just now
          autoFocus
          aria-label="Name of the view"
          className={styles['name']}
          value={name}
          maxLength={MOST_NAME}
          placeholder="Name of the view"
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setNaming(false);
          }}
        />
        <button type="submit" className={styles['save']}>
          {replaced ? 'Replace' : 'Save'}
        </button>
        <Button kind="quiet" onClick={() => setNaming(false)}>
          Cancel
        </Button>
        {problem !== undefined && (
          <p role="alert">
            {problem.message} {problem.nextStep}
          </p>
        )}
      </form>
    );
  return (
    <div className={styles['views']}>
      {views.length > 0 && (
        <select
          aria-label="Saved views"
          className={styles['select']}
          data-set={current !== undefined}
          value={current?.name ?? ''}
          onChange={(event) => {
            const chosen = views.find((saved) => saved.name === event.target.value);
            if (chosen !== undefined) go(hrefOf(chosen));
          }}
        >
          <option value="">Saved views</option>
          {views.map((saved) => (
            <option key={saved.name} value={saved.name}>
              {saved.name}
            </option>
          ))}
        </select>
      )}
      {current === undefined ? (
        <Button writes kind="quiet" disabled={saves === null} onClick={() => setNaming(true)}>
          Save this view
        </Button>
      ) : (
        <Button writes kind="quiet" onClick={() => void remove(current)}>
          Delete this view
        </Button>
      )}
      {problem !== undefined && (
        <p role="alert">
          {problem.message} {problem.nextStep}
        </p>
      )}
    </div>
  );
};
