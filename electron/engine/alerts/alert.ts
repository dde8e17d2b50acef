import { z } from 'zod';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { LedgerEntry } from '../../ledger/entry.ts';
import { sentenceOf } from '../ledger/sentence.ts';

/** RFC 5424 §6.2.1, as far as they are used. */
export const SEVERITY = { critical: 2, error: 3, warning: 4, notice: 5 } as const;
export type AlertSeverity = keyof typeof SEVERITY;

/** What is told of one entry of the ledger. Texts come from hosts and are made visible here. */
export type Alert = {
  /** Place of its entry: what tells two deliveries of one alert apart from two alerts. */
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly kind: string;
  readonly severity: AlertSeverity;
  readonly sentence: string;
  readonly subject: string;
  readonly who: string;
};

/** What is told where a place does not choose: what changed on hosts, what people must look at, and what touches the record. */
export const TOLD_BY_DEFAULT: readonly string[] = [
  'verdict.changed',
  'finding.opened',
  'finding.reopened',
  'finding.waiver-ended',
  'manifest.activated',
  'polling.gap',
  'clock.jumped',
  'store.restored',
  'store.repaired',
  'key.rotated',
  'anchor.failed',
];

const MAX_TEXT = 2_000;
const verdictSchema = z.object({
  before: z.object({ verdict: z.string() }).nullable(),
  after: z.object({ verdict: z.string() }),
});
const findingSchema = z.object({ severity: z.string() });

const severityOf = ({ kind, body }: LedgerEntry): AlertSeverity => {
  const verdict = verdictSchema.safeParse(body);
  if (verdict.success) {
    if (verdict.data.after.verdict === 'failed') return 'critical';
    return verdict.data.after.verdict === 'trusted' ? 'notice' : 'warning';
  }
  const finding = findingSchema.safeParse(body);
  if (finding.success && finding.data.severity === 'critical') return 'critical';
  if (finding.success) return 'warning';
  if (kind === 'store.restored' || kind === 'store.repaired' || kind === 'clock.jumped') return 'error';
  return kind.endsWith('.failed') || kind === 'polling.gap' ? 'warning' : 'notice';
};

/** A host that is new and trusted changes nothing; ten thousand of them on the first day would only hide what matters. */
const isGreeting = ({ kind, body }: LedgerEntry): boolean => {
  const change = kind === 'verdict.changed' ? verdictSchema.safeParse(body) : null;
  return change?.success === true && change.data.before === null && change.data.after.verdict === 'trusted';
};

/** Whether an entry is told to a place that wants `kinds`. */
export const isTold = (entry: LedgerEntry, kinds: readonly string[] | null): boolean => {
  const wanted = kinds ?? TOLD_BY_DEFAULT;
  const [area = ''] = entry.kind.split('.');
  return area !== 'alert' && (wanted.includes(entry.kind) || wanted.includes(area)) && !isGreeting(entry);
};

export const alertOf = (entry: LedgerEntry): Alert => ({
  seq: entry.seq,
  at: entry.at,
  kind: entry.kind,
  severity: severityOf(entry),
  sentence: visibleText(sentenceOf(entry), MAX_TEXT),
  subject: visibleText(entry.subject, 300),
  who: visibleText(entry.who.name, 100),
});
