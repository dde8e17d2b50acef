import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../store.ts';
import { withFile } from '../testing/file.ts';
import { auditRecords } from './records.ts';

const T0 = 1_800_000_000_000;
const OF = { report: 3, name: 'audit sample', run: 7, sha256: 'a'.repeat(64) };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-judged-'));
  const opened = openStore(folder);
  if (!opened.ok) throw new Error(opened.problem.message);
  const { assessments, close } = opened.value;
  const items = ['dc/1', 'dc/2'].map((id) => ({ kind: 'host', id, name: id, standing: 'failed' }) as const);
  assessments.assess(OF, items, 'flagged', 'why', { kind: 'os-user', name: 'ann' }, T0);
  close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As somebody would who writes to the database with another program, past the triggers. */
const problems = (sql: string): readonly string[] =>
  withFile(folder, false, (db) => {
    db.exec('DROP TRIGGER assessment_keeps_update; DROP TRIGGER assessment_keeps_delete;');
    db.exec(sql);
    const steps = auditRecords(db);
    for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value.problems.map(({ code }) => code);
  });

describe('what is shown of judgements, held against the ledger', () => {
  it('agrees with it where nobody changed it', () => {
    expect(problems('SELECT 1')).toEqual([]);
  });

  it.each([
    "UPDATE assessment SET state = 'approved' WHERE item = 'dc/1'",
    "UPDATE assessment SET comment = 'fine' WHERE item = 'dc/1'",
    "UPDATE assessment SET item = 'dc/9' WHERE item = 'dc/1'",
    "UPDATE assessment SET who = 'eve' WHERE item = 'dc/1'",
    "UPDATE assessment SET run = 9 WHERE item = 'dc/1'",
    "UPDATE assessment SET sha256 = 'b' WHERE item = 'dc/1'",
    "UPDATE assessment SET report_id = 4 WHERE item = 'dc/1'",
  ])('does not after %s', (sql) => {
    expect(problems(sql)).toEqual(['record-changed']);
  });

  it('does not where one was taken away, or was never entered', () => {
    expect(problems("DELETE FROM assessment WHERE item = 'dc/2'")).toEqual(['record-missing']);
  });

  it('does not where one was made up', () => {
    const made = `INSERT INTO assessment (report_id, run, sha256, kind, item, name, standing, state, comment, who, at_ms, entry)
      SELECT report_id, run, sha256, kind, item, name, standing, 'approved', comment, who, at_ms, 99 FROM assessment WHERE item = 'dc/1'`;
    expect(problems(made)).toEqual(['record-changed']);
  });
});
