import { LINKS } from '../../../shared/model/verdict.ts';
import { type Cause, judgement, type LinkJudgement } from '../chain/link.ts';
import type { HostFacts, LocationClaim, RuntimeTally } from '../facts-schema.ts';
import { BUILT_IN_MANIFEST, type Manifest, type Policy } from '../manifest/manifest.ts';

const BOOT = LINKS.slice(0, 5);
const LIST = ['runtime', 'container-engine', 'orchestrator'] as const;

/** A link that is as it should be. */
export const fine = (link: (typeof LINKS)[number]): LinkJudgement => judgement(link, 'trusted', `The ${link} is as expected.`);
export const broken = (link: (typeof LINKS)[number], cause: Cause): LinkJudgement =>
  judgement(link, 'failed', `The ${link} is not as expected.`, { cause });
export const open = (link: (typeof LINKS)[number], cause: Cause): LinkJudgement =>
  judgement(link, 'inconclusive', `The ${link} is not known.`, { cause });

export const tally = (link: (typeof LIST)[number], over: Partial<RuntimeTally> = {}): RuntimeTally => ({
  link,
  counted: 5,
  judged: 5,
  violations: 0,
  broken: [],
  more: 0,
  notEvaluated: [],
  ...over,
});
export const file = (path: string): RuntimeTally['broken'][number] => ({
  index: 1,
  link: 'runtime',
  reason: `An unknown program ran: ${path}.`,
  expected: [],
  path,
});

export const at = (country: string | null, over: Partial<LocationClaim> = {}): LocationClaim => ({
  assurance: 'reported',
  source: 'The endpoint',
  country,
  subdivision: null,
  site: null,
  latitude: null,
  longitude: null,
  ...over,
});

/** A host of which everything is known and as it should be. */
export const goodFacts = (over: Partial<HostFacts> = {}, links: readonly LinkJudgement[] = []): HostFacts => ({
  version: 1,
  host: {
    id: 'dc/h1',
    name: 'h1',
    endpoint: 'dc',
    address: null,
    hostClass: 'server',
    labels: { role: 'db' },
    ekSha256: 'e'.repeat(64),
    demo: false,
  },
  reported: 'trusted',
  missing: null,
  quote: { scheme: 'ECDSA', hash: 'sha256', pcrs: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14], safeClock: true, endorsement: 'pass' },
  links: BOOT.map((link) => links.find((one) => one.link === link) ?? fine(link)),
  runtime: { hasReference: true, notJudged: [], basis: [], tallies: LIST.map((link) => tally(link)) },
  secureBootOn: true,
  commandLines: ['/vmlinuz root=/dev/vda1 ro quiet'],
  failures: [],
  locations: [at('DE')],
  locationToken: null,
  tagSerial: null,
  tagProblem: null,
  workloads: [],
  workloadsUnread: 0,
  ...over,
});

export const withPolicy = (over: Partial<Policy>, manifest: Partial<Manifest> = {}): Manifest => ({
  ...BUILT_IN_MANIFEST,
  ...manifest,
  defaults: { ...BUILT_IN_MANIFEST.defaults, ...over },
});
