import { describe, expect, it } from 'vitest';
import { type Field, fieldTable } from './fields.ts';
import { hostFields } from './testing/example-fields.ts';

const field = (name: string): Field => ({ name, type: 'text', doc: '' });

describe('a table of fields', () => {
  it('finds a field in any case and gives its canonical name', () => {
    expect(hostFields.field('Last_Change')?.ref).toEqual({ name: 'last_change', member: null, type: 'time' });
    expect(hostFields.field('nothing')).toBeNull();
  });

  it.each(['constructor', '__proto__', 'toString'])('knows no field %s', (name) => {
    expect(hostFields.field(name)).toBeNull();
    expect(hostFields.family(name)).toBeNull();
  });

  it('finds a family by its alias', () => {
    expect(hostFields.family('labels')).toBe('label');
  });

  it('says which fields a word alone is looked for in', () => {
    expect(hostFields.searched.map((one) => one.name)).toEqual(['name', 'location.site', 'tag']);
  });

  it.each([
    ['a keyword', [field('and')]],
    ['a name with a blank', [field('two words')]],
    ['the same name twice', [field('name'), field('Name')]],
    ['a name that a family would hide', [field('label.role')]],
    ['an enum without values', [{ name: 'x', type: 'enum' as const, values: [], doc: '' }]],
    ['a value twice', [{ name: 'x', type: 'enum' as const, values: ['a', 'A'], doc: '' }]],
    [
      'a value called unknown, because "is unknown" must be the only way to ask',
      [{ name: 'x', type: 'enum' as const, values: ['Unknown'], doc: '' }],
    ],
  ])('that has %s is a bug', (_what, fields: readonly Field[]) => {
    expect(() => fieldTable(fields, [{ name: 'label', doc: '' }])).toThrow(/^The (field|family) /u);
  });
});
