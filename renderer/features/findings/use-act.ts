import { useCallback, useState } from 'react';
import type { FindingAct } from '../../../shared/contract/finding-bulk-schemas.ts';
import type { Finding, FindingChange } from '../../../shared/contract/finding-schemas.ts';
import type { Problem, Result } from '../../../shared/model/result.ts';
import { call } from '../../transport/transport.ts';
import type { Undoable } from '../../ui/undo-toast.tsx';
import { DONE_WORD, type Note, opposite } from './act-words.ts';

type Said = Pick<Problem, 'message' | 'nextStep'>;

const take = (on: { ids: number[] }, act: FindingAct | Note): Promise<Result<FindingChange>> => {
  switch (act.kind) {
    case 'acknowledge':
      return call('findings.acknowledge', { on });
    case 'assign':
      return call('findings.assign', { on, person: act.person });
    case 'waive':
      return call('findings.waive', { on, untilMs: act.untilMs, reason: act.reason });
    case 'unwaive':
      return call('findings.unwaive', { on, reason: act.reason });
    case 'reopen':
      return call('findings.reopen', { on, reason: act.reason });
    case 'note':
    default:
      return call('findings.note', { on, text: act.text });
  }
};

const problemOf = (answer: Result<FindingChange>): Said | null =>
  answer.ok ? (answer.value.state === 'refused' ? answer.value : null) : answer.problem;

export type Acting = {
  readonly busy: boolean;
  readonly problem: Said | null;
  readonly done: Undoable | null;
  readonly dismiss: () => void;
  readonly forget: () => void;
  readonly act: (finding: Finding, act: FindingAct | Note) => Promise<boolean>;
  readonly say: (word: string, undo?: () => void) => void;
  readonly fail: (problem: Said | null) => void;
};

let made = 0;

/** Takes steps for one finding, says how that went, and undoes them. */
export const useActing = (onChanged: () => void): Acting => {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Said | null>(null);
  const [done, setDone] = useState<Undoable | null>(null);
  const dismiss = useCallback(() => setDone(null), []);
  const forget = useCallback(() => setProblem(null), []);
  const say = useCallback((word: string, undo?: () => void) => {
    made += 1;
    setDone({ id: made, word, ...(undo !== undefined && { undo }) });
  }, []);
  const run = async (finding: Finding, act: FindingAct | Note): Promise<boolean> => {
    setBusy(true);
    const refused = problemOf(await take({ ids: [finding.id] }, act));
    setBusy(false);
    setProblem(refused);
    onChanged();
    return refused === null;
  };
  const act = async (finding: Finding, wanted: FindingAct | Note): Promise<boolean> => {
    if (busy || !(await run(finding, wanted))) return false;
    const back = opposite(wanted, finding);
    const undo = async (): Promise<void> => {
      setDone(null);
      if (back !== null && (await run(finding, back))) say(`Undone: ${finding.title}`);
    };
    say(`${DONE_WORD[wanted.kind]}: ${finding.title}`, back === null ? undefined : () => void undo());
    return true;
  };
  return { busy, problem, done, dismiss, forget, act, say, fail: setProblem };
};
