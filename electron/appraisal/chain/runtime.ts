import { RE2JS } from 're2js';
import { engineProgramOf } from '../../../shared/model/container-engines.ts';
import type { RuntimeReference } from '../../../shared/model/reference-values.ts';
import type { Check } from '../../../shared/model/check.ts';
import type { EvidenceResult, ImaEntry, ImaFacts } from '../../evidence/types.ts';
import { type Broken, firstFailure, judgement, type LinkJudgement, noticesOf, short } from './link.ts';

export type ImaJudgement = 'allowed' | 'unknown-path' | 'changed' | 'excluded' | 'violation' | 'no-reference';

type RuntimeLink = 'runtime' | 'container-engine' | 'orchestrator';

/** Which link a measured file belongs to, by its path. A path is part of what PCR 10 covers. */
export const linkOfPath = (path: string): RuntimeLink => {
  const program = engineProgramOf(path);
  if (program === null) return 'runtime';
  return program.role === 'orchestrator' ? 'orchestrator' : 'container-engine';
};

type Excludes = { readonly matches: (path: string) => boolean; readonly refused: number };
const MAX_REMEMBERED_PATHS = 200_000;

/** Excludes of one reference, compiled once. A pattern that RE2 does not know excludes nothing, so that its files are judged rather than skipped. */
const compileExcludes = (patterns: readonly string[]): Excludes => {
  const compiled: RE2JS[] = [];
  for (const pattern of patterns) {
    try {
      compiled.push(RE2JS.compile(pattern));
    } catch {
      // counted below and named in the result
    }
  }
  const known = new Map<string, boolean>();
  const matches = (path: string): boolean => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const found = compiled.some((pattern) => pattern.matcher(path).lookingAt());
    if (known.size < MAX_REMEMBERED_PATHS) known.set(path, found);
    return found;
  };
  return { matches, refused: patterns.length - compiled.length };
};
const excludesOf = new WeakMap<RuntimeReference, Excludes>();
const cachedExcludes = (reference: RuntimeReference): Excludes => {
  const known = excludesOf.get(reference) ?? compileExcludes(reference.excludes);
  excludesOf.set(reference, known);
  return known;
};

/** Measured buffers (keyrings, critical data) are not files; no reference names them. */
const isBuffer = (entry: ImaEntry): boolean => entry.template === 'ima-buf';

/**
 * Judges single IMA entries against a runtime reference. `first` is the list's first entry: only there, or repeated with the same digest after
 * kexec, is boot_aggregate what the kernel wrote (its value is an evidence check). Anywhere else it is a file by that name.
 */
export const imaJudge = (reference: RuntimeReference | null, first: ImaEntry | undefined): ((entry: ImaEntry) => ImaJudgement) => {
  const excludes = reference === null ? null : cachedExcludes(reference);
  const aggregate = first?.path === 'boot_aggregate' ? first : undefined;
  return (entry) => {
    if (entry.violation) return 'violation';
    if (reference === null || excludes === null || isBuffer(entry)) return 'no-reference';
    if (
      entry === aggregate ||
      (entry.path === 'boot_aggregate' && entry.fileAlg === aggregate?.fileAlg && entry.fileDigest === aggregate.fileDigest)
    )
      return 'allowed';
    // A path that had to be escaped to be shown equals no path of a policy, whatever it looks like.
    const known = entry.plainPath ? reference.digests.get(entry.path) : undefined;
    if (known?.includes(entry.fileDigest)) return 'allowed';
    if (entry.plainPath && excludes.matches(entry.path)) return 'excluded';
    return known === undefined ? 'unknown-path' : 'changed';
  };
};

const MAX_BROKEN = 200;

const brokenEntry = (entry: ImaEntry, judged: ImaJudgement, link: RuntimeLink, reference: RuntimeReference): Broken => {
  const what = link === 'container-engine' ? 'Container engine' : link === 'orchestrator' ? 'Orchestrator' : 'A file';
  const reason =
    judged === 'changed'
      ? `${what} changed: ${entry.path} measures ${short(entry.fileDigest)}, which is not in the reference values.`
      : `${link === 'runtime' ? 'An unknown program' : `An unknown ${what.toLowerCase()}`} ran: ${entry.path} is not in the reference values.`;
  return { index: entry.index, link, reason, expected: reference.digests.get(entry.path)?.slice(0, 5) ?? [] };
};

const ABSENT: Readonly<Record<'container-engine' | 'orchestrator', string>> = {
  'container-engine': 'No container engine has been run on this host since it booted.',
  orchestrator: 'No orchestrator has been run on this host since it booted.',
};
const TRUSTED: Readonly<Record<RuntimeLink, string>> = {
  runtime: 'Every judged program that was measured since boot is in the reference values.',
  'container-engine': 'The container engine is the one in the reference values.',
  orchestrator: 'The orchestrator is the one in the reference values.',
};

