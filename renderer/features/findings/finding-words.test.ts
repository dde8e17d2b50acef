import { describe, expect, it } from 'vitest';
import { FINDING_KINDS } from '../../../shared/contract/finding-schemas.ts';
import { HOLDING } from '../../app/navigation-findings.ts';
import { actOf, NOTHING_TYPED, opposite, untilOf } from './act-words.ts';
import { isFiltered, isPreset, presetsFor, queryOf, unfiltered } from './finding-query.ts';
import { KIND_WORD, NEXT_STEP, stepWord } from './finding-words.ts';

const NOW = Date.UTC(2026, 5, 1, 12);

describe('a step as it is typed', () => {
  it('a day is waived to its end, in UTC; a time to the minute', () => {
    expect(untilOf('2026-06-02')).toBe(Date.UTC(2026, 5, 3));
    expect(untilOf(' 2026-06-02T18:30Z ')).toBe(Date.UTC(2026, 5, 2, 18, 30));
    for (const wrong of ['', 'tomorrow', '2026-02-30', '02.06.2026', '7d']) expect(untilOf(wrong)).toBe(null);
  });
  it('a waiver has an end within a year, and a reason', () => {
    expect(actOf('waive', { ...NOTHING_TYPED, until: '2026-06-02', reason: ' An update. ' }, NOW)).toEqual({
      act: { kind: 'waive', untilMs: Date.UTC(2026, 5, 3), reason: 'An update.' },
    });
    for (const until of ['', '2026-05-31', '2027-07-01'])
      expect(actOf('waive', { ...NOTHING_TYPED, until, reason: '' }, NOW)).toEqual({
        wrong: { until: expect.any(String), reason: expect.any(String) },
      });
  });
  it('to nobody is said by nothing', () => {
    expect(actOf('assign', { ...NOTHING_TYPED, person: ' ' }, NOW)).toEqual({ act: { kind: 'assign', person: null } });
  });
  it.each(['unwaive', 'reopen', 'note'] as const)('%s needs words', (kind) => {
    expect(actOf(kind, NOTHING_TYPED, NOW)).toEqual({ wrong: { reason: expect.any(String) } });
  });
  it('is taken back by its opposite, and a note by nothing', () => {
    expect(opposite({ kind: 'acknowledge' }, { assigned: null })).toMatchObject({ kind: 'reopen' });
    expect(opposite({ kind: 'assign', person: 'cara' }, { assigned: 'bob' })).toEqual({ kind: 'assign', person: 'bob' });
    expect(opposite({ kind: 'waive', untilMs: 1, reason: 'x' }, { assigned: null })).toMatchObject({ kind: 'unwaive' });
    expect(opposite({ kind: 'note', text: 'x' }, { assigned: null })).toBe(null);
  });
});

describe('a list', () => {
  it('that says nothing of states is of what holds', () => {
    expect(queryOf(HOLDING)).toEqual({ openOnly: true });
    expect(queryOf({ ...HOLDING, states: ['resolved'] })).toEqual({ states: ['resolved'] });
  });
  it('of nobody’s findings is not one of a person', () => {
    expect(queryOf({ ...HOLDING, unassigned: true, person: 'ann' })).toEqual({ openOnly: true, assigned: null });
  });
  it('is filtered by anything but how it is sorted, grouped and opened', () => {
    expect(isFiltered({ ...HOLDING, sort: 'oldest', by: 'cause', finding: 7 })).toBe(false);
    expect(isFiltered({ ...HOLDING, text: 'x' })).toBe(true);
    expect(isFiltered(unfiltered({ ...HOLDING, ends: 3, host: 'a' }))).toBe(false);
  });
  it('of the presets knows itself, whatever is opened in it', () => {
    const presets = presetsFor('ann');
    expect(presets.map(({ word }) => word)).toContain('Assigned to me');
    expect(presetsFor(undefined).map(({ word }) => word)).not.toContain('Assigned to me');
    for (const one of presets)
      expect(presets.filter((other) => isPreset(other, { ...one.view, finding: 3, sort: 'oldest' }))).toEqual([one]);
  });
});

describe('words', () => {
  it('every kind has one and a next step that is a sentence', () => {
    expect(new Set(FINDING_KINDS.map((kind) => KIND_WORD[kind])).size).toBe(FINDING_KINDS.length);
    for (const kind of FINDING_KINDS) expect(NEXT_STEP[kind]).toMatch(/^[A-Z].*\.$/u);
  });
  it('a step of a later version is shown by its name', () => {
    expect(stepWord('finding.waived')).toBe('Waived');
    expect(stepWord('finding.dreamt')).toBe('finding.dreamt');
  });
});
