import type { Finding } from '../../shared/contract/finding-schemas.ts';
import type { HostRow, Overview } from '../../shared/contract/schemas.ts';
import type { Verdict } from '../../shared/model/verdict.ts';
import type { ReportFacts } from '../store/report-facts.ts';
import { countCoverage, type EvidenceCoverage } from './controls/coverage.ts';
import { notCovered } from './not-covered.ts';
import type { ExportSource } from './port.ts';
import { countHosts, type HostCounts, rankOf } from './posture-count.ts';

export type ChangedHost = { readonly id: string; readonly name: string; readonly before: Verdict; readonly now: Verdict };
export type Changes = {
  readonly sinceMs: number;
  readonly better: number;
  readonly worse: number;
  /** Hosts that were not known then. */
  readonly fresh: number;
  /** The first of each, worst first. */
  readonly firstBetter: readonly ChangedHost[];
  readonly firstWorse: readonly ChangedHost[];
};
export type Cause = { readonly title: string; readonly hosts: number; readonly findings: number; readonly firstAtMs: number };

/** What a report says before it goes into single hosts. Counts of hosts are of the query; what is said otherwise is of the whole data folder. */
export type Posture = {
  readonly counts: HostCounts;
  readonly changes: Changes;
  /** Of the whole data folder: recorded points only. */
  readonly trend: Overview['trend'];
  readonly causes: { readonly total: number; readonly first: readonly Cause[] };
  readonly waivers: { readonly total: number; readonly first: readonly Finding[] };
  readonly silent: readonly Finding[];
  readonly resolved: { readonly findings: number; readonly medianMs: number | null };
  /** When the first host was recorded; null where there is none. */
  readonly beganAtMs: number | null;
  readonly facts: ReportFacts;
  readonly coverage: readonly EvidenceCoverage[];
  /** In sentences. */
  readonly notCovered: readonly string[];
};

const DAY_MS = 86_400_000;
const SINCE_DAYS = 30;
export const WAIVER_DAYS = 30;
const FIRST = 10;
const TOGETHER = 500;
const TREND_POINTS = 240;

export type PostureCount = { readonly add: (row: HostRow) => void; readonly end: () => Posture };

/** Worst first; of those that are alike, by name, so that the same data give the same list. */
const keepFirst = (kept: readonly ChangedHost[], one: ChangedHost): readonly ChangedHost[] =>
  [...kept, one]
    .toSorted((a, b) => rankOf(a.now) - rankOf(b.now) || (a.name < b.name ? -1 : Number(a.name > b.name)) || (a.id < b.id ? -1 : 1))
    .slice(0, FIRST);

const createChanges = (store: ExportSource['store'], sinceMs: number): { add: (row: HostRow) => void; end: () => Changes } => {
  let [better, worse, fresh] = [0, 0, 0];
  let firstBetter: readonly ChangedHost[] = [];
  let firstWorse: readonly ChangedHost[] = [];
  let waiting: { readonly id: string; readonly name: string; readonly now: Verdict }[] = [];
  const compare = (): void => {
    const then = store.period.verdictsThen(waiting.map(({ id }) => id));
    for (const host of waiting) {
      const before = then.get(host.id);
      if (before === undefined) fresh += 1;
      else if (rankOf(before) < rankOf(host.now)) {
        better += 1;
        firstBetter = keepFirst(firstBetter, { ...host, before });
      } else if (rankOf(before) > rankOf(host.now)) {
        worse += 1;
        firstWorse = keepFirst(firstWorse, { ...host, before });
      }
    }
    waiting = [];
  };
  return {
    add: ({ id, name, verdict }) => {
      waiting.push({ id, name, now: verdict });
      if (waiting.length >= TOGETHER) compare();
    },
    end: () => {
      compare();
      return { sinceMs, better, worse, fresh, firstBetter, firstWorse };
    },
  };
};

/** Goes along with the rows of an export, once; the rest is asked of the same moment. */
export const createPosture = ({
  head,
  store,
  goOn,
  controls,
  sinceMs: asked,
}: Pick<ExportSource, 'head' | 'store' | 'goOn' | 'controls' | 'sinceMs'>): PostureCount => {
  const { cutOffMs } = head;
  const sinceMs = Math.min(asked ?? cutOffMs - SINCE_DAYS * DAY_MS, cutOffMs);
  store.period.show(sinceMs, goOn);
  const counts = countHosts(cutOffMs);
  const coverage = countCoverage(controls);
  const changes = createChanges(store, sinceMs);
  return {
    add: (row) => {
      counts.add(row);
      coverage.add(row);
      changes.add(row);
    },
    end: () => {
      const { findings, fleet } = store.readers;
      const counted = counts.result();
      const facts = store.facts(cutOffMs);
      const covered = coverage.result(facts);
      const causes = findings.clusters({ minFindings: 1, kind: null }, 0, FIRST, cutOffMs);
      const waived = findings.list({ states: ['waived'], waiverEndsWithinDays: WAIVER_DAYS }, 'newest', 0, 200, cutOffMs);
      const silent = findings.list({ openOnly: true, kinds: ['endpoint-silent'] }, 'newest', 0, 50, cutOffMs).rows;
      return {
        counts: counted,
        changes: changes.end(),
        trend: fleet.trend(TREND_POINTS).filter(({ atMs }) => atMs >= sinceMs && atMs <= cutOffMs),
        causes: {
          total: causes.total,
          first: causes.rows.map(({ title, hosts, findings: held, firstAtMs }) => ({ title, hosts, findings: held, firstAtMs })),
        },
        waivers: {
          total: waived.total,
          first: waived.rows.toSorted((a, b) => (a.waiver?.untilMs ?? 0) - (b.waiver?.untilMs ?? 0) || a.id - b.id),
        },
        silent,
        resolved: store.period.resolved(sinceMs, cutOffMs),
        beganAtMs: store.period.beganAtMs(),
        facts,
        coverage: covered,
        notCovered: notCovered({ head, counts: counted, coverage: covered, silent: silent.length, facts }),
      };
    },
  };
};
