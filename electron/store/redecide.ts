import { z } from 'zod';
import { type SettleFindings, settledByDecision } from './finding-settler.ts';
import type { RememberLocation } from './location-writer.ts';
import type { Db } from './open.ts';
import { type DecidedColumns, type FindingDraft, linkOrder, packChain, severityOf } from './records.ts';
import type { SpanWriter } from './span-writer.ts';

/** What a manifest makes of a host whose evidence is recorded already. */
export type Redecision = DecidedColumns & {
  readonly id: string;
  readonly atMs: number;
  /** JSON text of the detail shown on the host page, decided anew. */
  readonly detail: string;
  /** Findings about what a manifest decides; others stay as they are. */
  readonly findings: readonly FindingDraft[];
  readonly manifest: number;
};

const currentSchema = z
  .object({
    verdict: z.string(),
    broken_link: z.string().nullable(),
    reason: z.string(),
    reported: z.string(),
    standing: z.string().nullable(),
  })
  .optional();

/** What a decision anew goes through, beside the host itself. */
export type Decides = { readonly spans: SpanWriter; readonly settle: SettleFindings; readonly locate: RememberLocation };

export const createRedecider = (db: Db, { spans, settle, locate }: Decides): ((redecision: Redecision) => void) => {
  const current = db.prepare(
    'SELECT h.verdict, h.broken_link, h.reason, h.reported, s.standing FROM host h JOIN host_state s ON s.host_id = h.id WHERE h.id = ?',
  );
  const update = db.prepare(`
    UPDATE host SET changed_at_ms = CASE WHEN verdict = @verdict THEN changed_at_ms ELSE @atMs END,
      verdict = @verdict, severity = @severity, verified = @verified, disagreement = @disagreement, broken_link = @brokenLink,
      broken_order = @brokenOrder, reason = @reason, chain = @chain, country = @country, subdivision = @subdivision, site = @site,
      assurance = @assurance, policy_class = @policyClass, covered = @covered, required = @required, max_age_ms = @maxAgeMs,
      decided_by = @manifest
    WHERE id = @id`);
  const setDetail = db.prepare('UPDATE host_state SET detail = ? WHERE host_id = ?');
  return db.transaction((next: Redecision) => {
    const before = currentSchema.parse(current.get(next.id));
    if (before === undefined) return;
    const { coverage, location, findings, detail, silent, ...columns } = next;
    const { source: _source, ...place } = location;
    update.run({
      ...columns,
      ...coverage,
      ...place,
      disagreement: next.disagreement ? 1 : 0,
      severity: severityOf(next.verdict),
      brokenOrder: linkOrder(next.brokenLink),
      chain: packChain(next.chain),
    });
    setDetail.run(detail, next.id);
    const { verdict, brokenLink, reason, atMs } = next;
    if (before.verdict !== verdict || before.broken_link !== brokenLink || before.reason !== reason)
      spans.extendOrStart(false, {
        id: next.id,
        at: atMs,
        verdict,
        reported: before.reported,
        brokenLink,
        reason,
        standing: before.standing,
        manifest: next.manifest,
      });
    locate(next.id, next, atMs);
    settle(next.id, next.id, findings, atMs, settledByDecision(silent));
  });
};
