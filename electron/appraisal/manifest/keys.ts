import { isScalar, type Document, visit } from 'yaml';

const MAX_FOUND = 100;

/** Keys that stand twice in one map. The parser's own check compares every key with every other, which a hostile file makes slow. */
export const repeatedKeys = (document: Document): readonly { readonly offset: number; readonly key: string }[] => {
  const found: { offset: number; key: string }[] = [];
  visit(document, {
    Map: (_place, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name)) found.push({ offset: key.range?.[0] ?? 0, key: name });
        if (found.length >= MAX_FOUND) return visit.BREAK;
        seen.add(name);
      }
      return undefined;
    },
  });
  return found;
};
