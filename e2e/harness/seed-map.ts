import { openStore } from '../../electron/store/store.ts';
import { hostRecord } from '../../electron/store/testing/host-record.ts';
import type { HostRecord } from '../../electron/store/records.ts';
import { HOSTILE } from './hostile.ts';

const HOUR = 3_600_000;
const MANIFEST = `apiVersion: plumbline/v1
kind: TrustManifest
metadata: { name: europe only }
places:
  - { name: europe, countries: [DE, FR] }
classes:
  - { name: all-hosts, when: "name is known", location: { places: [europe] } }
`;

type Said = readonly [country: string | null, subdivision: string | null, site: string | null];
const FLEET: readonly (readonly [Said, hosts: number, failed: number])[] = [
  [['DE', 'DE-HE', 'fra1'], 30, 2],
  [['DE', 'DE-BE', 'ber1'], 12, 0],
  [['FR', 'FR-IDF', 'par1'], 20, 0],
  [['US', 'US-VA', HOSTILE.script], 9, 1],
  [['SG', null, null], 5, 0],
  [[null, null, null], 7, 1],
];

/** 83 hosts in four countries and seven nowhere. Two hours ago one that is in FR now was in DE, and one in US was in FR. */
export const seedMap = (folder: string): { readonly beforeMs: number; readonly nowMs: number } => {
  const store = openStore(folder);
  if (!store.ok) throw new Error(store.problem.message);
  const { value } = store;
  const nowMs = Date.now();
  const beforeMs = nowMs - 2 * HOUR;
  const number = value.policy.propose({ text: MANIFEST, sha256: 'a test', name: 'europe only', author: 'ann', reason: 'a test' }, beforeMs);
  value.policy.activate(number, null, 'ann', beforeMs, 'a test');
  const hosts = FLEET.flatMap(([said, many, failed], group) =>
    Array.from({ length: many }, (_, index) => ({ id: `${group}-${index}`, said, failed: index < failed })),
  );
  const record = (id: string, [country, subdivision, site]: Said, failed: boolean, atMs: number): HostRecord =>
    hostRecord({
      id: `dc/${id}`,
      agentId: id,
      name: `node-${id}`,
      verdict: failed ? 'failed' : 'trusted',
      verified: failed ? 'failed' : 'trusted',
      brokenLink: failed ? 'kernel' : null,
      location: { country, subdivision, site, assurance: country === null ? 'unknown' : 'reported', source: 'The endpoint' },
      decidedBy: number,
      policyClass: 'all-hosts',
      seenAtMs: atMs,
      evidenceAtMs: atMs,
      quotedAtMs: atMs,
      steady: String(atMs),
    });
  const movers: Readonly<Record<string, Said>> = { '2-0': ['DE', 'DE-HE', 'fra1'], '3-0': ['FR', 'FR-IDF', 'par1'] };
  value.write.recordHosts(hosts.map(({ id, said, failed }) => record(id, movers[id] ?? said, failed, beforeMs)));
  value.write.recordTrend(beforeMs, 1);
  value.write.recordHosts(hosts.map(({ id, said, failed }) => record(id, said, failed, nowMs)));
  value.write.recordTrend(nowMs, 1);
  value.close();
  return { beforeMs, nowMs };
};
