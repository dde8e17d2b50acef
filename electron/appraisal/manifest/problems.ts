import { isMap, isScalar, isSeq, type Document, type LineCounter, type Node } from 'yaml';
import { z } from 'zod';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { nearest } from '../../../shared/model/nearest.ts';
import { manifestJsonSchema } from './schema.ts';

/** Something wrong in a manifest. Line and column from 1; `suggestion` is what was probably meant. */
export type ManifestProblem = {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly suggestion: string | null;
};

export type Source = { readonly document: Document; readonly lines: LineCounter };
export type Path = readonly PropertyKey[];
/** `meant` is asked only for what is shown: looking for the nearest of many names takes time. */
export type Say = (path: Path, message: string, meant?: () => string | null) => void;

const MAX_MESSAGE = 400;
/** More than a person reads. Finding the place of each and what was meant costs time, so no more are looked at than these. */
export const MAX_PROBLEMS = 100;
/** The order of complaints is that of the schema, and the first ones of the file are to be among those shown. */
const MAX_ISSUES = 10 * MAX_PROBLEMS;
/** More unknown keys than a person corrects; finding the place of each takes as long as its map. */
const MAX_KEYS = 100;

export const problemAt = (lines: LineCounter, offset: number, message: string, suggestion: string | null = null): ManifestProblem => {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col), message: visibleText(message, MAX_MESSAGE), suggestion };
};

/** The node that a path of keys leads to, or the deepest one on the way. */
export const nodeAt = (root: unknown, path: Path): Node | null => {
  let node: Node | null = isMap(root) || isSeq(root) || isScalar(root) ? root : null;
  for (const key of path) {
    const next: unknown = isMap(node) || isSeq(node) ? node.get(typeof key === 'symbol' ? String(key) : key, true) : undefined;
    if (!isMap(next) && !isSeq(next) && !isScalar(next)) break;
    node = next;
  }
  return node;
};

export const offsetAt = (source: Source, path: Path): number => nodeAt(source.document.contents, path)?.range?.[0] ?? 0;

const keyOffset = (source: Source, path: Path, key: string): number => {
  const map = nodeAt(source.document.contents, path);
  const pair = isMap(map) ? map.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
  return isScalar(pair?.key) ? (pair.key.range?.[0] ?? 0) : (map?.range?.[0] ?? 0);
};

const schemaNode: z.ZodType<SchemaNode> = z.lazy(() =>
  z.object({
    properties: z.record(z.string(), schemaNode).optional(),
    // Of a tuple it is `false`: nothing more may follow.
    items: schemaNode.optional().catch(undefined),
    anyOf: z.array(schemaNode).optional(),
  }),
);
type SchemaNode = { properties?: Record<string, SchemaNode> | undefined; items?: SchemaNode | undefined; anyOf?: SchemaNode[] | undefined };

let published: SchemaNode | null = null;

/** Keys that the schema knows at a path; both forms of a link count. */
const keysAt = (path: Path): readonly string[] => {
  published ??= schemaNode.parse(manifestJsonSchema());
  const formsOf = (node: SchemaNode): readonly SchemaNode[] => [node, ...(node.anyOf ?? [])];
  let nodes: readonly SchemaNode[] = formsOf(published);
  for (const key of path) {
    const next = nodes.flatMap((node) => {
      const child = typeof key === 'number' ? node.items : node.properties?.[String(key)];
      return child === undefined ? [] : formsOf(child);
    });
    nodes = next;
  }
  return nodes.flatMap((node) => Object.keys(node.properties ?? {}));
};

const wordsOf = (path: Path): string =>
  path.length === 0
    ? 'The manifest'
    : path
        .map((part) => (typeof part === 'number' ? `[${part + 1}]` : `.${String(part)}`))
        .join('')
        .replace(/^\./u, '');

/** Of a value that may have one of several forms, the complaints of the form that it is nearest to. */
const nearestForm = (issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] => {
  if (issue.code !== 'invalid_union') return [issue];
  const forms = issue.errors.map((errors) => errors.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })));
  const inside = forms.filter((errors) =>
    errors.some((inner) => inner.code === 'unrecognized_keys' || inner.path.length > issue.path.length),
  );
  return (inside[0] ?? forms[0] ?? [issue]).flatMap(nearestForm);
};

const TYPE_WORDS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map of keys',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

const complaint = (issue: z.core.$ZodIssue, value: unknown): { readonly message: string; readonly suggestion: string | null } => {
  if (issue.code === 'invalid_type') {
    if (value === undefined || value === null) return { message: 'is missing.', suggestion: null };
    return { message: `must be ${TYPE_WORDS[issue.expected] ?? issue.expected}.`, suggestion: null };
  }
  if (issue.code === 'invalid_value' && issue.values.length > 1) {
    const words = issue.values.map(String);
    return { message: `must be one of ${words.join(', ')}.`, suggestion: typeof value === 'string' ? nearest(value, words) : null };
  }
  if (issue.code === 'too_big')
    return {
      message: `is too large; at most ${String(issue.maximum)} ${issue.origin === 'array' ? 'entries' : 'is allowed'}.`,
      suggestion: null,
    };
  if (issue.code === 'too_small' && issue.origin === 'array' && issue.message.startsWith('Too small'))
    return { message: `needs at least ${String(issue.minimum)} ${Number(issue.minimum) === 1 ? 'entry' : 'entries'}.`, suggestion: null };
  return { message: `${issue.message}.`, suggestion: null };
};

/** What zod found, in words and with places. */
export const problemsOfIssues = (issues: readonly z.core.$ZodIssue[], source: Source): readonly ManifestProblem[] =>
  issues
    .slice(0, MAX_ISSUES)
    .flatMap(nearestForm)
    .flatMap((issue): readonly ManifestProblem[] => {
      const { path } = issue;
      if (issue.code === 'unrecognized_keys') {
        const known = keysAt(path);
        return issue.keys.slice(0, MAX_KEYS).map((key) => {
          const meant = nearest(key, known);
          const message = `${wordsOf(path)} has an unknown key "${key}"; a misspelt rule would be without effect.`;
          return problemAt(source.lines, keyOffset(source, path, key), message, meant);
        });
      }
      const node = nodeAt(source.document.contents, path);
      const found = source.document.getIn(path.map((part) => (typeof part === 'symbol' ? String(part) : part)));
      const { message, suggestion } = complaint(issue, isMap(found) || isSeq(found) ? {} : found);
      return [problemAt(source.lines, node?.range?.[0] ?? 0, `${wordsOf(path)} ${message}`, suggestion)];
    });
