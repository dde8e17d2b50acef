import { z } from 'zod';
import { labelText, searchText } from '../search-text.ts';
import type { Migration } from './migration.ts';

const searchedSchema = z.object({ id: z.string(), search: z.string(), labels: z.string().nullable() });
const labelsSchema = z.record(z.string(), z.string());

/** What lists of hosts are found by. */
export const LISTS: readonly Migration[] = [
  {
    // What lists of hosts are sorted by, filtered by (most of it stands in `host_overview`, a third as wide as the table) and counted from.
    // Confirmations change no column of these indexes but those of `host_by_evidence`.
    version: 80,
    sql: `
ALTER TABLE host ADD COLUMN labels TEXT;
UPDATE host SET labels = (SELECT nullif(json_extract(standing, '$.now.facts.host.labels'), '{}') FROM host_text WHERE host_id = host.id AND json_valid(standing));
DROP INDEX host_by_changed;
DROP INDEX host_by_evidence;
CREATE INDEX host_by_changed ON host (changed_at_ms, name);
CREATE INDEX host_by_evidence ON host (evidence_at_ms, verdict, max_age_ms);
CREATE INDEX host_by_class ON host (host_class, name);
CREATE INDEX host_by_reported ON host (reported, name);
CREATE INDEX host_by_link ON host (broken_order, name);
CREATE INDEX host_by_endpoint ON host (endpoint, name);
CREATE INDEX host_by_max_age ON host (max_age_ms);
CREATE INDEX host_by_search ON host (search);
CREATE INDEX host_overview ON host (verdict, country, chain, broken_link, disagreement, reported, site, endpoint, host_class, policy_class, assurance,
  changed_at_ms, covered, required, severity, broken_order, name, labels);
CREATE INDEX host_demo ON host (demo) WHERE demo = 1;

CREATE TABLE saved_view (
  list TEXT NOT NULL CHECK (list IN ('hosts')),
  name TEXT NOT NULL CHECK (length(name) > 0),
  filter TEXT NOT NULL,
  sort TEXT NOT NULL,
  descending INTEGER NOT NULL CHECK (descending IN (0, 1)),
  saved_at_ms INTEGER NOT NULL,
  PRIMARY KEY (list, name)
) STRICT, WITHOUT ROWID;
`,
    // Texts are looked for in the form in which they are compared.
    after: (db) => {
      const write = db.prepare('UPDATE host SET search = @search, labels = @labels WHERE id = @id');
      for (const raw of db.prepare('SELECT id, search, labels FROM host').all()) {
        const { id, search, labels } = searchedSchema.parse(raw);
        const members = labels === null ? {} : labelsSchema.catch({}).parse(JSON.parse(labels));
        write.run({ id, search: searchText([search]), labels: labelText(members) });
      }
    },
  },
];
