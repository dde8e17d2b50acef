import { z } from 'zod';
import type { Db } from './open.ts';
import type { FindingDraft, FindingKind } from './records.ts';

const LASTING: readonly FindingKind[] = [
  'host-failed',
  'disagreement',
  'host-stale',
  'host-inconclusive',
  'reported-without-policy',
  'endpoint-silent',
];
const openSchema = z.array(z.object({ id: z.number(), kind: z.string() }));

/** Opens what holds now and resolves what of `kinds` no longer does. */
export type SettleFindings = (
  subject: string,
  hostId: string | null,
  drafts: readonly FindingDraft[],
  nowMs: number,
  kinds?: readonly FindingKind[],
) => void;

export const createFindingSettler = (db: Db): SettleFindings => {
  const sql = {
    openFindings: db.prepare('SELECT id, kind FROM finding WHERE subject = ? AND resolved_at_ms IS NULL'),
    resolve: db.prepare('UPDATE finding SET resolved_at_ms = ? WHERE id = ?'),
    updateFinding: db.prepare('UPDATE finding SET title = ?, detail = ?, severity = ? WHERE id = ?'),
    openFinding: db.prepare(
      'INSERT INTO finding (host_id, subject, kind, severity, title, detail, opened_at_ms, resolved_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
  };
  return (subject, hostId, drafts, nowMs, kinds = LASTING) => {
    const open = new Map(openSchema.parse(sql.openFindings.all(subject)).map((row) => [row.kind, row.id]));
    for (const draft of drafts) {
      const existing = open.get(draft.kind);
      if (draft.momentary) sql.openFinding.run(hostId, subject, draft.kind, draft.severity, draft.title, draft.detail, nowMs, nowMs);
      else if (existing === undefined)
        sql.openFinding.run(hostId, subject, draft.kind, draft.severity, draft.title, draft.detail, nowMs, null);
      else sql.updateFinding.run(draft.title, draft.detail, draft.severity, existing);
    }
    const holding = new Set<string>(drafts.filter((draft) => !draft.momentary).map((draft) => draft.kind));
    for (const kind of kinds) {
      const id = open.get(kind);
      if (id !== undefined && !holding.has(kind)) sql.resolve.run(nowMs, id);
    }
  };
};
