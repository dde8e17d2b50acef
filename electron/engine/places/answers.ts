import type { Handlers } from '../../../shared/contract/contract.ts';
import { HOST_LIST_FIELDS } from '../../../shared/query/host-fields.ts';
import { parseQuery } from '../../../shared/query/parse.ts';
import type { Readers } from '../../store/readers.ts';
import type { AskMoment } from '../ask-as-of.ts';
import { createMovementRules, policyPlaces } from './manifest-places.ts';

type PlaceHandlers = Pick<Handlers, 'fleet.places' | 'fleet.movements' | 'fleet.moments' | 'fleet.regions'>;

/** As many as a slider can tell apart. */
const MOST_MOMENTS = 240;

/** What the map shows. */
export const createPlaceAnswers = (
  store: Pick<Readers, 'places' | 'movements' | 'fleet' | 'policy'>,
  askMoment: AskMoment,
  nowMs: () => number,
): PlaceHandlers => ({
  'fleet.places': async ({ query, filter, atMs }) => {
    const parsed = parseQuery(filter ?? '', HOST_LIST_FIELDS);
    const asked = parsed.ok ? parsed.value : null;
    const counted = atMs === null ? store.places(query, asked, nowMs()) : await askMoment(atMs, ({ places }) => places(query, asked, atMs));
    if (parsed.ok) return { atMs, ...counted, filterProblem: null };
    // A filter that was not understood must not look like one that lets everything through.
    const none = { places: 0, countries: 0, hosts: 0 };
    return {
      atMs,
      total: 0,
      inventory: counted.inventory,
      unknown: 0,
      countries: [],
      places: [],
      left: none,
      filterProblem: parsed.problem,
    };
  },
  'fleet.movements': ({ fromMs, toMs, offset, limit }) => {
    const { total, rows } = store.movements(fromMs, toMs, offset, limit);
    const ruleOf = createMovementRules(store.policy);
    return { total, rows: rows.map(({ manifest, ...row }) => ({ ...row, rule: ruleOf({ ...row, manifest }) })) };
  },
  'fleet.moments': () => ({ moments: store.fleet.trend(MOST_MOMENTS).map(({ atMs }) => atMs) }),
  'fleet.regions': ({ atMs }) => policyPlaces(store.policy, atMs),
});
