import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImaFacts } from '../types.ts';
import { parseIma } from '../index.ts';
import { digest, imaNgLine } from '../testing/host.ts';
import { alignFiles } from './aligned-files.ts';
import { diffIma } from './ima.ts';

type File = readonly [path: string, content: string];

const listOf = (files: readonly File[]): ImaFacts => {
  const text = files.map(([path, content]) => imaNgLine(path, digest('sha256', Buffer.from(content)))).join('');
  const parsed = parseIma(Buffer.from(text));
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
};
const aligned = (before: readonly File[], after: readonly File[]) => {
  const [a, b] = [listOf(before), listOf(after)];
  return { a, b, lines: alignFiles(a, b, diffIma(a, b, { limit: Number.MAX_SAFE_INTEGER }).changes) };
};
const states = ({ lines }: ReturnType<typeof aligned>) =>
  lines.map(({ indexA, indexB, change }) => [indexA, indexB, change?.change ?? 'same']);

describe('two lists of measured programs side by side', () => {
  it('has one line for each path, in the order in which the second list measured them', () => {
    expect(
      states(
        aligned(
          [
            ['/a', '1'],
            ['/b', '1'],
            ['/c', '1'],
          ],
          [
            ['/c', '1'],
            ['/a', '2'],
            ['/d', '1'],
          ],
        ),
      ),
    ).toEqual([
      [1, null, 'removed'],
      [2, 0, 'same'],
      [0, 1, 'changed'],
      [null, 2, 'added'],
    ]);
  });

  it('puts what is gone where it was missed', () => {
    expect(
      states(
        aligned(
          [
            ['/a', '1'],
            ['/gone', '1'],
            ['/b', '1'],
          ],
          [
            ['/a', '1'],
            ['/b', '1'],
          ],
        ),
      ),
    ).toEqual([
      [0, 0, 'same'],
      [1, null, 'removed'],
      [2, 1, 'same'],
    ]);
  });

  it('leaves no path out and names none twice, whatever the lists are', () => {
    const file = fc.tuple(fc.constantFrom('/a', '/b', '/c', '/lib/modules/6.1.0/x', '/lib/modules/6.2.0/x'), fc.constantFrom('1', '2'));
    fc.assert(
      fc.property(fc.array(file, { minLength: 1, maxLength: 12 }), fc.array(file, { minLength: 1, maxLength: 12 }), (before, after) => {
        const { a, b, lines } = aligned(before, after);
        const pathsB = lines.flatMap(({ indexB }) => (indexB === null ? [] : [b.entries.at(indexB)?.path]));
        expect(pathsB).toHaveLength(new Set(pathsB).size);
        expect(new Set(pathsB)).toEqual(new Set(after.map(([path]) => path)));
        const changes = lines.flatMap(({ change }) => (change === null ? [] : [change]));
        expect(changes).toHaveLength(diffIma(a, b, { limit: 1_000 }).changes.length);
      }),
    );
  });
});
