import { useRef, useState } from 'react';
import {
  EVIDENCE_STATES,
  type EvidenceState,
  type ItemTarget,
  MOST_COMMENT,
  NEED_COMMENT,
  STATE_WORD,
} from '../../../shared/contract/assessment-schemas.ts';
import type { Said } from '../../transport/jobs.ts';
import { useQuery } from '../../transport/query.ts';
import { call } from '../../transport/transport.ts';
import { Choice } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Field } from '../../ui/field.tsx';
import { Instant } from '../../ui/time.tsx';
import { count } from '../../ui/words.ts';
import { standingWord } from './report-words.ts';
import { StateWord } from './state-mark.tsx';
import styles from './items.module.css';

type FormProps = {
  report: number;
  run: number;
  title: string;
  targets: readonly ItemTarget[];
  first: EvidenceState;
  onSaved: (state: EvidenceState) => void;
  onCancel: () => void;
};

const STATES = EVIDENCE_STATES.map((value) => ({ value, word: STATE_WORD[value] }));

/** What a person says of one item, or of several at once. */
export const SayForm = ({ report, run, title, targets, first, onSaved, onCancel }: FormProps) => {
  const [state, setState] = useState<EvidenceState>(first);
  const [comment, setComment] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Said | null>(null);
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const missing = NEED_COMMENT.includes(state) && comment.trim() === '';
  const save = async (): Promise<void> => {
    setTried(true);
    if (missing) return field.current?.focus();
    setBusy(true);
    const answer = await call('reports.assess', { id: report, assessment: { run, items: [...targets], state, comment } });
    setBusy(false);
    const refused = answer.ok ? (answer.value.state === 'refused' ? answer.value : null) : answer.problem;
    setProblem(refused);
    if (refused === null) onSaved(state);
    return undefined;
  };
  return (
    <Confirm title={title} word="Enter it" busy={busy} onConfirm={() => void save()} onCancel={onCancel}>
      <div className={styles['form']}>
        <Choice label="State of the evidence" options={STATES} value={state} onChange={setState} />
        <Field
          ref={field}
          label="Comment"
          hint="Stays in the ledger for good. Flagged and not applicable need one."
          value={comment}
          onChange={setComment}
          lines={3}
          maxLength={MOST_COMMENT}
          error={tried && missing ? 'Say why, so that the next one understands it.' : undefined}
        />
        {problem !== null && <Callout problem={problem} />}
      </div>
    </Confirm>
  );
};

const SHOWN = 50;

/** Everything that was said of an item, also in runs before. */
export const ItemHistory = ({ report, item }: { report: number; item: ItemTarget }) => {
  const { data, problem } = useQuery('reports.itemHistory', { id: report, item, offset: 0, limit: SHOWN });
  if (problem !== undefined) return <Callout problem={problem} />;
  if (data === undefined) return null;
  return (
    <div className={styles['history']}>
      <h3>What was said of it</h3>
      {data.rows.length === 0 && <p className={styles['quiet']}>Nothing yet, in no run of this report.</p>}
      <ol>
        {data.rows.map((said) => (
          <li key={said.entry}>
            <StateWord state={said.state} />{' '}
            <span className={styles['quiet']}>
              by {said.who}, <Instant atMs={said.atMs} />, of the run of entry {count(said.run)}, in which it was{' '}
              {standingWord(item.kind, said.standing).toLowerCase()}; entry {count(said.entry)}
            </span>
            {said.comment !== '' && <p>{said.comment}</p>}
          </li>
        ))}
      </ol>
      {data.total > data.rows.length && <p className={styles['quiet']}>{count(data.total - data.rows.length)} older are in the ledger.</p>}
    </div>
  );
};
