import type { Db } from '../db.ts';

/** Puts a database back to version 140: no endorsement certificate is kept, nobody has judged a report, and movements are not found by time. */
export const beforeCertificates = (db: Db): void => {
  db.exec(`
    DROP INDEX host_location_by_time;
    DROP TABLE assessment;
    ALTER TABLE report_run DROP COLUMN sha256;
    ALTER TABLE report_run DROP COLUMN controls;
    ALTER TABLE report_run DROP COLUMN flagged;
    DROP INDEX host_state_by_ek_certificate;
    DROP INDEX span_by_ek_certificate;
    ALTER TABLE host_state DROP COLUMN ek_certificate_sha256;
    ALTER TABLE span DROP COLUMN ek_certificate_sha256;
    PRAGMA user_version = 140;
  `);
};
