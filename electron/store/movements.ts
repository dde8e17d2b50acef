import { z } from 'zod';
import type { Movement } from '../../shared/contract/map-schemas.ts';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { ASSURANCES } from '../../shared/model/verdict.ts';
import type { Db } from './db.ts';

/** A movement as it is recorded; whether it was allowed is for the manifest to say. `manifest`: the version that judged the host then; null = none. */
export type StoredMovement = Omit<Movement, 'rule'> & { readonly manifest: number | null };
export type ReadMovements = (
  fromMs: number,
  toMs: number,
  offset: number,
  limit: number,
) => { readonly total: number; readonly rows: readonly StoredMovement[] };

/**
 * Changes of a host's place where a level that is known before and after differs. `p`: the last row before it in which a country was known, so
 * that a host that was nowhere in between has moved all the same. To become known better or worse is no movement.
 */
const MOVED = `FROM host_location l JOIN host_location p ON p.id =
    (SELECT max(id) FROM host_location b WHERE b.host_id = l.host_id AND b.id < l.id AND b.country IS NOT NULL)
  WHERE l.from_ms > @fromMs AND l.from_ms <= @toMs
    AND (l.country <> p.country OR l.subdivision <> p.subdivision OR l.site <> p.site)`;

/** What is asked, as SQL, so that a test can look at how it is answered. */
export const MOVEMENT_SQL = {
  count: `SELECT count(*) AS n ${MOVED}`,
  rows: `SELECT m.*, h.name, s.policy_class AS policyClass, s.manifest FROM (
      SELECT l.id, l.host_id AS hostId, l.from_ms AS atMs, l.country, l.subdivision, l.site, l.assurance, l.source,
        p.country AS country_before, p.subdivision AS subdivision_before, p.site AS site_before, p.assurance AS assurance_before
      ${MOVED} ORDER BY l.from_ms DESC, l.id DESC LIMIT @limit OFFSET @offset) m
    JOIN host h ON h.id = m.hostId
    LEFT JOIN span s ON s.id = (SELECT max(id) FROM span WHERE host_id = m.hostId AND from_ms <= m.atMs)
    ORDER BY m.atMs DESC, m.id DESC`,
} as const;

const maybe = z.string().nullable();
const rowSchema = z.object({
  id: z.number(),
  hostId: z.string(),
  name: z.string(),
  atMs: z.number(),
  country: maybe,
  subdivision: maybe,
  site: maybe,
  assurance: z.enum(ASSURANCES),
  source: maybe,
  country_before: maybe,
  subdivision_before: maybe,
  site_before: maybe,
  assurance_before: z.enum(ASSURANCES),
  policyClass: maybe,
  manifest: z.number().nullable(),
});
const visible = (text: string | null): string | null => (text === null ? null : visibleText(text));

export const createMovements = (db: Db): ReadMovements => {
  const count = db.prepare(MOVEMENT_SQL.count);
  const rows = db.prepare(MOVEMENT_SQL.rows);
  return (fromMs, toMs, offset, limit) => ({
    total: z.object({ n: z.number() }).parse(count.get({ fromMs, toMs })).n,
    rows: rows.all({ fromMs, toMs, offset, limit }).map((raw) => {
      const row = rowSchema.parse(raw);
      return {
        id: row.id,
        hostId: row.hostId,
        name: row.name,
        atMs: row.atMs,
        from: {
          country: row.country_before,
          subdivision: row.subdivision_before,
          site: visible(row.site_before),
          assurance: row.assurance_before,
        },
        to: { country: row.country, subdivision: row.subdivision, site: visible(row.site), assurance: row.assurance },
        source: visible(row.source),
        policyClass: row.policyClass,
        manifest: row.manifest,
      };
    }),
  });
};
