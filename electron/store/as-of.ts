import { z } from 'zod';
import { createFleetReaders, type FleetReaders } from './fleet-readers.ts';
import { HOST_VIEW_COLUMNS } from './freshness.ts';
import { createHostList, type ListHosts } from './host-list.ts';
import { createLastConfirmed } from './last-confirmed.ts';
import { type CountPlaces, createPlaceCounts } from './place-counts.ts';
import type { Db } from './db.ts';
import { linkOrder, severityOf } from './records.ts';
import { LINKS, VERDICTS } from '../../shared/model/verdict.ts';

/** The fleet as it was known at a moment, read as the fleet of now is. */
export type FleetAsOf = { readonly list: ListHosts; readonly places: CountPlaces; readonly fleet: Pick<FleetReaders, PastCalls> };
type PastCalls = 'tally' | 'freshness' | 'links' | 'places' | 'disagreements' | 'demoHosts';

export type AsOf = {
  /**
   * Makes what was known at a moment readable, step by step; between steps whoever waits gets an answer. It stays readable until another
   * moment is asked for: whoever asks for two at once asks one after the other.
   */
  readonly show: (atMs: number) => Generator<void, FleetAsOf>;
};

const STEP = 2_000;
const rowSchema = z.object({ id: z.string() }).optional();

const orderSql = (column: string, values: readonly string[], order: (value: string) => number): string =>
  `CASE ${column} ${values.map((value) => `WHEN '${value}' THEN ${order(value)}`).join(' ')} ELSE ${values.length} END`;

/** The end of a span; that of the open one is with the pulse. */
const LAST_SEEN = 'CASE WHEN p.span_id = s.id THEN p.to_ms ELSE s.to_ms END';
/** The last observation until the moment: within the span, or before it where only the clock or a manifest began it. */
const sinceBegin = (before: string): string =>
  `CASE WHEN min(${LAST_SEEN}, @at) > s.from_ms THEN min(${LAST_SEEN}, @at) ELSE coalesce(${before}, s.from_ms) END`;
const SEVERITY = orderSql('s.verdict', VERDICTS, (verdict) => severityOf(VERDICTS.find((one) => one === verdict) ?? 'failed'));
const BROKEN_ORDER = orderSql('s.broken_link', LINKS, (link) => linkOrder(LINKS.find((one) => one === link) ?? null));

/**
 * Reads spans, which carry what a host was shown as, and the confirmations noted within them. Where those are not kept any more, evidence counts
 * as new as the span was long, and at most as the moment. Hosts that were not known yet are not there.
 */
export const createAsOf = (db: Db): AsOf => {
  // The same columns and types as those of a host, so that the same readers read it.
  db.exec(`
    CREATE TEMP TABLE past_host AS SELECT * FROM main.host WHERE 0;
    CREATE TEMP TABLE past_moment (at_ms INTEGER NOT NULL);
    CREATE TEMP VIEW as_of_host AS SELECT ${HOST_VIEW_COLUMNS}
    FROM (SELECT *, verdict = 'trusted' AND NOT (evidence_at_ms IS NOT NULL AND evidence_at_ms >= (SELECT at_ms FROM past_moment) - max_age_ms) AS aged
      FROM past_host)`);
  const clear = db.transaction((atMs: number) => {
    db.exec('DELETE FROM past_host; DELETE FROM past_moment');
    db.prepare('INSERT INTO past_moment VALUES (?)').run(atMs);
  });
  const fill = db.prepare(`
    INSERT INTO past_host (id, agent_id, endpoint, name, host_class, address, verdict, severity, verified, reported, disagreement, broken_link,
      broken_order, reason, chain, country, subdivision, site, assurance, evidence_at_ms, changed_at_ms, first_seen_ms, last_seen_ms, demo, search,
      policy_class, covered, required, max_age_ms, decided_by)
    SELECT h.id, h.agent_id, h.endpoint, coalesce(s.name, h.name), s.host_class, s.address, s.verdict, ${SEVERITY}, coalesce(s.verified, s.verdict),
      s.reported, s.disagreement, s.broken_link, ${BROKEN_ORDER}, s.reason, coalesce(s.chain, ''), s.country, s.subdivision, s.site,
      coalesce(s.assurance, 'unknown'),
      CASE WHEN s.quote_sha256 IS NOT NULL AND s.verdict <> 'stale' THEN ${sinceBegin('s.evidence_at_ms')} ELSE s.evidence_at_ms END,
      (SELECT from_ms FROM span c WHERE c.host_id = h.id AND c.id <= s.id AND c.id > coalesce(
        (SELECT max(o.id) FROM span o WHERE o.host_id = h.id AND o.id < s.id AND o.verdict <> s.verdict), 0) ORDER BY c.id LIMIT 1),
      h.first_seen_ms, ${sinceBegin('s.seen_at_ms')}, h.demo,
      search_text(concat_ws(char(10), coalesce(s.name, h.name), h.agent_id, s.host_class, s.site, s.country, h.endpoint, s.reason)),
      s.policy_class, s.covered, s.required, s.max_age_ms, coalesce(s.manifest, 0)
    FROM (SELECT h.*, (SELECT max(id) FROM span WHERE host_id = h.id AND from_ms <= @at) AS span_then
          FROM main.host h WHERE h.id > @after ORDER BY h.id LIMIT @limit) h
      JOIN span s ON s.id = h.span_then
      JOIN pulse p ON p.host_id = h.id`);
  const next = db.prepare('SELECT id FROM main.host WHERE id > @after ORDER BY id LIMIT 1 OFFSET @skip');
  const lastConfirmed = createLastConfirmed(db);
  let shown: number | null = null;
  const fleet = createFleetReaders(db, () => 'as_of_host');
  const list = createHostList(db, () => 'as_of_host');
  const places = createPlaceCounts(db, () => 'as_of_host');
  return {
    *show(atMs) {
      if (shown !== atMs) {
        shown = null;
        clear(atMs);
        for (let after: string | null = ''; after !== null; ) {
          fill.run({ at: atMs, after, limit: STEP });
          after = rowSchema.parse(next.get({ after, skip: STEP - 1 }))?.id ?? null;
          yield;
        }
        yield* lastConfirmed(atMs);
        shown = atMs;
      }
      return { list, places, fleet };
    },
  };
};
