import { type Result, fail, ok } from '../../../shared/model/result.ts';
import { BANK_PREFERENCE, asBuffer, canHash } from '../hashing.ts';
import type { Bank, BootEvent, EventLogFacts, LogProblem, PcrValues } from '../types.ts';
import { type Coverage, coverageOf, coverageTally, isErrorSeparator } from './coverage.ts';
import { decodeData, reporterOf } from './decode.ts';
import { logKindOf } from './log-kind.ts';
import { settle } from './meaning/draft.ts';
import { parseLog } from './parse.ts';
import { replayLog } from './replay.ts';
import { EV_SEPARATOR, FIRMWARE_ERROR, type LogRecord, type ParsedLog, eventTypeName } from './types.ts';

/** The bank whose digests are held against the event data. */
const coverageBank = (log: ParsedLog, wanted: Bank | undefined): Bank | undefined =>
  wanted !== undefined && log.algorithms.includes(wanted)
    ? wanted
    : BANK_PREFERENCE.find((bank) => log.algorithms.includes(bank) && canHash(bank));

const digestsOf = (bytes: Uint8Array, record: LogRecord): Partial<Record<Bank, string>> => {
  const digests: Partial<Record<Bank, string>> = {};
  for (const { bank, at, size } of record.digests)
    digests[bank] = asBuffer(bytes).toString('hex', record.offset + at, record.offset + at + size);
  return digests;
};

/** What the digest says beyond the words, or does not. */
const noteOf = (record: LogRecord, coverage: Coverage, isVariable: boolean, digests: Partial<Record<Bank, string>>): string => {
  if (coverage.partial && isVariable) return ' (the digest covers the value, not the name)';
  return record.type === EV_SEPARATOR && coverage.data !== 'verified' && isErrorSeparator(digests)
    ? `; the digest says: ${FIRMWARE_ERROR}`
    : '';
};

const describe = (bytes: Uint8Array, record: LogRecord, index: number, bank: Bank | undefined, problems: LogProblem[]): BootEvent => {
  const coverage: Coverage = bank === undefined ? { data: 'not-covered', partial: false } : coverageOf(bytes, record, bank);
  const data = bytes.subarray(record.dataStart, record.dataStart + record.dataLength);
  const decoded = decodeData(record, data, reporterOf(problems, record.offset));
  const digests = digestsOf(bytes, record);
  const note = noteOf(record, coverage, decoded.variable !== undefined, digests);
  return {
    index,
    offset: record.offset,
    pcr: record.pcr,
    claimedType: eventTypeName(record.type),
    digests,
    data: coverage.data,
    dataLength: record.dataLength,
    ...decoded,
    summary: decoded.summary + note,
    meaning: settle(decoded.meaning, coverage),
  };
};

/** Facts of a log that was already parsed: replayed, described, and its data held against the digests of one bank. */
export const factsOf = (bytes: Uint8Array, log: ParsedLog, wantedBank?: Bank): EventLogFacts => {
  const problems = [...log.problems];
  const bank = coverageBank(log, wantedBank);
  const events = log.records.map((record, index) => describe(bytes, record, index, bank, problems));
  const pcrs = replayLog(bytes, log);
  return {
    format: log.format,
    kind: logKindOf(events),
    algorithms: log.algorithms,
    startupLocality: log.startupLocality,
    pcrs,
    events,
    problems,
  };
};

export type EventLogOptions = {
  /** Hold event data against this bank's digests: the bank that a quote covers. Default: SHA-256, else the strongest. */
  readonly bank?: Bank;
};

/**
 * Parses, replays and describes a TCG event log (PC Client PFP 10; CCEL has the same wire format with MR indices for PCRs).
 *
 * `ok` as soon as one event could be read; a log that could not be read to its end carries a problem with code `log-parse`
 * and the byte (see `isWhole`). Fails with `log-parse` where not even the first event can be read.
 * Does not prove anything: compare `pcrs` with quoted values; types, and data marked `not-covered`, stay claims even then.
 */
export const parseEventLog = (bytes: Uint8Array, options: EventLogOptions = {}): Result<EventLogFacts> => {
  const log = parseLog(bytes);
  const stopped = log.problems.find((problem) => problem.code === 'log-parse');
  if (log.records.length === 0 && stopped !== undefined) {
    return fail(
      'log-parse',
      `The event log cannot be read: at byte ${stopped.offset} ${stopped.message}.`,
      'Check that this is a binary TCG event log, not text.',
    );
  }
  return ok(factsOf(bytes, log, options.bank));
};

/** Only the replayed PCR values of a log that was read to its end; no event is described. Fails with `log-parse`. */
export const replayEventLog = (bytes: Uint8Array): Result<PcrValues> => {
  const log = parseLog(bytes);
  const stopped = log.problems.find((problem) => problem.code === 'log-parse');
  return stopped === undefined
    ? ok(replayLog(bytes, log))
    : fail('log-parse', `At byte ${stopped.offset} ${stopped.message}.`, 'Fetch the log again.');
};

/** What can be computed of a log without a quote: PCR values, and whose data its digests cover. */
export type LogDigests = { readonly pcrs: PcrValues; readonly bank: Bank | null; readonly verified: number; readonly mismatch: number };

/**
 * Replays a log that was read to its end and holds all event data against the digests of one bank; describes nothing.
 * Fails with `log-parse`.
 */
export const checkLogDigests = (bytes: Uint8Array, options: EventLogOptions = {}): Result<LogDigests> => {
  const log = parseLog(bytes);
  const stopped = log.problems.find((problem) => problem.code === 'log-parse');
  if (stopped !== undefined) return fail('log-parse', `At byte ${stopped.offset} ${stopped.message}.`, 'Fetch the log again.');
  const bank = coverageBank(log, options.bank) ?? null;
  const tally = bank === null ? { verified: 0, mismatch: 0 } : coverageTally(bytes, log.records, bank);
  return ok({ pcrs: replayLog(bytes, log), bank, ...tally });
};

/** Whether the log was read to its last byte. */
export const isWhole = (facts: EventLogFacts): boolean => facts.problems.every((problem) => problem.code !== 'log-parse');
