import { z } from 'zod';
import { QUERY_PROBLEM_CODES } from '../query/problem.ts';
import { MAX_QUERY_LENGTH } from '../query/limits.ts';
import { HOST_SORTS, problemSchema } from './schemas.ts';

/** Text of the filter language; empty = all. */
export const filterText = z.string().max(MAX_QUERY_LENGTH);

/** What is wrong with a filter, and at which character (UTF-16 units). Putting `suggestion` there gives what was probably meant. */
export const filterProblemSchema = problemSchema.extend({
  code: z.enum(QUERY_PROBLEM_CODES),
  at: z.number().int(),
  length: z.number().int(),
  suggestion: z.string().optional(),
});
export type FilterProblem = z.output<typeof filterProblemSchema>;

export const sortSchema = z.strictObject({ by: z.enum(HOST_SORTS), descending: z.boolean() });

/** Lists that have views of their own; a view of one is never offered on another. */
export const VIEWED_LISTS = ['hosts', 'findings', 'map', 'references', 'record'] as const;
export type ViewedList = (typeof VIEWED_LISTS)[number];
export const viewedList = z.enum(VIEWED_LISTS);

/** What the address says of a list after its question mark: names and values, and nothing that could lead elsewhere. */
export const addressText = z
  .string()
  .max(MAX_QUERY_LENGTH * 3)
  .regex(/^(?:[a-z]{1,20}=[\w.~%!*'(),:-]*(?:&(?!$)|$))*$/u);

/**
 * A list that somebody gave a name. `filter`: of hosts a text of the filter language, of the other lists their address; there `sort` is null,
 * because the address says it as well.
 */
export const savedViewSchema = z.object({
  name: z.string(),
  filter: z.string(),
  sort: sortSchema.nullable(),
  savedAtMs: z.number().int(),
});
export type SavedView = z.output<typeof savedViewSchema>;

export const viewName = z.string().trim().min(1).max(80);
export const viewSaveSchema = z.discriminatedUnion('list', [
  z.strictObject({ list: z.literal('hosts'), name: viewName, filter: filterText, sort: sortSchema }),
  z.strictObject({ list: viewedList.exclude(['hosts']), name: viewName, filter: addressText, sort: z.null() }),
]);
/** The views as they are afterwards, or why nothing was saved. */
export const viewChangeSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), views: z.array(savedViewSchema) }),
  z.object({ ok: z.literal(false), problem: problemSchema }),
]);

/** Values of a field as the hosts have them, or names of labels. */
export const completionAskSchema = z.strictObject({
  kind: z.enum(['values', 'members']),
  field: z.string().max(600),
  typed: z.string().max(256),
});
export const completionSchema = z.object({ values: z.array(z.object({ value: z.string(), hosts: z.number().int() })) });
