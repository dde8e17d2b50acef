import {
  FINDING_KINDS,
  FINDING_SORTS,
  FINDING_STATES,
  type FindingKind,
  type FindingSort,
  type FindingState,
  SEVERITIES,
  type Severity,
} from '../../shared/contract/finding-schemas.ts';
import { memberOf, membersOf, shortText, wholeNumber, withParams } from './navigation-parts.ts';

/** Which findings, and how they stand on the screen. Nothing said of states: all that holds. */
export type FindingsView = {
  /** One by one, or those that broke the same way together. */
  readonly by: 'finding' | 'cause';
  readonly states: readonly FindingState[];
  readonly kinds: readonly FindingKind[];
  readonly severities: readonly Severity[];
  readonly host: string | null;
  readonly endpoint: string | null;
  readonly cause: string | null;
  /** A person; `nobody` stands for those that are assigned to nobody. */
  readonly person: string | null;
  readonly unassigned: boolean;
  /** Days: begun within them, begun before them, waived until within them. */
  readonly within: number | null;
  readonly before: number | null;
  readonly ends: number | null;
  readonly text: string;
  readonly sort: FindingSort;
  /** The one that is opened. */
  readonly finding: number | null;
};

export const HOLDING: FindingsView = {
  by: 'finding',
  states: [],
  kinds: [],
  severities: [],
  host: null,
  endpoint: null,
  cause: null,
  person: null,
  unassigned: false,
  within: null,
  before: null,
  ends: null,
  text: '',
  sort: 'severity',
  finding: null,
};

const MOST = 200;
const days = (value: string | null, most: number): number | null => {
  const number = wholeNumber(value);
  return number !== null && number >= 1 && number <= most ? number : null;
};

export const parseFindings = (params: URLSearchParams): FindingsView => ({
  by: params.get('by') === 'cause' ? 'cause' : 'finding',
  states: membersOf(FINDING_STATES, params.get('state')),
  kinds: membersOf(FINDING_KINDS, params.get('kind')),
  severities: membersOf(SEVERITIES, params.get('severity')),
  host: shortText(params.get('host'), MOST),
  endpoint: shortText(params.get('endpoint'), MOST),
  cause: shortText(params.get('cause'), MOST),
  person: shortText(params.get('person'), MOST),
  unassigned: params.get('unassigned') === 'yes',
  within: days(params.get('within'), 36_500),
  before: days(params.get('before'), 36_500),
  ends: days(params.get('ends'), 366),
  text: (params.get('q') ?? '').slice(0, MOST),
  sort: memberOf(FINDING_SORTS, params.get('sort')) ?? HOLDING.sort,
  finding: wholeNumber(params.get('finding')),
});

const listed = (values: readonly string[]): string | null => (values.length === 0 ? null : values.join(','));
const numbered = (value: number | null): string | null => (value === null ? null : String(value));

/** The address of a list of findings. What is not said is as in `HOLDING`. */
export const findingsHref = (some: Partial<FindingsView> = {}): string => {
  const view = { ...HOLDING, ...some };
  return withParams('#/findings', [
    ['by', view.by === HOLDING.by ? null : view.by],
    ['state', listed(view.states)],
    ['kind', listed(view.kinds)],
    ['severity', listed(view.severities)],
    ['host', view.host],
    ['endpoint', view.endpoint],
    ['cause', view.cause],
    ['person', view.person],
    ['unassigned', view.unassigned ? 'yes' : null],
    ['within', numbered(view.within)],
    ['before', numbered(view.before)],
    ['ends', numbered(view.ends)],
    ['q', view.text === '' ? null : view.text],
    ['sort', view.sort === HOLDING.sort ? null : view.sort],
    ['finding', numbered(view.finding)],
  ]);
};
