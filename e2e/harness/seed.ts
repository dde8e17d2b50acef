import type { HostRecord } from '../../electron/store/records.ts';
import { openStore } from '../../electron/store/store.ts';

const TRUSTED: HostRecord['chain'] = Array.from({ length: 9 }, (_, index) => (index < 6 ? 'trusted' : 'not-required'));
const FAILED: HostRecord['chain'] = TRUSTED.map((verdict, index) =>
  index < 3 ? 'trusted' : verdict === 'trusted' ? (index === 3 ? 'failed' : 'inconclusive') : verdict,
);
const COUNTRIES = ['DE', 'FR', 'IE', 'US', 'SG'];

/** The name of the n-th host, so that names sort as numbers do. */
export const nameOf = (index: number): string => `node-${String(index).padStart(5, '0')}`;

/** One in `FAILED_EVERY` hosts failed at its boot loader; the others are trusted. */
export const FAILED_EVERY = 100;

/** Fills a data folder as if a fleet of this size had been swept once. `over`: what is otherwise of the n-th host. */
export const seedHosts = (folder: string, hosts: number, over: (index: number) => Partial<HostRecord> = () => ({})): void => {
  const store = openStore(folder);
  if (!store.ok) throw new Error(store.problem.message);
  const seenAtMs = Date.now();
  const record = (index: number): HostRecord => {
    const failed = index % FAILED_EVERY === 0;
    return {
      id: `dc/${index}`,
      agentId: String(index),
      endpoint: 'dc',
      name: nameOf(index),
      hostClass: 'rack server',
      address: null,
      verdict: failed ? 'failed' : 'trusted',
      verified: failed ? 'failed' : 'trusted',
      reported: failed ? 'failed' : 'trusted',
      disagreement: false,
      brokenLink: failed ? 'boot-loader' : null,
      reason: failed ? 'Boot loader changed.' : 'Every link of the chain is true.',
      chain: failed ? FAILED : TRUSTED,
      location: {
        country: COUNTRIES[index % COUNTRIES.length] ?? null,
        subdivision: null,
        site: 'hall 1',
        assurance: 'reported',
        source: 'The endpoint',
      },
      silent: false,
      evidenceAtMs: seenAtMs,
      seenAtMs,
      demo: false,
      detail: '{}',
      standing: '{}',
      decisive: '',
      decidedBy: 0,
      policyClass: null,
      coverage: { covered: 6, required: 6 },
      maxAgeMs: 600_000,
      akName: null,
      ekSha256: null,
      tagSerial: null,
      clock: null,
      quotedAtMs: seenAtMs,
      quote: null,
      steady: null,
      blobs: null,
      findings: [],
      ...over(index),
    };
  };
  store.value.write.recordHosts(Array.from({ length: hosts }, (_, index) => record(index)));
  store.value.close();
};
