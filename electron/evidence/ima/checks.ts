import { BANKS, canHash, hexDigest, isBank, shortHex } from '../hashing.ts';
import { type Report, fixedCheck, listOf } from '../report.ts';
import type { Bank, EvidenceInput, ImaFacts, ImaMode, ImaState, PcrValues } from '../types.ts';
import { type ImaReplay, parseIma } from './facts.ts';
import { type EntryWithSignature, judgeImaSignatures } from './signatures.ts';

const IMA_PCR = 10;
const LIST_CODES = [
  'ima-parse',
  'ima-template-hash',
  'ima-replay',
  'ima-partial',
  'ima-violation',
  'ima-signature',
  'boot-aggregate',
] as const;
const ZEROS = /^0*$/u;

const quotedTen = (quotedPcrs: PcrValues): Partial<Record<Bank, string>> => {
  const values: Partial<Record<Bank, string>> = {};
  for (const bank of BANKS) {
    const value = quotedPcrs[bank]?.[IMA_PCR];
    if (value !== undefined && canHash(bank)) values[bank] = value;
  }
  return values;
};

const checkReplay = (ima: ImaReplay, quoted: Partial<Record<Bank, string>>, report: Report): void => {
  const banks = BANKS.filter((bank) => quoted[bank] !== undefined);
  if (banks.length === 0) {
    report.add('ima-replay', 'not-evaluated', 'No valid quote covers PCR 10, so no entry of the IMA list is proven.');
    report.add('ima-partial', 'not-evaluated', 'No valid quote covers PCR 10.');
    return;
  }
  if (ima.entryCount === 0) {
    const unused = banks.every((bank) => ZEROS.test(quoted[bank] ?? ''));
    report.add(
      'ima-replay',
      unused ? 'pass' : 'fail',
      unused
        ? 'The IMA list is empty and the quoted PCR 10 was never extended.'
        : 'The IMA list is empty, but the quote shows that PCR 10 was extended.',
    );
    report.add('ima-partial', 'not-evaluated', 'The IMA list is empty.');
    return;
  }
  const failed = banks.filter((bank) => ima.provenPerBank[bank] === null || ima.provenPerBank[bank] === undefined);
  if (failed.length > 0) {
    const values = failed.map((bank) =>
      ima.pcr10[bank] === undefined
        ? `${bank} cannot be computed`
        : `${bank} replays to ${shortHex(ima.pcr10[bank])} but the quote says ${shortHex(quoted[bank] ?? '')}`,
    );
    const why = failed.some((bank) => ima.pcr10[bank] === undefined)
      ? 'an entry of a template that cannot be recomputed stands in the way, so what differs cannot be told'
      : 'entries were removed, added or changed';
    report.add(
      'ima-replay',
      'fail',
      `No beginning of the ${ima.entryCount} IMA entries reproduces the quoted PCR 10: ${values.join('; ')}; ${why}.`,
    );
    report.add('ima-partial', 'not-evaluated', 'The IMA list does not replay to the quote, so no part of it is proven.');
    return;
  }
  const proven = ima.provenCount ?? 0;
  report.add(
    'ima-replay',
    'pass',
    `The first ${proven} of ${ima.entryCount} IMA entries reproduce the quoted PCR 10 (${banks.join(', ')}).`,
  );
  const tail = ima.entryCount - proven;
  if (tail > 0)
    report.add(
      'ima-partial',
      'notice',
      `The last ${tail} of ${ima.entryCount} IMA entries were measured after the quote and are not proven by it; the next quote must cover them.`,
    );
  else report.add('ima-partial', 'pass', 'The quote covers the IMA list to its last entry.');
};

const checkTemplates = (ima: ImaReplay, report: Report): void => {
  const { firstMismatch: first, unknownTemplates: unknown } = ima;
  if (ima.templateHashMismatches > 0) {
    const others = ima.templateHashMismatches > 1 && first !== null ? ` and ${ima.templateHashMismatches - 1} more` : '';
    const which = first === null ? `${ima.templateHashMismatches} earlier IMA entries` : `IMA entry ${first.index} (${first.path})`;
    report.add(
      'ima-template-hash',
      'fail',
      `${which}${others}: the template hash is not the hash of what the entry says; the text was changed.`,
    );
  } else if (unknown > 0) {
    report.add(
      'ima-template-hash',
      'notice',
      `${unknown} of ${ima.entryCount} IMA entries use a template that cannot be recomputed, so what they say is a claim.`,
    );
  } else if (ima.entryCount === 0) report.add('ima-template-hash', 'not-evaluated', 'The IMA list is empty.');
  else if (ima.mode === 'fast')
    report.add(
      'ima-template-hash',
      'pass',
      `The text of the ${ima.provenCount ?? 0} proven IMA entries is covered by the digests in the quoted PCR 10; template hashes of another algorithm were not recomputed (fast mode).`,
    );
  else
    report.add('ima-template-hash', 'pass', `Every template hash of the ${ima.entryCount} IMA entries is the hash of what the entry says.`);
};

