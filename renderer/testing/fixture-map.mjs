/** What the map asks, of a synthetic fleet. Kind `world`: 10,000 hosts in 200 places; hostile names among them. Development only. */
const ASSURANCES = ['tpm-certified', 'issuer-signed', 'reported', 'declared', 'unknown'];
const VERDICTS = ['failed', 'inconclusive', 'stale', 'trusted'];
const COUNTRIES =
  'DE FR IE FI NL CH US CA BR MX AR CL GB SE NO DK PL CZ AT IT ES PT GR TR UA RO BG ZA NG KE EG MA IN CN JP KR SG MY TH VN ID PH AU NZ AE SA IL QA KZ IS'.split(
    ' ',
  );
const DAY = 86_400_000;

export const worldHosts = (hosts) =>
  hosts.map((host, index) => {
    if (index % 61 === 0) return { ...host, location: { country: null, subdivision: null, site: null, assurance: 'unknown' } };
    const country = COUNTRIES[Math.floor((((index * 7919) % 10_007) / 10_007) ** 1.5 * COUNTRIES.length)];
    const site =
      index % 997 === 0 ? '<img src=x onerror=alert(1)> and a very long name of a site' : `${country.toLowerCase()}${(index % 4) + 1}`;
    const part = { DE: ['DE-HE', 'DE-BE', 'DE-BY', 'DE-HH'], US: ['US-VA', 'US-CA', 'US-TX', 'US-OH'] }[country];
    return { ...host, location: { country, subdivision: part?.[index % 4] ?? null, site, assurance: ASSURANCES[(index * 13) % 4] } };
  });

const zero = (names) => Object.fromEntries(names.map((name) => [name, 0]));
const countBy = (hosts, keyOf) => {
  const counted = new Map();
  for (const host of hosts) {
    const place = keyOf(host.location);
    const key = JSON.stringify(place);
    const one = counted.get(key) ?? { ...place, hosts: 0, verdicts: zero(VERDICTS), assurances: zero(ASSURANCES), worst: null };
    one.hosts += 1;
    one.verdicts[host.verdict] += 1;
    one.assurances[host.location.assurance] += 1;
    if (one.worst === null || VERDICTS.indexOf(host.verdict) < VERDICTS.indexOf(one.worst.verdict))
      one.worst = { id: host.id, name: host.name, verdict: host.verdict, chain: host.chain };
    counted.set(key, one);
  }
  return [...counted.values()].sort((a, b) => b.verdicts.failed - a.verdicts.failed || b.hosts - a.hosts);
};

export const makeMap = (hosts, matches, nowMs) => ({
  'fleet.places': ({ query, atMs }) => {
    const found = hosts.filter(matches(query));
    return {
      atMs,
      total: found.length,
      inventory: hosts.length,
      unknown: found.filter(({ location }) => location.country === null).length,
      countries: countBy(found, ({ country }) => ({ country, subdivision: null, site: null })),
      places: countBy(found, ({ country, subdivision, site }) => ({ country, subdivision, site })),
      left: { places: 0, countries: 0, hosts: 0 },
      filterProblem: null,
    };
  },
  'fleet.moments': () => ({
    moments: hosts.length === 0 ? [] : Array.from({ length: 60 }, (_, index) => nowMs - (60 - index) * 3_600_000),
  }),
  'fleet.regions': () => ({
    number: 7,
    name: 'fleet policy',
    classes: [
      { name: 'database', anywhere: false, countries: ['DE', 'FR', 'IE', 'FI', 'NL'], subdivisions: [], sites: [], areas: 0 },
      { name: 'edge', anywhere: false, countries: ['CH', 'SE', 'GB'], subdivisions: ['US-VA', 'US-CA'], sites: [], areas: 0 },
    ],
    sites: [{ country: 'DE', site: 'de1', latitude: 50.11, longitude: 8.68 }],
  }),
  'fleet.movements': ({ offset, limit }) => {
    const moved = hosts.filter(({ location }) => location.country !== null).filter((_, index) => index % 400 === 7);
    const rows = moved.map((host, index) => ({
      id: index + 1,
      hostId: host.id,
      name: host.name,
      atMs: nowMs - (index + 1) * DAY * 0.7,
      from: { ...host.location, assurance: 'reported' },
      to: { country: COUNTRIES[(index * 5) % 30], subdivision: null, site: null, assurance: 'reported' },
      source: 'The endpoint',
      rule: ['allowed', 'not-allowed', 'cannot-tell', 'no-rule'][index % 4],
      policyClass: index % 2 === 0 ? 'database' : null,
    }));
    return { total: rows.length, rows: rows.slice(offset, offset + limit) };
  },
});
