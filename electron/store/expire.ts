import { z } from 'zod';
import { type SettleFindings, VERDICT_KINDS } from './finding-settler.ts';
import type { Db } from './open.ts';
import { type FindingDraft, severityOf } from './records.ts';
import type { SpanWriter } from './span-writer.ts';

const staleSchema = z.array(
  z.object({ id: z.string(), name: z.string(), reported: z.string(), evidence_at_ms: z.number(), standing: z.string().nullable() }),
);

/** What is said of a host that was trusted, by the clock alone. */
export const grownStale = (name: string, evidenceAtMs: number): { readonly reason: string; readonly finding: FindingDraft } => {
  const reason = `No fresh evidence since ${new Date(evidenceAtMs).toISOString().slice(0, 19)}Z; it was trusted then.`;
  const said = {
    kind: 'host-stale',
    severity: 'warning',
    cause: 'host-stale/clock',
    what: 'Stale',
    detail: reason,
    momentary: false,
  } as const;
  return { reason, finding: { ...said, title: `Stale: ${name}` } };
};

/** Turns `trusted` into `stale` by the clock alone. It says nothing about what is not about the verdict. */
export const createExpirer = (db: Db, spans: SpanWriter, settle: SettleFindings): ((nowMs: number) => number) => {
  const stale = db.prepare(
    "SELECT h.id, h.name, h.reported, h.evidence_at_ms, s.standing FROM host h JOIN host_state s ON s.host_id = h.id WHERE h.verdict = 'trusted' AND h.evidence_at_ms < CAST(? AS INTEGER) - h.max_age_ms",
  );
  const setStale = db.prepare(
    "UPDATE host SET verdict = 'stale', severity = @severity, disagreement = 0, chain = replace(chain, 't', 'i'), reason = @reason, changed_at_ms = @at WHERE id = @id",
  );
  return db.transaction((nowMs: number) => {
    const rows = staleSchema.parse(stale.all(nowMs));
    for (const row of rows) {
      const { reason, finding } = grownStale(row.name, row.evidence_at_ms);
      setStale.run({ id: row.id, severity: severityOf('stale'), reason, at: nowMs });
      spans.extendOrStart(false, {
        id: row.id,
        standing: row.standing,
        manifest: null,
        at: nowMs,
        verdict: 'stale',
        reported: row.reported,
        brokenLink: null,
        reason,
      });
      settle(row.id, row.id, [finding], nowMs, VERDICT_KINDS);
    }
    return rows.length;
  });
};
