import type { Seeded } from './seeded.ts';

export type Site = {
  readonly code: string;
  readonly city: string;
  readonly country: string;
  readonly subdivision: string;
  readonly weight: number;
};

export const SITES: readonly Site[] = [
  { code: 'fra1', city: 'Frankfurt', country: 'DE', subdivision: 'DE-HE', weight: 22 },
  { code: 'par2', city: 'Paris', country: 'FR', subdivision: 'FR-IDF', weight: 12 },
  { code: 'dub1', city: 'Dublin', country: 'IE', subdivision: 'IE-D', weight: 11 },
  { code: 'sto1', city: 'Stockholm', country: 'SE', subdivision: 'SE-AB', weight: 7 },
  { code: 'zrh1', city: 'Zürich', country: 'CH', subdivision: 'CH-ZH', weight: 7 },
  { code: 'mil1', city: 'Milan', country: 'IT', subdivision: 'IT-25', weight: 6 },
  { code: 'waw1', city: 'Warsaw', country: 'PL', subdivision: 'PL-14', weight: 6 },
  { code: 'iad1', city: 'Ashburn', country: 'US', subdivision: 'US-VA', weight: 9 },
  { code: 'yul1', city: 'Montréal', country: 'CA', subdivision: 'CA-QC', weight: 5 },
  { code: 'gru1', city: 'São Paulo', country: 'BR', subdivision: 'BR-SP', weight: 4 },
  { code: 'sin1', city: 'Singapore', country: 'SG', subdivision: 'SG-01', weight: 6 },
  { code: 'nrt1', city: 'Tokyo', country: 'JP', subdivision: 'JP-13', weight: 5 },
];

/** The workload that the demo manifest keeps at home, and where that is. */
export const RESTRICTED_WORKLOAD = { name: 'payments-ledger', countries: ['DE', 'FR', 'IE'] } as const;

const WORKLOADS = [
  'checkout-api',
  'catalogue-search',
  'session-cache',
  'invoice-render',
  'fraud-scoring',
  'mail-relay',
  'image-resize',
  'audit-stream',
  'ledger-export',
  'metrics-gateway',
  'support-portal',
  'stock-sync',
] as const;

const weighted = <T extends { readonly weight: number }>(seeded: Seeded, label: string, from: readonly T[]): T => {
  let ticket = seeded.int(
    label,
    from.reduce((sum, entry) => sum + entry.weight, 0),
  );
  for (const entry of from) {
    ticket -= entry.weight;
    if (ticket < 0) return entry;
  }
  throw new RangeError(`nothing to pick for ${label}`);
};
export { weighted };

export const siteOf = (seeded: Seeded, index: number, abroad: boolean): Site => {
  const home: readonly string[] = RESTRICTED_WORKLOAD.countries;
  return weighted(seeded, `site ${index}`, abroad ? SITES.filter((site) => !home.includes(site.country)) : SITES);
};

export type Workload = { readonly name: string; readonly image: string };

const image = (seeded: Seeded, name: string): string => `registry.demo.example/${name}@sha256:${seeded.digest(`image ${name}`)}`;

export const workloadsOf = (seeded: Seeded, index: number, site: Site, abroad: boolean): readonly Workload[] => {
  const count = 2 + seeded.int(`workload count ${index}`, 3);
  const names = new Set<string>();
  const home: readonly string[] = RESTRICTED_WORKLOAD.countries;
  if (abroad || (home.includes(site.country) && seeded.int(`restricted ${index}`, 3) === 0)) names.add(RESTRICTED_WORKLOAD.name);
  for (let at = 0; names.size < count; at += 1) names.add(seeded.pick(`workload ${index} ${at}`, WORKLOADS));
  return [...names].map((name) => ({ name, image: image(seeded, name) }));
};

const ROLES = ['web', 'app', 'db', 'cache', 'node', 'store'] as const;

/** "fra1-r07-web-12" */
export const hostName = (seeded: Seeded, index: number, site: Site): string => {
  const rack = String(1 + seeded.int(`rack ${index}`, 24)).padStart(2, '0');
  return `${site.code}-r${rack}-${seeded.pick(`role ${index}`, ROLES)}-${String(index + 1).padStart(2, '0')}`;
};
