import { describe, expect, it } from 'vitest';
import type { Job } from '../../shared/contract/job-schemas.ts';
import { merged } from './job-list.ts';
import { endedWords, progressWords, remainingMs } from './job-words.ts';

const job = (over: Partial<Job>): Job => ({
  id: 1,
  kind: 'recheck',
  state: 'running',
  who: 'ann',
  startedAtMs: 1,
  endedAtMs: null,
  done: 0,
  total: 0,
  sentence: '',
  nextStep: null,
  report: null,
  made: null,
  ...over,
});

describe('jobs', () => {
  it('are shown as the later of two pictures, whichever comes first', () => {
    const running = job({ done: 5, total: 9 });
    const ended = job({ state: 'done', done: 9, total: 9 });
    expect(merged([running], [ended])).toEqual([ended]);
    expect(merged([ended], [running])).toEqual([ended]);
    expect(merged([job({ done: 2, total: 9 })], [running])).toEqual([running]);
    expect(merged([running], [job({ done: 2, total: 9 })])).toEqual([running]);
  });
  it('of an engine that was started again are not taken for those of before', () => {
    expect(merged([job({ startedAtMs: 2 })], [job({ state: 'done' })])).toEqual([job({ startedAtMs: 2 })]);
    expect(merged([], [job({ state: 'done' })])).toEqual([]);
  });
  it('say how far they are, and nothing aloud before they end', () => {
    expect(progressWords(job({ done: 1_200, total: 4_000 }))).toBe('1,200 of 4,000 entries');
    expect(progressWords(job({ done: 4_000, total: 4_000 }))).toContain('now hosts, manifests');
    expect(progressWords(job({ kind: 'purge', done: 1 }))).toBe('1 step');
    expect(endedWords(job({ done: 5, total: 9 }))).toBe('');
    expect(endedWords(job({ kind: 'backup', state: 'failed', sentence: 'The disk is full.', nextStep: 'Free space.' }))).toBe(
      'Back up: failed. The disk is full. Free space.',
    );
  });
});

describe('how long a job will still take', () => {
  const T0 = 1_790_000_000_000;
  it('is told from how it went until now', () => {
    expect(remainingMs({ done: 25, total: 100, startedAtMs: T0 }, T0 + 10_000)).toBe(30_000);
  });
  it.each([
    ['nothing is known of all there is', { done: 5, total: 0 }, 10_000],
    ['too little is done', { done: 1, total: 100 }, 10_000],
    ['it has only begun', { done: 50, total: 100 }, 500],
    ['everything is done', { done: 100, total: 100 }, 10_000],
    ['the clock was set back', { done: 50, total: 100 }, -5_000],
  ])('is not guessed where %s', (_, known, taken) => {
    expect(remainingMs({ ...known, startedAtMs: T0 }, T0 + taken)).toBeNull();
  });
});
