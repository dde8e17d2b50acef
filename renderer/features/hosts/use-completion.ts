import { useEffect, useMemo, useState } from 'react';
import { complete, type Completion, withValues } from '../../../shared/query/complete.ts';
import { HOST_LIST_FIELDS } from '../../../shared/query/host-fields.ts';
import { call } from '../../transport/transport.ts';
import { plural } from '../../ui/words.ts';

const ASK_MS = 80;
const MOST = 12;

type Answer = { readonly key: string; readonly values: readonly { readonly value: string; readonly doc: string }[] };

/** What can stand at the cursor: what the grammar knows at once, what the hosts have as soon as it came. */
export const useCompletion = (text: string, cursor: number, wanted: boolean): Completion => {
  const known = useMemo(() => complete(text, cursor, HOST_LIST_FIELDS), [text, cursor]);
  const key = known.ask === null || !wanted ? '' : JSON.stringify(known.ask);
  const [answer, setAnswer] = useState<Answer>({ key: '', values: [] });
  useEffect(() => {
    if (key === '' || known.ask === null) return undefined;
    const { ask } = known;
    let over = false;
    const timer = setTimeout(async () => {
      const found = await call('hosts.complete', ask);
      // Whoever types goes on without; the list is a help and nothing rests on it.
      if (over || !found.ok) return;
      setAnswer({ key, values: found.value.values.map(({ value, hosts }) => ({ value, doc: plural(hosts, 'host', 'hosts') })) });
    }, ASK_MS);
    return () => {
      over = true;
      clearTimeout(timer);
    };
    // oxlint-disable-next-line react/exhaustive-deps -- the key says what is asked
  }, [key]);
  const whole = answer.key === key && key !== '' ? withValues(known, answer.values) : known;
  return { ...whole, suggestions: whole.suggestions.slice(0, MOST) };
};
