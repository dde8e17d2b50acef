import { z } from 'zod';
import { fold } from '../../shared/query/fold.ts';
import type { Db } from './db.ts';

/**
 * What a word alone is looked for in: all texts of a host together, in the form in which texts are compared and without U+0000, so that LIKE
 * says of it what the filter language says.
 */
export const searchText = (texts: readonly (string | null)[]): string => fold(texts.join('\n')).replaceAll('\0', '\ufffd');

/** Labels in the form in which they are compared; null = none. Names keep theirs. */
export const labelText = (labels: Readonly<Record<string, string>> | null | undefined): string | null => {
  const members = Object.entries(labels ?? {});
  if (members.length === 0) return null;
  return JSON.stringify(Object.fromEntries(members.map(([name, value]) => [name, searchText([value])])));
};

/** The same from the columns of a host, for who changes some of them and does not know the others. */
export const SEARCH_OF_COLUMNS = 'search_text(concat_ws(char(10), name, agent_id, host_class, site, country, endpoint, reason))';
export const RENEW_SEARCH = `UPDATE host SET search = ${SEARCH_OF_COLUMNS} WHERE id = ?`;

export const addSearchText = (db: Db): void => {
  db.function('search_text', { deterministic: true }, (text: unknown) => searchText([z.string().parse(text)]));
};
