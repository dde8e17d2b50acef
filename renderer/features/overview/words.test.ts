import { describe, expect, it } from 'vitest';
import { clearSince, restSentence } from './answer-words.ts';
import { share } from './share.ts';
import { spanWords, trendSentence } from './trend-words.ts';

const point = (atMs: number, failed: number, stale = 0) => ({
  atMs,
  inventory: 50,
  failed,
  stale,
  inconclusive: 0,
  trusted: 50 - failed - stale,
});

describe('clearSince', () => {
  it('is the first record after the last failure', () => {
    expect(clearSince([point(1, 0), point(2, 3), point(3, 0), point(4, 0)])).toEqual({ atMs: 3, whole: false });
  });
  it('says when it is the whole record', () => {
    expect(clearSince([point(1, 0), point(2, 0)])).toEqual({ atMs: 1, whole: true });
  });
  it('is silent where nothing is recorded, or the last record failed', () => {
    expect(clearSince([])).toBeNull();
    expect(clearSince([point(1, 2)])).toBeNull();
  });
});

it('share never rounds to all or nothing', () => {
  expect(share(9999, 10_000)).toBe('> 99 %');
  expect(share(1, 10_000)).toBe('< 1 %');
  expect(share(50, 50)).toBe('100 %');
  expect(share(0, 50)).toBe('0 %');
  expect(share(0, 0)).toBe('');
});

it('restSentence says only what there is', () => {
  expect(restSentence({ stale: 0, inconclusive: 0 })).toBe('');
  expect(restSentence({ stale: 1, inconclusive: 0 })).toBe('1 is stale.');
  expect(restSentence({ stale: 2, inconclusive: 3 })).toBe('3 cannot be judged and 2 are stale.');
});

it('the trend has a sentence', () => {
  expect(trendSentence([point(1, 1), point(2, 4, 2), point(3, 2)])).toBe(
    'Hosts not trusted: 1 at the beginning, at most 6, now 2 of 50; 2 failed.',
  );
});

it('spans are hours as long as they can be pictured', () => {
  expect(spanWords(40_000)).toBe('1 minute');
  expect(spanWords(24 * 3_600_000)).toBe('24 hours');
  expect(spanWords(9 * 86_400_000)).toBe('9 days');
});
