import type { SaidItem } from '../../../shared/contract/assessment-schemas.ts';
import { type Id, iso, line, prop } from './parts.ts';

/** Who said something, each once. */
export const sayers = (said: readonly SaidItem[]): readonly string[] => [...new Set(said.map(({ who }) => who))];

/**
 * What a person said of an item of the run before, as an observation by examination whose actor is that person. It is a judgement about another file,
 * which is named by its digest, and speaks for or against no control of this one.
 */
export const saidObservation = (id: Id, { kind, id: item, name, state, comment, who, atMs, run, sha256, standing, entry }: SaidItem) => ({
  uuid: id('said', String(entry)),
  title: line(`A person's judgement of ${kind} ${name}: ${state}`),
  description: line(
    `${comment === '' ? 'No comment.' : comment} Said of a run before this one, in which it was ${standing}; not a measurement.`,
  ),
  props: [
    prop('evidence-state', state, { class: 'judgement' }),
    prop('judged-item', item, { class: kind }),
    prop('judged-export', sha256, {
      class: 'sha-256',
      remarks: `Entry ${run} of the ledger tells of this export, and entry ${entry} of this judgement.`,
    }),
  ],
  methods: ['EXAMINE'],
  origins: [{ actors: [{ type: 'party', 'actor-uuid': id('party', who) }] }],
  collected: iso(atMs),
});
