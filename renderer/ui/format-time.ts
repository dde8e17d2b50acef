import { plural } from './words.ts';

export type Zone = 'utc' | 'local';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const two = (value: number): string => String(value).padStart(2, '0');

type Parts = { year: number; month: number; day: number; hour: number; minute: number; second: number };

const partsOf = (atMs: number, zone: Zone): Parts => {
  const date = new Date(atMs);
  return zone === 'utc'
    ? {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth(),
        day: date.getUTCDate(),
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
        second: date.getUTCSeconds(),
      }
    : {
        year: date.getFullYear(),
        month: date.getMonth(),
        day: date.getDate(),
        hour: date.getHours(),
        minute: date.getMinutes(),
        second: date.getSeconds(),
      };
};

/** `UTC`, or the local offset as `UTC+2`, `UTC−3:30`. */
export const zoneName = (atMs: number, zone: Zone): string => {
  const offset = zone === 'utc' ? 0 : -new Date(atMs).getTimezoneOffset();
  if (offset === 0) return 'UTC';
  const size = Math.abs(offset);
  const minutes = size % 60 === 0 ? '' : `:${two(size % 60)}`;
  return `UTC${offset < 0 ? '−' : '+'}${Math.floor(size / 60)}${minutes}`;
};

/** `21 Nov 14:03:22 UTC`; the year only where it is not the year of `nowMs`. */
export const formatInstant = (atMs: number, zone: Zone, nowMs: number): string => {
  const at = partsOf(atMs, zone);
  const year = at.year === partsOf(nowMs, zone).year ? '' : ` ${at.year}`;
  return `${at.day} ${MONTHS[at.month] ?? ''}${year} ${two(at.hour)}:${two(at.minute)}:${two(at.second)} ${zoneName(atMs, zone)}`;
};

/** Short tick for an axis: `14:03`; `14:03:22` where the span is short, and `21 Nov` where it is longer than two days. */
export const formatTick = (atMs: number, zone: Zone, spanMs: number): string => {
  const at = partsOf(atMs, zone);
  if (spanMs > 2 * 86_400_000) return `${at.day} ${MONTHS[at.month] ?? ''}`;
  const time = `${two(at.hour)}:${two(at.minute)}`;
  return spanMs < 10 * 60_000 ? `${time}:${two(at.second)}` : time;
};

const UNITS = [
  { ms: 86_400_000, short: 'd', said: (value: number) => plural(value, 'day', 'days') },
  { ms: 3_600_000, short: 'h', said: (value: number) => plural(value, 'hour', 'hours') },
  { ms: 60_000, short: 'min', said: (value: number) => plural(value, 'minute', 'minutes') },
  { ms: 1000, short: 's', said: (value: number) => plural(value, 'second', 'seconds') },
] as const;

const largest = (ms: number): { value: number; unit: (typeof UNITS)[number] } => {
  const size = Math.max(0, ms);
  const unit = UNITS.find((candidate) => size >= candidate.ms) ?? UNITS[3];
  return { value: Math.floor(size / unit.ms), unit };
};

/** `4 min`, `12 s`, `3 d`: the age in its largest whole unit. Never negative: clocks of hosts may be ahead. */
export const formatAge = (ms: number): string => {
  const { value, unit } = largest(ms);
  return `${value} ${unit.short}`;
};

/** `4 minutes`, `1 day`. */
export const formatDuration = (ms: number): string => {
  const { value, unit } = largest(ms);
  return unit.said(value);
};

/** `4 minutes ago`, `just now`. */
export const formatAgo = (ms: number): string => (ms < 1000 ? 'just now' : `${formatDuration(ms)} ago`);

export const formatIso = (atMs: number): string => new Date(atMs).toISOString();
