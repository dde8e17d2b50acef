import { z } from 'zod';
import manifestSchema from '../../../../resources/manifests/manifest.schema.json';

/** What completion reads of a JSON Schema (2020-12): which keys there are, which words, and what they are for. */
export type SchemaNode = {
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly const?: string | number | undefined;
  readonly enum?: readonly (string | number)[] | undefined;
  readonly properties?: Readonly<Record<string, SchemaNode>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: SchemaNode | undefined;
  readonly anyOf?: readonly SchemaNode[] | undefined;
};

const word = z.union([z.string(), z.number()]);
const nodeSchema: z.ZodType<SchemaNode> = z.lazy(() =>
  z.object({
    type: z.string().optional(),
    description: z.string().optional(),
    const: word.optional(),
    enum: z.array(word).optional(),
    properties: z.record(z.string(), nodeSchema).optional(),
    required: z.array(z.string()).optional(),
    // `true` and `false` are schemas as well; they have no words to offer.
    items: z.union([nodeSchema, z.boolean().transform((): SchemaNode => ({}))]).optional(),
    anyOf: z.array(nodeSchema).optional(),
  }),
);

/** The schema of a trust manifest, the one that `plumbline manifest schema` prints. */
export const MANIFEST_SCHEMA: SchemaNode = nodeSchema.parse(manifestSchema);

const branches = (node: SchemaNode): readonly SchemaNode[] => [node, ...(node.anyOf ?? []).flatMap(branches)];

/** A step into a mapping by its key, or into a sequence. */
export type Step = { readonly key: string } | 'item';

/** What may stand at the end of a path; nothing where the schema does not know it. */
export const nodesAt = (root: SchemaNode, path: readonly Step[]): readonly SchemaNode[] =>
  path.reduce<readonly SchemaNode[]>(
    (nodes, step) =>
      nodes.flatMap(branches).flatMap((node) => {
        const next =
          step === 'item'
            ? node.items
            : node.properties !== undefined && Object.hasOwn(node.properties, step.key)
              ? node.properties[step.key]
              : undefined;
        return next === undefined ? [] : [next];
      }),
    [root],
  );

export const propertiesOf = (nodes: readonly SchemaNode[]): readonly (readonly [name: string, node: SchemaNode])[] => {
  const found = new Map(nodes.flatMap(branches).flatMap((node) => Object.entries(node.properties ?? {})));
  return [...found];
};

/** The words of an enumeration, and those of each branch. */
export const wordsOf = (nodes: readonly SchemaNode[]): readonly string[] => [
  ...new Set(
    nodes
      .flatMap(branches)
      .flatMap((node) => [...(node.const === undefined ? [] : [node.const]), ...(node.enum ?? [])])
      .map(String),
  ),
];

export const describe = (node: SchemaNode): string =>
  branches(node).find(({ description }) => description !== undefined)?.description ?? '';

/** Whether a mapping or a sequence stands there, rather than one word. */
export const shapeOf = (node: SchemaNode): 'mapping' | 'sequence' | 'word' => {
  const all = branches(node);
  if (
    all.some(
      ({ type, const: only, enum: words }) =>
        type === 'string' || type === 'integer' || type === 'number' || only !== undefined || words !== undefined,
    )
  )
    return 'word';
  return all.some(({ type }) => type === 'array') ? 'sequence' : 'mapping';
};
