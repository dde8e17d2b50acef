import { parseSync } from 'vite';

/** A node of the syntax tree (ESTree with JSX and types), as far as it is looked at here. */
export type SyntaxNode = { readonly [key: string]: unknown; readonly type: string; readonly start: number; readonly end: number };

export const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  typeof value.type === 'string' &&
  'start' in value &&
  typeof value.start === 'number' &&
  'end' in value &&
  typeof value.end === 'number';

/** The node under a key, or undefined. */
export const nodeAt = (node: SyntaxNode, key: string): SyntaxNode | undefined => {
  const value = node[key];
  return isNode(value) ? value : undefined;
};

/** The nodes under a key that holds a list; holes are left out. */
export const nodesAt = (node: SyntaxNode, key: string): readonly SyntaxNode[] => {
  const value = node[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
};

export const textAt = (node: SyntaxNode, key: string): string | undefined => {
  const value = node[key];
  return typeof value === 'string' ? value : undefined;
};

/** All direct children, with the key under which each is, in the order of the source. */
export const childrenOf = (node: SyntaxNode): readonly (readonly [key: string, child: SyntaxNode])[] =>
  Object.entries(node)
    .flatMap(([key, value]) => (Array.isArray(value) ? value : [value]).filter(isNode).map((child) => [key, child] as const))
    .sort(([, a], [, b]) => a.start - b.start);

/** The tree of one source. Throws where the source has a fault of syntax: the type check says it better. */
export const parseSource = (file: string, source: string): SyntaxNode => {
  const { program, errors } = parseSync(file, source);
  const tree: unknown = program;
  if (errors.length > 0 || !isNode(tree)) throw new Error(`${file} cannot be parsed: ${errors[0]?.message ?? 'no tree'}`);
  return tree;
};
