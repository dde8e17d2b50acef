import type { Handlers } from '../../shared/contract/contract.ts';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { HOST_LIST_FIELDS } from '../../shared/query/host-fields.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import type { FleetAsOf } from '../store/as-of.ts';
import type { Readers } from '../store/readers.ts';
import { breath } from './breath.ts';

/** What was known at a moment, while it is shown. */
export type AskMoment = <T>(atMs: number, use: (shown: FleetAsOf) => T) => Promise<T>;

/** One question at a time: the store shows one moment, made in steps between which others are answered. */
export const createAskMoment = (store: Pick<Readers, 'asOf'>): AskMoment => {
  let before: Promise<unknown> = Promise.resolve();
  return (atMs, use) => {
    const answer = async (): Promise<ReturnType<typeof use>> => {
      const steps = store.asOf.show(atMs);
      let step = steps.next();
      for (; step.done !== true; step = steps.next()) await breath();
      return use(step.value);
    };
    const mine = before.then(answer, answer);
    before = mine;
    return mine;
  };
};

/** Answers what was known at a moment. A filter that was not understood finds nothing. */
export const askAsOf =
  (store: Pick<Readers, 'findings' | 'policy'>, ask: AskMoment): Handlers['fleet.asOf'] =>
  ({ atMs, query, filter, offset, limit }) =>
    ask(atMs, ({ fleet, list }) => {
      const version = store.policy.activeAt(atMs);
      const parsed = parseQuery(filter ?? '', HOST_LIST_FIELDS);
      const sort = { by: 'verdict', descending: false } as const;
      const hosts = list(query, sort, offset, limit, atMs, parsed.ok ? parsed.value : null);
      return {
        atMs,
        tally: fleet.tally(),
        disagreements: fleet.disagreements(),
        ...store.findings.heldAt(atMs),
        manifest: version === null ? null : { number: version.number, name: visibleText(version.name) },
        hosts: parsed.ok ? hosts : { ...hosts, total: 0, rows: [] },
      };
    });
