import { z } from 'zod';
import type { FindingState, FindingTarget } from '../../shared/contract/finding-schemas.ts';
import { FINDING_STATES } from '../../shared/contract/finding-schemas.ts';
import { STATE_NOW } from './finding-rows.ts';
import { createJournalWriter, findingSubject } from './journal.ts';
import type { LedgerWriter } from './ledger-writer.ts';
import type { Db } from './db.ts';

/** A step that a person takes. `who` is never empty. */
export type By = {
  readonly who: string;
  readonly atMs: number;
  /** The entry of the step for many findings that this one is a part of. */
  readonly of?: number;
};

/** What people say of findings. Each step is one transaction with its journal, and tells how many findings it changed. */
export type FindingSteps = {
  readonly acknowledge: (target: FindingTarget, by: By) => number;
  /** null = nobody. */
  readonly assign: (target: FindingTarget, person: string | null, by: By) => number;
  readonly waive: (target: FindingTarget, untilMs: number, reason: string, by: By) => number;
  readonly unwaive: (target: FindingTarget, reason: string, by: By) => number;
  /** Takes an acknowledgement back. */
  readonly reopen: (target: FindingTarget, reason: string, by: By) => number;
  readonly note: (target: FindingTarget, text: string, by: By) => number;
  /** Opens again what was waived until now or earlier. */
  readonly endWaivers: (nowMs: number) => number;
};

const targetRow = z.object({
  id: z.number(),
  title: z.string(),
  state: z.enum(FINDING_STATES),
  assigned: z.string().nullable(),
});
type Target = z.output<typeof targetRow>;
const COLUMNS = `f.id, f.title, ${STATE_NOW} AS state, f.assigned`;
const endedRows = z.array(z.object({ id: z.number(), title: z.string(), by: z.string(), until: z.number() }));

const utc = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const HOLDS: readonly FindingState[] = ['open', 'acknowledged', 'waived'];

export const createFindingSteps = (db: Db, ledger: LedgerWriter): FindingSteps => {
  const journal = createJournalWriter(ledger);
  const sql = {
    byId: db.prepare(`SELECT ${COLUMNS} FROM finding f WHERE f.id = @id`),
    byCause: db.prepare(
      `SELECT ${COLUMNS} FROM finding f WHERE f.resolved_at_ms IS NULL AND f.cause = @cause ORDER BY f.cause_since_ms, f.id`,
    ),
    acknowledge: db.prepare("UPDATE finding SET state = 'acknowledged', acknowledged_by = @who, acknowledged_at_ms = @atMs WHERE id = @id"),
    assign: db.prepare('UPDATE finding SET assigned = @person WHERE id = @id'),
    waive: db.prepare(
      "UPDATE finding SET state = 'waived', waived_by = @who, waived_at_ms = @atMs, waived_until_ms = @untilMs, waive_reason = @reason WHERE id = @id",
    ),
    // Whoever acknowledged it did so before it was waived; now somebody must look again.
    reopen: db.prepare(`
      UPDATE finding SET state = 'open', acknowledged_by = NULL, acknowledged_at_ms = NULL, waived_by = NULL, waived_at_ms = NULL,
        waived_until_ms = NULL, waive_reason = NULL WHERE id = ?`),
    note: db.prepare('INSERT INTO finding_note (finding_id, at_ms, who, text) VALUES (@id, @atMs, @who, @text)'),
    ended: db.prepare(
      "SELECT id, title, waived_by AS by, waived_until_ms AS until FROM finding INDEXED BY finding_waived WHERE state = 'waived' AND resolved_at_ms IS NULL AND waived_until_ms <= ?",
    ),
  };
  const targets = (target: FindingTarget, now: number): Target[] =>
    'cause' in target
      ? sql.byCause.all({ cause: target.cause, now }).map((raw) => targetRow.parse(raw))
      : [...new Set(target.ids)].flatMap((id) => {
          const raw = sql.byId.get({ id, now });
          return raw === undefined ? [] : [targetRow.parse(raw)];
        });

  /** Takes one step for every finding that it is meant for, and writes each into the journal. */
  const each = (
    target: FindingTarget,
    by: By,
    kind: string,
    isMeant: (finding: Target) => boolean,
    take: (finding: Target) => string,
  ): number => {
    const meant = targets(target, by.atMs).filter(isMeant);
    const of = by.of === undefined ? {} : { of: by.of };
    for (const finding of meant) journal({ who: by.who, kind, subject: findingSubject(finding.id), detail: take(finding), ...of });
    return meant.length;
  };

  return {
    acknowledge: db.transaction((target: FindingTarget, by: By) =>
      each(
        target,
        by,
        'finding.acknowledged',
        ({ state }) => state === 'open',
        ({ id, title }) => {
          // A waiver that has run out and could not be ended yet ends here.
          sql.reopen.run(id);
          sql.acknowledge.run({ id, who: by.who, atMs: by.atMs });
          return title;
        },
      ),
    ),
    assign: db.transaction((target: FindingTarget, person: string | null, by: By) =>
      each(
        target,
        by,
        'finding.assigned',
        ({ state, assigned }) => HOLDS.includes(state) && assigned !== person,
        ({ id, title }) => {
          sql.assign.run({ id, person });
          return person === null ? `To nobody: ${title}` : `To ${person}: ${title}`;
        },
      ),
    ),
    waive: db.transaction((target: FindingTarget, untilMs: number, reason: string, by: By) =>
      each(
        target,
        by,
        'finding.waived',
        ({ state }) => HOLDS.includes(state),
        ({ id, title }) => {
          sql.waive.run({ id, untilMs, reason, who: by.who, atMs: by.atMs });
          return `Until ${utc(untilMs)}: ${reason} (${title})`;
        },
      ),
    ),
    unwaive: db.transaction((target: FindingTarget, reason: string, by: By) =>
      each(
        target,
        by,
        'finding.unwaived',
        ({ state }) => state === 'waived',
        ({ id, title }) => {
          sql.reopen.run(id);
          return `${reason} (${title})`;
        },
      ),
    ),
    reopen: db.transaction((target: FindingTarget, reason: string, by: By) =>
      each(
        target,
        by,
        'finding.unacknowledged',
        ({ state }) => state === 'acknowledged',
        ({ id, title }) => {
          sql.reopen.run(id);
          return `${reason} (${title})`;
        },
      ),
    ),
    note: db.transaction((target: FindingTarget, text: string, by: By) =>
      each(
        target,
        by,
        'finding.noted',
        () => true,
        ({ id }) => {
          sql.note.run({ id, text, who: by.who, atMs: by.atMs });
          return text;
        },
      ),
    ),
    endWaivers: db.transaction((nowMs: number) => {
      const ended = endedRows.parse(sql.ended.all(nowMs));
      for (const { id, title, by, until } of ended) {
        sql.reopen.run(id);
        const detail = `The waiver by ${by} ran out at ${utc(until)}: ${title}`;
        journal({ who: null, kind: 'finding.waiver-ended', subject: findingSubject(id), detail });
      }
      return ended.length;
    }),
  };
};
