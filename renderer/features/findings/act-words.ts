import type { FindingAct } from '../../../shared/contract/finding-bulk-schemas.ts';
import type { Finding } from '../../../shared/contract/finding-schemas.ts';
import { endOf, timeOf } from '../../../shared/query/values.ts';

export type ActKind = FindingAct['kind'] | 'note';
export type Note = { readonly kind: 'note'; readonly text: string };

/** What is typed into the form of a step, as it is typed. */
export type ActTyped = { readonly person: string; readonly until: string; readonly reason: string };
export type ActWrong = { readonly until?: string; readonly reason?: string };
export const NOTHING_TYPED: ActTyped = { person: '', until: '', reason: '' };

export const SUBMIT_WORD: Readonly<Record<ActKind, string>> = {
  acknowledge: 'Acknowledge',
  assign: 'Assign',
  waive: 'Waive',
  unwaive: 'End the waiver',
  reopen: 'Take it back',
  note: 'Add the note',
};

/** What is said of it afterwards: “12 findings acknowledged”. */
export const DONE_WORD: Readonly<Record<ActKind, string>> = {
  acknowledge: 'Acknowledged',
  assign: 'Assigned',
  waive: 'Waived',
  unwaive: 'The waiver is ended',
  reopen: 'The acknowledgement is taken back',
  note: 'The note is kept',
};

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 366;

/** A day is meant to its end. Null for what is no date. */
export const untilOf = (text: string): number | null => {
  const value = timeOf(text.trim());
  if (value?.kind !== 'time') return null;
  return value.precision === 'day' ? endOf(value.atMs, value.precision) : value.atMs;
};

/** The step with what was typed, or what is wrong with it, field by field. */
export const actOf = (
  kind: ActKind,
  typed: ActTyped,
  nowMs: number,
): { readonly act: FindingAct | Note } | { readonly wrong: ActWrong } => {
  const reason = typed.reason.trim();
  if (kind === 'acknowledge') return { act: { kind } };
  if (kind === 'assign') {
    const person = typed.person.trim();
    return { act: { kind, person: person === '' ? null : person } };
  }
  const unsaid = reason === '' ? { reason: kind === 'note' ? 'Say what is to be kept.' : 'Say why: whoever reads it later needs it.' } : {};
  if (kind !== 'waive') {
    if (reason === '') return { wrong: unsaid };
    return { act: kind === 'note' ? { kind, text: reason } : { kind, reason } };
  }
  const untilMs = untilOf(typed.until);
  const until =
    untilMs === null
      ? { until: 'Give a day such as 2026-12-24, or a time such as 2026-12-24T18:00Z.' }
      : untilMs <= nowMs
        ? { until: 'A waiver must end in the future.' }
        : untilMs > nowMs + LONGEST_DAYS * DAY_MS
          ? { until: 'A waiver lasts for one year at most; it can be waived anew when it runs out.' }
          : {};
  if (untilMs === null || 'until' in until || reason === '') return { wrong: { ...until, ...unsaid } };
  return { act: { kind, untilMs, reason } };
};

const UNDONE = 'Undone on the screen.';

/** What takes a step back; null where nothing does. A finding that was acknowledged before it was waived is open afterwards. */
export const opposite = (act: FindingAct | Note, before: Pick<Finding, 'assigned'>): FindingAct | null => {
  if (act.kind === 'acknowledge') return { kind: 'reopen', reason: UNDONE };
  if (act.kind === 'assign') return { kind: 'assign', person: before.assigned };
  return act.kind === 'waive' ? { kind: 'unwaive', reason: UNDONE } : null;
};
