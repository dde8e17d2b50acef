import { BANKS, BANK_PREFERENCE, canHash, shortHex } from '../hashing.ts';
import { type Report, fixedCheck, listOf } from '../report.ts';
import type { Bank, BootEvent, EventLogFacts, EvidenceInput, PcrValues } from '../types.ts';
import { checkBanks } from './bank-checks.ts';
import { isWhole, parseEventLog } from './facts.ts';
import { type KeptLog, type LogCache, sameBootValues } from './kept-logs.ts';
import { checkSecureBootState } from './secure-boot-state.ts';
import type { SecureBootState } from './secure-boot-types.ts';
import { checkEventTypes } from './type-checks.ts';
import { FIRMWARE_PCRS } from './types.ts';

const LOG_CODES = ['log-parse', 'log-replay', 'log-banks', 'event-type', 'event-data-digest', 'secure-boot-state'] as const;

const IMA_PCR = 10;
const ZEROS = /^0+$/u;

const STAGES: ReadonlyMap<number, string> = new Map([
  [0, 'firmware code'],
  [1, 'firmware configuration'],
  [2, 'option ROM code'],
  [3, 'option ROM configuration'],
  [4, 'boot loader'],
  [5, 'boot loader configuration and partition table'],
  [6, 'platform events'],
  [7, 'Secure Boot policy'],
  [8, 'boot loader commands'],
  [9, 'files the boot loader read'],
  [14, 'shim machine owner keys'],
]);

const stageOf = (pcr: number): string => STAGES.get(pcr) ?? `PCR ${pcr}`;

type Comparison = {
  readonly faults: readonly string[];
  readonly remarks: readonly string[];
  readonly proven: readonly number[];
  readonly compared: number;
};

type Verdict = { readonly kind: 'same' | 'fault' | 'remark' | 'skip'; readonly text: string };

const SKIP: Verdict = { kind: 'skip', text: '' };

const comparePcr = (bank: Bank, pcr: number, quoted: string, replayed: string | undefined, required: boolean): Verdict => {
  const strict = required || FIRMWARE_PCRS.includes(pcr);
  if (replayed === undefined) {
    if (ZEROS.test(quoted) || !FIRMWARE_PCRS.includes(pcr)) return SKIP;
    return {
      kind: 'fault',
      text: `${bank} PCR ${pcr} is ${shortHex(quoted)} in the quote but the log has no event for it (${stageOf(pcr)})`,
    };
  }
  if (replayed === quoted) return { kind: 'same', text: '' };
  const text = `${bank} PCR ${pcr} replays to ${shortHex(replayed)} but the quote says ${shortHex(quoted)}`;
  return strict
    ? { kind: 'fault', text: `${text}; the log and the TPM disagree about the ${stageOf(pcr)}` }
    : { kind: 'remark', text: `${text}; operating systems extend it after the log ends, so its events are not proven` };
};

/** Holds replayed values against quoted (or, where nothing is quoted, claimed) ones. */
const compare = (input: EvidenceInput, log: EventLogFacts, values: PcrValues): Comparison => {
  const faults: string[] = [];
  const remarks: string[] = [];
  const same = new Set<number>();
  const different = new Set<number>();
  let compared = 0;
  const banks = BANKS.filter((bank) => values[bank] !== undefined && Object.keys(values[bank]).length > 0);
  const covered = banks.filter((bank) => log.pcrs[bank] !== undefined);
  const requiredBanks = banks.filter((bank) => (input.requiredSelection[bank]?.length ?? 0) > 0);
  const wanted = requiredBanks.length > 0 ? requiredBanks : banks;
  if (!wanted.some((bank) => covered.includes(bank))) {
    faults.push(`the log has no ${wanted.join(' or ')} digests that can be replayed, so it explains nothing that was quoted`);
  }
  for (const bank of covered) {
    for (const [index, quoted] of Object.entries(values[bank] ?? {})) {
      const pcr = Number(index);
      if (pcr === IMA_PCR) continue;
      const required = input.requiredSelection[bank]?.includes(pcr) ?? false;
      const verdict = comparePcr(bank, pcr, quoted.toLowerCase(), log.pcrs[bank]?.[pcr], required);
      if (verdict.kind === 'skip') continue;
      compared += 1;
      (verdict.kind === 'same' ? same : different).add(pcr);
      if (verdict.kind === 'fault') faults.push(verdict.text);
      if (verdict.kind === 'remark') remarks.push(verdict.text);
    }
  }
  // An event without a digest in the bank that is judged extends nothing there, so the quote does not cover it at all.
  const bank = BANK_PREFERENCE.find((candidate) => wanted.includes(candidate) && covered.includes(candidate));
  const loose =
    bank === undefined ? undefined : log.events.find((event) => event.claimedType !== 'EV_NO_ACTION' && event.digests[bank] === undefined);
  if (loose !== undefined)
    faults.push(`event ${loose.index} (PCR ${loose.pcr}, ${loose.claimedType}) has no ${bank} digest, so the quote does not cover it`);
  return { faults, remarks, compared, proven: [...same].filter((pcr) => !different.has(pcr)).sort((a, b) => a - b) };
};

