import { z } from 'zod';

const count = z.number().int().nonnegative();
const timeMs = z.number().int();

/** What a run has to be judged: each host of its rows, and each control that its file says something of. */
export const ITEM_KINDS = ['host', 'control'] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** What a person says of one. A new run is ready to be judged again, whatever was said of the run before. */
export const EVIDENCE_STATES = ['ready', 'approved', 'flagged', 'not-applicable'] as const;
export type EvidenceState = (typeof EVIDENCE_STATES)[number];

export const STATE_WORD: Readonly<Record<EvidenceState, string>> = {
  ready: 'Ready',
  approved: 'Approved',
  flagged: 'Flagged',
  'not-applicable': 'Not applicable',
};

/** What these say can be acted on only with a reason. */
export const NEED_COMMENT: readonly EvidenceState[] = ['flagged', 'not-applicable'];
export const MOST_COMMENT = 2_000;
export const MOST_ITEMS = 200;

/** How a control stood in a run. That nothing speaks against it does not say that it is met. */
export const CONTROL_STANDINGS = ['against', 'not-evaluated', 'supported'] as const;
export type ControlStanding = (typeof CONTROL_STANDINGS)[number];

/** What somebody said of an item of one run: a judgement, and no measurement. */
export const saidOfSchema = z.object({
  /** The run, by the number of its entry `export.made`, and the SHA-256 of its file. */
  run: count,
  sha256: z.string(),
  state: z.enum(EVIDENCE_STATES),
  comment: z.string(),
  who: z.string(),
  atMs: timeMs,
  /** How the item stood in that run. */
  standing: z.string(),
  /** The number of the entry that tells of it. */
  entry: count,
});

export const reportItemSchema = z.object({
  kind: z.enum(ITEM_KINDS),
  id: z.string(),
  name: z.string(),
  /** A verdict, or one of `CONTROL_STANDINGS`. */
  standing: z.string(),
  state: z.enum(EVIDENCE_STATES),
  /** What was said of it last; null where nothing was said of this run. */
  said: saidOfSchema.nullable(),
  /** What was said of it last of a run before. */
  former: saidOfSchema.nullable(),
});

const perState = z.object({ ready: count, approved: count, flagged: count, 'not-applicable': count });
export const reportItemsSchema = z.object({
  run: z.object({ entry: count, cutOffMs: timeMs, sha256: z.string() }),
  /** Of the kind that was asked, whatever their state and name. */
  counts: perState,
  kinds: z.object({ host: count, control: count }),
  total: count,
  rows: z.array(reportItemSchema),
});

export const itemTargetSchema = z.strictObject({ kind: z.enum(ITEM_KINDS), id: z.string().min(1).max(300) });
export const assessmentSchema = z.strictObject({
  /** The run that was looked at, by the number of its entry. */
  run: count,
  items: z.array(itemTargetSchema).min(1).max(MOST_ITEMS),
  state: z.enum(EVIDENCE_STATES),
  /** One paragraph: it is a row of tables and a line of a terminal, too. */
  comment: z
    .string()
    .trim()
    .max(MOST_COMMENT)
    .transform((text) => text.replaceAll(/\s*[\r\n]+\s*/gu, ' ')),
});

/** What was flagged in a run before, and how it stands now. */
export const flaggedBeforeSchema = z.object({
  count,
  first: z.array(
    z.object({
      kind: z.enum(ITEM_KINDS),
      name: z.string(),
      before: z.string(),
      /** Null where it is not in this run. */
      after: z.string().nullable(),
      comment: z.string(),
    }),
  ),
});

export type SaidOf = z.output<typeof saidOfSchema>;
/** The same with the item that it is said of. */
export type SaidItem = SaidOf & { readonly kind: ItemKind; readonly id: string; readonly name: string };
export type ReportItem = z.output<typeof reportItemSchema>;
export type ReportItems = z.output<typeof reportItemsSchema>;
export type ItemTarget = z.output<typeof itemTargetSchema>;
export type Assessment = z.output<typeof assessmentSchema>;
export type FlaggedBefore = z.output<typeof flaggedBeforeSchema>;

/** Whether evidence of an item still speaks against it. What was not evaluated does not, and is not called well either. */
export const stillFails = (kind: ItemKind, standing: string): boolean => (kind === 'host' ? standing === 'failed' : standing === 'against');
