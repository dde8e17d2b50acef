import { describe, expect, it } from 'vitest';
import { formatAge, formatAgo, formatDuration, formatInstant, formatTick } from './format-time.ts';

const AT = Date.UTC(2026, 10, 21, 14, 3, 22);
const DAY = 86_400_000;

describe('formatInstant', () => {
  it('names the zone and leaves out the year of now', () => {
    expect(formatInstant(AT, 'utc', AT + DAY)).toBe('21 Nov 14:03:22 UTC');
  });
  it('says the year where it is another', () => {
    expect(formatInstant(AT, 'utc', AT + 365 * DAY)).toBe('21 Nov 2026 14:03:22 UTC');
  });
});

describe('ages', () => {
  it.each([
    [-5000, '0 s', 'just now'],
    [999, '0 s', 'just now'],
    [1000, '1 s', '1 second ago'],
    [59_999, '59 s', '59 seconds ago'],
    [60_000, '1 min', '1 minute ago'],
    [3_599_999, '59 min', '59 minutes ago'],
    [7_200_000, '2 h', '2 hours ago'],
    [3 * DAY, '3 d', '3 days ago'],
  ])('%i ms', (ms, short, long) => {
    expect(formatAge(ms)).toBe(short);
    expect(formatAgo(ms)).toBe(long);
  });
  it('counts one in the singular', () => {
    expect(formatDuration(DAY)).toBe('1 day');
  });
});

describe('formatTick', () => {
  it('has seconds within ten minutes, is a time within two days and a date beyond', () => {
    expect(formatTick(AT, 'utc', 5 * 60_000)).toBe('14:03:22');
    expect(formatTick(AT, 'utc', DAY)).toBe('14:03');
    expect(formatTick(AT, 'utc', 3 * DAY)).toBe('21 Nov');
  });
});
