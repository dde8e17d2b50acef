import type { Finding } from '../../shared/contract/finding-schemas.ts';
import type { HostRow } from '../../shared/contract/schemas.ts';
import { LINKS } from '../../shared/model/verdict.ts';
import { cell, repeatingCell } from './csv-cell.ts';
import type { EntryRow } from './port.ts';

/** A column: its name, and its cell of a row, ready to be written. */
export type Columns<Row> = readonly (readonly [name: string, cell: (row: Row) => string])[];

const DAY_MS = 86_400_000;
const ISO_DAY = 'YYYY-MM-DD'.length;
const KEPT_DAYS = 4_000;
const days = new Map<number, string>();
const dayOf = (number: number): string => {
  const before = days.get(number);
  if (before !== undefined) return before;
  const text = new Date(number * DAY_MS).toISOString().slice(0, -14);
  if (days.size < KEPT_DAYS) days.set(number, text);
  return text;
};
const TWO = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));
const THREE = Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, '0'));

/** As `toISOString`, several times faster for moments of days that come again, of which an export has millions. */
export const time = (atMs: number | null): string => {
  if (atMs === null) return '';
  const number = Math.floor(atMs / DAY_MS);
  const day = dayOf(number);
  if (day.length !== ISO_DAY) return new Date(atMs).toISOString();
  const ms = atMs - number * DAY_MS;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = Math.floor(ms / 1000) % 60;
  return `${day}T${TWO[hours]}:${TWO[minutes]}:${TWO[seconds]}.${THREE[ms % 1000]}Z`;
};

/** The chain, link by link, as a word: what cannot be compared with each other must not look so. */
const linkColumn = (index: number, link: string): Columns<HostRow>[number] => [`link_${link}`, (host) => host.chain[index] ?? ''];

const repeating = {
  reason: repeatingCell(),
  endpoint: repeatingCell(),
  hostClass: repeatingCell(),
  country: repeatingCell(),
  subdivision: repeatingCell(),
  site: repeatingCell(),
};

/** The columns of the screen, each with all that it says. */
export const HOST_COLUMNS: Columns<HostRow> = [
  ['id', (host) => cell(host.id)],
  ['name', (host) => cell(host.name)],
  ['verdict', (host) => host.verdict],
  ['reported', (host) => host.reported],
  ['disagreement', (host) => (host.disagreement ? 'yes' : 'no')],
  ['broken_link', (host) => host.brokenLink ?? ''],
  ['reason', (host) => repeating.reason(host.reason)],
  ['endpoint', (host) => repeating.endpoint(host.endpoint)],
  ['host_class', (host) => repeating.hostClass(host.hostClass)],
  ['country', (host) => repeating.country(host.location.country)],
  ['subdivision', (host) => repeating.subdivision(host.location.subdivision)],
  ['site', (host) => repeating.site(host.location.site)],
  ['assurance', (host) => host.location.assurance],
  ['evidence_at', (host) => time(host.evidenceAtMs)],
  ['last_change', (host) => time(host.changedAtMs)],
  ['last_seen', (host) => time(host.lastSeenAtMs)],
  ['simulated', (host) => (host.demo ? 'yes' : 'no')],
  ...LINKS.map((link, index) => linkColumn(index, link)),
];

export const FINDING_COLUMNS: Columns<Finding> = [
  ['id', (finding) => String(finding.id)],
  ['state', (finding) => finding.state],
  ['severity', (finding) => finding.severity],
  ['kind', (finding) => finding.kind],
  ['title', (finding) => cell(finding.title)],
  ['detail', (finding) => cell(finding.detail)],
  ['host_id', (finding) => cell(finding.hostId)],
  ['host', (finding) => cell(finding.hostName)],
  ['opened_at', (finding) => time(finding.openedAtMs)],
  ['resolved_at', (finding) => time(finding.resolvedAtMs)],
  ['cause', (finding) => cell(finding.cause)],
  ['cause_since', (finding) => time(finding.causeSinceMs)],
  ['assigned_to', (finding) => cell(finding.assigned)],
  ['acknowledged_by', (finding) => cell(finding.acknowledged?.by ?? null)],
  ['acknowledged_at', (finding) => time(finding.acknowledged?.atMs ?? null)],
  ['waived_by', (finding) => cell(finding.waiver?.by ?? null)],
  ['waived_at', (finding) => time(finding.waiver?.atMs ?? null)],
  ['waived_until', (finding) => time(finding.waiver?.untilMs ?? null)],
  ['waive_reason', (finding) => cell(finding.waiver?.reason ?? null)],
];

export const ENTRY_COLUMNS: Columns<EntryRow> = [
  ['entry', ({ seq }) => String(seq)],
  ['at', ({ entry }) => entry?.at ?? ''],
  ['who', ({ entry }) => cell(entry?.who.name ?? null)],
  ['who_kind', ({ entry }) => entry?.who.kind ?? ''],
  ['kind', ({ entry }) => cell(entry?.kind ?? 'cannot be read')],
  ['subject', ({ entry }) => cell(entry?.subject ?? null)],
  ['what', ({ sentence }) => cell(sentence)],
  ['body', ({ entry }) => (entry === null ? '' : cell(JSON.stringify(entry.body)))],
];
