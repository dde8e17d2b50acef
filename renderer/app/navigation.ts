import { useMemo, useSyncExternalStore } from 'react';
import { LINKS, VERDICTS, type Link, type Verdict } from '../../shared/model/verdict.ts';
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

export const HOST_TABS = ['checks', 'pcrs', 'boot-events', 'runtime', 'history', 'identity'] as const;
export type HostTab = (typeof HOST_TABS)[number];

export const RECORD_TABS = ['ledger', 'as-of', 'proof', 'exports', 'data'] as const;
export type RecordTab = (typeof RECORD_TABS)[number];
/** The parts of the record: its entries, of one kind or all; the fleet as of a moment; what proves it; what was exported; the data folder. */
export type RecordView = { readonly tab: RecordTab; readonly atMs: number | null; readonly kind: string | null };

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
  | { readonly page: 'map'; readonly view: MapView }
  | { readonly page: 'host'; readonly id: string; readonly tab: HostTab; readonly event: number | null }
  | { readonly page: 'policy' }
  | ({ readonly page: 'record' } & RecordView)
  /** `items`: the report whose items are looked at. */
  | { readonly page: 'reports'; readonly items: number | null }
  | { readonly page: 'endpoints' }
  | { readonly page: 'pack' }
  | { readonly page: 'settings' }
  | { readonly page: 'jobs' }
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
const memberOf = <T extends string>(list: readonly T[], value: string | null): T | null => list.find((item) => item === value) ?? null;
const wholeNumber = (value: string | null): number | null => (value !== null && /^\d{1,15}$/.test(value) ? Number(value) : null);

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
  if (page === 'jobs' && rest.length === 0) return { page: 'jobs' };
  if (page === 'settings' && rest.length === 0) return { page: 'settings' };
  if (page === 'reports' && rest.length === 0) return { page: 'reports', items: wholeNumber(params.get('items')) };
  if (page === 'policy' && rest.length === 0) return { page: 'policy' };
  if (page === 'record' && rest.length === 0) return { page: 'record', ...parseRecord(params) };
  if (page === 'map' && rest.length === 0) return { page: 'map', view: parseMap(params) };
  if (page === 'hosts' && rest.length === 0) return { page: 'hosts', view: parseView(params) };
  const id = page === 'hosts' && rest.length === 1 ? decode(rest[0] ?? '') : null;
  if (id === null) return { page: 'not-found', address };
  return { page: 'host', id, tab: memberOf(HOST_TABS, params.get('tab')) ?? 'checks', event: wholeNumber(params.get('event')) };
};

const withParams = (path: string, pairs: readonly (readonly [string, string | null])[]): string => {
  const params = pairs.flatMap(([name, value]) => (value === null ? [] : [`${name}=${encodeURIComponent(value).replaceAll('%2C', ',')}`]));
  return params.length === 0 ? path : `${path}?${params.join('&')}`;
};

export const overviewHref = '#/overview';
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
