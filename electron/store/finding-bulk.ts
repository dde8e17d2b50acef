import { z } from 'zod';
import type { FindingAct } from '../../shared/contract/finding-bulk-schemas.ts';
import type { FindingTarget } from '../../shared/contract/finding-schemas.ts';
import { STATE_NOW } from './finding-rows.ts';
import type { By, FindingSteps } from './finding-steps.ts';
import type { LedgerDraft, LedgerWriter } from './ledger-writer.ts';
import type { Db } from './db.ts';

/** A finding that a step changed, with whom it was assigned to before. */
export type Left = { readonly id: number; readonly assigned: string | null };

/** Steps for very many findings, in batches that are one transaction each. */
export type FindingBulk = {
  /** `begun`: the entry of the whole step, which is written with the first batch; afterwards its number. */
  readonly step: (
    act: FindingAct,
    ids: readonly number[],
    by: By,
    begun: LedgerDraft | number,
  ) => { readonly entry: number; readonly changed: readonly Left[] };
  /** Takes a step back where the finding still is as that step left it. `then`: who took it and when. */
  readonly back: (
    act: FindingAct,
    left: readonly Left[],
    then: By,
    by: By,
    begun: LedgerDraft | number,
  ) => { readonly entry: number; readonly changed: number };
};

const row = z.object({
  id: z.number(),
  state: z.string(),
  assigned: z.string().nullable(),
  acknowledgedBy: z.string().nullable(),
  acknowledgedAtMs: z.number().nullable(),
  waivedBy: z.string().nullable(),
  waivedAtMs: z.number().nullable(),
});
type Row = z.output<typeof row>;

const UNDONE = 'Undone.';

/** What an act means: the findings that it would change, as SQL over an alias `f` with `@now` and, of an assignment, `@toPerson`. */
export const actWhere = (act: FindingAct): string => {
  switch (act.kind) {
    case 'acknowledge':
      return `(${STATE_NOW}) = 'open'`;
    case 'assign':
      return 'f.resolved_at_ms IS NULL AND f.assigned IS NOT @toPerson';
    case 'waive':
      return 'f.resolved_at_ms IS NULL';
    case 'unwaive':
      return `(${STATE_NOW}) = 'waived'`;
    case 'reopen':
    default:
      return `(${STATE_NOW}) = 'acknowledged'`;
  }
};

const take = (steps: FindingSteps, act: FindingAct, on: FindingTarget, by: By): number => {
  switch (act.kind) {
    case 'acknowledge':
      return steps.acknowledge(on, by);
    case 'assign':
      return steps.assign(on, act.person, by);
    case 'waive':
      return steps.waive(on, act.untilMs, act.reason, by);
    case 'unwaive':
      return steps.unwaive(on, act.reason, by);
    case 'reopen':
    default:
      return steps.reopen(on, act.reason, by);
  }
};

/** Whether nobody has said anything of it since: a later step is not to be taken back with this one. */
const isAsLeft = (act: FindingAct, finding: Row, then: By): boolean => {
  if (act.kind === 'assign') return finding.state !== 'resolved' && finding.assigned === act.person;
  if (act.kind === 'acknowledge')
    return finding.state === 'acknowledged' && finding.acknowledgedBy === then.who && finding.acknowledgedAtMs === then.atMs;
  return act.kind === 'waive' && finding.state === 'waived' && finding.waivedBy === then.who && finding.waivedAtMs === then.atMs;
};

export const createFindingBulk = (db: Db, ledger: LedgerWriter, steps: FindingSteps): FindingBulk => {
  const read = db.prepare(
    `SELECT f.id, ${STATE_NOW} AS state, f.assigned, f.acknowledged_by AS acknowledgedBy, f.acknowledged_at_ms AS acknowledgedAtMs,
       f.waived_by AS waivedBy, f.waived_at_ms AS waivedAtMs
     FROM finding f WHERE f.id IN (SELECT value FROM json_each(@ids))`,
  );
  const meant = (act: FindingAct) =>
    db.prepare(`SELECT f.id FROM finding f WHERE f.id IN (SELECT value FROM json_each(@ids)) AND ${actWhere(act)}`).pluck();
  const rows = (ids: readonly number[], now: number): Row[] => read.all({ ids: JSON.stringify(ids), now }).map((raw) => row.parse(raw));
  const entryOf = (begun: LedgerDraft | number): number => (typeof begun === 'number' ? begun : ledger.append(begun));
  return {
    step: db.transaction((act: FindingAct, ids: readonly number[], by: By, begun: LedgerDraft | number) => {
      const entry = entryOf(begun);
      const toPerson = act.kind === 'assign' ? { toPerson: act.person } : {};
      // Something may have happened to some of them since the step began: those are left alone.
      const now = z.array(z.number()).parse(meant(act).all({ ids: JSON.stringify(ids), now: by.atMs, ...toPerson }));
      const changed = rows(now, by.atMs).map(({ id, assigned }) => ({ id, assigned }));
      if (now.length > 0) take(steps, act, { ids: now }, { ...by, of: entry });
      return { entry, changed };
    }),
    back: db.transaction((act: FindingAct, left: readonly Left[], then: By, by: By, begun: LedgerDraft | number) => {
      const entry = entryOf(begun);
      const before = new Map(left.map(({ id, assigned }) => [id, assigned]));
      const still = rows([...before.keys()], by.atMs).filter((finding) => isAsLeft(act, finding, then));
      const ids = still.map(({ id }) => id);
      if (ids.length === 0) return { entry, changed: 0 };
      const part = { ...by, of: entry };
      if (act.kind === 'acknowledge') steps.reopen({ ids }, UNDONE, part);
      if (act.kind === 'waive') steps.unwaive({ ids }, UNDONE, part);
      if (act.kind === 'assign') for (const id of ids) steps.assign({ ids: [id] }, before.get(id) ?? null, part);
      return { entry, changed: ids.length };
    }),
  };
};
