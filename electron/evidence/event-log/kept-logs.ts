import type { Check } from '../../../shared/model/check.ts';
import type { Result } from '../../../shared/model/result.ts';
import { BANKS, asBuffer } from '../hashing.ts';
import type { SecureBootState } from './secure-boot-types.ts';
import type { Bank, EventLogFacts, PcrSelection, PcrValues } from '../types.ts';

const IMA_PCR = 10;
const LAST_PCR = 23;

/** What was found about a log under quoted values; holds again for the same log and the same values. */
export type JudgedLog = {
  readonly quoted: PcrValues;
  readonly required: PcrSelection;
  readonly checks: readonly Check[];
  readonly proven: readonly number[];
  readonly secureBoot: SecureBootState | null;
};

export type KeptLog = {
  readonly bytes: Uint8Array;
  readonly bank: Bank | undefined;
  readonly parsed: Result<EventLogFacts>;
  judged: JudgedLog | null;
};

/** Event logs read before, by content: a host sends the same log until it reboots, and hosts of a kind share most of theirs. */
export type LogCache = {
  readonly find: (bytes: Uint8Array, bank: Bank | undefined) => KeptLog | undefined;
  readonly keep: (log: KeptLog) => void;
};

/** Length and some bytes from all over the log; the whole is compared all the same. */
const finderOf = (bytes: Uint8Array): number => {
  let finder = bytes.length;
  for (let i = 1; i <= 8; i += 1) finder = (Math.imul(finder, 31) + (bytes[Math.floor((bytes.length * i) / 9)] ?? 0)) | 0;
  return finder;
};

/** Keeps logs up to a number of bytes; the one kept first goes first. A log counts for what its description takes as well. */
export const createLogCache = (maxBytes = 64 * 1024 * 1024): LogCache => {
  const logs = new Map<number, KeptLog>();
  const weight = (log: KeptLog): number => log.bytes.length * 8;
  let total = 0;
  const drop = (finder: number): void => {
    const log = logs.get(finder);
    if (log === undefined) return;
    logs.delete(finder);
    total -= weight(log);
  };
  return {
    find: (bytes, bank) => {
      const log = logs.get(finderOf(bytes));
      return log !== undefined && log.bank === bank && asBuffer(log.bytes).equals(bytes) ? log : undefined;
    },
    keep: (log) => {
      const finder = finderOf(log.bytes);
      drop(finder);
      if (weight(log) > maxBytes) return;
      logs.set(finder, log);
      total += weight(log);
      for (const oldest of logs.keys()) {
        if (total <= maxBytes) break;
        drop(oldest);
      }
    },
  };
};

/** Whether two sets of quoted values agree wherever a log is held against them; PCR 10 is IMA's. */
export const sameBootValues = (a: PcrValues, b: PcrValues): boolean => {
  for (const bank of BANKS) {
    const [left, right] = [a[bank], b[bank]];
    if (left === right) continue;
    if (left === undefined || right === undefined) return false;
    for (let pcr = 0; pcr <= LAST_PCR; pcr += 1) if (pcr !== IMA_PCR && left[pcr] !== right[pcr]) return false;
  }
  return true;
};
