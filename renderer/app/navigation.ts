import { useMemo, useSyncExternalStore } from 'react';
import { LINKS, VERDICTS, type Link, type Verdict } from '../../shared/model/verdict.ts';
import { memberOf, wholeNumber, withParams } from './navigation-parts.ts';
import { type FindingsView, parseFindings } from './navigation-findings.ts';
import { parseReferences, type ReferencesView } from './navigation-references.ts';
import { DIFFERENCE_LOGS, DIFFERENCE_WITH, type DifferenceLog, type DifferenceWith } from '../../shared/contract/difference-schemas.ts';
import { RAW_KINDS, type RawKind } from '../../shared/contract/raw-schemas.ts';
import { HOST_SORTS, type HostSort } from '../../shared/contract/schemas.ts';

export type HostsView = {
  readonly verdicts: readonly Verdict[];
  readonly link: Link | null;
  readonly country: string | null;
  readonly endpoint: string | null;
  readonly disagreement: boolean;
  readonly olderThanMs: number | null;
  readonly text: string;
  readonly sort: HostSort;
  readonly descending: boolean;
};

export const HOST_TABS = ['checks', 'pcrs', 'boot-events', 'runtime', 'bytes', 'history', 'identity'] as const;
export type HostTab = (typeof HOST_TABS)[number];

/** What a host is held against, which log, and the event or entry of its own log that is looked at. */
export type DifferenceView = {
  readonly with: DifferenceWith;
  readonly peer: string | null;
  readonly log: DifferenceLog;
  readonly at: number | null;
};

export const RECORD_TABS = ['ledger', 'as-of', 'proof', 'exports', 'data'] as const;
export type RecordTab = (typeof RECORD_TABS)[number];
/** The parts of the record: its entries, of one kind or all; the fleet as of a moment; what proves it; what was exported; the data folder. */
export type RecordView = { readonly tab: RecordTab; readonly atMs: number | null; readonly kind: string | null };

/** Times that a posture is told of. */
export const POSTURE_DAYS = [30, 90, 365] as const;
/** The map: hosts that were searched for, at a moment (null = now), of a country; the class of the manifest whose places are shown (null = all). */
export type MapView = {
  readonly text: string;
  readonly atMs: number | null;
  readonly place: string | null;
  readonly policyClass: string | null;
  /** Movements of so many days are shown. */
  readonly days: number;
  /** A filter: the hosts of that moment which are listed. */
  readonly hosts: string | null;
};

export type Route =
  | { readonly page: 'overview' }
  | { readonly page: 'hosts'; readonly view: HostsView }
  | { readonly page: 'host'; readonly id: string; readonly tab: HostTab; readonly event: number | null; readonly bytes: RawKind }
  | { readonly page: 'difference'; readonly id: string; readonly view: DifferenceView }
  | { readonly page: 'findings'; readonly view: FindingsView }
  | { readonly page: 'map'; readonly view: MapView }
  | { readonly page: 'policy' }
  | { readonly page: 'references'; readonly view: ReferencesView }
  | ({ readonly page: 'record' } & RecordView)
  /** `items`: the report whose items are looked at. */
  | { readonly page: 'reports'; readonly items: number | null }
  | { readonly page: 'endpoints' }
  | { readonly page: 'pack' }
  | { readonly page: 'settings' }
  | { readonly page: 'jobs' }
  | { readonly page: 'posture'; readonly days: number }
  | { readonly page: 'not-found'; readonly address: string };

export const ALL_HOSTS: HostsView = {
  verdicts: [],
  link: null,
  country: null,
  endpoint: null,
  disagreement: false,
  olderThanMs: null,
  text: '',
  sort: 'verdict',
  descending: false,
};

export const MAP_DAYS = [1, 7, 30, 365] as const;
export const WHOLE_MAP: MapView = { text: '', atMs: null, place: null, policyClass: null, days: 30, hosts: null };

const TEXT_MOST = 200;
/** As long as the filter language allows. */
const FILTER_MOST = 4000;

