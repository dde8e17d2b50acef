import type { Handlers } from '../../shared/contract/contract.ts';
import { visibleText } from '../../shared/model/hostile-text.ts';
import type { Readers } from '../store/readers.ts';
import { breath } from './breath.ts';

/** Answers what was known at a moment. One question at a time: the store shows one moment, made in steps between which others are answered. */
export const askAsOf = (store: Pick<Readers, 'asOf' | 'findings' | 'policy'>): Handlers['fleet.asOf'] => {
  let before: Promise<unknown> = Promise.resolve();
  return (asked) => {
    const { atMs, query, offset, limit } = asked;
    const answer = async (): Promise<Awaited<ReturnType<Handlers['fleet.asOf']>>> => {
      const steps = store.asOf.show(atMs);
      let step = steps.next();
      for (; step.done !== true; step = steps.next()) await breath();
      const { fleet, list } = step.value;
      const version = store.policy.activeAt(atMs);
      return {
        atMs,
        tally: fleet.tally(),
        disagreements: fleet.disagreements(),
        ...store.findings.heldAt(atMs),
        manifest: version === null ? null : { number: version.number, name: visibleText(version.name) },
        hosts: list(query, { by: 'verdict', descending: false }, offset, limit, atMs),
      };
    };
    const mine = before.then(answer, answer);
    before = mine;
    return mine;
  };
};
