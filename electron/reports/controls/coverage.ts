import type { HostRow } from '../../../shared/contract/schemas.ts';
import { LINKS } from '../../../shared/model/verdict.ts';
import type { ReportFacts } from '../../store/report-facts.ts';
import type { ControlMapping, EvidenceKind, Support } from './mapping.ts';

/**
 * What live data says of one piece of evidence. Never "passed" for what was not evaluated: hosts are in one of three counts, and what is no
 * matter of hosts (a record, a setting) is there or not.
 */
export type EvidenceCoverage = {
  readonly id: string;
  readonly title: string;
  readonly limit: string;
  readonly supports: readonly Support[];
  /** Hosts; null where it is no matter of single hosts. */
  readonly hosts: { readonly holds: number; readonly against: number; readonly notEvaluated: number } | null;
  /** Whether there is any evidence of it at all. */
  readonly evidenced: boolean;
  readonly sentence: string;
};

export type CoverageCount = {
  readonly add: (row: HostRow) => void;
  readonly result: (facts: ReportFacts) => readonly EvidenceCoverage[];
};

type Answer = 'holds' | 'against' | 'notEvaluated';
type Measure = EvidenceKind['measure'];
type RecordKind = Exclude<Measure['kind'], HostKind>;
type HostKind = 'links' | 'location' | 'known' | 'fresh';
type RecordMeasure = Extract<Measure, { kind: RecordKind }>;
type HostMeasure = Exclude<Measure, RecordMeasure>;

const ofLinks = (links: readonly (typeof LINKS)[number][], { chain }: HostRow): Answer => {
  const verdicts = links.map((link) => chain[LINKS.indexOf(link)] ?? 'inconclusive');
  if (verdicts.includes('failed')) return 'against';
  // What the manifest does not ask for says nothing; where nothing is asked for, nothing was evaluated.
  const asked = verdicts.filter((verdict) => verdict !== 'not-required');
  return asked.length > 0 && asked.every((verdict) => verdict === 'trusted') ? 'holds' : 'notEvaluated';
};

const answerOf = (measure: HostMeasure, row: HostRow): Answer => {
  if (measure.kind === 'links') return ofLinks(measure.links, row);
  if (measure.kind === 'location') return measure.assurances.includes(row.location.assurance) ? 'holds' : 'notEvaluated';
  if (measure.kind === 'known') return 'holds';
  return row.evidenceAtMs !== null && row.verdict !== 'stale' ? 'holds' : 'notEvaluated';
};

const isOfHosts = (measure: Measure): measure is HostMeasure => !(measure.kind in recordSays);
const many = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`;

const hostSentence = (measure: HostMeasure, { holds, against, notEvaluated }: Record<Answer, number>): string => {
  const all = holds + against + notEvaluated;
  if (all === 0) return 'There is no host, so nothing was evaluated.';
  if (measure.kind === 'known') return `${many(all, 'host')} known.`;
  const rest = notEvaluated === 0 ? '' : `; ${notEvaluated} not evaluated`;
  if (measure.kind === 'location') return `Known with this assurance for ${holds} of ${many(all, 'host')}${rest}.`;
  if (measure.kind === 'fresh') return `Fresh evidence of ${holds} of ${many(all, 'host')}${rest}.`;
  return `Holds on ${holds} of ${many(all, 'host')}; ${against} ${against === 1 ? 'speaks' : 'speak'} against it${rest}.`;
};

const recordSays: Readonly<Record<RecordKind, (facts: ReportFacts) => { readonly evidenced: boolean; readonly sentence: string }>> = {
  ledger: ({ entries, signedEntries }) => ({
    evidenced: signedEntries > 0,
    sentence:
      signedEntries === 0
        ? `${many(entries, 'entry', 'entries')}; no checkpoint is signed yet.`
        : `${many(entries, 'entry', 'entries')}, of which the newest checkpoint signs ${signedEntries}.`,
  }),
  anchors: ({ anchors }) => ({
    evidenced: anchors.holding > 0,
    sentence:
      anchors.holding === 0
        ? 'No checkpoint was put outside.'
        : `${many(anchors.holding, 'checkpoint')} put outside, the newest over ${many(anchors.newestSize, 'entry', 'entries')}.`,
  }),
  references: ({ references }) => ({
    evidenced: references.approved > 0,
    sentence:
      references.approved === 0
        ? 'No reference set of our own is approved; hosts are held against what their endpoint gives.'
        : `${many(references.approved, 'reference set')} approved, ${references.bySomebodyElse} by somebody else than the author.`,
  }),
  retention: ({ retention }) => ({
    evidenced: true,
    sentence: `Evidence is kept ${retention.evidenceDays} days, quotes of routine ${retention.quotesDays} days; entries of the ledger are never deleted.`,
  }),
  findings: ({ findings }) => ({
    evidenced: true,
    sentence: `${many(findings.open, 'finding')} open, ${findings.acknowledged} acknowledged, ${findings.waived} waived until a date.`,
  }),
  manifest: ({ manifest }) => ({
    evidenced: manifest !== null,
    sentence:
      manifest === null
        ? 'No manifest is in force; the built-in defaults apply.'
        : `Version ${manifest.number} is in force, approved ${manifest.approvedBy === null ? 'by nobody else than its author' : 'by a second person'}.`,
  }),
  alerts: ({ alerts }) => ({
    evidenced: alerts.sent > 0,
    sentence:
      alerts.sent === 0
        ? 'No alert was sent outside.'
        : `${many(alerts.sent, 'alert')} sent to ${many(alerts.places, 'place')} outside${alerts.failing === 0 ? '' : `, ${alerts.failing} of which cannot be reached now`}.`,
  }),
  none: () => ({ evidenced: false, sentence: 'This version has no evidence of it.' }),
};

/** Counts row by row; nothing of a row is held. */
export const countCoverage = ({ evidence }: ControlMapping): CoverageCount => {
  const counts = evidence.map(() => ({ holds: 0, against: 0, notEvaluated: 0 }));
  return {
    add: (row) => {
      for (const [at, { measure }] of evidence.entries()) {
        const count = counts[at];
        if (count !== undefined && isOfHosts(measure)) count[answerOf(measure, row)] += 1;
      }
    },
    result: (facts) =>
      evidence.map(({ id, title, limit, supports, measure }, at) => {
        const said = { id, title, limit, supports };
        if (!isOfHosts(measure)) return { ...said, hosts: null, ...recordSays[measure.kind](facts) };
        const hosts = counts[at] ?? { holds: 0, against: 0, notEvaluated: 0 };
        return { ...said, hosts, evidenced: hosts.holds + hosts.against > 0, sentence: hostSentence(measure, hosts) };
      }),
  };
};