/** All three links get the same word when the list as a whole cannot be used. */
const allThree = (verdict: 'failed' | 'inconclusive', reason: string, basis: string[] = []): LinkJudgement[] => [
  judgement('runtime', verdict, reason, { basis, notEvaluated: verdict === 'inconclusive' ? [reason] : [] }),
  ...(['container-engine', 'orchestrator'] as const).map((link) =>
    judgement(link, 'inconclusive', 'The list of measured programs cannot be used.', { notEvaluated: ['Measured programs: not usable.'] }),
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

const tamperedEntries = (evidence: EvidenceResult): Broken[] =>
  firstBroken(
    evidence.ima?.entries ?? [],
    (entry) => entry.templateHashOk === false && !entry.violation,
    (entry) => `The entry of ${entry.path} was edited: its fields do not hash to what was measured.`,
  );

type Tally = { counted: number; judged: number; violations: number; broken: Broken[]; more: number };
const emptyTally = (): Tally => ({ counted: 0, judged: 0, violations: 0, broken: [], more: 0 });

const judgeLink = (
  link: RuntimeLink,
  tally: Tally,
  reference: RuntimeReference | null,
  basis: string[],
  notEvaluated: string[],
): LinkJudgement => {
  const [first] = tally.broken;
  if (first && reference !== null) {
    const more = tally.broken.length + tally.more - 1;
    const reason = more > 0 ? `${first.reason} ${more} more like it.` : first.reason;
    if (reference.notJudged.length > 0) {
      const why = `The policy may accept it by other means (${reference.notJudged.join(', ')}), which this version does not judge.`;
      return judgement(link, 'inconclusive', `${first.reason} ${why}`, {
        basis,
        notEvaluated: [why, ...notEvaluated],
        brokenIma: tally.broken,
      });
    }
    return judgement(link, 'failed', reason, { basis, notEvaluated, brokenIma: tally.broken });
  }
  if (link !== 'runtime' && tally.counted === 0) return judgement(link, 'not-required', ABSENT[link], { basis });
  if (reference === null)
    return judgement(
      link,
      'inconclusive',
      'No reference values for programs: the list is authentic, but nobody has said that it is good.',
      { basis },
    );
  if (tally.violations > 0) {
    const reason = `${tally.violations} ${tally.violations === 1 ? 'file was' : 'files were'} changed while being measured; what ran is not known.`;
    return judgement(link, 'inconclusive', reason, {
      basis,
      notEvaluated: [...notEvaluated, `${tally.violations} violations: content unknown.`],
    });
  }
  if (tally.judged === 0)
    return judgement(link, 'inconclusive', 'The reference values judge none of the measured programs.', { basis, notEvaluated });
  return judgement(link, 'trusted', TRUSTED[link], { basis, notEvaluated });
};

const judgeEntries = (ima: ImaFacts, reference: RuntimeReference | null, basis: string[], checks: readonly Check[]): LinkJudgement[] => {
  const judge = imaJudge(reference, ima.entries.at(0));
  const tallies: Record<RuntimeLink, Tally> = { runtime: emptyTally(), 'container-engine': emptyTally(), orchestrator: emptyTally() };
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
    'exclude patterns cannot be evaluated in linear time and were not applied.',
  );
  const links = (['runtime', 'container-engine', 'orchestrator'] as const).map((link) =>
    judgeLink(link, tallies[link], reference, basis, link === 'runtime' ? notEvaluated : []),
  );
  const open = checks.find((check) => check.code === 'boot-aggregate' && check.outcome === 'not-evaluated');
  // Without it the list could be of another boot that ended in the same PCR 10; PCR 10 itself is of this one.
  return open
    ? links.map((link) => (link.link === 'runtime' ? { ...link, notEvaluated: [...link.notEvaluated, open.message] } : link))
    : links;
};

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
): LinkJudgement[] => {
  const { ima, checks } = evidence;
  const pcr10 = evidence.quotedPcrs.sha256?.[10] ?? evidence.quotedPcrs.sha1?.[10];
  if (!ima || ima.entryCount === 0) {
    const unreadable = firstFailure(checks, ['ima-parse']);
    if (unreadable) return allThree('failed', 'The list of measured programs cannot be read.', [unreadable.message]);
    if (pcr10 !== undefined && !/^0+$/.test(pcr10)) return allThree('failed', 'The host measured programs but sent no list of them.');
    return allThree('inconclusive', 'The host sent no list of measured programs (IMA).');
  }
  const failure = firstFailure(checks, ['ima-template-hash', 'ima-replay', 'ima-parse', 'boot-aggregate']);
  if (failure) {
    const plain =
      failure.code === 'ima-template-hash'
        ? 'The list of measured programs was edited: an entry does not hash to what was measured.'
        : failure.code === 'boot-aggregate'
          ? 'The list of measured programs does not fit this boot: its boot_aggregate differs from the quoted registers.'
          : 'The list of measured programs is not the one the TPM signed.';
    const [runtime, ...others] = allThree('failed', plain, [failure.message]);
    return runtime ? [{ ...runtime, brokenIma: tamperedEntries(evidence), nextStep: EDITED_LIST }, ...others] : others;
  }
  if (ima.provenCount === null)
    return allThree('inconclusive', 'PCR 10 is not in the quote, so the list of measured programs proves nothing.');
  const basis = [
    `${ima.provenCount} of ${ima.entryCount} entries are covered by the quoted PCR 10`,
    ...noticesOf(checks, ['ima-partial', 'boot-aggregate']),
  ];
  if (ima.provenCount === heldAt && ima.entryCount > ima.provenCount) {
    const [runtime, ...others] = allThree(
      'failed',
      'The list names programs that the TPM never measured: two quotes in a row do not cover them.',
      basis,
    );
    const brokenIma = firstBroken(
      ima.entries,
      (entry) => !entry.proven,
      (entry) => `${entry.path} is in the list, but PCR 10 does not cover it, now for the second quote.`,
    );
    return runtime ? [{ ...runtime, brokenIma, nextStep: EDITED_LIST }, ...others] : others;
  }
  return judgeEntries(ima, reference, basis, checks);
};
