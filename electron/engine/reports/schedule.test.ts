import { expect, it } from 'vitest';
import type { Schedule } from '../../../shared/contract/report-schemas.ts';
import { nextRun } from './schedule.ts';

const next = (schedule: Schedule, after: string): string => new Date(nextRun(schedule, Date.parse(after))).toISOString();

const DAILY = { every: 'day', minute: 390 } as const;
// 2026-11-21 is a Saturday.
const MONDAYS = { every: 'week', weekday: 1, minute: 0 } as const;
const SUNDAYS = { every: 'week', weekday: 7, minute: 1_439 } as const;
const MONTHLY = { every: 'month', day: 28, minute: 60 } as const;

it.each([
  [DAILY, '2026-11-21T06:29:59.999Z', '2026-11-21T06:30:00.000Z'],
  [DAILY, '2026-11-21T06:30:00.000Z', '2026-11-22T06:30:00.000Z'],
  [DAILY, '2026-12-31T23:00:00.000Z', '2027-01-01T06:30:00.000Z'],
  [MONDAYS, '2026-11-21T10:00:00.000Z', '2026-11-23T00:00:00.000Z'],
  [MONDAYS, '2026-11-23T00:00:00.000Z', '2026-11-30T00:00:00.000Z'],
  [SUNDAYS, '2026-11-21T10:00:00.000Z', '2026-11-22T23:59:00.000Z'],
  [MONTHLY, '2027-02-01T00:00:00.000Z', '2027-02-28T01:00:00.000Z'],
  [MONTHLY, '2027-02-28T01:00:00.000Z', '2027-03-28T01:00:00.000Z'],
] as const)('%j after %s is %s', (schedule, after, expected) => {
  expect(next(schedule, after)).toBe(expected);
});
