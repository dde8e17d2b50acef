import { RE2JS } from 're2js';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { BootChainReference, MeasuredBootReference } from '../../../shared/model/reference-values.ts';
import type { BootEvent } from '../../evidence/types.ts';
import { type BootLink, brokenEvent, digestOf, NO_REFERENCE } from './boot-log.ts';
import { type Broken, judgement, type LinkJudgement, short } from './link.ts';

const STAGES = ['shim', 'bootLoader', 'kernel'] as const;
const STAGE_WORDS = { shim: 'First boot loader (shim)', bootLoader: 'Boot loader', kernel: 'Kernel' } as const;

/** Anything in PCR 4 that may be started code: the type is a claim, so only what is verified to be something else is left out. */
const isStarted = (event: BootEvent): boolean =>
  event.claimedType !== 'EV_NO_ACTION' && (event.claimedType === 'EV_EFI_BOOT_SERVICES_APPLICATION' || event.data !== 'verified');

type StageMismatch = {
  readonly link: BootLink;
  readonly event: BootEvent | undefined;
  readonly stage: (typeof STAGES)[number];
  readonly depth: number;
};

/** How far the measured boot applications follow one reference chain; null = all the way. */
const followChain = (applications: readonly BootEvent[], chain: BootChainReference): StageMismatch | null => {
  let depth = 0;
  for (const stage of STAGES) {
    const expected = chain[stage];
    if (expected === null) continue;
    const event = applications[depth];
    if (!event || digestOf(event) !== expected) return { link: stage === 'kernel' ? 'kernel' : 'boot-loader', event, stage, depth };
    depth += 1;
  }
  return null;
};

const anchored = (pattern: string): RE2JS | null => {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return null;
  }
};

const judgeKernelFiles = (
  events: readonly BootEvent[],
  chain: BootChainReference,
): { broken: Broken | null; notEvaluated: string[]; judged: string[] } => {
  const notEvaluated: string[] = [];
  const judged: string[] = [];
  const texts = events.filter((event) => event.claimedType === 'EV_IPL' && event.text !== undefined);
  if (chain.initrd === null) notEvaluated.push('Initial RAM disk: no reference value.');
  else {
    const initrds = texts.filter((event) => event.pcr === 9 && /initr(d|amfs)/i.test(event.text ?? ''));
    const changed = initrds.find((event) => digestOf(event) !== chain.initrd);
    if (changed) {
      return {
        broken: brokenEvent(
          changed,
          'kernel',
          `Initial RAM disk changed: it measures ${short(digestOf(changed))} instead of ${short(chain.initrd)}.`,
          [chain.initrd],
        ),
        notEvaluated,
        judged,
      };
    }
    if (initrds.length === 0) notEvaluated.push('Initial RAM disk: not measured.');
    else judged.push('initial RAM disk');
  }
  if (chain.kernelCommandLine === null) notEvaluated.push('Kernel command line: no reference value.');
  else {
    const pattern = anchored(chain.kernelCommandLine);
    const lines = texts.filter((event) => /^(grub_)?kernel_cmdline: ?/.test(event.text ?? ''));
    const proven = lines.filter((event) => event.data === 'verified');
    if (pattern === null) notEvaluated.push('Kernel command line: its reference pattern cannot be evaluated in linear time.');
    else if (proven.length === 0) notEvaluated.push('Kernel command line: not measured, or its text is not covered by the digest.');
    else {
      const strange = proven.find((event) => !pattern.matches((event.text ?? '').replace(/^(grub_)?kernel_cmdline: ?/, '')));
      if (strange) {
        const line = visibleText(strange.text ?? '', 160);
        return {
          broken: brokenEvent(strange, 'kernel', `Kernel command line changed: ${line}`, [visibleText(chain.kernelCommandLine, 300)]),
          notEvaluated,
          judged,
        };
      }
      judged.push('kernel command line');
    }
  }
  return { broken: null, notEvaluated, judged };
};

