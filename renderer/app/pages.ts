import { findingsHref } from './navigation-findings.ts';
import { referencesHref } from './navigation-references.ts';
import {
  endpointsHref,
  hostsHref,
  jobsHref,
  mapHref,
  overviewHref,
  packHref,
  policyHref,
  postureHref,
  recordHref,
  reportsHref,
  settingsHref,
  type Route,
} from './navigation.ts';

/** A page as it stands in the rail, in the palette and among the keys. */
export type Place = {
  readonly href: string;
  readonly word: string;
  /** Keys by default, after "g". */
  readonly key: string;
  /** Routes during which it is where one is. */
  readonly pages: readonly Route['page'][];
};

export const PLACES: readonly Place[] = [
  { href: overviewHref, word: 'Overview', key: 'o', pages: ['overview'] },
  { href: postureHref(), word: 'Posture', key: 'c', pages: ['posture'] },
  { href: hostsHref(), word: 'Hosts', key: 'h', pages: ['hosts', 'host', 'difference'] },
  { href: mapHref(), word: 'Map', key: 'm', pages: ['map'] },
  { href: findingsHref(), word: 'Findings', key: 'f', pages: ['findings'] },
  { href: policyHref, word: 'Policy', key: 'p', pages: ['policy'] },
  { href: referencesHref(), word: 'Reference values', key: 'v', pages: ['references'] },
  { href: recordHref(), word: 'Record', key: 'r', pages: ['record'] },
  { href: reportsHref, word: 'Reports', key: 't', pages: ['reports'] },
  { href: endpointsHref, word: 'Endpoints', key: 'e', pages: ['endpoints'] },
  { href: jobsHref, word: 'Jobs', key: 'j', pages: ['jobs'] },
  { href: settingsHref, word: 'Settings', key: 's', pages: ['settings'] },
];

const HOSTS_OF_A_PACK: readonly Route['page'][] = ['hosts', 'host', 'difference'];

/** What an evidence pack has. Every other address leads to what it says of itself. */
export const PLACES_OF_A_PACK: readonly Place[] = [
  {
    href: packHref,
    word: 'Evidence pack',
    key: 'o',
    pages: [
      'pack',
      'not-found',
      ...PLACES.flatMap(({ pages }) => pages).filter((page) => !HOSTS_OF_A_PACK.includes(page) && page !== 'settings'),
    ],
  },
  { href: hostsHref(), word: 'Hosts', key: 'h', pages: HOSTS_OF_A_PACK },
  { href: settingsHref, word: 'Settings', key: 's', pages: ['settings'] },
];

export const TITLE: Readonly<Record<Route['page'], string>> = {
  overview: 'Overview',
  hosts: 'Hosts',
  host: 'Host',
  findings: 'Findings',
  difference: 'Difference',
  map: 'Map',
  policy: 'Policy',
  references: 'Reference values',
  record: 'Record',
  reports: 'Reports',
  endpoints: 'Endpoints',
  jobs: 'Jobs',
  posture: 'Posture',
  settings: 'Settings',
  pack: 'Evidence pack',
  'not-found': 'Not found',
};
