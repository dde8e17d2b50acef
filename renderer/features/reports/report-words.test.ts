import { describe, expect, it } from 'vitest';
import { differenceWords, readTimeOfDay, scheduleWords, timeOfDay } from './report-words.ts';

describe('the words of a report', () => {
  it.each([
    [null, 'When somebody asks for it'],
    [{ every: 'day', minute: 390 }, 'Every day at 06:30 UTC'],
    [{ every: 'week', weekday: 7, minute: 0 }, 'Every Sunday at 00:00 UTC'],
    [{ every: 'month', day: 28, minute: 1_439 }, 'On day 28 of each month at 23:59 UTC'],
  ] as const)('of the schedule %j are %s', (schedule, words) => {
    expect(scheduleWords(schedule)).toBe(words);
  });

  it.each(['24:00', '6', '06:60', '6:5', ' ', '-1:00'])('%j is no time of day', (text) => {
    expect(readTimeOfDay(text)).toBeNull();
  });

  it('of every minute of the day are read back', () => {
    for (let minute = 0; minute < 1_440; minute += 1) expect(readTimeOfDay(timeOfDay(minute))).toBe(minute);
  });

  it('say how two runs differ, with numbers and the first names, and nothing where they do not', () => {
    const none = { count: 0, first: [] };
    expect(differenceWords({ sinceMs: 0, added: none, removed: none, changed: none })).toEqual([]);
    expect(
      differenceWords({
        sinceMs: 0,
        added: { count: 1_200, first: ['a', 'b', 'c', 'd'] },
        removed: { count: 1, first: ['e'] },
        changed: { count: 1, first: [{ name: 'f', before: 'trusted', after: 'failed' }] },
      }),
    ).toEqual(['1 host with another verdict: f (trusted → failed)', '1,200 hosts came: a, b, c, …', '1 host went: e']);
  });
});
