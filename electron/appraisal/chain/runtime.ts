import type { RuntimeReference } from '../../../shared/model/reference-values.ts';
import type { Check } from '../../../shared/model/check.ts';
import type { EvidenceResult, ImaEntry, ImaFacts } from '../../evidence/types.ts';
import type { RuntimeFacts } from '../facts-schema.ts';
import { type Broken, type Cause, firstFailure, judgement, type LinkJudgement, noticesOf, short } from './link.ts';
import { cachedExcludes, type ImaJudgement, imaJudge, isBuffer, linkOfPath, type RuntimeLink } from './runtime-entries.ts';

const MAX_BROKEN = 200;

const brokenEntry = (entry: ImaEntry, judged: ImaJudgement, link: RuntimeLink, reference: RuntimeReference): Broken => {
  const what = link === 'container-engine' ? 'Container engine' : link === 'orchestrator' ? 'Orchestrator' : 'A file';
  const reason =
    judged === 'changed'
      ? `${what} changed: ${entry.path} measures ${short(entry.fileDigest)}, which is not in the reference values.`
      : `${link === 'runtime' ? 'An unknown program' : `An unknown ${what.toLowerCase()}`} ran: ${entry.path} is not in the reference values.`;
  const expected = reference.digests.get(entry.path)?.slice(0, 5) ?? [];
  return { index: entry.index, link, reason, expected, digest: entry.fileDigest, ...(entry.plainPath && { path: entry.path }) };
};

/** All three links get the same word when the list as a whole cannot be used. */
const allThree = (verdict: 'failed' | 'inconclusive', reason: string, basis: string[] = [], cause?: Cause): LinkJudgement[] => [
  judgement('runtime', verdict, reason, {
    ...(cause !== undefined && { cause }),
    basis,
    notEvaluated: verdict === 'inconclusive' ? [reason] : [],
  }),
  ...(['container-engine', 'orchestrator'] as const).map((link) =>
    judgement(link, 'inconclusive', 'The list of measured programs cannot be used.', {
      ...(cause === 'absent' && { cause }),
      notEvaluated: ['Measured programs: not usable.'],
    }),
  ),
];

const EDITED_LIST =
  'Treat the host as not trusted: its list of measured programs was edited or is of another boot. Fetch it again; if it still disagrees with the TPM, isolate the host.';

/** The first entries that are so, described; the list is read no further than needed. */
const firstBroken = (
  entries: Iterable<ImaEntry>,
  isBroken: (entry: ImaEntry) => boolean,
  reason: (entry: ImaEntry) => string,
): Broken[] => {
  const broken: Broken[] = [];
  for (const entry of entries) {
    if (!isBroken(entry)) continue;
    broken.push({ index: entry.index, link: 'runtime', reason: reason(entry), expected: [] });
    if (broken.length === MAX_BROKEN) break;
  }
  return broken;
};

const editedList = (links: readonly LinkJudgement[], brokenIma: readonly Broken[]): LinkJudgement[] =>
  links.map((one) => (one.link === 'runtime' ? { ...one, brokenIma, nextStep: EDITED_LIST } : one));

/** Failures that an honest host shows for a moment: a list that was read before the quote, or after another boot. */
const RACES: ReadonlySet<string> = new Set(['ima-replay', 'boot-aggregate']);

const tamperedEntries = (evidence: EvidenceResult): Broken[] =>
  firstBroken(
    evidence.ima?.entries ?? [],
    (entry) => entry.templateHashOk === false && !entry.violation,
    (entry) => `The entry of ${entry.path} was edited: its fields do not hash to what was measured.`,
  );

type Tally = {
  link: RuntimeLink;
  counted: number;
  judged: number;
  violations: number;
  broken: Broken[];
  more: number;
  notEvaluated: string[];
};
const emptyTally = (link: RuntimeLink): Tally => ({ link, counted: 0, judged: 0, violations: 0, broken: [], more: 0, notEvaluated: [] });

