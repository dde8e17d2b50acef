import type { Schedule } from '../../../shared/contract/report-schemas.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const isOn = (schedule: Schedule, day: Date): boolean => {
  if (schedule.every === 'day') return true;
  // Sunday is 0 here, and 7 in ISO 8601.
  if (schedule.every === 'week') return (day.getUTCDay() || 7) === schedule.weekday;
  return day.getUTCDate() === schedule.day;
};

/** The first moment of a schedule after another moment, in UTC. Within 31 days there is one of each. */
export const nextRun = (schedule: Schedule, afterMs: number): number => {
  for (let dayMs = Math.floor(afterMs / DAY_MS) * DAY_MS; ; dayMs += DAY_MS) {
    const atMs = dayMs + schedule.minute * MINUTE_MS;
    if (atMs > afterMs && isOn(schedule, new Date(dayMs))) return atMs;
  }
};
