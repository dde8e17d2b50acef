import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { visibleText } from '../../../shared/model/hostile-text.ts';

/** What must hold, as one document that a security officer maintains. */
export type Manifest = {
  readonly name: string;
  /** True for the manifest that applies when none was given: it has no rules about places or workloads. */
  readonly builtIn: boolean;
  /** Evidence older than this no longer makes a host trusted. */
  readonly maxEvidenceAgeMs: number;
  readonly workloads: readonly { readonly name: string; readonly countries: readonly string[] }[];
};

export const BUILT_IN_MANIFEST: Manifest = { name: 'built-in defaults', builtIn: true, maxEvidenceAgeMs: 15 * 60_000, workloads: [] };

export type ManifestProblem = { readonly line: number; readonly column: number; readonly message: string };

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const MAX_BYTES = 4 * 1024 * 1024;

const durationSchema = z
  .string()
  .regex(/^[1-9]\d{0,5}[smhd]$/, 'a duration like 90s, 10m, 2h or 1d')
  .transform((text) => Number.parseInt(text, 10) * (UNIT_MS[text.slice(-1)] ?? 0));

const manifestSchema = z.strictObject({
  apiVersion: z.literal('plumbline/v1'),
  kind: z.literal('TrustManifest'),
  metadata: z.strictObject({ name: z.string().min(1).max(200), note: z.string().max(2_000).optional() }),
  freshness: z.strictObject({ maxAge: durationSchema }).optional(),
  workloads: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(253),
        countries: z
          .array(z.string().regex(/^[A-Z]{2}$/, 'two capital letters (ISO 3166-1)'))
          .min(1)
          .max(250),
      }),
    )
    .max(10_000)
    .optional(),
});

/** The node that a path of keys leads to, or the deepest one on the way. */
const nodeAt = (root: Node | null, path: readonly PropertyKey[]): Node | null => {
  let node = root;
  for (const key of path) {
    let next: unknown;
    if (isMap(node) || isSeq(node)) next = node.get(typeof key === 'symbol' ? key.toString() : key, true);
    if (!isMap(next) && !isSeq(next) && !isScalar(next)) break;
    node = next;
  }
  return node;
};

/** Reads a manifest (YAML). Every problem carries its line and column, both from 1. Aliases are refused: they can grow without bound. */
export const parseManifest = (text: string): { ok: true; manifest: Manifest } | { ok: false; problems: ManifestProblem[] } => {
  if (text.length > MAX_BYTES)
    return { ok: false, problems: [{ line: 1, column: 1, message: `The manifest is larger than ${MAX_BYTES} characters.` }] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true });
  const at = (offset: number, message: string): ManifestProblem => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, message };
  };
  if (document.errors.length > 0) return { ok: false, problems: document.errors.map((error) => at(error.pos[0], error.message)) };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    return { ok: false, problems: [at(0, 'Aliases (*name) are not allowed in a manifest.')] };
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => {
      const where = issue.path.map(String).join('.');
      return at(
        nodeAt(document.contents, issue.path)?.range?.[0] ?? 0,
        visibleText(`${where === '' ? 'manifest' : where}: ${issue.message}`),
      );
    });
    return { ok: false, problems };
  }
  const { metadata, freshness, workloads } = parsed.data;
  return {
    ok: true,
    manifest: {
      name: visibleText(metadata.name),
      builtIn: false,
      maxEvidenceAgeMs: freshness?.maxAge ?? BUILT_IN_MANIFEST.maxEvidenceAgeMs,
      workloads: workloads ?? [],
    },
  };
};
