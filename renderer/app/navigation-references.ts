import { REFERENCE_STATES, type ReferenceSet } from '../../shared/model/reference-set.ts';
import { memberOf, shortText, wholeNumber, withParams } from './navigation-parts.ts';

/** What can be begun on the page; `promote` of a failed host. */
export const REFERENCE_FORMS = ['capture', 'import', 'type', 'promote'] as const;
export type ReferenceForm = (typeof REFERENCE_FORMS)[number];

export type ReferencesView = {
  readonly state: ReferenceSet['state'] | null;
  /** The set that is opened. */
  readonly set: number | null;
  readonly form: ReferenceForm | null;
  /** Of which host a form speaks. */
  readonly host: string | null;
};

export const parseReferences = (params: URLSearchParams): ReferencesView => ({
  state: memberOf(REFERENCE_STATES, params.get('state')),
  set: wholeNumber(params.get('set')),
  form: memberOf(REFERENCE_FORMS, params.get('form')),
  host: shortText(params.get('host'), 200),
});

export const referencesHref = ({ state = null, set = null, form = null, host = null }: Partial<ReferencesView> = {}): string =>
  withParams('#/references', [
    ['state', state],
    ['set', set === null ? null : String(set)],
    ['form', form],
    ['host', host],
  ]);
