import type { Movement, MovementRule } from '../../../shared/contract/map-schemas.ts';
import { go, hostHref, MAP_DAYS, mapHref, type MapView } from '../../app/navigation.ts';
import { Choice } from '../../ui/button.tsx';
import { Instant } from '../../ui/time.tsx';
import { ASSURANCE_WORD, count, plural } from '../../ui/words.ts';
import { placeName } from './places.ts';
import styles from './movements.module.css';

export const RULE_WORD: Readonly<Record<MovementRule, string>> = {
  allowed: 'allowed',
  'not-allowed': 'not allowed',
  'cannot-tell': 'cannot be told',
  'no-rule': 'no rule',
};
const DAY_WORD: Readonly<Record<number, string>> = { 1: '1 day', 7: '7 days', 30: '30 days', 365: '1 year' };

const where = (place: Movement['from']): string =>
  placeName(place, place.site !== null ? 'site' : place.subdivision !== null ? 'subdivision' : 'country');

type MovementsProps = { view: MapView; total: number | undefined; rows: readonly Movement[] };

/** The arcs of the map as a table, newest first. */
export const Movements = ({ view, total, rows }: MovementsProps) => (
  <section className={styles['movements']} aria-labelledby="map-movements">
    <div className={styles['title']}>
      <h2 id="map-movements">Movements</h2>
      <Choice
        label="Movements of the last"
        options={MAP_DAYS.map((days) => ({ value: String(days), word: DAY_WORD[days] ?? String(days) }))}
        value={String(view.days)}
        onChange={(days) => go(mapHref({ ...view, days: Number(days) }), 'replace')}
      />
      <output>
        {total === undefined
          ? ''
          : `${plural(total, 'movement', 'movements')}${total > rows.length ? `, the newest ${count(rows.length)} shown` : ''}`}
      </output>
    </div>
    <p className={styles['lead']}>
      Hosts that are said to be elsewhere than before, whatever the filter. A place is a claim: a movement may be another word, and no
      journey. Rule: whether the manifest that judged the host then let its class be there.
    </p>
    {total === 0 && <p className={styles['lead']}>No host is said to have moved in this time.</p>}
    {rows.length > 0 && (
      <table className={styles['table']}>
        <caption className="visually-hidden">Movements, newest first</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Host</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">Location known</th>
            <th scope="col">Rule</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} data-rule={row.rule}>
              <td>
                <a href={mapHref({ ...view, atMs: row.atMs, hosts: null })} title="Show the map as of then">
                  <Instant atMs={row.atMs} />
                </a>
              </td>
              <th scope="row">
                <a href={hostHref(row.hostId, 'history')}>{row.name}</a>
              </th>
              <td>{where(row.from)}</td>
              <td>{where(row.to)}</td>
              <td>
                {ASSURANCE_WORD[row.from.assurance]}
                {row.from.assurance !== row.to.assurance && ` → ${ASSURANCE_WORD[row.to.assurance]}`}
              </td>
              <td className={styles['rule']}>
                {RULE_WORD[row.rule]}
                {row.policyClass !== null && <small> {row.policyClass}</small>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
  </section>
);
