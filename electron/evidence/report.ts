import { visibleText } from '../../shared/model/hostile-text.ts';
import type { Check, CheckCode, CheckOutcome } from '../../shared/model/check.ts';

const MAX_MESSAGE_CHARACTERS = 1500;

/** Our own sentences, which need no escaping. */
const PLAIN = /^[\x20-\x7e…–→]*$/u;

const visible = (message: string): string =>
  message.length <= MAX_MESSAGE_CHARACTERS && PLAIN.test(message) ? message : visibleText(message, MAX_MESSAGE_CHARACTERS);

/** Collects checks in the order they were made. A code appears once; a later, worse outcome replaces a better one. */
export type Report = {
  readonly add: (code: CheckCode, outcome: CheckOutcome, message: string) => void;
  readonly outcome: (code: CheckCode) => CheckOutcome | null;
  readonly checks: () => readonly Check[];
};

export const createReport = (): Report => {
  const checks = new Map<CheckCode, Check>();
  return {
    add: (code, outcome, message) => {
      if (checks.get(code)?.outcome === 'fail') return;
      checks.set(code, { code, outcome, message: visible(message) });
    },
    outcome: (code) => checks.get(code)?.outcome ?? null,
    checks: () => [...checks.values()],
  };
};

/** "0, 1, 2–7 and 14" for sentences. */
export const listOf = (numbers: readonly number[]): string => {
  const ranges: string[] = [];
  const sorted = [...numbers].sort((a, b) => a - b);
  for (let i = 0; i < sorted.length; ) {
    let end = i;
    while (end + 1 < sorted.length && sorted[end + 1] === (sorted[end] ?? 0) + 1) end += 1;
    ranges.push(end - i >= 2 ? `${sorted[i]}–${sorted[end]}` : sorted.slice(i, end + 1).join(', '));
    i = end + 1;
  }
  return ranges.join(', ');
};
