import { z } from 'zod';
import { findField } from '../../shared/query/field-name.ts';
import { HOST_LIST_FIELDS } from '../../shared/query/host-fields.ts';
import { parseQuery } from '../../shared/query/parse.ts';
import { toSql } from '../../shared/query/to-sql.ts';
import { HOST_SQL } from './host-filter.ts';
import type { Db } from './db.ts';
import { createStatements } from './statements.ts';

export type HostValue = { readonly value: string; readonly hosts: number };

export type HostValues = {
  /** Values of a text field that contain what was typed, most frequent first; none for a field that is no text. */
  readonly values: (field: string, typed: string) => HostValue[];
  /** Names of labels that contain what was typed. */
  readonly labels: (typed: string) => HostValue[];
};

const MOST = 20;
/** All texts of a host together are no value that anybody would choose. */
const TOO_LONG: ReadonlySet<string> = new Set(['text']);
const valuesSchema = z.array(z.object({ value: z.string(), hosts: z.number() }));

/** `label.role` and `label."two words"` are read by the parser, which knows how names are written. */
const refOf = (field: string) => {
  const parsed = parseQuery(`${field} is known`, HOST_LIST_FIELDS);
  if (parsed.ok && parsed.value.kind === 'known') return parsed.value.field;
  return findField(HOST_LIST_FIELDS, field)?.ref ?? null;
};

export const createHostValues = (db: Db): HostValues => {
  const statement = createStatements(db);
  const labels = db.prepare(`
    SELECT item.key AS value, count(*) AS hosts FROM main.host, json_each(labels) AS item WHERE instr(item.key, ?) > 0
    GROUP BY item.key ORDER BY count(*) DESC, item.key LIMIT ${MOST}`);
  const ofLabel = db.prepare(`
    SELECT item.value AS value, count(*) AS hosts FROM main.host, json_each(labels) AS item WHERE item.key = ? AND instr(item.value, ?) > 0
    GROUP BY item.value ORDER BY count(*) DESC, item.value LIMIT ${MOST}`);
  return {
    values: (field, typed) => {
      const ref = refOf(field);
      if (ref === null || ref.type !== 'text' || TOO_LONG.has(ref.name)) return [];
      if (ref.member !== null) return valuesSchema.parse(ofLabel.all(ref.member, typed.toLowerCase()));
      const column = HOST_SQL[ref.name];
      if (column?.kind !== 'text') return [];
      const { sql, params } =
        typed === '' ? { sql: `${column.sql} IS NOT NULL`, params: {} } : toSql({ kind: 'contains', field: ref, text: typed }, HOST_SQL, 0);
      const query = `SELECT ${column.sql} AS value, count(*) AS hosts FROM main.host WHERE ${sql} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MOST}`;
      return valuesSchema.parse(statement(query).all(params));
    },
    labels: (typed) => valuesSchema.parse(labels.all(typed)),
  };
};