const parseView = (params: URLSearchParams): HostsView => {
  const sort = params.get('sort') ?? ALL_HOSTS.sort;
  const wanted = new Set((params.get('verdict') ?? '').split(','));
  return {
    verdicts: VERDICTS.filter((verdict) => wanted.has(verdict)),
    link: memberOf(LINKS, params.get('link')),
    country: /^[A-Z]{2}$/.exec(params.get('country') ?? '')?.[0] ?? null,
    endpoint: params.get('endpoint')?.slice(0, TEXT_MOST) ?? null,
    disagreement: params.get('disagreement') === 'yes',
    olderThanMs: wholeNumber(params.get('older')),
    text: (params.get('q') ?? '').slice(0, FILTER_MOST),
    sort: memberOf(HOST_SORTS, sort.replace(/^-/, '')) ?? ALL_HOSTS.sort,
    descending: sort.startsWith('-'),
  };
};

const decode = (value: string): string | null => {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
};

const parseRecord = (params: URLSearchParams): RecordView => {
  const atMs = wholeNumber(params.get('at'));
  return {
    tab: memberOf(RECORD_TABS, params.get('tab')) ?? (atMs === null ? 'ledger' : 'as-of'),
    atMs,
    kind: /^[a-z-]{1,32}$/.exec(params.get('kind') ?? '')?.[0] ?? null,
  };
};

const parseDifference = (params: URLSearchParams): DifferenceView => ({
  with: memberOf(DIFFERENCE_WITH, params.get('with')) ?? 'reference',
  peer: params.get('peer')?.slice(0, TEXT_MOST) ?? null,
  log: memberOf(DIFFERENCE_LOGS, params.get('log')) ?? 'boot-events',
  at: wholeNumber(params.get('at')),
});

const parseMap = (params: URLSearchParams): MapView => ({
  text: (params.get('q') ?? '').slice(0, FILTER_MOST),
  atMs: wholeNumber(params.get('at')),
  place: params.get('place')?.slice(0, TEXT_MOST) ?? null,
  policyClass: params.get('class')?.slice(0, TEXT_MOST) ?? null,
  days: MAP_DAYS.find((days) => String(days) === params.get('days')) ?? WHOLE_MAP.days,
  hosts: params.get('hosts')?.slice(0, FILTER_MOST) ?? null,
});