/**
 * Boot loader and kernel: the boot applications of PCR 4 in order, and the files and command line that GRUB measured (PCR 8 and 9).
 * An event in PCR 4 that is neither an application nor verifiable is treated as an unknown application: its type is only a claim.
 */
export const judgeBoot = (
  events: readonly BootEvent[],
  reference: MeasuredBootReference,
  basis: Readonly<Record<'boot-loader' | 'kernel', string[]>>,
): [LinkJudgement, LinkJudgement] => {
  const applications = events.filter((event) => event.pcr === 4 && isStarted(event));
  const [bootBasis, kernelBasis] = [basis['boot-loader'], basis.kernel];
  if (reference.bootChains.length === 0) {
    return [
      judgement('boot-loader', 'inconclusive', NO_REFERENCE, { basis: bootBasis }),
      judgement('kernel', 'inconclusive', NO_REFERENCE, { basis: kernelBasis }),
    ];
  }
  const attempts = reference.bootChains.map((chain) => ({ chain, mismatch: followChain(applications, chain) }));
  const best =
    attempts.find((attempt) => attempt.mismatch === null) ??
    attempts.sort((a, b) => (b.mismatch?.depth ?? 0) - (a.mismatch?.depth ?? 0))[0];
  if (!best) throw new Error('a non-empty list of chains has a first element');
  const { chain, mismatch } = best;
  const bootTrusted = judgement('boot-loader', 'trusted', 'The boot loader is the one in the reference values.', {
    basis: [...bootBasis, 'Boot applications in PCR 4 follow the reference in order'],
    notEvaluated: ['PCR 5 and 14 (boot variables, machine owner keys): replayed, but without reference values.'],
  });
  if (mismatch) {
    const { event, link, stage } = mismatch;
    const expected = reference.bootChains.map((known) => known[stage]).filter((value) => value !== null);
    const reason = event
      ? `${STAGE_WORDS[stage]} changed: it measures ${short(digestOf(event))} instead of ${expected.slice(0, 2).map(short).join(' or ')}.`
      : `${STAGE_WORDS[stage]}: none was measured, although the reference values know one.`;
    const parts = { brokenEvents: event ? [brokenEvent(event, link, reason, expected)] : [] };
    if (link === 'kernel') return [bootTrusted, judgement('kernel', 'failed', reason, { basis: kernelBasis, ...parts })];
    const files = judgeKernelFiles(events, chain);
    return [
      judgement('boot-loader', 'failed', reason, { basis: bootBasis, ...parts }),
      judgement('kernel', 'inconclusive', 'Started by a boot loader that is not in the reference values.', {
        basis: kernelBasis,
        notEvaluated: files.notEvaluated,
      }),
    ];
  }
  const used = STAGES.filter((stage) => chain[stage] !== null).length;
  const extra = applications[used];
  if (extra) {
    const reason = `Something else was started during boot: ${extra.summary}.`;
    return [
      judgement('boot-loader', 'failed', reason, { basis: bootBasis, brokenEvents: [brokenEvent(extra, 'boot-loader', reason, [])] }),
      judgement('kernel', 'inconclusive', 'Started after an unknown boot application.', { basis: kernelBasis }),
    ];
  }
  const files = judgeKernelFiles(events, chain);
  if (files.broken)
    return [
      bootTrusted,
      judgement('kernel', 'failed', files.broken.reason, {
        basis: kernelBasis,
        notEvaluated: files.notEvaluated,
        brokenEvents: [files.broken],
      }),
    ];
  const what = ['kernel', ...files.judged].join(', ');
  if (chain.kernel === null)
    return [
      bootTrusted,
      judgement('kernel', 'inconclusive', 'No reference value for the kernel.', { basis: kernelBasis, notEvaluated: files.notEvaluated }),
    ];
  return [
    bootTrusted,
    judgement('kernel', 'trusted', `The ${what} ${files.judged.length > 0 ? 'are' : 'is'} as in the reference values.`, {
      basis: kernelBasis,
      notEvaluated: files.notEvaluated,
    }),
  ];
};
