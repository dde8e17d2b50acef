import { describe, expect, it } from 'vitest';
import { differenceWords, flaggedWords, readTimeOfDay, scheduleWords, standingWord, timeOfDay } from './report-words.ts';

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

  const flagged = { kind: 'host', name: 'h', before: 'failed', after: 'failed', comment: 'why' } as const;
  it.each([
    [flagged, 'h was flagged (failed) and is still failed: why'],
    [{ ...flagged, after: 'trusted', comment: '' }, 'h was flagged (failed) and is now trusted'],
    [{ ...flagged, after: null }, 'h was flagged (failed) and is not in this run: why'],
    [{ ...flagged, before: 'trusted', after: 'trusted' }, 'h was flagged (trusted) and is as before trusted: why'],
    [
      { ...flagged, kind: 'control', before: 'against', after: 'not-evaluated' },
      'h was flagged (evidence speaks against it) and is now not all evaluated: why',
    ],
  ] as const)('say how what was flagged stands now: %j', (one, words) => {
    expect(flaggedWords(one)).toBe(words);
  });

  it('never say more of a control than that evidence supports it, and say what they do not know as it is', () => {
    expect(['supported', 'not-evaluated', 'against'].map((one) => standingWord('control', one))).toEqual([
      'Evidence supports it',
      'Not all evaluated',
      'Evidence speaks against it',
    ]);
    expect([standingWord('control', 'later'), standingWord('host', 'later')]).toEqual(['later', 'later']);
  });
});
