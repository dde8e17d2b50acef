import { type SettleFindings, settledByDecision } from './finding-settler.ts';
import type { RememberLocation } from './location-writer.ts';
import type { Db } from './db.ts';
import { type DecidedColumns, type FindingDraft, linkOrder, packChain, severityOf } from './records.ts';
import { RENEW_SEARCH } from './search-text.ts';
import { type SpanWriter, UNSTEADY } from './span-writer.ts';

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

/** What a decision anew goes through, beside the host itself. */
export type Decides = { readonly spans: SpanWriter; readonly settle: SettleFindings; readonly locate: RememberLocation };

export const createRedecider = (db: Db, { spans, settle, locate }: Decides): ((redecision: Redecision) => void) => {
  const update = db.prepare(`
    UPDATE host SET changed_at_ms = CASE WHEN verdict = @verdict THEN changed_at_ms ELSE @atMs END,
      verdict = @verdict, severity = @severity, verified = @verified, disagreement = @disagreement, broken_link = @brokenLink,
      broken_order = @brokenOrder, reason = @reason, chain = @chain, country = @country, subdivision = @subdivision, site = @site,
      assurance = @assurance, policy_class = @policyClass, covered = @covered, required = @required, max_age_ms = @maxAgeMs,
      decided_by = @manifest
    WHERE id = @id`);
  const renewSearch = db.prepare(RENEW_SEARCH);
  const unsteady = db.prepare(UNSTEADY);
  const setDetail = db.prepare('UPDATE host_text SET detail = ? WHERE host_id = ?');
  return db.transaction((next: Redecision) => {
    const { coverage, location, findings, detail, silent, ...columns } = next;
    const { source: _source, ...place } = location;
    const { changes } = update.run({
      ...columns,
      ...coverage,
      ...place,
      disagreement: next.disagreement ? 1 : 0,
      severity: severityOf(next.verdict),
      brokenOrder: linkOrder(next.brokenLink),
      chain: packChain(next.chain),
    });
    if (changes === 0) return;
    renewSearch.run(next.id);
    setDetail.run(detail, next.id);
    const { atMs } = next;
    unsteady.run(next.id);
    spans.settle({ id: next.id, atMs, manifest: next.manifest, confirms: false });
    locate(next.id, next, atMs);
    settle(next.id, next.id, findings, atMs, settledByDecision(silent));
  });
};
