import { describe, expect, it } from 'vitest';
import type { ExportAsk } from '../../shared/contract/export-schemas.ts';
import { completed, fieldsOf, NOTHING_TYPED, unfitFor } from './choices.ts';

const HOSTS: ExportAsk = { rows: 'hosts', format: 'csv', query: {}, sort: { by: 'name', descending: false } };
const FINDINGS: ExportAsk = { rows: 'findings', format: 'csv', query: {}, sort: 'newest', period: null };
const JAN_5 = Date.UTC(2026, 0, 5);

describe('what is typed into the dialog of exports', () => {
  it('changes nothing where nothing is', () => {
    for (const ask of [HOSTS, FINDINGS]) expect(completed(ask, NOTHING_TYPED)).toEqual({ ask });
  });

  it('is a period of which the last day is meant to its end', () => {
    expect(completed(FINDINGS, { ...NOTHING_TYPED, from: ' 2026-01-05 ', to: '2026-01-05' })).toMatchObject({
      ask: { period: { fromMs: JAN_5, toMs: JAN_5 + 86_400_000 } },
    });
  });

  it('is since when a report of hosts says what changed', () => {
    expect(completed({ ...HOSTS, format: 'pdf' }, { ...NOTHING_TYPED, from: '2026-01-05' })).toMatchObject({ ask: { sinceMs: JAN_5 } });
  });

  it('is a sample, with a seed or without one', () => {
    expect(completed(HOSTS, { ...NOTHING_TYPED, size: '25' })).toMatchObject({ ask: { sample: { size: 25 } } });
    expect(completed(HOSTS, { ...NOTHING_TYPED, size: '25', seed: 'dice:4-6' })).toMatchObject({
      ask: { sample: { size: 25, seed: 'dice:4-6' } },
    });
  });

  it('is left out where the format makes no use of it', () => {
    expect(completed({ ...HOSTS, format: 'pdf-board' }, { from: '', to: 'nonsense', size: 'nonsense', seed: '!' })).toEqual({
      ask: { ...HOSTS, format: 'pdf-board' },
    });
    expect(fieldsOf('hosts', 'csv')).toEqual({ from: false, to: false, sample: true });
    expect(fieldsOf('ledger', 'csv')).toEqual({ from: true, to: true, sample: false });
  });

  it.each([
    [FINDINGS, { from: '5.1.2026' }, 'from'],
    [FINDINGS, { to: '2026-02-30' }, 'to'],
    [FINDINGS, { from: '2026-01-06', to: '2026-01-05' }, 'to'],
    [HOSTS, { size: '0' }, 'size'],
    [HOSTS, { size: '100001' }, 'size'],
    [HOSTS, { size: 'many' }, 'size'],
    [HOSTS, { seed: 'a' }, 'size'],
    [HOSTS, { size: '1', seed: 'two words' }, 'seed'],
  ] as const)('of %j is refused at its field: %j', (ask, typed, field) => {
    const found = completed(ask, { ...NOTHING_TYPED, ...typed });
    expect('wrong' in found ? Object.keys(found.wrong) : []).toEqual([field]);
  });
});

it('the dossier is offered for one host and for no other number', () => {
  expect([0, 1, 2].map((total) => unfitFor('pdf-dossier', total) === undefined)).toEqual([false, true, false]);
  expect(unfitFor('pdf', 0)).toBeUndefined();
});