const unquoted = (log: EventLogFacts, proven: readonly number[]): string => {
  const extended = new Set(Object.values(log.pcrs).flatMap((values) => Object.keys(values).map(Number)));
  const left = [...extended].filter((pcr) => !proven.includes(pcr));
  return left.length === 0 ? '' : `; events of PCRs ${listOf(left)} are not covered by the quote`;
};

const checkReplay = (input: EvidenceInput, log: EventLogFacts, quotedPcrs: PcrValues, report: Report): readonly number[] => {
  const isQuoted = Object.keys(quotedPcrs).length > 0;
  const { faults, remarks, proven, compared } = compare(input, log, isQuoted ? quotedPcrs : claimedInScope(input));
  if (faults.length > 0) {
    const more = faults.length > 3 ? `; and ${faults.length - 3} more` : '';
    report.add('log-replay', 'fail', `${isQuoted ? '' : 'Against the values the host claims: '}${faults.slice(0, 3).join('; ')}${more}.`);
  } else if (!isQuoted) {
    report.add('log-replay', 'not-evaluated', 'The log replays to the PCR values the host claims, but no valid quote covers those values.');
    return [];
  } else if (compared === 0) {
    report.add('log-replay', 'not-evaluated', 'The quote covers no PCR that the log could explain.');
  } else if (remarks.length > 0) {
    report.add('log-replay', 'notice', `The log replays to quoted PCRs ${listOf(proven)}, but ${remarks.slice(0, 3).join('; ')}.`);
  } else {
    report.add('log-replay', 'pass', `The log replays to quoted PCRs ${listOf(proven)}${unquoted(log, proven)}.`);
  }
  return isQuoted ? proven : [];
};

/** Without a valid quote only the PCRs that matter are compared: those required. */
const claimedInScope = (input: EvidenceInput): PcrValues => {
  const values: PcrValues = {};
  for (const bank of BANKS) {
    const picked: Record<number, string> = {};
    for (const pcr of input.requiredSelection[bank] ?? []) {
      const value = input.pcrs[bank]?.[pcr];
      if (value !== undefined) picked[pcr] = value;
    }
    if (Object.keys(picked).length > 0) values[bank] = picked;
  }
  return values;
};

const nameOf = (event: BootEvent): string =>
  `event ${event.index} (PCR ${event.pcr}, ${event.claimedType}${event.variable === undefined ? '' : ` ${event.variable.name}`})`;

const checkData = (log: EventLogFacts, report: Report): void => {
  const changed = log.events.filter((event) => event.data === 'mismatch');
  const verified = log.events.filter((event) => event.data === 'verified').length;
  if (changed.length > 0) {
    const first = changed.slice(0, 3).map(nameOf).join(', ');
    report.add(
      'event-data-digest',
      'fail',
      `The data of ${first}${changed.length > 3 ? ` and ${changed.length - 3} more` : ''} is not what its digest covers; the log's text was changed.`,
    );
  } else {
    report.add(
      'event-data-digest',
      'pass',
      `The data of ${verified} of ${log.events.length} events is covered by its digest; the other descriptions are claims.`,
    );
  }
};

/** The bank that the quote and the requirement agree on; event data is held against its digests. */
const judgedBank = (input: EvidenceInput, quotedPcrs: PcrValues): Bank | undefined =>
  BANK_PREFERENCE.find(
    (bank) =>
      canHash(bank) &&
      (input.requiredSelection[bank]?.length ?? 0) > 0 &&
      (quotedPcrs[bank] !== undefined || Object.keys(quotedPcrs).length === 0),
  ) ?? BANK_PREFERENCE.find((bank) => canHash(bank) && quotedPcrs[bank] !== undefined);

