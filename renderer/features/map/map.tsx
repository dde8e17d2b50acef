import { useCallback, useMemo } from 'react';
import { readSearch } from '../../../shared/query/host-search.ts';
import { go, mapHref, type MapView } from '../../app/navigation.ts';
import { AddressViews } from '../../saved-views/address-views.tsx';
import { useQuery } from '../../transport/query.ts';
import { Button } from '../../ui/button.tsx';
import { Callout, Empty, Waiting } from '../../ui/callout.tsx';
import { useNow } from '../../ui/clock.ts';
import { type Command, useCommands } from '../../ui/commands.ts';
import { Instant } from '../../ui/time.tsx';
import { count, plural } from '../../ui/words.ts';
import { Chart } from './chart.tsx';
import { HostsThen } from './hosts-then.tsx';
import { Legend } from './legend.tsx';
import { unknownHref } from './links.ts';
import { MapFilter } from './map-filter.tsx';
import { Movements } from './movements.tsx';
import { PlaceTable } from './place-table.tsx';
import { classKey, classWord, regionsSentence } from './regions.ts';
import { TimeSlider } from './time-slider.tsx';
import { useWorld } from './world.ts';
import styles from './map.module.css';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MOST_MOVEMENTS = 100;
/** Later than anything that is recorded: movements until now, whenever that is. */
const END_OF_TIME_MS = 8_640_000_000_000_000;

/** What is typed asks the same of the map as of the list of hosts. */
const askOf = ({ text, atMs }: MapView) => {
  const search = readSearch(text);
  if (search.kind === 'words') return { query: search.words === '' ? {} : { text: search.words }, atMs };
  return { query: {}, filter: text, atMs };
};

const PolicyChoice = ({ view, classes }: { view: MapView; classes: readonly { readonly name: string | null }[] }) => (
  <label className={styles['policy']}>
    <span>Policy of</span>
    <select
      value={view.policyClass ?? ''}
      onChange={(event) => go(mapHref({ ...view, policyClass: event.target.value || null }), 'replace')}
    >
      <option value="">all classes together</option>
      {classes.map((one) => (
        <option key={classKey(one)} value={classKey(one)}>
          {classWord(one)}
        </option>
      ))}
    </select>
  </label>
);

/** Where hosts are said to be, now or as of a recorded moment, with what the policy says of it. */
export const WorldMap = ({ view }: { view: MapView }) => {
  const { world, problem: noWorld } = useWorld();
  const { data, problem } = useQuery('fleet.places', askOf(view));
  const moments = useQuery('fleet.moments', {}).data?.moments;
  const regions = useQuery('fleet.regions', { atMs: view.atMs }).data ?? null;
  const nowMs = useNow(60_000);
  // The hour, so that the question stays the same for one.
  const endMs = view.atMs ?? Math.ceil(nowMs / HOUR_MS) * HOUR_MS;
  const moved = useQuery('fleet.movements', {
    fromMs: Math.max(0, endMs - view.days * DAY_MS),
    toMs: view.atMs ?? END_OF_TIME_MS,
    offset: 0,
    limit: MOST_MOVEMENTS,
  }).data;
  const rows = useMemo(() => moved?.rows ?? [], [moved]);
  const back = useCallback(() => go(mapHref({ ...view, place: null })), [view]);
  const toMoment = useCallback((atMs: number | null) => go(mapHref({ ...view, atMs, hosts: null }), 'replace'), [view]);
  useCommands(
    useMemo<readonly Command[]>(
      () => [
        { id: 'map.world', word: 'Show the whole world', group: 'This page', keys: null, also: 'map zoom', run: back },
        { id: 'map.now', word: 'Show the map as of now', group: 'This page', keys: null, also: 'moment time', run: () => toMoment(null) },
      ],
      [back, toMoment],
    ),
  );
  const unknown = unknownHref(view);
  const filtered = view.text !== '';
  const empty = data?.total === 0;
  return (
    <div className={styles['page']} data-past={view.atMs !== null}>
      <div className={styles['head']}>
        <h1>
          Map
          {view.atMs !== null && (
            <>
              {' '}
              as of <Instant atMs={view.atMs} />
            </>
          )}
        </h1>
        <output>
          {data !== undefined &&
            (filtered ? `${count(data.total)} of ${plural(data.inventory, 'host', 'hosts')}` : plural(data.total, 'host', 'hosts'))}
        </output>
        {data !== undefined && (
          <span className={styles['unknown']}>
            {unknown === null || data.unknown === 0 ? (
              <>{plural(data.unknown, 'host says', 'hosts say')} no place</>
            ) : (
              <a href={unknown}>{plural(data.unknown, 'host says', 'hosts say')} no place</a>
            )}
          </span>
        )}
      </div>
      <div className={styles['controls']}>
        <MapFilter view={view} />
        <AddressViews list="map" href={mapHref(view)} />
        {regions !== null && regions.classes.length > 1 && <PolicyChoice view={view} classes={regions.classes} />}
        {moments !== undefined && <TimeSlider moments={moments} atMs={view.atMs} onChange={toMoment} />}
      </div>
      {problem !== undefined && (
        <div className={styles['note']}>
          <Callout problem={problem} still={data === undefined ? undefined : 'What is below is the last known.'} />
        </div>
      )}
      {noWorld !== null && (
        <div className={styles['note']}>
          <Callout problem={noWorld} />
        </div>
      )}
      {data === undefined && problem === undefined && (
        <Waiting>{view.atMs === null ? 'Asking the engine…' : 'Reading the record…'}</Waiting>
      )}
      {empty && data.filterProblem !== null && (
        <Empty title="This filter cannot be read.">
          <p>{data.filterProblem.message} No host was left out by it, and none let in.</p>
          <Button onClick={() => go(mapHref({ ...view, text: '' }))}>Undo the filter</Button>
        </Empty>
      )}
      {empty && data.filterProblem === null && filtered && (
        <Empty title="No host matches this filter.">
          <p>It was asked of {plural(data.inventory, 'host', 'hosts')}.</p>
          <Button onClick={() => go(mapHref({ ...view, text: '' }))}>Undo the filter</Button>
        </Empty>
      )}
      {empty && !filtered && (
        <Empty title={view.atMs === null ? 'No host yet.' : 'No host was known then.'}>
          <p>
            {view.atMs === null
              ? 'Hosts appear here as soon as an endpoint names one.'
              : 'The record begins with the first host that was seen. Choose a later moment.'}
          </p>
        </Empty>
      )}
      {data !== undefined && !empty && (
        <>
          {data.unknown === data.total && (
            <div className={styles['note']}>
              <Callout
                problem={{
                  message: 'Nobody says where any of these hosts is.',
                  nextStep: 'A place comes from a provisioned tag, a signed token, the endpoint, or the manifest (Policy, locations).',
                }}
              />
            </div>
          )}
          <div className={styles['body']} data-tour="map">
            {world === null ? (
              <Waiting>{noWorld === null ? 'Loading the outlines of the world…' : ''}</Waiting>
            ) : (
              <Chart world={world} data={data} regions={regions} movements={rows} view={view} onBack={back} />
            )}
            <PlaceTable key={view.place ?? ''} data={data} view={view} regions={regions} />
          </div>
          {regions !== null && <p className={styles['said']}>{regionsSentence(regions, view.policyClass)}</p>}
          {view.atMs !== null && view.hosts !== null && (
            <HostsThen key={`${view.atMs} ${view.hosts}`} view={view} atMs={view.atMs} filter={view.hosts} />
          )}
          <Legend />
          <Movements view={view} total={moved?.total} rows={rows} />
        </>
      )}
    </div>
  );
};
