/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a select cannot be the list of a combobox that is a text field; the roles are those of that pattern */
import type { Suggestion } from '../../../shared/query/complete.ts';
import styles from './search-box.module.css';

type ListProps = {
  id: string;
  suggestions: readonly Suggestion[];
  active: number;
  shown: boolean;
  onTake: (suggestion: Suggestion) => void;
};

/** What can follow. The field beside it holds the focus and handles the keys. */
export const SuggestionList = ({ id, suggestions, active, shown, onTake }: ListProps) => (
  <div id={`${id}-list`} role="listbox" aria-label="What can follow" className={styles['list']} hidden={!shown}>
    {suggestions.map((suggestion, index) => (
      // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the field handles the keys
      <div
        key={`${suggestion.kind} ${suggestion.insert}`}
        id={`${id}-${index}`}
        role="option"
        tabIndex={-1}
        aria-selected={index === active}
        ref={(element) => {
          if (index === active) element?.scrollIntoView({ block: 'nearest' });
        }}
        // Before the field loses the focus and the list closes.
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => onTake(suggestion)}
      >
        <code>{suggestion.text}</code> <span>{suggestion.doc}</span>
      </div>
    ))}
  </div>
);
