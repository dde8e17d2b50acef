import { useEffect, useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { accept, type Suggestion } from '../../../shared/query/complete.ts';
import { MAX_QUERY_LENGTH } from '../../../shared/query/limits.ts';
import { go, hostsHref, type HostsView } from '../../app/navigation.ts';
import { readSearch } from './host-query.ts';
import { SearchMeaning } from './search-meaning.tsx';
import { SuggestionList } from './suggestion-list.tsx';
import { useCompletion } from './use-completion.ts';
import styles from './search-box.module.css';

const TYPING_MS = 160;
const NONE = -1;

/**
 * One field for words and for the filter language. A combobox whose list helps and never insists: nothing in it is chosen until an arrow
 * key says so, so Enter and Tab do what they do in every field. What cannot be read does not reach the address while it is being typed.
 */
export const SearchBox = ({ view }: { view: HostsView }) => {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(view.text);
  const [known, setKnown] = useState(view.text);
  const [cursor, setCursor] = useState(0);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(NONE);
  // The address changed from outside (back, a link, undo, a saved view): it wins over what was typed.
  if (known !== view.text) {
    setKnown(view.text);
    setText(view.text);
    setOpen(false);
  }
  const search = readSearch(text);
  const readable = search.kind !== 'problem';
  useEffect(() => {
    if (text === view.text || !readable) return undefined;
    const timer = setTimeout(() => {
      setKnown(text);
      go(hostsHref({ ...view, text }), 'replace');
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, view, readable]);

  const completion = useCompletion(text, cursor, open);
  const { suggestions } = completion;
  const shown = open && suggestions.length > 0;
  const chosen = shown ? suggestions[active] : undefined;

  /** The cursor of the field follows what is put into it, at once: whoever goes on typing must not be overtaken by it. */
  const put = (next: string, at: number): void => {
    flushSync(() => {
      setText(next);
      setCursor(at);
      setActive(NONE);
    });
    input.current?.setSelectionRange(at, at);
  };
  const take = (suggestion: Suggestion): void => {
    const after = accept(text, completion, suggestion);
    put(after.text, after.cursor);
    setOpen(true);
    input.current?.focus();
  };
  const move = (by: number): void => {
    if (!shown) setOpen(true);
    const count = suggestions.length;
    if (count > 0) setActive((before) => (before === NONE ? (by > 0 ? 0 : count - 1) : (before + by + count) % count));
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      move(event.key === 'ArrowDown' ? 1 : -1);
    } else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) {
      event.preventDefault();
      take(chosen);
    } else if (event.key === 'Enter') {
      setOpen(false);
      if (search.kind === 'problem') {
        const { at, length } = search.problem;
        input.current?.setSelectionRange(at, at + length);
      }
    } else if (event.key === 'Escape' && shown) {
      event.preventDefault();
      setOpen(false);
      setActive(NONE);
    }
  };
  const onCursor = (event: React.SyntheticEvent<HTMLInputElement>): void => {
    const at = event.currentTarget.selectionStart ?? 0;
    if (at === cursor) return;
    setCursor(at);
    setActive(NONE);
  };
  return (
    <div className={styles['box']}>
      <div className={styles['field']}>
        <input
          ref={input}
          type="search"
          role="combobox"
          aria-label="Search hosts"
          aria-autocomplete="list"
          aria-expanded={shown}
          aria-controls={`${id}-list`}
          aria-activedescendant={chosen === undefined ? undefined : `${id}-${active}`}
          aria-invalid={!readable}
          aria-describedby={`${id}-meaning`}
          value={text}
          maxLength={MAX_QUERY_LENGTH}
          placeholder="Words, or a filter such as verdict = failed and country in (DE, FR)"
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          onChange={(event) => {
            setText(event.target.value);
            setCursor(event.target.selectionStart ?? event.target.value.length);
            setActive(NONE);
            setOpen(true);
          }}
          onSelect={onCursor}
          onKeyDown={onKeyDown}
          onBlur={() => setOpen(false)}
        />
        {text === '' && <kbd aria-hidden="true">/</kbd>}
        <SuggestionList id={id} suggestions={suggestions} active={active} shown={shown} onTake={take} />
      </div>
      <SearchMeaning id={`${id}-meaning`} text={text} search={search} onFix={put} />
    </div>
  );
};
