import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decide } from '../appraisal/decide/decide.ts';
import { chooseClass } from '../appraisal/decide/host-class.ts';
import { applyRules } from '../appraisal/decide/links.ts';
import { locate } from '../appraisal/decide/place.ts';
import { decideRuntime } from '../appraisal/decide/runtime.ts';
import { decideWorkloads } from '../appraisal/decide/workloads.ts';
import type { Manifest } from '../appraisal/manifest/manifest.ts';
import { parseManifest } from '../appraisal/manifest/parse.ts';
import { createEngine } from '../engine/engine.ts';
import { loadConfig } from '../engine/load-config.ts';
import { createWhatIfs } from '../engine/policy/what-if.ts';
import { readStanding, type Standing } from '../engine/standing.ts';
import { startFleet } from '../simulator/fleet.ts';
import { openStore, type Store } from '../store/store.ts';
import type { BenchResult } from './bench-result.ts';
import { compare, resultOf } from './bench-evidence/measure.ts';

const SIMULATED = 100;
const HOSTS = 10_000;

/** A manifest of the size that a company writes: classes, places, patterns and workload rules. */
const TEXT = `apiVersion: plumbline/v1
kind: TrustManifest
metadata: { name: bench }
classes:
  - { name: one, when: 'endpoint = nowhere or label.role = db' }
  - { name: two, when: 'country = US and not host_class = lab', location: { places: [us] } }
  - { name: rest, when: 'country is known', chain: { runtime: { exclude: ['/opt/app/', '/var/tmp/.*[.]so'] }, kernel: { commandLine: { forbid: ['mitigations=off'] } } } }
unmatched: defaults
places:
  - { name: us, countries: [US], subdivisions: [US-VA], polygons: [[[-77.6, 38.9], [-77.3, 38.9], [-77.3, 39.1], [-77.6, 39.1]]] }
  - { name: eu, countries: [DE, FR, IE, SE, IT, PL] }
workloads:
  - { name: payments-*, places: [eu] }
  - { name: '*-cache', places: [eu, us] }
  - { name: '*-api', images: ['registry*'] }
`;

const manifestOf = (): Manifest => {
  const parsed = parseManifest(TEXT);
  if (!parsed.ok) throw new Error(`the manifest of the benchmark: ${parsed.problems[0]?.message ?? ''}`);
  return parsed.manifest;
};

/** Sweeps a simulated fleet once, and records what was found for many hosts of other names. */
const fill = async (folder: string, store: Store, signal: AbortSignal): Promise<void> => {
  const fleet = await startFleet({ hosts: SIMULATED, tamper: 20, seed: 1, stateDir: path.join(folder, 'fleet') });
  try {
    const config = loadConfig(fleet.endpointsFile, null);
    if (!config.ok) throw new Error('the fleet of the benchmark cannot be read');
    const copies: Store = {
      ...store,
      write: {
        ...store.write,
        recordHosts: (records) => {
          for (const record of records)
            store.write.recordHosts(
              Array.from({ length: HOSTS / SIMULATED }, (_, copy) => ({
                ...record,
                id: `${record.id}/${copy}`,
                name: `${record.name}-${copy}`,
                blobs: null,
                findings: [],
              })),
            );
        },
      },
    };
    const engine = createEngine({ store: copies, ...config.value, version: '0', shell: 'console', dataFolder: folder, emit: () => {} });
    await engine.sweepAll(signal);
    await engine.stop();
  } finally {
    await fleet.close();
  }
};

const standingsOf = (store: Store): readonly { readonly text: string; readonly standing: Standing }[] =>
  store.standings.now('', 500).flatMap(({ standing: text }) => {
    const standing = readStanding(text, null);
    return text === null || standing === null ? [] : [{ text, standing }];
  });

/** What every kind of rule takes of deciding a host. Kinds are measured alone, so they do not add up to the whole exactly. */
const decisions = (store: Store, manifest: Manifest, signal: AbortSignal): readonly BenchResult[] => {
  const all = standingsOf(store);
  const each = (work: (one: (typeof all)[number]) => unknown) => (): void => {
    for (const one of all) work(one);
  };
  const whole = each(({ standing }) => decide(standing.now.facts, manifest, standing.now.before));
  const kinds: readonly (readonly [string, () => void])[] = [
    ['place', each(({ standing }) => locate(standing.now.facts, manifest, 0))],
    ['host class', each(({ standing: { now } }) => chooseClass(now.facts, locate(now.facts, manifest, 0), manifest))],
    [
      'programs',
      each(({ standing: { now } }) => (now.facts.runtime === null ? null : decideRuntime(now.facts.runtime, manifest.defaults.runtime))),
    ],
    ['links', each(({ standing: { now } }) => applyRules(now.facts.links, now.facts, manifest.defaults))],
    ['workloads', each(({ standing: { now } }) => decideWorkloads(now.facts, locate(now.facts, manifest, 0), manifest.defaults, manifest))],
  ];
  const perHost = ({ value, limit }: { value: number; limit: number }): { value: number; limit: number } => ({
    value: value / all.length,
    limit: limit / all.length,
  });
  const parse = each(({ text }) => {
    JSON.parse(text);
  });
  return [
    resultOf('appraise one host: recorded facts to verdict (to JSON.parse of the facts)', perHost(compare(whole, parse, 1, signal)), 'us'),
    ...kinds.map(([name, work]) =>
      resultOf(`  of that, ${name} (ratio: the whole to this part)`, perHost(compare(work, whole, 1, signal)), 'us'),
    ),
  ];
};

const whatIf = async (store: Store, manifest: Manifest): Promise<BenchResult> => {
  const whatIfs = createWhatIfs(store.standings, Date.now, () => {});
  const start = process.hrtime.bigint();
  const { finished } = whatIfs.begin(manifest, manifest, null);
  const { done } = await finished;
  const value = Number(process.hrtime.bigint() - start) / 1000;
  const begin = process.hrtime.bigint();
  for (let after = ''; ; ) {
    const page = store.standings.now(after, 500);
    for (const { standing } of page) JSON.parse(standing ?? 'null');
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.id;
  }
  const limit = Number(process.hrtime.bigint() - begin) / 1000;
  return resultOf(`what if: ${done} recorded hosts under another manifest (to reading and JSON.parse)`, { value, limit }, 'ms');
};

export const appraisalSuite = async (signal: AbortSignal): Promise<readonly BenchResult[]> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-bench-'));
  try {
    const opened = openStore(path.join(folder, 'data'));
    if (!opened.ok) throw new Error(opened.problem.message);
    const store = opened.value;
    const manifest = manifestOf();
    await fill(folder, store, signal);
    const results = [...decisions(store, manifest, signal), await whatIf(store, manifest)];
    store.close();
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
