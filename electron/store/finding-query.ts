import type { FindingQuery, FindingSort, FindingState } from '../../shared/contract/finding-schemas.ts';
import { STATE_NOW } from './finding-rows.ts';

export type Bound = Readonly<Record<string, string | number>>;
const DAY_MS = 86_400_000;

/** Under what the findings of an endpoint itself are kept. */
export const endpointSubject = (name: string): string => `endpoint:${name}`;

const escapeLike = (word: string): string => `%${word.replace(/[\\%_]/g, (char) => `\\${char}`)}%`;

/** The WHERE clause of a query with its values. Only SQL from this file and bound values reach the database. */
export const findingsWhere = (query: FindingQuery, nowMs: number): { readonly clause: string; readonly values: Bound } => {
  const parts: string[] = [];
  const values: Record<string, string | number> = {};
  const anyOf = (column: string, name: string, wanted: readonly string[] | undefined): void => {
    if (wanted === undefined || wanted.length === 0) return;
    const names = wanted.map((value, index) => {
      values[`${name}${index}`] = value;
      return `@${name}${index}`;
    });
    parts.push(`${column} IN (${names.join(', ')})`);
  };
  const states: readonly FindingState[] = query.states ?? [];
  if (query.ids !== undefined) {
    parts.push('f.id IN (SELECT value FROM json_each(@ids))');
    values['ids'] = JSON.stringify(query.ids);
  }
  const holding = states.length > 0 && !states.includes('resolved');
  if (query.openOnly === true || holding || query.waiverEndsWithinDays !== undefined) parts.push('f.resolved_at_ms IS NULL');
  if (states.length === 1 && states[0] === 'resolved') parts.push('f.resolved_at_ms IS NOT NULL');
  else anyOf(`(${STATE_NOW})`, 'state', states);
  anyOf('f.kind', 'kind', query.kinds);
  anyOf('f.severity', 'severity', query.severities);
  if (query.hostId !== undefined) {
    parts.push('f.host_id = @host');
    values['host'] = query.hostId;
  }
  if (query.cause !== undefined) {
    parts.push('f.cause = @cause');
    values['cause'] = query.cause;
  }
  if (query.assigned === null) parts.push('f.assigned IS NULL');
  else if (query.assigned !== undefined) {
    parts.push('f.assigned = @person');
    values['person'] = query.assigned;
  }
  if (query.waiverEndsWithinDays !== undefined) {
    parts.push("f.state = 'waived' AND f.waived_until_ms > @now AND f.waived_until_ms <= @waiverEnd");
    values['waiverEnd'] = nowMs + query.waiverEndsWithinDays * DAY_MS;
  }
  if (query.endpoint !== undefined) {
    parts.push('(f.host_id IN (SELECT id FROM host WHERE endpoint = @endpoint) OR f.subject = @endpointSubject)');
    values['endpoint'] = query.endpoint;
    values['endpointSubject'] = endpointSubject(query.endpoint);
  }
  if (query.openedWithinDays !== undefined) {
    parts.push('f.opened_at_ms >= @openedSince');
    values['openedSince'] = nowMs - query.openedWithinDays * DAY_MS;
  }
  if (query.openedBeforeDays !== undefined) {
    parts.push('f.opened_at_ms < @openedBefore');
    values['openedBefore'] = nowMs - query.openedBeforeDays * DAY_MS;
  }
  for (const [index, word] of (query.text ?? '').split(/\s+/).filter(Boolean).slice(0, 10).entries()) {
    const name = `word${index}`;
    parts.push(`(f.title LIKE @${name} ESCAPE '\\' OR f.detail LIKE @${name} ESCAPE '\\' OR f.assigned LIKE @${name} ESCAPE '\\')`);
    values[name] = escapeLike(word);
  }
  return { clause: parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '', values };
};

const ORDER: Readonly<Record<FindingSort, string>> = {
  newest: 'f.opened_at_ms DESC, f.id DESC',
  oldest: 'f.opened_at_ms, f.id',
  severity: 'f.severity_order, f.opened_at_ms DESC, f.id DESC',
};
export const orderOf = (sort: FindingSort): string => ORDER[sort];
