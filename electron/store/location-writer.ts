import { z } from 'zod';
import type { HostLocation } from '../../shared/contract/finding-schemas.ts';
import { visibleText } from '../../shared/model/hostile-text.ts';
import type { Db } from './db.ts';
import type { DecidedColumns } from './records.ts';

const place = {
  country: z.string().nullable(),
  subdivision: z.string().nullable(),
  site: z.string().nullable(),
  assurance: z.string(),
  source: z.string().nullable(),
};
const lastSchema = z.object(place).optional();
const rowSchema = z.object({ fromMs: z.number(), ...place });

/** Remembers where a host is said to be where that changed. A host that only fell silent has not moved. */
export type RememberLocation = (id: string, decided: Pick<DecidedColumns, 'location' | 'silent'>, atMs: number) => void;

export const createLocationWriter = (db: Db): RememberLocation => {
  const last = db.prepare(
    'SELECT country, subdivision, site, assurance, source FROM host_location WHERE host_id = ? ORDER BY id DESC LIMIT 1',
  );
  const insert = db.prepare(
    'INSERT INTO host_location (host_id, from_ms, country, subdivision, site, assurance, source) VALUES (@id, @atMs, @country, @subdivision, @site, @assurance, @source)',
  );
  return (id, { location, silent }, atMs) => {
    const { country, subdivision, site, assurance, source } = location;
    const before = lastSchema.parse(last.get(id));
    if (before !== undefined) {
      const same =
        before.country === country &&
        before.subdivision === subdivision &&
        before.site === site &&
        before.assurance === assurance &&
        before.source === source;
      if (silent || same) return;
    }
    insert.run({ id, atMs, country, subdivision, site, assurance, source });
  };
};

export type ReadLocations = (id: string, offset: number, limit: number) => { readonly total: number; readonly rows: HostLocation[] };

/** Newest first. */
export const createLocationReader = (db: Db): ReadLocations => {
  const count = db.prepare('SELECT count(*) AS n FROM host_location WHERE host_id = ?');
  const rows = db.prepare(
    'SELECT from_ms AS fromMs, country, subdivision, site, assurance, source FROM host_location WHERE host_id = ? ORDER BY id DESC LIMIT ? OFFSET ?',
  );
  return (id, offset, limit) => ({
    total: z.object({ n: z.number() }).parse(count.get(id)).n,
    rows: rows.all(id, limit, offset).map((raw) => {
      const row = rowSchema.parse(raw);
      return {
        ...row,
        site: row.site === null ? null : visibleText(row.site),
        source: row.source === null ? null : visibleText(row.source),
      };
    }),
  });
};
