import { z } from 'zod';
import type { LedgerEntry } from '../../ledger/entry.ts';

const detailSchema = z.object({ detail: z.string() });
const changedSchema = z.object({
  before: z.object({ verdict: z.string() }).nullable(),
  after: z.object({ name: z.string().nullable(), verdict: z.string(), reason: z.string() }),
});
const confirmedSchema = z.object({ confirmations: z.number() });
const gapSchema = z.object({ from: z.string(), to: z.string(), why: z.string() });
const jumpSchema = z.object({ from: z.string(), to: z.string() });
const versionSchema = z.object({ version: z.string(), shell: z.string() });

const changed = ({ before, after }: z.output<typeof changedSchema>): string => {
  const name = after.name ?? 'The host';
  if (before === null) return `${name} was seen for the first time: ${after.verdict}. ${after.reason}`;
  return before.verdict === after.verdict
    ? `${name} is still ${after.verdict}, otherwise than before. ${after.reason}`
    : `${name} changed from ${before.verdict} to ${after.verdict}. ${after.reason}`;
};

/** What an entry says, in a sentence for people. The bytes are what was signed; this is not. */
export const sentenceOf = ({ kind, body }: LedgerEntry): string => {
  const detail = detailSchema.safeParse(body);
  if (detail.success) return detail.data.detail;
  const change = changedSchema.safeParse(body);
  if (change.success) return changed(change.data);
  const confirmed = confirmedSchema.safeParse(body);
  if (confirmed.success) return `${confirmed.data.confirmations} confirmations of what was known.`;
  const gap = gapSchema.safeParse(body);
  if (gap.success) return `Nothing was asked from ${gap.data.from} to ${gap.data.to}: ${gap.data.why}.`;
  const version = versionSchema.safeParse(body);
  if (version.success) return `Plumbline ${version.data.version} (${version.data.shell}).`;
  const jump = jumpSchema.safeParse(body);
  if (jump.success) return `From ${jump.data.from} to ${jump.data.to}.`;
  return kind;
};
