import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { type FlaggedBefore, type SaidItem, stillFails } from '../../../shared/contract/assessment-schemas.ts';
import type { ReportDifference } from '../../../shared/contract/report-schemas.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { StandingControl } from '../../reports/controls/standings.ts';

/** Who was in the file of a run and how each stood, by id: kept so that the next run can be held against it. */
export type Stood = Map<string, { readonly name: string; readonly verdict: string }>;

const rowsSchema = z.array(z.tuple([z.string(), z.string(), z.string()]));
/** What somebody may have put into the database must not become more than this: a million hosts with long names. */
const MOST_BYTES = 512 * 1024 * 1024;
const FIRST = 20;

/** JSON of `[id, name, verdict]`, deflated. */
export const packStood = (stood: Stood): Uint8Array =>
  deflateRawSync(JSON.stringify([...stood].map(([id, { name, verdict }]) => [id, name, verdict])));

/** Null where the bytes are no such rows: then there is nothing to hold against. */
export const unpackStood = (packed: Uint8Array): Stood | null => {
  try {
    const rows = rowsSchema.parse(JSON.parse(inflateRawSync(packed, { maxOutputLength: MOST_BYTES }).toString('utf8')));
    return new Map(rows.map(([id, name, verdict]) => [id, { name, verdict }]));
  } catch {
    return null;
  }
};

/** What was flagged in the runs before, and how it stands in this one. */
export const flaggedIn = (said: readonly SaidItem[], after: Stood, controls: readonly StandingControl[]): FlaggedBefore => {
  const now = new Map(controls.map(({ id, standing }) => [id, standing]));
  const flagged = said
    .filter(({ state }) => state === 'flagged')
    .map(({ kind, id, name, standing: before, comment }) => {
      const standing = kind === 'host' ? after.get(id)?.verdict : now.get(id);
      return { kind, name, before, after: standing ?? null, comment };
    });
  // What still fails is named first.
  const fails = ({ kind, after: standing }: (typeof flagged)[number]): number => (standing !== null && stillFails(kind, standing) ? 0 : 1);
  return first(flagged.toSorted((a, b) => fails(a) - fails(b)));
};

const shown = (name: string): string => visibleText(name, 200);
const first = <T>(all: readonly T[]) => ({ count: all.length, first: all.slice(0, FIRST) });

/** `sinceMs`: the cut-off of the run before. Names are those that were written, in the order of the rows. */
export const differenceOf = (before: Stood, after: Stood, sinceMs: number): ReportDifference => {
  const added: string[] = [];
  const removed: string[] = [];
  const changed: ReportDifference['changed']['first'] = [];
  for (const [id, { name, verdict }] of after) {
    const was = before.get(id);
    if (was === undefined) added.push(shown(name));
    else if (was.verdict !== verdict) changed.push({ name: shown(name), before: was.verdict, after: verdict });
  }
  for (const [id, { name }] of before) if (!after.has(id)) removed.push(shown(name));
  return { sinceMs, added: first(added), removed: first(removed), changed: first(changed) };
};
