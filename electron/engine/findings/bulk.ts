import type { FindingAct, FindingBulkAsk } from '../../../shared/contract/finding-bulk-schemas.ts';
import { findingQueryWords } from '../../../shared/contract/finding-query-words.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { count, plural } from '../../../shared/model/words.ts';
import type { Left } from '../../store/finding-bulk.ts';
import type { By } from '../../store/finding-steps.ts';
import type { LedgerDraft } from '../../store/ledger-writer.ts';
import type { Store } from '../../store/store.ts';
import { breath } from '../breath.ts';
import { utc } from '../sentences.ts';
import { problemWithWaiver } from './life.ts';
import { setOf } from './lists.ts';

type Said = { readonly message: string; readonly nextStep: string };

export type ActOnFindings = {
  /** Why it is not begun; null where it can be. */
  readonly problemWith: (ask: FindingBulkAsk) => Said | null;
  /** `job`: its number, under which it can be undone while this Plumbline runs. Never changes more than was previewed. */
  readonly run: (
    ask: FindingBulkAsk,
    job: number,
    onProgress: (done: number, total: number) => void,
    signal: AbortSignal,
  ) => Promise<{ readonly sentence: string; readonly stopped: boolean }>;
};

export type ActOnFindingsOptions = {
  readonly store: Pick<Store, 'findings' | 'ledger'>;
  /** The operating system's user, never empty. */
  readonly user: string;
  readonly nowMs: () => number;
  readonly onChange: () => void;
};

/** One transaction each: some tens of milliseconds, between which calls are answered. */
const BATCH = 250;
const UNDO_KEPT = 8;

type Done = { readonly act: FindingAct; readonly by: By; readonly left: readonly Left[]; readonly entry: number };

const ACT_WORDS: Readonly<Record<FindingAct['kind'], string>> = {
  acknowledge: 'Acknowledged',
  assign: 'Assigned',
  waive: 'Waived',
  unwaive: 'Waiver ended',
  reopen: 'Acknowledgement taken back',
};
const CAN_BE_UNDONE: ReadonlySet<FindingAct['kind']> = new Set(['acknowledge', 'assign', 'waive']);

const actWords = (act: FindingAct): string => {
  const word = ACT_WORDS[act.kind];
  if (act.kind === 'assign') return act.person === null ? `${word} to nobody` : `${word} to ${act.person}`;
  if (act.kind === 'waive') return `${word} until ${utc(act.untilMs)} (${act.reason})`;
  return act.kind === 'acknowledge' ? word : `${word} (${act.reason})`;
};

const findingsWord = (n: number): string => plural(n, 'finding', 'findings');

const changedSince = (before: number, now: number): Said =>
  before === now
    ? {
        message: `It is not the same ${findingsWord(before)} any more: some no longer match, and others do. Nothing was changed.`,
        nextStep: 'Look at the list again, then decide again.',
      }
    : {
        message: `${findingsWord(before)} were to be changed, and now it is ${count(now)}. Nothing was changed.`,
        nextStep: 'Look at the number again, then decide again.',
      };

/**
 * A step for all findings that a query means. It is entered once, with the query, how many they are and the digest of their numbers, and each
 * finding has its own entry besides, which names that one, in the transaction that changes it: where it is stopped or cut off, what the
 * entries say is what was done.
 */
