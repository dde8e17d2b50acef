import { compileQuery, type FieldValue } from '../../../shared/query/compile.ts';
import type { FieldRef } from '../../../shared/query/fields.ts';
import { MANIFEST_HOST_FIELDS } from '../../../shared/query/manifest-fields.ts';
import { parseQuery } from '../../../shared/query/parse.ts';
import type { Answer } from '../../../shared/query/truth.ts';
import type { HostFacts } from '../facts-schema.ts';
import type { AppraisedLocation } from '../position.ts';

type Row = { readonly facts: HostFacts; readonly location: AppraisedLocation };
const known = (word: string): string | null => (word === 'unknown' ? null : word);

const READERS: Readonly<Record<string, (row: Row) => FieldValue>> = {
  id: ({ facts }) => facts.host.id,
  name: ({ facts }) => facts.host.name,
  endpoint: ({ facts }) => facts.host.endpoint,
  address: ({ facts }) => facts.host.address,
  host_class: ({ facts }) => facts.host.hostClass,
  country: ({ location }) => location.country,
  subdivision: ({ location }) => location.subdivision,
  site: ({ location }) => location.site,
  assurance: ({ location }) => known(location.assurance),
  reported: ({ facts }) => known(facts.reported),
  demo: ({ facts }) => facts.host.demo,
};

const readerOf = ({ name, member }: FieldRef): ((row: Row) => FieldValue) => {
  if (member !== null) return ({ facts }) => (Object.hasOwn(facts.host.labels, member) ? facts.host.labels[member] : null);
  return READERS[name] ?? (() => null);
};

export type QueryFault = { readonly at: number; readonly message: string; readonly suggestion: string | null };

/** What is wrong with the text of a host query, and at which character; null = nothing. An empty query would choose every host and is refused. */
export const problemInQuery = (text: string): QueryFault | null => {
  const parsed = parseQuery(text, MANIFEST_HOST_FIELDS);
  if (!parsed.ok) {
    const { at, message, nextStep, suggestion = null } = parsed.problem;
    return { at, message: `${message} ${nextStep}`, suggestion };
  }
  return parsed.value.kind === 'all' ? { at: 0, message: 'The query is empty.', suggestion: null } : null;
};

type Matcher = (row: Row) => Answer;
const matchers = new Map<string, Matcher>();
const MAX_MATCHERS = 20_000;

/** A text that is no query chooses nothing; manifests with such are refused before. */
const matcherOf = (text: string): Matcher => {
  const before = matchers.get(text);
  if (before !== undefined) return before;
  const parsed = parseQuery(text, MANIFEST_HOST_FIELDS);
  const compiled = parsed.ok && parsed.value.kind !== 'all' ? compileQuery(parsed.value, readerOf) : null;
  // No field of this table is a time, so it does not matter what time it is.
  const matcher: Matcher = compiled === null ? () => 'no' : (row) => compiled(row, 0);
  if (matchers.size >= MAX_MATCHERS) matchers.clear();
  matchers.set(text, matcher);
  return matcher;
};

/** Whether a query chooses a host; `unknown` where that rests on what is not known of it. */
export const askHost = (query: string, facts: HostFacts, location: AppraisedLocation): Answer => matcherOf(query)({ facts, location });

/** Whether a query chooses a host for certain: what is not known of the host never does. */
export const matchesHost = (query: string, facts: HostFacts, location: AppraisedLocation): boolean =>
  askHost(query, facts, location) === 'yes';
