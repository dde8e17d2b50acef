import { z } from 'zod';
import { type FindingKind, SEVERITIES } from '../../shared/contract/finding-schemas.ts';
import { createJournalWriter, findingSubject } from './journal.ts';
import { BY_ITSELF, type LedgerWriter } from './ledger-writer.ts';
import type { Db } from './db.ts';
import type { FindingDraft } from './records.ts';

/** What only the verdict decides. */
export const VERDICT_KINDS: readonly FindingKind[] = ['host-failed', 'disagreement', 'host-stale', 'host-inconclusive'];
/** What only evidence shows, and silence does not end. */
const EVIDENCE_KINDS: readonly FindingKind[] = ['location-contradiction', 'tag-copied'];
const LASTING: readonly FindingKind[] = [
  ...VERDICT_KINDS,
  ...EVIDENCE_KINDS,
  'reported-without-policy',
  'endpoint-frozen',
  'endpoint-silent',
];

/** The kinds that one observation settles. */
export const settledBy = (silent: boolean): readonly FindingKind[] =>
  silent ? LASTING.filter((kind) => !EVIDENCE_KINDS.includes(kind)) : LASTING;
/** The kinds that a decision anew settles. */
export const settledByDecision = (silent: boolean): readonly FindingKind[] =>
  silent ? VERDICT_KINDS : [...VERDICT_KINDS, 'location-contradiction'];

const openSchema = z.array(
  z.object({
    id: z.number(),
    kind: z.string(),
    severity: z.string(),
    cause: z.string(),
    title: z.string(),
    detail: z.string(),
    state: z.string(),
    assigned: z.string().nullable(),
  }),
);
type Open = z.output<typeof openSchema>[number];

const orderOf = ({ severity }: Pick<FindingDraft, 'severity'>): number => SEVERITIES.indexOf(severity);

/** Opens what holds now and resolves what of `kinds` no longer does. */
export type SettleFindings = (
  subject: string,
  hostId: string | null,
  drafts: readonly FindingDraft[],
  nowMs: number,
  kinds?: readonly FindingKind[],
) => void;

export const createFindingSettler = (db: Db, ledger: LedgerWriter): SettleFindings => {
  const note = createJournalWriter(ledger);
  const sql = {
    open: db.prepare(
      'SELECT id, kind, severity, cause, title, detail, state, assigned FROM finding INDEXED BY finding_open WHERE subject = ? AND resolved_at_ms IS NULL',
    ),
    resolve: db.prepare('UPDATE finding SET resolved_at_ms = ? WHERE id = ?'),
    update: db.prepare(
      'UPDATE finding SET title = @title, detail = @detail, severity = @severity, severity_order = @order, what = @what, cause = @cause, cause_since_ms = coalesce(@since, cause_since_ms) WHERE id = @id',
    ),
    reopen: db.prepare(
      "UPDATE finding SET state = 'open', acknowledged_by = NULL, acknowledged_at_ms = NULL, waived_by = NULL, waived_at_ms = NULL, waived_until_ms = NULL, waive_reason = NULL WHERE id = ?",
    ),
    insert: db.prepare(`
      INSERT INTO finding (host_id, subject, kind, severity, severity_order, title, detail, what, cause, cause_since_ms, opened_at_ms, resolved_at_ms)
      VALUES (@hostId, @subject, @kind, @severity, @order, @title, @detail, @what, @cause, @at, @at, @resolved)`),
  };

  /** What people said was about something else, so it does not cover what is there now. */
  const another = (known: Open, draft: FindingDraft): void => {
    if (known.state === 'open' || draft.severity !== 'critical') return;
    sql.reopen.run(known.id);
    const detail = `It was ${known.state} for what was found then; now it is something else. Before: ${known.detail} Now: ${draft.detail}`;
    note({ who: null, kind: 'finding.reopened', subject: findingSubject(known.id), detail });
  };
  const update = (known: Open, draft: FindingDraft, atMs: number): void => {
    const { title, detail, severity, what, cause } = draft;
    if (known.title === title && known.detail === detail && known.severity === severity && known.cause === cause) return;
    // An earlier version recorded no cause: then nobody knows that it changed.
    const changed = known.cause !== '' && known.cause !== cause;
    sql.update.run({ id: known.id, title, detail, severity, order: orderOf(draft), what, cause, since: changed ? atMs : null });
    if (changed) another(known, draft);
  };
  const resolve = (known: Open, atMs: number): void => {
    sql.resolve.run(atMs, known.id);
    const detail = `It no longer holds. Before: ${known.title}`;
    note({ who: null, kind: 'finding.resolved', subject: findingSubject(known.id), detail });
  };

  const open = (subject: string, hostId: string | null, { momentary, ...draft }: FindingDraft, at: number): void => {
    const row = { ...draft, order: orderOf(draft), hostId, subject, at, resolved: momentary ? at : null };
    const id = Number(sql.insert.run(row).lastInsertRowid);
    const { kind, severity, cause, title, detail } = draft;
    const body = { host: hostId, kind, severity, cause, title, detail, momentary };
    ledger.append({ who: BY_ITSELF, kind: 'finding.opened', subject: findingSubject(id), body });
  };

  return (subject, hostId, drafts, nowMs, kinds = LASTING) => {
    const holdingNow = new Map(openSchema.parse(sql.open.all(subject)).map((row) => [row.kind, row]));
    for (const { momentary, ...draft } of drafts) {
      const known = momentary ? undefined : holdingNow.get(draft.kind);
      if (known === undefined) open(subject, hostId, { ...draft, momentary }, nowMs);
      else update(known, { ...draft, momentary }, nowMs);
    }
    const holding = new Set<string>(drafts.filter((draft) => !draft.momentary).map((draft) => draft.kind));
    for (const kind of kinds) {
      const known = holdingNow.get(kind);
      if (known !== undefined && !holding.has(kind)) resolve(known, nowMs);
    }
  };
};
