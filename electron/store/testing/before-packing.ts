import type { Db } from '../db.ts';
import { beforeCertificates } from './before-certificates.ts';

/** Puts a database back to version 110: nobody is told of anything, and each quote is packed alone. Only for a database in which none is packed with another. */
export const quotesBeforePacking = (db: Db): void => {
  beforeCertificates(db);
  db.exec(`
    DROP TABLE alert_place;
    DROP TABLE report_run;
    DROP TABLE report;
    DROP INDEX quote_alone;
    DROP INDEX quote_by_base;
    ALTER TABLE quote DROP COLUMN base_id;
    CREATE INDEX quote_by_host ON quote (num, at_ms);
    PRAGMA user_version = 110;
  `);
};
