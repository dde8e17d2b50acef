import { z } from 'zod';
import type { LedgerRow } from '../../../shared/contract/ledger-schemas.ts';
import { VERDICTS } from '../../../shared/model/verdict.ts';
import { plural } from '../../ui/words.ts';

/** Beginnings of kinds of entries that somebody would want to hear of. Confirmations and what a person did here are not among them. */
export const NOTICED = ['verdict', 'finding', 'endpoint', 'report', 'alert', 'anchor', 'polling', 'clock', 'ledger'] as const;
export type Noticed = (typeof NOTICED)[number];

export const GROUPS = ['worse', 'endpoints', 'findings', 'record', 'better', 'new-hosts'] as const;
export type Group = (typeof GROUPS)[number];

export type Grouped = {
  readonly group: Group;
  /** Kind by which the record shows them. */
  readonly kind: Noticed;
  readonly rows: readonly LedgerRow[];
};

const changeSchema = z.object({
  before: z.object({ verdict: z.enum(VERDICTS) }).nullable(),
  after: z.object({ verdict: z.enum(VERDICTS) }),
});
const outcomeSchema = z.object({ outcome: z.string() });
const openedSchema = z.object({ host: z.string().nullable() });

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
};

const ofVerdict = (body: unknown): Group | null => {
  const change = changeSchema.safeParse(body);
  if (!change.success) return 'worse';
  const { before, after } = change.data;
  if (after.verdict === 'failed') return 'worse';
  if (before === null) return 'new-hosts';
  if (before.verdict === after.verdict) return null;
  if (after.verdict === 'trusted') return 'better';
  return before.verdict === 'trusted' ? 'worse' : null;
};

/** Where an entry belongs; null where it is nothing to be told of. One that cannot be read is never taken for good news. */
export const groupOf = ({ kind, body }: Pick<LedgerRow, 'kind' | 'body'>): Group | null => {
  if (kind === 'verdict.changed') return ofVerdict(parsed(body));
  if (kind === 'finding.opened' || kind === 'finding.reopened') {
    const opened = openedSchema.safeParse(parsed(body));
    return opened.success && opened.data.host === null ? 'endpoints' : 'findings';
  }
  if (kind.startsWith('endpoint.')) return 'endpoints';
  if (kind === 'ledger.rechecked') {
    const found = outcomeSchema.safeParse(parsed(body));
    return found.success && found.data.outcome === 'holds' ? null : 'record';
  }
  return ['report.failed', 'alert.failed', 'anchor.failed', 'polling.gap', 'clock.jumped'].includes(kind) ? 'record' : null;
};

const kindOf = ({ kind }: LedgerRow): Noticed => NOTICED.find((one) => kind.startsWith(`${one}.`)) ?? 'ledger';

/** Entries after `seenSeq`, put together so that a hundred hosts that fail at once are one notice. Newest first, in the order of GROUPS. */
export const grouped = (rows: readonly LedgerRow[], seenSeq: number): readonly Grouped[] => {
  const fresh = rows.filter(({ seq }) => seq > seenSeq).toSorted((a, b) => b.seq - a.seq);
  return GROUPS.flatMap((group) => {
    const of = fresh.filter((row) => groupOf(row) === group);
    const [first] = of;
    return first === undefined ? [] : [{ group, kind: kindOf(first), rows: of }];
  });
};

export const GROUP_WORDS: Readonly<Record<Group, (number: number) => string>> = {
  worse: (number) => plural(number, 'host lost trust', 'hosts lost trust'),
  better: (number) => plural(number, 'host is trusted again', 'hosts are trusted again'),
  'new-hosts': (number) => plural(number, 'host was seen for the first time', 'hosts were seen for the first time'),
  endpoints: (number) => plural(number, 'thing about endpoints', 'things about endpoints'),
  findings: (number) => plural(number, 'finding', 'findings'),
  record: (number) => plural(number, 'thing about the record', 'things about the record'),
};

/** Minutes of the day, local time; equal = never quiet. The quiet time may go over midnight. */
export type Quiet = { readonly from: number; readonly to: number };
export const isQuiet = ({ from, to }: Quiet, minute: number): boolean =>
  from <= to ? minute >= from && minute < to : minute >= from || minute < to;