const LOG_MISSING = fixedCheck('log-missing', 'fail', 'The host sent no event log, so nothing explains its boot PCRs.');

const needsLog = (input: EvidenceInput): boolean => {
  for (const bank of BANKS) for (const pcr of input.requiredSelection[bank] ?? []) if (pcr <= 9 || pcr === 14) return true;
  return false;
};

const checkWhole = (log: EventLogFacts, report: Report): void => {
  const stop = log.problems.find((problem) => problem.code === 'log-parse');
  if (stop !== undefined)
    report.add(
      'log-parse',
      'fail',
      `The event log cannot be read beyond byte ${stop.offset}: ${stop.message}; ${log.events.length} events were read before it.`,
    );
  else if (log.problems.length > 0) {
    const first = log.problems[0];
    report.add(
      'log-parse',
      'notice',
      `The event log is whole, but ${log.problems.length === 1 ? 'one thing is odd' : `${log.problems.length} things are odd`}; at byte ${first?.offset ?? 0}: ${first?.message ?? ''}.`,
    );
  } else
    report.add(
      'log-parse',
      'pass',
      `The event log is whole: ${log.events.length} events, ${log.format === 'agile' ? `banks ${log.algorithms.join(', ')}` : 'SHA-1 format'}.`,
    );
};

const LOG_GIVEN = fixedCheck('log-missing', 'pass', 'The host sent an event log.');

type JudgedEventLog = {
  readonly log: EventLogFacts | null;
  readonly proven: readonly number[];
  readonly secureBoot: SecureBootState | null;
};

const NO_LOG: JudgedEventLog = { log: null, proven: [], secureBoot: null };

/**
 * Event log checks (PC Client PFP 10): presence, form, replay against quoted PCRs, event types, event data.
 * Replay proves digests and their order within one PCR. It does not prove types, undigested data, or order across PCRs.
 * With a cache, a log that was read before is not read again, nor judged again for the same quoted values.
 */
export const judgeEventLog = (input: EvidenceInput, quotedPcrs: PcrValues, report: Report, cache?: LogCache): JudgedEventLog => {
  const bytes = input.eventLog;
  if (bytes === undefined || bytes.length === 0) {
    if (needsLog(input)) report.put(LOG_MISSING);
    return NO_LOG;
  }
  report.put(LOG_GIVEN);
  const bank = judgedBank(input, quotedPcrs);
  const kept = cache?.find(bytes, bank);
  const parsed = kept?.parsed ?? parseEventLog(bytes, bank === undefined ? {} : { bank });
  if (!parsed.ok) {
    report.add('log-parse', 'fail', parsed.problem.message);
    for (const code of LOG_CODES.slice(1)) report.add(code, 'not-evaluated', 'The event log cannot be read.');
    return NO_LOG;
  }
  const log = parsed.value;
  const before = kept?.judged ?? null;
  if (before !== null && before.required === input.requiredSelection && sameBootValues(before.quoted, quotedPcrs)) {
    for (const check of before.checks) report.put(check);
    return { log, proven: before.proven, secureBoot: before.secureBoot };
  }
  checkWhole(log, report);
  const proven = checkReplay(input, log, quotedPcrs, report);
  checkBanks(input, log, quotedPcrs, report);
  if (isWhole(log)) checkEventTypes(log.events, report);
  else report.add('event-type', 'not-evaluated', 'The event log is not whole, so its event types were not judged.');
  const secureBoot = checkSecureBootState(log.events, proven, report);
  checkData(log, report);
  if (cache !== undefined) {
    const now: KeptLog = kept ?? { bytes, bank, parsed, judged: null };
    const checks = report.checks().filter((check) => LOG_CODES.some((code) => code === check.code));
    // Without a valid quote the values of one host were compared, which say nothing about the next.
    now.judged =
      Object.keys(quotedPcrs).length === 0 ? null : { quoted: quotedPcrs, required: input.requiredSelection, checks, proven, secureBoot };
    if (kept === undefined) cache.keep(now);
  }
  return { log, proven, secureBoot };
};
