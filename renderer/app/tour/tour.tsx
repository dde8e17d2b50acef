import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { useQuery } from '../../transport/query.ts';
import { Button } from '../../ui/button.tsx';
import { type Command, useCommands } from '../../ui/commands.ts';
import { count } from '../../ui/words.ts';
import { go } from '../navigation.ts';
import type { Step } from './steps.tsx';
import styles from './tour.module.css';
import { endTour, goStep, startTour, useTour } from './tour-store.ts';
import { useMark } from './use-mark.ts';

const NONE: readonly Command[] = [];
const COMMANDS: readonly Command[] = [
  {
    id: 'help.tour',
    word: 'Take the tour',
    group: 'Help',
    keys: null,
    also: 'demo introduction first steps newcomer',
    run: () => void startTour(),
  },
];

/** Escape ends it from anywhere but a dialog or a field, which have an Escape of their own. */
const useEscape = (): void => {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
      if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
      endTour();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
};

const focusMarked = (): void => {
  const marked = document.querySelector<HTMLElement>('[data-tour-here]');
  if (marked === null) return;
  if (marked.tabIndex < 0) marked.tabIndex = -1;
  marked.focus();
};

const Panel = ({ step, at, of }: { step: Step; at: number; of: number }) => {
  const id = useId();
  const panel = useRef<HTMLElement>(null);
  const onward = useRef<HTMLButtonElement>(null);
  const { corner, isAbsent } = useMark(step.mark, panel);
  // Filled once it is there, so that it is read aloud at the first step, too.
  const [said, setSaid] = useState<number | null>(null);
  useEscape();
  useEffect(() => {
    go(step.href);
    const timer = setTimeout(() => {
      setSaid(at);
      if (panel.current?.contains(document.activeElement) === false) onward.current?.focus({ preventScroll: true });
    }, 0);
    return () => clearTimeout(timer);
  }, [step, at]);
  const isLast = at === of - 1;
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'ArrowRight') goStep(at + 1);
    if (event.key === 'ArrowLeft') goStep(at - 1);
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the arrows work from any of the controls in it
    <section ref={panel} data-keeps-focus className={styles['panel']} data-corner={corner} aria-labelledby={id} onKeyDown={onKeyDown}>
      <h2 id={id}>
        <span className={styles['count']}>
          Tour, {count(at + 1)} of {count(of)}
        </span>{' '}
        {step.title}
      </h2>
      <div aria-live="polite" className={styles['says']}>
        {said === at && <p>{step.says}</p>}
        {isAbsent && <p>What this speaks of is not on the page right now.</p>}
      </div>
      <p className={styles['acts']}>
        <Button aria-disabled={at === 0} onClick={() => goStep(at - 1)}>
          Back
        </Button>
        <Button ref={onward} kind="primary" onClick={() => (isLast ? endTour() : goStep(at + 1))}>
          {isLast ? 'End the tour' : 'Next'}
        </Button>
        <span className={styles['others']}>
          <Button kind="quiet" aria-disabled={isAbsent} onClick={focusMarked}>
            Go to it
          </Button>
          {!isLast && (
            <Button kind="quiet" onClick={endTour}>
              End <kbd>Esc</kbd>
            </Button>
          )}
        </span>
      </p>
    </section>
  );
};

/** A walk over real pages of the demo. It stands beside them and blocks nothing: whoever wants to look around meanwhile, can. */
export const Tour = () => {
  const isDemo = (useQuery('app.info', {}).data?.demo ?? null) !== null;
  const { steps, at } = useTour();
  useCommands(useMemo(() => (isDemo ? COMMANDS : NONE), [isDemo]));
  const step = at === null ? undefined : steps[at];
  return at === null || step === undefined ? null : <Panel step={step} at={at} of={steps.length} />;
};
