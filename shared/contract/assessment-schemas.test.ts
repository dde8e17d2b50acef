import { describe, expect, it } from 'vitest';
import { assessmentSchema, MOST_COMMENT, MOST_ITEMS, stillFails } from './assessment-schemas.ts';

const ITEM = { kind: 'host', id: 'dc/1' } as const;
const SAID = { run: 7, items: [ITEM], state: 'flagged', comment: 'why' } as const;

describe('what is said of an item', () => {
  it('is one paragraph, as long as it was typed', () => {
    expect(assessmentSchema.parse({ ...SAID, comment: '  first line \r\n\n  second\n' }).comment).toBe('first line second');
  });

  it.each([
    { ...SAID, comment: 'x'.repeat(MOST_COMMENT + 1) },
    { ...SAID, items: [] },
    { ...SAID, items: Array.from({ length: MOST_ITEMS + 1 }, () => ITEM) },
    { ...SAID, state: 'passed' },
    { ...SAID, items: [{ ...ITEM, id: '' }] },
    { ...SAID, more: true },
  ])('is refused where it is none or too much: %#', (said) => {
    expect(assessmentSchema.safeParse(said).success).toBe(false);
  });
});

it('only what evidence speaks against still fails: what was not evaluated is neither failed nor well', () => {
  expect(['failed', 'inconclusive', 'stale', 'trusted'].filter((verdict) => stillFails('host', verdict))).toEqual(['failed']);
  expect(['against', 'not-evaluated', 'supported'].filter((standing) => stillFails('control', standing))).toEqual(['against']);
});
