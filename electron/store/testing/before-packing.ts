import type { Db } from '../db.ts';

/** Puts quotes back to how version 110 kept them: each one packed alone. Only for a database in which none is packed with another. */
export const quotesBeforePacking = (db: Db): void => {
  db.exec(`
    DROP INDEX quote_alone;
    DROP INDEX quote_by_base;
    ALTER TABLE quote DROP COLUMN base_id;
    CREATE INDEX quote_by_host ON quote (num, at_ms);
    PRAGMA user_version = 110;
  `);
};