const checkViolations = (ima: ImaReplay, report: Report): void => {
  const odd = ima.problems.find((problem) => problem.code === 'ima-violation-digest' || problem.code === 'ima-pcr');
  const { firstViolation: first } = ima;
  if (ima.violations > 0) {
    const named = first === null ? 'all of them in the part verified earlier' : `the first here is entry ${first.index}, ${first.path}`;
    report.add(
      'ima-violation',
      'notice',
      `IMA recorded ${ima.violations} ${ima.violations === 1 ? 'violation' : 'violations'} (a file was written while it was read, or could not be measured); ${named}.`,
    );
  } else if (odd !== undefined) report.add('ima-violation', 'notice', `The IMA list is odd: ${odd.message}.`);
  else report.add('ima-violation', 'pass', 'IMA recorded no violation.');
};

/**
 * PCRs that kernels have hashed into boot_aggregate: 0–7, and 0–9 since 5.8 for banks other than SHA-1
 * (ima_calc_boot_aggregate_tfm). The PCRs are those of the bank of the entry's own algorithm.
 */
const BOOT_PCRS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7];
const BOOT_AND_LOADER_PCRS: readonly number[] = [...BOOT_PCRS, 8, 9];

type Expected = {
  readonly digests: readonly string[];
  /** PCRs of a possible set that no valid quote covers; null when the quote covers every set. */
  readonly unquoted: readonly number[] | null;
};

const expectedAggregates = (alg: string, quotedPcrs: PcrValues): Expected => {
  if (!isBank(alg) || !canHash(alg)) return { digests: [], unquoted: BOOT_PCRS };
  const digests: string[] = [];
  let unquoted: readonly number[] | null = null;
  for (const pcrs of alg === 'sha1' ? [BOOT_PCRS] : [BOOT_PCRS, BOOT_AND_LOADER_PCRS]) {
    const known = pcrs.map((pcr) => quotedPcrs[alg]?.[pcr]).filter((value) => value !== undefined);
    if (known.length === pcrs.length) digests.push(hexDigest(alg, Buffer.from(known.join(''), 'hex')));
    else unquoted ??= pcrs;
  }
  return { digests, unquoted };
};

const checkAggregate = (ima: ImaReplay, quotedPcrs: PcrValues, report: Report): void => {
  const [first] = ima.aggregates;
  if (ima.entryCount === 0) {
    report.add('boot-aggregate', 'not-evaluated', 'The IMA list is empty.');
    return;
  }
  if (first === undefined || first.index !== 0) {
    report.add('boot-aggregate', 'fail', 'The IMA list does not start with boot_aggregate, so nothing ties it to this boot.');
    return;
  }
  const known = new Map<string, Expected>();
  const expectedOf = (alg: string): Expected => {
    const expected = known.get(alg) ?? expectedAggregates(alg, quotedPcrs);
    known.set(alg, expected);
    return expected;
  };
  const entries = ima.aggregates;
  const odd = entries.filter((entry) => !expectedOf(entry.fileAlg).digests.includes(entry.fileDigest));
  const wrong = odd.find((entry) => expectedOf(entry.fileAlg).unquoted === null);
  const [open] = odd;
  if (wrong !== undefined) {
    const digests = expectedOf(wrong.fileAlg).digests.map(shortHex);
    report.add(
      'boot-aggregate',
      'fail',
      `boot_aggregate in IMA entry ${wrong.index} is ${wrong.fileAlg} ${shortHex(wrong.fileDigest)}, but the quoted PCRs give ${digests.join(' or ')}; so the entry does not describe the boot that was quoted.`,
    );
  } else if (open !== undefined) {
    report.add(
      'boot-aggregate',
      'not-evaluated',
      `boot_aggregate in IMA entry ${open.index} cannot be compared: it may be a hash over ${open.fileAlg} PCRs ${listOf(expectedOf(open.fileAlg).unquoted ?? BOOT_PCRS)}, which no valid quote covers as a whole.`,
    );
  } else if (ima.bootAggregates > entries.length) {
    report.add('boot-aggregate', 'fail', `boot_aggregate appears ${ima.bootAggregates} times; no kernel is replaced so often in one boot.`);
  } else if (entries.length > 1) {
    report.add(
      'boot-aggregate',
      'notice',
      `boot_aggregate appears ${entries.length} times, each time as the hash of the quoted boot PCRs; kexec does that, and so does a list joined from boots with equal measurements.`,
    );
  } else
    report.add(
      'boot-aggregate',
      'pass',
      `boot_aggregate ${shortHex(first.fileDigest)} is the hash of the quoted ${first.fileAlg} boot PCRs, so the list starts with the boot measurements that were quoted.`,
    );
};