export const createActOnFindings = ({ store, user, nowMs, onChange }: ActOnFindingsOptions): ActOnFindings => {
  const { findings, ledger } = store;
  const done = new Map<number, Done>();

  const draft = (detail: string, body: Readonly<Record<string, string | number>>): LedgerDraft => ({
    who: { kind: 'os-user', name: user },
    kind: 'findings.decided',
    subject: 'findings',
    body: { detail, ...body },
  });
  const enterStop = (entry: number, changed: number, total: number): string => {
    const sentence = `Stopped after ${count(changed)} of ${findingsWord(total)}, which stay changed; the others were not touched.`;
    ledger.append({ ...draft(sentence, { of: entry, count: changed }), kind: 'findings.stopped' });
    return sentence;
  };

  /** Batch after batch. `take` gives how many it changed and the entry of the whole. */
  const inBatches = async <T>(
    all: readonly T[],
    first: LedgerDraft,
    take: (some: readonly T[], begun: LedgerDraft | number) => { readonly entry: number; readonly changed: number },
    onProgress: (done: number, total: number) => void,
    signal: AbortSignal,
  ) => {
    let begun: LedgerDraft | number = first;
    let entry = 0;
    let changed = 0;
    for (let at = 0; at < all.length; at += BATCH) {
      if (signal.aborted) {
        const nothing = typeof begun !== 'number';
        const sentence = nothing ? 'Stopped before anything was changed.' : enterStop(entry, changed, all.length);
        return { entry, changed, stopped: sentence };
      }
      const taken = take(all.slice(at, at + BATCH), begun);
      begun = taken.entry;
      entry = taken.entry;
      changed += taken.changed;
      onProgress(Math.min(at + BATCH, all.length), all.length);
      onChange();
      await breath();
    }
    return { entry, changed, stopped: null };
  };

  const keep = (job: number, what: Done): void => {
    done.set(job, what);
    const oldest = done.keys().next().value;
    if (done.size > UNDO_KEPT && oldest !== undefined) done.delete(oldest);
  };

  const problemWith = (ask: FindingBulkAsk): Said | null => {
    if ('undo' in ask)
      return done.has(ask.undo)
        ? null
        : { message: 'This cannot be undone any more.', nextStep: 'Take the opposite step for the findings that it should not cover.' };
    const { query, act, previewed } = ask;
    const wrong = act.kind === 'waive' ? problemWithWaiver(act.untilMs, nowMs()) : null;
    if (wrong !== null) return wrong;
    const now = setOf(findings.meant(query, act, nowMs()).ids);
    if (now.count === 0) return { message: 'None of these findings would change.', nextStep: 'Look at the list of findings again.' };
    return now.sha256 === previewed.sha256 && now.count === previewed.count ? null : changedSince(previewed.count, now.count);
  };

  const undo = async (
    what: Done,
    onProgress: (done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<{ readonly sentence: string; readonly stopped: boolean }> => {
    const by = { who: user, atMs: nowMs() };
    const { act, left, entry: of } = what;
    const first = draft(`Undone: ${actWords(act)}, of ${findingsWord(left.length)}.`, { count: left.length, of });
    const take = (some: readonly Left[], begun: LedgerDraft | number) => findings.bulk.back(act, some, what.by, by, begun);
    const { changed, entry, stopped } = await inBatches(left, first, take, onProgress, signal);
    if (stopped !== null) return { sentence: stopped, stopped: true };
    const others = left.length - changed;
    const kept =
      others === 0 ? '' : ` ${findingsWord(others)} had been changed again since, and ${others === 1 ? 'was' : 'were'} left alone.`;
    return { sentence: `Undone for ${findingsWord(changed)}, entry ${count(entry)} of the ledger.${kept}`, stopped: false };
  };

  return {
    problemWith,
    run: async (ask, job, onProgress, signal) => {
      if ('undo' in ask) {
        const what = done.get(ask.undo);
        done.delete(ask.undo);
        return what === undefined ? { sentence: 'This cannot be undone any more.', stopped: true } : undo(what, onProgress, signal);
      }
      const { query, act, previewed } = ask;
      const by = { who: user, atMs: nowMs() };
      const { ids } = findings.meant(query, act, by.atMs);
      // It was held against what was previewed when it was begun; a moment has passed since.
      const now = setOf(ids);
      if (now.sha256 !== previewed.sha256) {
        const { message, nextStep } = changedSince(previewed.count, now.count);
        return { sentence: `${message} ${nextStep}`, stopped: true };
      }
      const words = findingQueryWords(query);
      const detail = `${actWords(act)}: ${findingsWord(ids.length)}, all that match ${words === '' ? 'no filter' : words}.`;
      const first = draft(detail, { act: act.kind, query: words, count: ids.length, sha256: now.sha256 });
      const left: Left[] = [];
      const take = (some: readonly number[], begun: LedgerDraft | number) => {
        const { entry, changed } = findings.bulk.step(act, some, by, begun);
        left.push(...changed);
        return { entry, changed: changed.length };
      };
      const { entry, changed, stopped } = await inBatches(ids, first, take, onProgress, signal);
      if (CAN_BE_UNDONE.has(act.kind) && changed > 0) keep(job, { act, by, left, entry });
      if (stopped !== null) return { sentence: stopped, stopped: true };
      const others = ids.length - changed;
      const kept = others === 0 ? '' : ` ${findingsWord(others)} changed meanwhile, and ${others === 1 ? 'was' : 'were'} left alone.`;
      return {
        sentence: `${visibleText(actWords(act), 400)}: ${findingsWord(changed)}, entry ${count(entry)} of the ledger.${kept}`,
        stopped: false,
      };
    },
  };
};
