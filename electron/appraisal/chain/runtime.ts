import { RE2JS } from 're2js';
import type { RuntimeReference } from '../../../shared/model/reference-values.ts';
import type { Link } from '../../../shared/model/verdict.ts';
import type { EvidenceResult, ImaEntry } from '../../evidence/types.ts';
import { type Broken, firstFailure, judgement, type LinkJudgement, noticesOf, short } from './link.ts';

export type ImaJudgement = 'allowed' | 'unknown-path' | 'changed' | 'excluded' | 'violation' | 'no-reference';

type RuntimeLink = 'runtime' | 'container-engine' | 'orchestrator';

const ENGINE = /\/(containerd|containerd-shim[\w.-]*|dockerd|docker-proxy|runc|crun|crio|conmon|podman|youki|kata-runtime)$/;
const ORCHESTRATOR = /\/(kubelet|kube-proxy|kube-apiserver|kubeadm|k3s|rke2|k0s|nomad)$/;

/** Which link a measured file belongs to, by its path. A path is part of what PCR 10 covers. */
export const linkOfPath = (path: string): RuntimeLink =>
  ENGINE.test(path) ? 'container-engine' : ORCHESTRATOR.test(path) ? 'orchestrator' : 'runtime';

/** Compiled excludes; a pattern that RE2 does not know excludes nothing, so that its files are judged rather than skipped. */
const compileExcludes = (patterns: readonly string[]): { compiled: RE2JS[]; refused: number } => {
  const compiled: RE2JS[] = [];
  for (const pattern of patterns) {
    try {
      compiled.push(RE2JS.compile(pattern));
    } catch {
      // counted below and named in the result
    }
  }
  return { compiled, refused: patterns.length - compiled.length };
};

/** Judges single IMA entries against a runtime reference; made once per reference and list. */
export const imaJudge = (reference: RuntimeReference | null): { judge: (entry: ImaEntry) => ImaJudgement; refusedExcludes: number } => {
  if (reference === null) return { judge: (entry) => (entry.violation ? 'violation' : 'no-reference'), refusedExcludes: 0 };
  const { compiled, refused } = compileExcludes(reference.excludes);
  const judge = (entry: ImaEntry): ImaJudgement => {
    if (entry.violation) return 'violation';
    // boot_aggregate is not a file: the evidence check of that name compares it with the quoted PCRs.
    if (entry.path === 'boot_aggregate') return 'allowed';
    const known = reference.digests.get(entry.path);
    if (known?.includes(entry.fileDigest)) return 'allowed';
    if (compiled.some((pattern) => pattern.matcher(entry.path).lookingAt())) return 'excluded';
    return known === undefined ? 'unknown-path' : 'changed';
  };
  return { judge, refusedExcludes: refused };
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
  runtime: 'Every program measured since boot is in the reference values.',
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

const tamperedEntries = (evidence: EvidenceResult): Broken[] =>
  (evidence.ima?.entries ?? [])
    .filter((entry) => entry.templateHashOk === false && !entry.violation)
    .slice(0, MAX_BROKEN)
    .map((entry) => ({
      index: entry.index,
      link: 'runtime',
      reason: `The entry of ${entry.path} was edited: its fields do not hash to what was measured.`,
      expected: [],
    }));

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
          ? 'The list of measured programs belongs to another boot.'
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
    const invented = ima.entries.filter((entry) => !entry.proven).slice(0, MAX_BROKEN);
    const brokenIma = invented.map(
      (entry): Broken => ({
        index: entry.index,
        link: 'runtime',
        reason: `${entry.path} is in the list, but PCR 10 does not cover it, now for the second quote.`,
        expected: [],
      }),
    );
    return runtime ? [{ ...runtime, brokenIma, nextStep: EDITED_LIST }, ...others] : others;
  }
  const { judge, refusedExcludes } = imaJudge(reference);
  const broken: Record<RuntimeLink, Broken[]> = { runtime: [], 'container-engine': [], orchestrator: [] };
  const counted: Record<RuntimeLink, number> = { runtime: 0, 'container-engine': 0, orchestrator: 0 };
  let excluded = 0;
  for (const entry of ima.entries) {
    if (!entry.proven) continue;
    const link = linkOfPath(entry.path);
    counted[link] += 1;
    const judged = judge(entry);
    if (judged === 'excluded') excluded += 1;
    if ((judged === 'changed' || judged === 'unknown-path') && reference !== null && broken[link].length < MAX_BROKEN) {
      broken[link].push(brokenEntry(entry, judged, link, reference));
    }
  }
  const notEvaluated: string[] = [];
  if (excluded > 0) notEvaluated.push(`${excluded} entries: excluded by the reference values.`);
  if (refusedExcludes > 0)
    notEvaluated.push(`${refusedExcludes} exclude patterns cannot be evaluated in linear time and were not applied.`);
  const links: RuntimeLink[] = ['runtime', 'container-engine', 'orchestrator'];
  return links.map((link: Link & RuntimeLink) => {
    const first = broken[link][0];
    if (first) {
      const more = broken[link].length - 1;
      const reason = more > 0 ? `${first.reason} ${more} more like it.` : first.reason;
      return judgement(link, 'failed', reason, { basis, notEvaluated, brokenIma: broken[link] });
    }
    if (link !== 'runtime' && counted[link] === 0) return judgement(link, 'not-required', ABSENT[link], { basis });
    if (reference === null)
      return judgement(
        link,
        'inconclusive',
        'No reference values for programs: the list is authentic, but nobody has said that it is good.',
        { basis },
      );
    if (link === 'runtime' && ima.violations > 0) {
      return judgement(link, 'inconclusive', `${ima.violations} files were changed while they were measured; what ran is not known.`, {
        basis,
        notEvaluated: [...notEvaluated, `${ima.violations} violations: content unknown.`],
      });
    }
    return judgement(link, 'trusted', TRUSTED[link], { basis, notEvaluated });
  });
};
