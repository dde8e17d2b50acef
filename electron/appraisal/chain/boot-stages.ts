import { RE2JS } from 're2js';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { BootChainReference, MeasuredBootReference } from '../../../shared/model/reference-values.ts';
import type { BootEvent } from '../../evidence/types.ts';
import { type BootLink, brokenEvent, digestOf, extendedIn, NO_REFERENCE } from './boot-log.ts';
import { type Broken, judgement, type LinkJudgement, short } from './link.ts';

const STAGES = ['shim', 'bootLoader', 'kernel'] as const;
const STAGE_WORDS = { shim: 'First boot loader (shim)', bootLoader: 'Boot loader', kernel: 'Kernel' } as const;

/** A PE image cannot be smaller: its DOS header alone is 64 bytes (PE format, section 2). */
const SMALLER_THAN_ANY_IMAGE = 64;

/**
 * Anything in PCR 4 that may be started code. The type is a claim, and so is data that merely hashes to the digest: an attacker can give the
 * image itself as data. Only verified data too short to be an image is left out: separators and action strings.
 */
export const isStarted = (event: BootEvent): boolean =>
  event.claimedType !== 'EV_NO_ACTION' &&
  (event.claimedType === 'EV_EFI_BOOT_SERVICES_APPLICATION' || event.data !== 'verified' || event.dataLength > SMALLER_THAN_ANY_IMAGE);

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

type Files = { readonly broken: Broken | null; readonly open: string[]; readonly notEvaluated: string[]; readonly judged: string[] };
/** How GRUB labels the initial RAM disk it reads. */
export const INITIAL_RAM_DISK = /initr(d|amfs)/i;
export const COMMAND_LINE = /^(grub_)?kernel_cmdline: ?/;

/**
 * Initial RAM disk and kernel command line (GRUB: PCR 9 and 8). The expected digest is looked for, never a label. Does not prove that no other
 * was used: whoever runs after GRUB can extend these registers with the expected values as well.
 */
const judgeFiles = (events: readonly BootEvent[], chain: BootChainReference): Files => {
  const files: { broken: Broken | null; open: string[]; notEvaluated: string[]; judged: string[] } = {
    broken: null,
    open: [],
    notEvaluated: [],
    judged: [],
  };
  if (chain.initrd === null) files.notEvaluated.push('Initial RAM disk: no reference value.');
  else {
    const read = extendedIn(events, 9);
    const labelled = read.find((event) => INITIAL_RAM_DISK.test(event.text ?? '') && digestOf(event) !== chain.initrd);
    if (read.length === 0) files.open.push('Initial RAM disk: not measured.');
    else if (read.some((event) => digestOf(event) === chain.initrd) && !labelled) files.judged.push('initial RAM disk');
    else {
      const blamed = labelled ?? read.at(-1);
      const reason = labelled
        ? `Initial RAM disk changed: it measures ${short(digestOf(labelled))} instead of ${short(chain.initrd)}.`
        : `Initial RAM disk changed: ${short(chain.initrd)} of the reference values was not measured.`;
      if (blamed) files.broken = brokenEvent(blamed, 'kernel', reason, [chain.initrd]);
    }
  }
  if (chain.kernelCommandLine === null) files.notEvaluated.push('Kernel command line: no reference value.');
  else if (files.broken === null) {
    const pattern = compiled(chain.kernelCommandLine);
    const lines = extendedIn(events, 8).filter((event) => event.data === 'verified' && COMMAND_LINE.test(event.text ?? ''));
    const strange = pattern === null ? undefined : lines.find((event) => !pattern.matches((event.text ?? '').replace(COMMAND_LINE, '')));
    if (pattern === null) files.open.push('Kernel command line: its reference pattern cannot be evaluated in linear time.');
    else if (lines.length === 0) files.open.push('Kernel command line: not measured, or its text is not covered by the digest.');
    else if (strange) {
      const reason = `Kernel command line changed: ${visibleText(strange.text ?? '', 160)}`;
      files.broken = brokenEvent(strange, 'kernel', reason, [visibleText(chain.kernelCommandLine, 300)]);
    } else files.judged.push('kernel command line');
  }
  if (files.judged.length > 0) files.notEvaluated.push(`That no other ${files.judged.join(' or ')} was used: PCR 8 and 9 cannot prove it.`);
  return files;
};

const compiled = (pattern: string): RE2JS | null => {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return null;
  }
};

/** Shim measures MokList first and MokListX second into PCR 14; position counts, because others can extend it later. */
const judgeOwnerKeys = (
  events: readonly BootEvent[],
  keys: MeasuredBootReference['machineOwnerKeys'],
): { broken: Broken | null; open: string[]; notEvaluated: string[] } => {
  const measured = extendedIn(events, 14);
  const open: string[] = [];
  const notEvaluated: string[] = [];
  for (const [place, name, known] of [
    [0, 'MokList', keys.mokList],
    [1, 'MokListX', keys.mokListX],
  ] as const) {
    if (known === null || known.length === 0) {
      notEvaluated.push(`${name}: no reference values.`);
      continue;
    }
    const event = measured[place];
    if (event && known.includes(digestOf(event))) continue;
    if (!event || measured.some((other) => known.includes(digestOf(other)))) open.push(`${name}: not measured where shim measures it.`);
    else {
      const reason = `Machine owner keys changed: ${name} measures ${short(digestOf(event))}, which is not in the reference values.`;
      return { broken: brokenEvent(event, 'boot-loader', reason, known), open, notEvaluated };
    }
  }
  return { broken: null, open, notEvaluated };
};

