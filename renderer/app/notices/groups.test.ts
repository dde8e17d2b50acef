import { describe, expect, it } from 'vitest';
import type { LedgerRow } from '../../../shared/contract/ledger-schemas.ts';
import { grouped, groupOf, isQuiet } from './groups.ts';

let seq = 0;
const entry = (kind: string, body: unknown): LedgerRow => ({
  seq: (seq += 1),
  atMs: 0,
  who: { kind: 'system', name: 'plumbline' },
  kind,
  subject: 'host dc/1',
  sentence: '',
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const verdict = (before: string | null, after: string) =>
  entry('verdict.changed', { before: before === null ? null : { verdict: before }, after: { verdict: after } });

describe('what somebody is told of', () => {
  it.each([
    ['trusted', 'failed', 'worse'],
    [null, 'failed', 'worse'],
    ['trusted', 'stale', 'worse'],
    ['trusted', 'inconclusive', 'worse'],
    ['failed', 'trusted', 'better'],
    [null, 'trusted', 'new-hosts'],
    ['failed', 'inconclusive', null],
    ['failed', 'failed', 'worse'],
    ['trusted', 'trusted', null],
  ] as const)('a verdict from %s to %s is %s', (before, after, group) => {
    expect(groupOf(verdict(before, after))).toBe(group);
  });

  it.each(['not JSON', '{}', '[]', '{"after":{"verdict":"green"}}'])('a verdict that cannot be read (%s) is never good news', (body) => {
    expect(groupOf(entry('verdict.changed', body))).toBe('worse');
  });

  it('a re-check is told of only where it found something, or what it found cannot be read', () => {
    expect(groupOf(entry('ledger.rechecked', { outcome: 'holds' }))).toBeNull();
    expect(groupOf(entry('ledger.rechecked', { outcome: 'broken' }))).toBe('record');
    expect(groupOf(entry('ledger.rechecked', 'not JSON'))).toBe('record');
  });

  it('a finding about an endpoint is told as one, and every other as a finding', () => {
    expect(groupOf(entry('finding.opened', { host: null }))).toBe('endpoints');
    expect(groupOf(entry('finding.opened', { host: 'dc/1' }))).toBe('findings');
    expect(groupOf(entry('finding.opened', 'not JSON'))).toBe('findings');
    expect(groupOf(entry('finding.resolved', { host: 'dc/1' }))).toBeNull();
  });

  it.each(['sweep.confirmed', 'settings.changed', 'export.made', 'anchor.made', 'alert.sent'])('%s is nothing to be told of', (kind) => {
    expect(groupOf(entry(kind, {}))).toBeNull();
  });

  it('many at once are one notice, worst first, and what was seen is left out', () => {
    const old = verdict('trusted', 'failed');
    const rows = [
      old,
      verdict('failed', 'trusted'),
      ...Array.from({ length: 100 }, () => verdict('trusted', 'failed')),
      entry('endpoint.changed', {}),
    ];
    expect(grouped(rows, old.seq).map(({ group, rows: of }) => [group, of.length])).toEqual([
      ['worse', 100],
      ['endpoints', 1],
      ['better', 1],
    ]);
  });
});

describe('quiet hours', () => {
  it.each([
    [{ from: 22 * 60, to: 7 * 60 }, 23 * 60, true],
    [{ from: 22 * 60, to: 7 * 60 }, 6 * 60 + 59, true],
    [{ from: 22 * 60, to: 7 * 60 }, 7 * 60, false],
    [{ from: 9 * 60, to: 17 * 60 }, 12 * 60, true],
    [{ from: 9 * 60, to: 17 * 60 }, 17 * 60, false],
    [{ from: 0, to: 0 }, 0, false],
  ])('%o at minute %i: %s', (quiet, minute, is) => {
    expect(isQuiet(quiet, minute)).toBe(is);
  });
});
