import { z } from 'zod';
import { type Retention, retentionSchema } from '../../shared/contract/job-schemas.ts';
import type { FindingCounts } from '../../shared/contract/finding-schemas.ts';
import type { FindingReaders } from './finding-readers.ts';
import { createPolicyReader } from './policy-store.ts';
import { DEFAULT_RETENTION } from './retention.ts';
import { createReadSetting } from './settings.ts';
import type { Db } from './db.ts';

/** What reports say beside the hosts, of the same moment. */
export type ReportFacts = {
  readonly entries: number;
  /** So many entries the newest checkpoint covers; 0 = nothing is signed. */
  readonly signedEntries: number;
  /** Checkpoints that were put outside and answered for, and how many entries the newest of them covers. */
  readonly anchors: { readonly holding: number; readonly newestSize: number };
  /** Places outside that were ever named, how many alerts they were sent, and how many of them fail now. */
  readonly alerts: { readonly places: number; readonly sent: number; readonly failing: number };
  readonly references: { readonly approved: number; readonly proposed: number; readonly bySomebodyElse: number };
  readonly retention: Retention;
  readonly findings: FindingCounts;
  /** In force; null = the built-in defaults. Its name is text of a person and may hold anything. */
  readonly manifest: { readonly number: number; readonly name: string; readonly sha256: string; readonly approvedBy: string | null } | null;
};

const ledgerSchema = z.object({ entries: z.number(), signed: z.number() });
const anchorsSchema = z.object({ holding: z.number(), newest: z.number() });
const alertsSchema = z.object({ places: z.number(), sent: z.number(), failing: z.number() });
const referencesSchema = z.object({ approved: z.number(), proposed: z.number(), others: z.number() });

export const RETENTION_SETTING = 'retention';

export const createReportFacts = (db: Db, findings: Pick<FindingReaders, 'counts'>): ((nowMs: number) => ReportFacts) => {
  const policy = createPolicyReader(db);
  const readSetting = createReadSetting(db);
  const ledger = db.prepare(
    'SELECT (SELECT coalesce(max(seq), -1) + 1 FROM ledger_entry) AS entries, (SELECT coalesce(max(size), 0) FROM ledger_checkpoint) AS signed',
  );
  const anchors = db.prepare('SELECT count(*) AS holding, coalesce(max(size), 0) AS newest FROM ledger_anchor WHERE problem IS NULL');
  const alerts = db.prepare(
    "SELECT count(*) AS places, coalesce(sum(sent), 0) AS sent, coalesce(sum(problems <> '[]'), 0) AS failing FROM alert_place",
  );
  const references = db.prepare(`SELECT coalesce(sum(state = 'approved'), 0) AS approved, coalesce(sum(state = 'proposed'), 0) AS proposed,
    coalesce(sum(state = 'approved' AND approved_by <> author), 0) AS others FROM reference_set`);
  return (nowMs) => {
    const { entries, signed } = ledgerSchema.parse(ledger.get());
    const { holding, newest } = anchorsSchema.parse(anchors.get());
    const { approved, proposed, others } = referencesSchema.parse(references.get());
    const active = policy.active();
    return {
      entries,
      signedEntries: signed,
      anchors: { holding, newestSize: newest },
      alerts: alertsSchema.parse(alerts.get()),
      references: { approved, proposed, bySomebodyElse: others },
      retention: readSetting(RETENTION_SETTING, retentionSchema) ?? DEFAULT_RETENTION,
      findings: findings.counts(nowMs),
      manifest: active === null ? null : { number: active.number, name: active.name, sha256: active.sha256, approvedBy: active.approvedBy },
    };
  };
};
