import { z } from 'zod';
import { FINDING_KINDS, FINDING_STATES, type Finding, SEVERITIES } from '../../shared/contract/finding-schemas.ts';
import { visibleText } from '../../shared/model/hostile-text.ts';

/**
 * What a finding is at a moment, in SQL. `@now` is bound: a waiver ends by the clock, whether or not anything could be written then.
 * Only ever of an alias `f`.
 */
export const STATE_NOW = `CASE WHEN f.resolved_at_ms IS NOT NULL THEN 'resolved'
  WHEN f.state = 'waived' AND f.waived_until_ms <= @now THEN 'open' ELSE f.state END`;

export const FINDING_COLUMNS = `f.id, f.host_id, h.name, f.kind, f.severity, f.title, f.detail, f.what, f.opened_at_ms, f.resolved_at_ms, f.cause,
  f.cause_since_ms, f.assigned, f.acknowledged_by, f.acknowledged_at_ms, f.waived_by, f.waived_at_ms, f.waived_until_ms, f.waive_reason,
  ${STATE_NOW} AS state_now, f.state AS state_said`;
export const FINDING_FROM = 'finding f LEFT JOIN host h ON h.id = f.host_id';

const text = z.string().nullable();
const moment = z.number().nullable();
export const findingRow = z.object({
  id: z.number(),
  host_id: text,
  name: text,
  kind: z.enum(FINDING_KINDS),
  severity: z.enum(SEVERITIES),
  title: z.string(),
  detail: z.string(),
  what: z.string(),
  opened_at_ms: z.number(),
  resolved_at_ms: moment,
  cause: z.string(),
  cause_since_ms: z.number(),
  assigned: text,
  acknowledged_by: text,
  acknowledged_at_ms: moment,
  waived_by: text,
  waived_at_ms: moment,
  waived_until_ms: moment,
  waive_reason: text,
  state_now: z.enum(FINDING_STATES),
  state_said: z.string(),
});

const MAX_TEXT = 4_000;
/** Text of several lines, each made visible by itself: line ends are what people wrote, anything else hidden is not. */
export const visibleLines = (said: string): string =>
  said
    .split('\n')
    .map((line) => visibleText(line, MAX_TEXT))
    .join('\n');

/** A finding as it is recorded. */
export const toRecordedFinding = (raw: unknown): Finding => {
  const row = findingRow.parse(raw);
  const { waived_by: waivedBy, waived_at_ms: waivedAtMs, waived_until_ms: untilMs, waive_reason: reason } = row;
  const { acknowledged_by: ackBy, acknowledged_at_ms: ackAtMs } = row;
  // A waiver that ran out is no waiver any more; one of a finding that was resolved meanwhile tells of the past.
  const waived = row.state_now === 'waived' || (row.state_now === 'resolved' && row.state_said === 'waived');
  return {
    id: row.id,
    hostId: row.host_id,
    hostName: row.name,
    kind: row.kind,
    severity: row.severity,
    title: row.title,
    detail: row.detail,
    openedAtMs: row.opened_at_ms,
    resolvedAtMs: row.resolved_at_ms,
    state: row.state_now,
    cause: row.cause,
    causeSinceMs: row.cause_since_ms,
    assigned: row.assigned,
    acknowledged: ackBy === null || ackAtMs === null ? null : { by: ackBy, atMs: ackAtMs },
    waiver:
      waived && waivedBy !== null && waivedAtMs !== null && untilMs !== null && reason !== null
        ? { by: waivedBy, atMs: waivedAtMs, untilMs, reason }
        : null,
  };
};

/** A finding as it is shown. */
export const toFinding = (raw: unknown): Finding => {
  const found = toRecordedFinding(raw);
  const { assigned, acknowledged, waiver } = found;
  return {
    ...found,
    title: visibleText(found.title, MAX_TEXT),
    detail: visibleText(found.detail, MAX_TEXT),
    assigned: assigned === null ? null : visibleText(assigned),
    acknowledged: acknowledged === null ? null : { ...acknowledged, by: visibleText(acknowledged.by) },
    waiver: waiver === null ? null : { ...waiver, by: visibleText(waiver.by), reason: visibleLines(waiver.reason) },
  };
};