const countEntries = (ima: ImaFacts, reference: RuntimeReference | null, basis: string[], checks: readonly Check[]): RuntimeFacts => {
  const judge = imaJudge(reference, ima.entries.at(0));
  const tallies: Record<RuntimeLink, Tally> = {
    runtime: emptyTally('runtime'),
    'container-engine': emptyTally('container-engine'),
    orchestrator: emptyTally('orchestrator'),
  };
  let excluded = 0;
  let buffers = 0;
  for (const entry of ima.entries) {
    if (!entry.proven) continue;
    const link = linkOfPath(entry.path);
    const tally = tallies[link];
    tally.counted += 1;
    if (isBuffer(entry)) buffers += 1;
    // Enough is enough: a list of a million strangers is not worth a million patterns.
    if (tally.broken.length >= MAX_BROKEN && !entry.violation) {
      tally.more += 1;
      continue;
    }
    const judged = judge(entry);
    if (judged === 'violation') tally.violations += 1;
    if (judged === 'excluded') excluded += 1;
    if (judged === 'allowed' && entry.path !== 'boot_aggregate') tally.judged += 1;
    if ((judged === 'changed' || judged === 'unknown-path') && reference !== null)
      tally.broken.push(brokenEntry(entry, judged, link, reference));
  }
  const notEvaluated: string[] = [];
  const note = (count: number, what: string): void => {
    if (count > 0) notEvaluated.push(`${count} ${what}`);
  };
  note(excluded, 'entries: excluded by the reference values.');
  note(buffers, 'measured buffers (keyrings, critical data): no reference values.');
  note(
    reference === null ? 0 : cachedExcludes(reference).refused,
    'exclude patterns cannot be evaluated in bounded time and were not applied.',
  );
  // Without it the list could be of another boot that ended in the same PCR 10; PCR 10 itself is of this one.
  const open = checks.find((check) => check.code === 'boot-aggregate' && check.outcome === 'not-evaluated');
  if (open) notEvaluated.push(open.message);
  tallies.runtime.notEvaluated = notEvaluated;
  return {
    hasReference: reference !== null,
    notJudged: reference?.notJudged ?? [],
    basis,
    tallies: [tallies.runtime, tallies['container-engine'], tallies.orchestrator],
  };
};

/** Either the list as a whole cannot be used, and every link says why; or what was counted in it, for a manifest's rules. */
export type RuntimeJudgement = { readonly links: readonly LinkJudgement[] } | { readonly counted: RuntimeFacts };

/**
 * Runtime, container engine and orchestrator from the IMA list: only entries that the quoted PCR 10 covers count.
 * `heldAt`: how many entries the last quote of this boot covered when more were listed. Those had been measured if they are true, so the
 * next quote must cover at least one of them.
 * Does not prove that a file was not changed after it was measured, nor anything about files that the kernel's IMA policy leaves out.
 */
export const judgeRuntime = (
  evidence: EvidenceResult,
  reference: RuntimeReference | null,
  heldAt: number | null = null,
): RuntimeJudgement => {
  const { ima, checks } = evidence;
  const pcr10 = evidence.quotedPcrs.sha256?.[10] ?? evidence.quotedPcrs.sha1?.[10];
  if (!ima || ima.entryCount === 0) {
    const unreadable = firstFailure(checks, ['ima-parse']);
    if (unreadable) return { links: allThree('failed', 'The list of measured programs cannot be read.', [unreadable.message]) };
    if (pcr10 !== undefined && !/^0+$/.test(pcr10))
      return { links: allThree('failed', 'The host measured programs but sent no list of them.', [], 'absent') };
    return { links: allThree('inconclusive', 'The host sent no list of measured programs (IMA).', [], 'absent') };
  }
  const failure = firstFailure(checks, ['ima-template-hash', 'ima-replay', 'ima-parse', 'boot-aggregate']);
  if (failure) {
    const plain =
      failure.code === 'ima-template-hash'
        ? 'The list of measured programs was edited: an entry does not hash to what was measured.'
        : failure.code === 'boot-aggregate'
          ? 'The list of measured programs does not fit this boot: its boot_aggregate differs from the quoted registers.'
          : 'The list of measured programs is not the one the TPM signed.';
    const cause = RACES.has(failure.code) ? 'race' : 'tampered';
    return { links: editedList(allThree('failed', plain, [failure.message], cause), tamperedEntries(evidence)) };
  }
  if (ima.provenCount === null)
    return { links: allThree('inconclusive', 'PCR 10 is not in the quote, so the list of measured programs proves nothing.') };
  const basis = [
    `${ima.provenCount} of ${ima.entryCount} entries are covered by the quoted PCR 10`,
    ...noticesOf(checks, ['ima-partial', 'boot-aggregate']),
  ];
  if (ima.provenCount === heldAt && ima.entryCount > ima.provenCount) {
    const unproven = firstBroken(
      ima.entries,
      (entry) => !entry.proven,
      (entry) => `${entry.path} is in the list, but PCR 10 does not cover it, now for the second quote.`,
    );
    const plain = 'The list names programs that the TPM never measured: two quotes in a row do not cover them.';
    return { links: editedList(allThree('failed', plain, basis), unproven) };
  }
  return { counted: countEntries(ima, reference, basis, checks) };
};
