import type { Db } from './db.ts';
import { ALERTS } from './migrations/alerts.ts';
import { ASSESSMENTS } from './migrations/assessments.ts';
import { CERTIFICATES } from './migrations/certificates.ts';
import { FILING } from './migrations/filing.ts';
import { HOSTS } from './migrations/hosts.ts';
import { LISTS } from './migrations/lists.ts';
import type { Migration } from './migrations/migration.ts';
import { MOVEMENTS } from './migrations/movements.ts';
import { PEOPLE } from './migrations/people.ts';
import { PIECES } from './migrations/pieces.ts';
import { QUOTES } from './migrations/quotes.ts';
import { REPORTS } from './migrations/reports.ts';
import { RECORD } from './migrations/record.ts';
import { VIEWS } from './migrations/views.ts';

export const MIGRATIONS: readonly Migration[] = [
  ...HOSTS,
  ...PEOPLE,
  ...RECORD,
  ...LISTS,
  ...PIECES,
  ...FILING,
  ...QUOTES,
  ...ALERTS,
  ...REPORTS,
  ...CERTIFICATES,
  ...ASSESSMENTS,
  ...MOVEMENTS,
  ...VIEWS,
];

export const SCHEMA_VERSION = MIGRATIONS.at(-1)?.version ?? 0;

/** Brings the database to SCHEMA_VERSION in one transaction. The caller has made sure that it is not from a newer version. */
export const migrate = (db: Db, from: number): void => {
  db.transaction(() => {
    for (const step of MIGRATIONS) {
      if (step.version <= from) continue;
      db.exec(step.sql);
      step.after?.(db);
      db.pragma(`user_version = ${step.version}`);
    }
  })();
};
