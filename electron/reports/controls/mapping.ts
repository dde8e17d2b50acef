import { z } from 'zod';
import builtIn from '../../../resources/controls/mapping.json' with { type: 'json' };
import { ASSURANCES, LINKS } from '../../../shared/model/verdict.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';

const word = z.string().trim().min(1).max(200);
const sentence = z.string().trim().min(1).max(2_000);
const id = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/u, 'must be lower-case letters, digits, dots and dashes');

/** How much of a control a piece of evidence speaks of: it is what an assessor would test, it covers some of it, or it helps. */
export const STRENGTHS = ['direct', 'partial', 'supporting'] as const;
export type Strength = (typeof STRENGTHS)[number];
const BASELINES = ['low', 'moderate', 'high'] as const;
const baselines = z.array(z.enum(BASELINES)).max(3);

/** What is counted in live data for a piece of evidence. `none` = this version has no such data, and that is said. */
const measureSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('links'), links: z.array(z.enum(LINKS)).min(1).max(LINKS.length) }),
  z.strictObject({ kind: z.literal('location'), assurances: z.array(z.enum(ASSURANCES)).min(1).max(ASSURANCES.length) }),
  z.strictObject({ kind: z.enum(['known', 'fresh']) }),
  z.strictObject({ kind: z.enum(['ledger', 'anchors', 'references', 'retention', 'findings', 'manifest', 'alerts', 'none']) }),
]);

const supportSchema = z.strictObject({
  framework: id,
  /** As its publisher writes it. */
  control: word,
  title: word,
  strength: z.enum(STRENGTHS),
  why: sentence,
  /** In which baselines the control is; empty lists = in none. Absent where a framework has none. */
  baselines: z.strictObject({ nist: baselines, fedramp: baselines }).optional(),
  /** Whether the published wording was at hand when the row was written. */
  read: z.boolean(),
  /** What this row does not say, beside the limit of its evidence. */
  limit: sentence.optional(),
});

export const mappingSchema = z
  .strictObject({
    version: z.literal(1),
    name: word,
    revision: word,
    about: sentence,
    frameworks: z.array(z.strictObject({ id, title: word, link: z.url({ protocol: /^https$/u }) })).max(50),
    evidence: z
      .array(z.strictObject({ id, title: word, measure: measureSchema, limit: sentence, supports: z.array(supportSchema).min(1).max(200) }))
      .max(200),
  })
  .superRefine(({ frameworks, evidence }, context) => {
    const known = new Set(frameworks.map((one) => one.id));
    const seen = new Set<string>();
    for (const [at, { id: name, supports }] of evidence.entries()) {
      if (seen.has(name)) context.addIssue({ code: 'custom', path: ['evidence', at, 'id'], message: 'is there twice' });
      seen.add(name);
      for (const [row, { framework }] of supports.entries())
        if (!known.has(framework))
          context.addIssue({ code: 'custom', path: ['evidence', at, 'supports', row, 'framework'], message: 'is not in frameworks' });
    }
  });

/** Which evidence supports which control, how strongly, why, and within which limit. It says nothing of whether a control is met. */
export type ControlMapping = z.output<typeof mappingSchema>;
export type EvidenceKind = ControlMapping['evidence'][number];
export type Support = EvidenceKind['supports'][number];

/**
 * A mapping with an organisation's own beside it: what it says of evidence of the same id is added to what is said here, other evidence and
 * frameworks come behind.
 */
export const withOwn = (base: ControlMapping, own: ControlMapping): ControlMapping => {
  const known = new Set(base.evidence.map(({ id: name }) => name));
  const frameworks = new Set(base.frameworks.map(({ id: name }) => name));
  return {
    ...base,
    name: `${base.name} and ${own.name}`,
    revision: `${base.revision} and ${own.revision}`,
    frameworks: [...base.frameworks, ...own.frameworks.filter((one) => !frameworks.has(one.id))],
    evidence: [
      ...base.evidence.map((one) => ({
        ...one,
        supports: [...one.supports, ...own.evidence.filter((other) => other.id === one.id).flatMap(({ supports }) => supports)],
      })),
      ...own.evidence.filter((one) => !known.has(one.id)),
    ],
  };
};

/** The mapping of this project. */
export const builtInMapping = (): ControlMapping => mappingSchema.parse(builtIn);

/** A mapping of an organisation, in the same form. Problems: controls-mapping, with the place in the file. */
export const parseMapping = (text: string): Result<ControlMapping> => {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return fail('controls-mapping', 'The mapping of controls is no JSON.', 'Correct the file.');
  }
  const parsed = mappingSchema.safeParse(raw);
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'The mapping of controls' : issue.path.map(String).join('.');
  return fail(
    'controls-mapping',
    `${where}: ${issue?.message ?? 'cannot be read'}.`,
    'Correct the file; docs/controls.md says what it holds.',
  );
};