const IMA_MISSING = fixedCheck(
  'ima-missing',
  'fail',
  'The host sent no IMA list, but PCR 10 is required and was extended, so something was measured that is not shown.',
);

const OTHER_BOOT = fixedCheck(
  'ima-replay',
  'fail',
  'The IMA list continues one of another boot, so it proves nothing; it must be fetched from its start.',
);

const reportMissing = (input: EvidenceInput, quotedPcrs: PcrValues, report: Report): void => {
  for (const bank of BANKS) {
    if (input.requiredSelection[bank]?.includes(IMA_PCR) !== true) continue;
    const value = quotedPcrs[bank]?.[IMA_PCR] ?? input.pcrs[bank]?.[IMA_PCR] ?? '';
    if (!ZEROS.test(value)) return report.put(IMA_MISSING);
  }
};

/** Entries of files; a measured buffer is no file, and what it holds is no signature. */
function* withSignatures(entries: ImaFacts['entries']): Iterable<EntryWithSignature> {
  for (const { index, path, fileAlg, fileDigest, template, extra, proven } of entries)
    if (template !== 'ima-buf') yield { index, path, fileAlg, fileDigest, signature: extra ?? null, proven };
}

/**
 * IMA checks (Linux Documentation/security/IMA-templates.rst): presence, form, template hashes, replay of a prefix against the
 * quoted PCR 10, violations, boot_aggregate against the quoted boot PCRs. They prove what was measured and in which order;
 * not that everything was measured, nor that a measured file is good.
 */
export const judgeIma = (
  input: EvidenceInput,
  quotedPcrs: PcrValues,
  resetCount: number | null,
  mode: ImaMode,
  report: Report,
): ImaFacts | null => {
  if (input.ima === undefined) {
    reportMissing(input, quotedPcrs, report);
    return null;
  }
  report.add('ima-missing', 'pass', `The host sent an IMA list of ${input.ima.length} bytes.`);
  const quoted = quotedTen(quotedPcrs);
  const banks = BANKS.filter((bank) => quoted[bank] !== undefined);
  const from = input.imaFrom;
  if (from !== undefined && from.resetCount !== resetCount) {
    report.put(OTHER_BOOT);
    return null;
  }
  const parsed = replayFor(input.ima, banks, quoted, mode, from?.state);
  if (!parsed.ok) {
    report.add('ima-parse', 'fail', parsed.problem.message);
    for (const code of LIST_CODES.slice(1)) report.add(code, 'not-evaluated', 'The IMA list cannot be read.');
    return null;
  }
  const ima = parsed.value;
  const stop = ima.problems.find((problem) => problem.code === 'ima-parse');
  if (stop !== undefined)
    report.add(
      'ima-parse',
      'fail',
      `The IMA list cannot be read beyond byte ${stop.offset}: ${stop.message}; ${ima.entryCount} entries were read before it.`,
    );
  else report.add('ima-parse', 'pass', `The IMA list is whole: ${ima.entryCount} entries.`);
  checkTemplates(ima, report);
  checkReplay(ima, quoted, report);
  checkViolations(ima, report);
  checkAggregate(ima, quotedPcrs, report);
  judgeImaSignatures(input.imaKeys === undefined ? [] : withSignatures(ima.entries), input.imaKeys, report);
  return ima;
};

/**
 * The padded replay of old kernels costs as much again, and so does the template hash column, so they run only where the
 * plain replay proves nothing, or leaves a tail that nothing else covers.
 */
const replayFor = (
  list: Uint8Array,
  banks: readonly Bank[],
  quoted: Partial<Record<Bank, string>>,
  mode: ImaMode,
  from: ImaState | undefined,
): ReturnType<typeof parseIma> => {
  const options = { ...(banks.length === 0 ? {} : { banks, quoted }), ...(from === undefined ? {} : { from }) };
  const plain = parseIma(list, { ...options, mode: banks.length === 0 ? 'full' : mode, legacyPadded: from?.padded === true });
  if (!plain.ok || banks.length === 0 || plain.value.entryCount === 0) return plain;
  if (plain.value.provenCount !== null)
    return mode === 'full' || plain.value.provenCount === plain.value.entryCount
      ? plain
      : parseIma(list, { ...options, mode: 'full', legacyPadded: from?.padded === true });
  if (from === undefined) {
    const padded = parseIma(list, { ...options, mode: 'full' });
    if (padded.ok && padded.value.provenCount !== null) return padded;
  }
  if (plain.value.violations > (from?.violations ?? 0) && from?.padded !== false) {
    // Kernels that pad the SHA-1 pad its twenty bytes of ones too; those that lack only one bank's hash write ones to the end.
    const padded = parseIma(list, { ...options, mode: 'full', paddedViolations: true });
    if (padded.ok && padded.value.provenCount !== null) return padded;
  }
  return mode === 'full' ? plain : parseIma(list, { ...options, mode: 'full', legacyPadded: from?.padded === true });
};
