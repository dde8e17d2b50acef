import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from './store.ts';

const T0 = 1_800_000_000_000;

/** Whoever writes to the database with another program than this one: what people did stays what it was. */
describe('what is only ever added to', () => {
  let folder: string;
  let db: Database.Database;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'plumbline-append-'));
    const opened = openStore(folder);
    if (!opened.ok) throw new Error(opened.problem.message);
    const { policy, references, assessments, close } = opened.value;
    const version = { text: 'a', sha256: 'a', name: 'a', author: 'ann', reason: 'r' };
    policy.activate(policy.propose(version, T0), 'bob', 'bob', T0, 'r');
    policy.propose(version, T0);
    const set = references.propose(
      {
        name: 'a',
        scope: null,
        items: [{ kind: 'secure-boot-off' }],
        provenance: { how: 'typed', words: 'w', sha256: 'a' },
        fromMs: T0,
        toMs: null,
        author: 'ann',
        reason: 'r',
        proposedAtMs: T0,
        replaces: null,
      },
      () => {},
    );
    references.withdraw(set, 'ann', T0, () => {});
    const said = { kind: 'host', id: 'dc/1', name: 'a', standing: 'failed' } as const;
    const who = { kind: 'os-user', name: 'ann' } as const;
    assessments.assess({ report: 1, name: 'a', run: 1, sha256: 'a' }, [said], 'flagged', 'why', who, T0);
    close();
    db = new Database(path.join(folder, 'plumbline.db'));
  });
  afterEach(() => {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ["UPDATE ledger_entry SET bytes = '{}' WHERE seq = 0"],
    ['DELETE FROM ledger_entry WHERE seq = 0'],
    // Conflict resolution by REPLACE deletes without asking the triggers of DELETE.
    ["REPLACE INTO ledger_entry (seq, bytes, leaf) VALUES (0, '{}', zeroblob(32))"],
    ['UPDATE OR REPLACE ledger_entry SET seq = 2 WHERE seq = 1'],
    ["UPDATE ledger_entry SET kind = 'finding.resolved' WHERE seq = 0"],
    ["UPDATE ledger_subject SET subject = 'another'"],
    ['PRAGMA foreign_keys = OFF; DELETE FROM ledger_subject'],
    ["PRAGMA foreign_keys = OFF; REPLACE INTO ledger_subject SELECT id, 'another' FROM ledger_subject"],
    ['PRAGMA foreign_keys = OFF; REPLACE INTO ledger_subject SELECT id + 1000, subject FROM ledger_subject'],
    ["UPDATE manifest_version SET text = 'b' WHERE number = 1"],
    ["UPDATE manifest_version SET author = 'eve' WHERE number = 2"],
    ['UPDATE manifest_version SET number = 7 WHERE number = 2'],
    ["UPDATE manifest_version SET approved_by = 'eve' WHERE number = 1"],
    ["UPDATE manifest_version SET state = 'proposed' WHERE number = 1"],
    ["UPDATE OR REPLACE manifest_version SET state = 'active' WHERE number = 2"],
    ['DELETE FROM manifest_version WHERE number = 1'],
    [
      "REPLACE INTO manifest_version (number, sha256, name, text, author, reason, proposed_at_ms, state) VALUES (2, 'b', 'b', 'b', 'ann', 'r', 0, 'proposed')",
    ],
    ["UPDATE reference_set SET items = x'00'"],
    ['UPDATE reference_set SET id = 9'],
    ["UPDATE reference_set SET state = 'approved'"],
    ['DELETE FROM reference_set'],
    ['REPLACE INTO reference_set SELECT * FROM reference_set'],
    ["UPDATE assessment SET state = 'approved'"],
    ['DELETE FROM assessment'],
    ['REPLACE INTO assessment SELECT * FROM assessment'],
    ["UPDATE finding_note SET text = 'b'"],
  ])('%s', (sql) => {
    if (sql.includes('finding_note')) {
      db.exec(`INSERT INTO finding (subject, kind, severity, title, detail, opened_at_ms) VALUES ('s', 'reboot', 'info', 't', 'd', 0)`);
      db.exec(`INSERT INTO finding_note (finding_id, at_ms, who, text) VALUES (1, 0, 'ann', 'a')`);
    }
    expect(() => db.exec(sql)).toThrow(/only|never|begins|CHECK/u);
  });
});
