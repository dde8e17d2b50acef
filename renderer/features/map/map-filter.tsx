import { useEffect, useId, useState } from 'react';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { readSearch } from '../../../shared/query/host-search.ts';
import { MAX_QUERY_LENGTH } from '../../../shared/query/limits.ts';
import { go, mapHref, type MapView } from '../../app/navigation.ts';
import styles from './map-filter.module.css';

const TYPING_MS = 250;

/** Words or a filter, as in the list of hosts and with the same name in the address. What cannot be read changes nothing while it is typed. */
export const MapFilter = ({ view }: { view: MapView }) => {
  const id = useId();
  const [text, setText] = useState(view.text);
  const [known, setKnown] = useState(view.text);
  if (known !== view.text) {
    setKnown(view.text);
    setText(view.text);
  }
  const search = readSearch(text);
  const problem = search.kind === 'problem' ? search.problem : null;
  useEffect(() => {
    if (text === view.text || problem !== null) return undefined;
    const timer = setTimeout(() => {
      setKnown(text);
      go(mapHref({ ...view, text, hosts: null }), 'replace');
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, view, problem]);
  return (
    <div className={styles['filter']}>
      <input
        type="search"
        aria-label="Filter the hosts of the map"
        aria-invalid={problem !== null}
        aria-describedby={id}
        value={text}
        maxLength={MAX_QUERY_LENGTH}
        placeholder="Words, or a filter such as verdict = failed"
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
      />
      <output id={id} data-problem={problem !== null}>
        {problem !== null && (
          <>
            <code>{visibleText(text.slice(problem.at, problem.at + problem.length), 40)}</code> {problem.message} {problem.nextStep}
          </>
        )}
        {search.kind === 'filter' && view.atMs !== null && /label/iu.test(search.canonical) && 'Labels are not known of past moments.'}
      </output>
    </div>
  );
};
