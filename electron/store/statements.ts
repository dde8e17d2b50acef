import type { Statement } from 'better-sqlite3';
import type { Db } from './db.ts';

const KEPT = 200;

/** Prepares a statement once for as long as it is asked often: the oldest one is forgotten. */
export const createStatements = (db: Db): ((sql: string) => Statement) => {
  const kept = new Map<string, Statement>();
  return (sql) => {
    const before = kept.get(sql);
    if (before !== undefined) {
      kept.delete(sql);
      kept.set(sql, before);
      return before;
    }
    const statement = db.prepare(sql);
    kept.set(sql, statement);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return statement;
  };
};
