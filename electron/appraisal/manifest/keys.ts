import { isScalar, type Document, visit } from 'yaml';

const MAX_FOUND = 100;

type Found = { readonly offset: number; readonly message: string };

/**
 * Keys that stand twice in one map, and keys that are no word. The parser's own check compares every key with every other, and a map or list
 * as a key is written out again for each that it lies in: a hostile file makes both slow.
 */
export const wrongKeys = (document: Document): readonly Found[] => {
  const found: Found[] = [];
  visit(document, {
    Map: (_place, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) {
          found.push({ offset: map.range?.[0] ?? 0, message: 'A key must be a word; here it is something else.' });
          return visit.BREAK;
        }
        const name = String(key.value);
        if (seen.has(name))
          found.push({ offset: key.range?.[0] ?? 0, message: `The key "${name}" is there twice; only one of them would count.` });
        if (found.length >= MAX_FOUND) return visit.BREAK;
        seen.add(name);
      }
      return undefined;
    },
  });
  return found;
};