/** Reads an address. Unknown filters are dropped, an unknown page says so; nothing throws. */
export const parseRoute = (hash: string): Route => {
  const address = hash.replace(/^#/, '');
  const [path = '', search = ''] = address.split(/\?(.*)/s);
  const params = new URLSearchParams(search);
  const [page = '', ...rest] = path.split('/').filter((part) => part !== '');
  if (page === '' || (page === 'overview' && rest.length === 0)) return { page: 'overview' };
  if (page === 'endpoints' && rest.length === 0) return { page: 'endpoints' };
  if (page === 'pack' && rest.length === 0) return { page: 'pack' };
  if (page === 'posture' && rest.length === 0) {
    const days = wholeNumber(params.get('days'));
    return { page: 'posture', days: POSTURE_DAYS.find((one) => one === days) ?? POSTURE_DAYS[0] };
  }
  if (page === 'jobs' && rest.length === 0) return { page: 'jobs' };
  if (page === 'settings' && rest.length === 0) return { page: 'settings' };
  if (page === 'reports' && rest.length === 0) return { page: 'reports', items: wholeNumber(params.get('items')) };
  if (page === 'findings' && rest.length === 0) return { page: 'findings', view: parseFindings(params) };
  if (page === 'references' && rest.length === 0) return { page: 'references', view: parseReferences(params) };
  if (page === 'policy' && rest.length === 0) return { page: 'policy' };
  if (page === 'record' && rest.length === 0) return { page: 'record', ...parseRecord(params) };
  if (page === 'map' && rest.length === 0) return { page: 'map', view: parseMap(params) };
  if (page === 'hosts' && rest.length === 0) return { page: 'hosts', view: parseView(params) };
  const host = page === 'hosts' && rest.length === 2 && rest[1] === 'difference' ? decode(rest[0] ?? '') : null;
  if (host !== null) return { page: 'difference', id: host, view: parseDifference(params) };
  const id = page === 'hosts' && rest.length === 1 ? decode(rest[0] ?? '') : null;
  if (id === null) return { page: 'not-found', address };
  return {
    page: 'host',
    id,
    tab: memberOf(HOST_TABS, params.get('tab')) ?? 'checks',
    event: wholeNumber(params.get('event')),
    bytes: memberOf(RAW_KINDS, params.get('bytes')) ?? 'event-log',
  };
};

export const overviewHref = '#/overview';
export const postureHref = (days: number = POSTURE_DAYS[0]): string => (days === POSTURE_DAYS[0] ? '#/posture' : `#/posture?days=${days}`);
export const jobsHref = '#/jobs';
export const settingsHref = '#/settings';
export const packHref = '#/pack';
export const endpointsHref = '#/endpoints';
export const reportsHref = '#/reports';
export const reportItemsHref = (report: number): string => `${reportsHref}?items=${report}`;
export const policyHref = '#/policy';

export const recordHref = ({ tab = 'ledger', atMs = null, kind = null }: Partial<RecordView> = {}): string =>
  withParams('#/record', [
    ['tab', tab === (atMs === null ? 'ledger' : 'as-of') ? null : tab],
    ['at', atMs === null ? null : String(atMs)],
    ['kind', kind],
  ]);

/** The address of a host list. What is not said is as in `ALL_HOSTS`. */
export const hostsHref = (view: Partial<HostsView> = {}): string => {
  const { verdicts, link, country, endpoint, disagreement, olderThanMs, text, sort, descending } = { ...ALL_HOSTS, ...view };
  const usual = sort === ALL_HOSTS.sort && descending === ALL_HOSTS.descending;
  return withParams('#/hosts', [
    ['verdict', verdicts.length === 0 ? null : verdicts.join(',')],
    ['link', link],
    ['country', country],
    ['endpoint', endpoint],
    ['disagreement', disagreement ? 'yes' : null],
    ['older', olderThanMs === null ? null : String(olderThanMs)],
    ['q', text === '' ? null : text],
    ['sort', usual ? null : `${descending ? '-' : ''}${sort}`],
  ]);
};

/** What is not said is as in `WHOLE_MAP`. */
export const mapHref = (view: Partial<MapView> = {}): string => {
  const { text, atMs, place, policyClass, days, hosts } = { ...WHOLE_MAP, ...view };
  return withParams('#/map', [
    ['q', text === '' ? null : text],
    ['at', atMs === null ? null : String(atMs)],
    ['place', place],
    ['class', policyClass],
    ['days', days === WHOLE_MAP.days ? null : String(days)],
    ['hosts', hosts],
  ]);
};

export const hostHref = (id: string, tab?: HostTab, event?: number): string =>
  withParams(`#/hosts/${encodeURIComponent(id)}`, [
    ['tab', tab ?? null],
    ['event', event === undefined ? null : String(event)],
  ]);

export const bytesHref = (id: string, bytes: RawKind, event?: number): string =>
  withParams(`#/hosts/${encodeURIComponent(id)}`, [
    ['tab', 'bytes'],
    ['bytes', bytes],
    ['event', event === undefined ? null : String(event)],
  ]);

export const differenceHref = (id: string, view: Partial<DifferenceView> = {}): string =>
  withParams(`#/hosts/${encodeURIComponent(id)}/difference`, [
    ['with', view.with ?? 'reference'],
    ['peer', view.peer ?? null],
    ['log', view.log === undefined || view.log === 'boot-events' ? null : view.log],
    ['at', view.at === undefined || view.at === null ? null : String(view.at)],
  ]);

const subscribe = (listener: () => void): (() => void) => {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
};

export const useRoute = (): Route => {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return useMemo(() => parseRoute(hash), [hash]);
};

/** Goes to an address; `replace` for what a person would not call a step, such as typing in a filter. */
export const go = (href: string, how: 'push' | 'replace' = 'push'): void => {
  if (location.hash === href) return;
  if (how === 'push') {
    location.hash = href;
    return;
  }
  history.replaceState(null, '', href);
  dispatchEvent(new HashChangeEvent('hashchange'));
};
