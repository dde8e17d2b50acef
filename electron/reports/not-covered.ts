import { LINK_IN_SENTENCE, plural } from '../../shared/model/words.ts';
import type { ReportFacts } from '../store/report-facts.ts';
import type { EvidenceCoverage } from './controls/coverage.ts';
import type { ExportHead } from './export-head.ts';
import type { HostCounts } from './posture-count.ts';

type Known = {
  readonly head: ExportHead;
  readonly counts: HostCounts;
  readonly coverage: readonly EvidenceCoverage[];
  readonly silent: number;
  readonly facts: ReportFacts;
};

const hosts = (count: number): string => plural(count, 'host', 'hosts');
const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
const lower = (text: string): string => (/^[A-Z][a-z]/u.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text);

const ofLinks = ({ links, hosts: all }: HostCounts): readonly string[] => {
  const nowhere = links.filter(({ notRequired }) => all > 0 && notRequired === all);
  const partly = links.filter(({ notRequired }) => notRequired > 0 && notRequired < all);
  const names = (some: typeof links): string => listed(some.map(({ link }) => LINK_IN_SENTENCE[link]));
  return [
    ...(nowhere.length === 0 ? [] : [`On no host is this asked for, so it was not evaluated: ${names(nowhere)}.`]),
    ...(partly.length === 0
      ? []
      : [`Not asked for on every host: ${partly.map((one) => `${LINK_IN_SENTENCE[one.link]} (not on ${one.notRequired})`).join(', ')}.`]),
  ];
};

/** What a reader could take for covered and is not. Said in the same size as what was checked. */
export const notCovered = ({ head, counts, coverage, silent, facts }: Known): readonly string[] => {
  const { inconclusive, stale } = counts.verdicts;
  const without = coverage
    .filter(({ hosts: of, evidenced }) => of === null && !evidenced)
    .filter(({ sentence }) => sentence.startsWith('This version'));
  const lost = head.notRecorded;
  return [
    ...(counts.hosts === 0 ? ['No host is in this report, so nothing is said of any.'] : []),
    ...(head.sample === undefined || head.sample.population <= counts.hosts
      ? []
      : [`This report is of a sample, and says nothing of the other ${hosts(head.sample.population - counts.hosts)} that were meant.`]),
    ...(inconclusive === 0
      ? []
      : [`${hosts(inconclusive)} could not be judged: evidence is missing, or there is nothing to hold it against.`]),
    ...(stale === 0 ? [] : [`${hosts(stale)} ${stale === 1 ? 'was' : 'were'} trusted, and the evidence is too old now.`]),
    ...(counts.withoutEvidence === 0 ? [] : [`${hosts(counts.withoutEvidence)} never gave evidence.`]),
    ...ofLinks(counts),
    ...(silent === 0 ? [] : [`${plural(silent, 'endpoint is', 'endpoints are')} silent: nothing new is known of what runs there.`]),
    ...(lost === null
      ? ['Whether something newer could not be recorded is not known to the command that made this report.']
      : lost.length === 0
        ? []
        : [`Something newer of ${listed(lost)} could not be recorded.`]),
    ...(facts.references.approved === 0
      ? ['No reference set of our own is approved: hosts are held against what their endpoints give.']
      : []),
    ...(facts.manifest === null ? ['No manifest is in force: the built-in defaults decide.'] : []),
    ...(without.length === 0 ? [] : [`This version has no evidence of ${listed(without.map(({ title }) => lower(title)))}.`]),
    ...(head.checkpoint === null ? ['Nothing of the ledger is signed yet, so this report rests on no checkpoint.'] : []),
    'Hosts that no endpoint names are not known. A host that holds its chain can still run software that is allowed and wrong.',
  ];
};