type Basis = Readonly<Record<'boot-loader' | 'kernel', string[]>>;

const judgeKernel = (chain: BootChainReference, files: Files, basis: string[]): LinkJudgement => {
  const { notEvaluated } = files;
  if (files.broken)
    return judgement('kernel', 'failed', files.broken.reason, { cause: 'differs', basis, notEvaluated, brokenEvents: [files.broken] });
  if (chain.kernel === null)
    return judgement('kernel', 'inconclusive', 'No reference value for the kernel.', { cause: 'no-reference', basis, notEvaluated });
  if (files.open.length > 0) {
    const reason = 'The kernel is as in the reference values, but something that belongs to it could not be judged.';
    return judgement('kernel', 'inconclusive', reason, { basis, notEvaluated: [...files.open, ...notEvaluated] });
  }
  const what = ['kernel', ...files.judged].join(', ');
  return judgement('kernel', 'trusted', `The ${what} ${files.judged.length > 0 ? 'are' : 'is'} as in the reference values.`, {
    basis,
    notEvaluated,
  });
};

const judgeBootLoader = (
  events: readonly BootEvent[],
  reference: MeasuredBootReference,
  chain: BootChainReference,
  basis: string[],
): LinkJudgement => {
  const owner = judgeOwnerKeys(events, reference.machineOwnerKeys);
  const notEvaluated = [...owner.notEvaluated, 'PCR 5 (boot variables, partition table): replayed, but without reference values.'];
  if (owner.broken)
    return judgement('boot-loader', 'failed', owner.broken.reason, { cause: 'differs', basis, notEvaluated, brokenEvents: [owner.broken] });
  if (chain.shim === null && chain.bootLoader === null)
    return judgement('boot-loader', 'inconclusive', 'No reference value for the boot loader.', {
      cause: 'no-reference',
      basis,
      notEvaluated,
    });
  if (owner.open.length > 0) {
    return judgement('boot-loader', 'inconclusive', 'The machine owner keys that shim trusts could not be judged.', {
      basis,
      notEvaluated: [...owner.open, ...notEvaluated],
    });
  }
  return judgement('boot-loader', 'trusted', 'The boot loader is the one in the reference values.', {
    basis: [...basis, 'Boot applications in PCR 4 follow the reference in order'],
    notEvaluated,
  });
};

const judgeMismatch = (
  mismatch: StageMismatch,
  reference: MeasuredBootReference,
  bootLoader: LinkJudgement,
  basis: Basis,
): [LinkJudgement, LinkJudgement] => {
  const { event, link, stage } = mismatch;
  const expected = reference.bootChains.map((known) => known[stage]).filter((value) => value !== null);
  const reason = event
    ? `${STAGE_WORDS[stage]} changed: it measures ${short(digestOf(event))} instead of ${expected.slice(0, 2).map(short).join(' or ')}.`
    : `${STAGE_WORDS[stage]}: none was measured, although the reference values know one.`;
  const brokenEvents = event ? [brokenEvent(event, link, reason, expected)] : [];
  if (link === 'kernel')
    return [bootLoader, judgement('kernel', 'failed', reason, { cause: 'differs', basis: basis.kernel, brokenEvents })];
  return [
    judgement('boot-loader', 'failed', reason, { cause: 'differs', basis: basis['boot-loader'], brokenEvents }),
    judgement('kernel', 'inconclusive', 'Started by a boot loader that is not in the reference values.', { basis: basis.kernel }),
  ];
};

/** Boot loader and kernel: the boot applications of PCR 4 in order, machine owner keys, and the files and command line that GRUB measured. */
export const judgeBoot = (events: readonly BootEvent[], reference: MeasuredBootReference, basis: Basis): [LinkJudgement, LinkJudgement] => {
  const started = extendedIn(events, 4).filter(isStarted);
  const attempts = reference.bootChains.map((chain) => ({
    chain,
    mismatch: followChain(started, chain),
    files: judgeFiles(events, chain),
  }));
  const followed = attempts.filter((attempt) => attempt.mismatch === null);
  const best =
    followed.find((attempt) => attempt.files.broken === null && attempt.files.open.length === 0) ??
    followed[0] ??
    attempts.toSorted((a, b) => (b.mismatch?.depth ?? 0) - (a.mismatch?.depth ?? 0))[0];
  if (!best) {
    return [
      judgement('boot-loader', 'inconclusive', NO_REFERENCE, { cause: 'no-reference', basis: basis['boot-loader'] }),
      judgement('kernel', 'inconclusive', NO_REFERENCE, { cause: 'no-reference', basis: basis.kernel }),
    ];
  }
  const bootLoader = judgeBootLoader(events, reference, best.chain, basis['boot-loader']);
  if (best.mismatch) return judgeMismatch(best.mismatch, reference, bootLoader, basis);
  const extra = started[STAGES.filter((stage) => best.chain[stage] !== null).length];
  if (extra) {
    const reason = `Something else was started during boot: ${extra.summary}.`;
    return [
      judgement('boot-loader', 'failed', reason, {
        cause: 'differs',
        basis: basis['boot-loader'],
        brokenEvents: [brokenEvent(extra, 'boot-loader', reason, [])],
      }),
      judgement('kernel', 'inconclusive', 'Started after an unknown boot application.', { basis: basis.kernel }),
    ];
  }
  return [bootLoader, judgeKernel(best.chain, best.files, basis.kernel)];
};
