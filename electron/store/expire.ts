import { z } from 'zod';
import { type SettleFindings, VERDICT_KINDS } from './finding-settler.ts';
import type { Db } from './db.ts';
import { type FindingDraft, severityOf } from './records.ts';
import { RENEW_SEARCH } from './search-text.ts';
import { type SpanWriter, UNSTEADY } from './span-writer.ts';

const staleSchema = z.array(z.object({ id: z.string(), name: z.string(), evidence_at_ms: z.number() }));

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

/** Looks at no more hosts than have evidence older than the least age that any class allows; an index has all that is asked of them. */
export const STALE_SQL = `SELECT id, name, evidence_at_ms FROM host WHERE +verdict = 'trusted'
  AND evidence_at_ms < CAST(@now AS INTEGER) - max_age_ms
  AND evidence_at_ms < CAST(@now AS INTEGER) - (SELECT min(max_age_ms) FROM host)`;

/** Turns `trusted` into `stale` by the clock alone. It says nothing about what is not about the verdict. */
export const createExpirer = (db: Db, spans: SpanWriter, settle: SettleFindings): ((nowMs: number) => number) => {
  const stale = db.prepare(STALE_SQL);
  const setStale = db.prepare(
    "UPDATE host SET verdict = 'stale', severity = @severity, disagreement = 0, chain = replace(chain, 't', 'i'), reason = @reason, changed_at_ms = @at WHERE id = @id",
  );
  const renewSearch = db.prepare(RENEW_SEARCH);
  const unsettle = db.prepare(UNSTEADY);
  return db.transaction((nowMs: number) => {
    const rows = staleSchema.parse(stale.all({ now: nowMs }));
    for (const row of rows) {
      const { reason, finding } = grownStale(row.name, row.evidence_at_ms);
      setStale.run({ id: row.id, severity: severityOf('stale'), reason, at: nowMs });
      renewSearch.run(row.id);
      spans.settle({ id: row.id, atMs: nowMs, manifest: null, confirms: false });
      unsettle.run(row.id);
      settle(row.id, row.id, [finding], nowMs, VERDICT_KINDS);
    }
    return rows.length;
  });
};
