import type { Migration } from './migration.ts';

/** Quotes of one host that are kept whole, packed with each other. */
export const QUOTES: readonly Migration[] = [
  {
    // `base_id`: the quote whose text is the dictionary that this one was packed with (raw deflate); null where it was packed alone, as all
    // were before. The foreign key keeps a quote from being deleted while others are packed with it. No question was answered by
    // `quote_by_host`; the newest one of a host that stands alone is what is asked for.
    version: 120,
    sql: `
ALTER TABLE quote ADD COLUMN base_id INTEGER REFERENCES quote (id);
DROP INDEX quote_by_host;
CREATE INDEX quote_alone ON quote (num, id) WHERE base_id IS NULL;
CREATE INDEX quote_by_base ON quote (base_id) WHERE base_id IS NOT NULL;
`,
  },
];
