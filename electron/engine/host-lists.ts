import type { Handlers } from '../../shared/contract/contract.ts';
import { fail } from '../../shared/model/result.ts';
import type { Query } from '../../shared/query/ast.ts';
import { HOST_LIST_FIELDS } from '../../shared/query/host-fields.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import { printQuery } from '../../shared/query/print.ts';
import type { Who } from '../ledger/entry.ts';
import type { Readers } from '../store/readers.ts';
import type { Store } from '../store/store.ts';

const ALL: Query = { kind: 'all' };
const MOST_VIEWS = 200;

type ListHandlers = Pick<Handlers, 'hosts.list' | 'hosts.complete'>;
type ViewHandlers = Pick<Handlers, 'views.list' | 'views.save' | 'views.delete'>;

/** Lists of hosts, filtered by the language. */
export const createHostLists = (store: Pick<Readers, 'hosts'>, nowMs: () => number): ListHandlers => ({
  'hosts.list': ({ query, filter, sort, offset, limit }) => {
    const parsed = parseQuery(filter ?? '', HOST_LIST_FIELDS);
    if (parsed.ok) return { ...store.hosts.list(query, sort, offset, limit, nowMs(), parsed.value), filterProblem: null };
    // Only how many there are: a filter that was not understood must not look like one that lets everything through.
    const { inventory } = store.hosts.list({}, sort, 0, 0, nowMs(), ALL);
    return { total: 0, inventory, offset, rows: [], filterProblem: parsed.problem };
  },
  'hosts.complete': ({ kind, field, typed }) => ({
    values: kind === 'members' ? store.hosts.values.labels(typed) : store.hosts.values.values(field, typed),
  }),
});

/** The lists that somebody gave a name. */
export const createViews = (store: Pick<Store, 'views'>, who: Who, nowMs: () => number): ViewHandlers => ({
  'views.list': ({ list }) => store.views.list(list),
  'views.save': (asked) => {
    const { list, name, sort } = asked;
    const parsed = asked.list === 'hosts' ? parseQuery(asked.filter, HOST_LIST_FIELDS) : null;
    if (parsed?.ok === false) return parsed;
    const views = store.views.list(list);
    if (views.length >= MOST_VIEWS && views.every((view) => view.name !== name))
      return fail('too-many-views', `There are ${MOST_VIEWS} saved views already.`, 'Delete one that is not used any more.');
    const filter = parsed === null ? asked.filter : printQuery(parsed.value);
    store.views.save(list, { name, filter, sort, savedAtMs: nowMs() }, who);
    return { ok: true, views: store.views.list(list) };
  },
  'views.delete': ({ list, name }) => {
    store.views.remove(list, name, who);
    return { ok: true, views: store.views.list(list) };
  },
});
