// Data folders that are made for the screens of the benchmark: hosts, long lists and logs, places.
import { seedLists } from '../../e2e/harness/seed-lists.ts';
import { seedHosts } from '../../e2e/harness/seed.ts';

const DAY_MS = 86_400_000;
const COUNTRIES = {
  DE: 'DE-HE',
  FR: 'FR-IDF',
  IE: 'IE-D',
  US: 'US-VA',
  SG: 'SG-01',
  JP: 'JP-13',
  BR: 'BR-SP',
  AU: 'AU-NSW',
  SE: 'SE-AB',
  IN: 'IN-MH',
};
const SITES_OF_A_COUNTRY = 40;

/** As of a fleet that was swept a moment ago, and stays fresh until all is measured. */
export const seedFleet = (folder, hosts) => seedHosts(folder, hosts, () => ({ maxAgeMs: DAY_MS }));

/** Hosts in ten countries with forty sites each. */
export const seedPlaces = (folder, hosts) => {
  const countries = Object.entries(COUNTRIES);
  seedHosts(folder, hosts, (index) => {
    const [country, subdivision] = countries[index % countries.length];
    const site = `hall ${Math.floor(index / countries.length) % SITES_OF_A_COUNTRY}`;
    return { maxAgeMs: DAY_MS, location: { country, subdivision, site, assurance: 'reported', source: 'The endpoint' } };
  });
};

/** Two hosts, `dc/one` and `dc/two`, with lists and logs that differ here and there. */
export const seedEvidence = (folder, files, logBytes) => seedLists(folder, files, logBytes);
