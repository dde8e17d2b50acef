import type { Handlers } from '../../../shared/contract/contract.ts';
import type { FindingChange, FindingTarget } from '../../../shared/contract/finding-schemas.ts';
import type { By } from '../../store/finding-steps.ts';
import type { FindingDraft, HostRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { copiedTag } from './drafts.ts';
import { type FindingLists, withSentence } from './lists.ts';

const DAY_MS = 86_400_000;
/** A year, leap day included. */
const LONGEST_WAIVER_MS = 366 * DAY_MS;

/** Why it cannot be waived until then; null where it can. */
export const problemWithWaiver = (untilMs: number, nowMs: number): Omit<Extract<FindingChange, { state: 'refused' }>, 'state'> | null => {
  if (untilMs <= nowMs) return { message: 'A waiver must end in the future.', nextStep: 'Choose a later end.' };
  if (untilMs <= nowMs + LONGEST_WAIVER_MS) return null;
  return {
    message: 'A waiver lasts for one year at most.',
    nextStep: 'Choose an earlier end; it can be waived anew when it runs out.',
  };
};

type FindingCalls = Exclude<Extract<keyof Handlers, `findings.${string}` | 'hosts.locations'>, keyof FindingLists>;

export type FindingLife = {
  readonly handlers: Pick<Handlers, FindingCalls>;
  /** Opens again whatever was waived until now. Returns how many. */
  readonly endWaivers: () => number;
  /** What only a look at other hosts shows of one. `sinceMs`: evidence of others counts from then on. */
  readonly besideOthers: (host: Pick<HostRecord, 'tagSerial' | 'id' | 'ekSha256' | 'name'>, sinceMs: number) => readonly FindingDraft[];
};

export type FindingLifeOptions = {
  readonly store: Pick<Store, 'findings' | 'hosts'>;
  /** Who acts: the operating system's user, never empty. */
  readonly user: string;
  readonly nowMs: () => number;
  /** Called when a person changed something. */
  readonly onChange: () => void;
};

const SHOWN_STEPS = 500;

const refused = (message: string, nextStep: string): FindingChange => ({ state: 'refused', message, nextStep });

/**
 * What becomes of findings. Evidence opens and resolves them; people acknowledge, assign, waive and note, and each of their steps is in the
 * journal. None of that touches a verdict: a waived finding is that of a host which is still what its evidence says.
 */
export const createFindingLife = ({ store, user, nowMs, onChange }: FindingLifeOptions): FindingLife => {
  const { findings } = store;
  const { steps } = findings;

  const step = (take: (by: By) => number, nothing: string): FindingChange => {
    const changed = take({ who: user, atMs: nowMs() });
    if (changed === 0) return refused(nothing, 'Look at the list of findings again.');
    onChange();
    return { state: 'done', changed };
  };

  const waive = (on: FindingTarget, untilMs: number, reason: string): FindingChange => {
    const wrong = problemWithWaiver(untilMs, nowMs());
    if (wrong !== null) return { state: 'refused', ...wrong };
    return step((by) => steps.waive(on, untilMs, reason, by), 'None of these findings holds any more, so there is nothing to waive.');
  };

  return {
    handlers: {
      'findings.get': ({ id }) => {
        const finding = findings.one(id, nowMs());
        if (finding === null) return null;
        const cluster = finding.resolvedAtMs === null ? findings.cluster(finding.cause, nowMs()) : null;
        return {
          finding,
          cluster: cluster === null ? null : withSentence(cluster),
          notes: findings.notes(id, SHOWN_STEPS),
          journal: findings.journal(id, SHOWN_STEPS),
        };
      },
      'findings.acknowledge': ({ on }) => step((by) => steps.acknowledge(on, by), 'None of these findings is open.'),
      'findings.assign': ({ on, person }) =>
        step((by) => steps.assign(on, person, by), 'None of these findings holds any more, or all are assigned so already.'),
      'findings.waive': ({ on, untilMs, reason }) => waive(on, untilMs, reason),
      'findings.unwaive': ({ on, reason }) => step((by) => steps.unwaive(on, reason, by), 'None of these findings is waived.'),
      'findings.reopen': ({ on, reason }) => step((by) => steps.reopen(on, reason, by), 'None of these findings is acknowledged.'),
      'findings.note': ({ on, text }) => step((by) => steps.note(on, text, by), 'There is no such finding.'),
      'hosts.locations': ({ id, offset, limit }) => store.hosts.locations(id, offset, limit),
    },
    endWaivers: () => steps.endWaivers(nowMs()),
    besideOthers: ({ tagSerial, id, ekSha256, name }, sinceMs) => {
      const other = tagSerial === null ? null : store.hosts.sharingTag(tagSerial, id, ekSha256, sinceMs);
      return tagSerial === null || other === null ? [] : [copiedTag(name, tagSerial, other)];
    },
  };
};
