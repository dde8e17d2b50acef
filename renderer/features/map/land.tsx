import { memo, useId } from 'react';
import type { Movement, PolicyPlaces } from '../../../shared/contract/map-schemas.ts';
import { type Standing, standingOf } from '../../../shared/map/standing.ts';
import type { PlaceLevel } from '../../../shared/query/place-query.ts';
import { arcsOf } from './arcs.ts';
import { allowedBy } from './regions.ts';
import type { World } from './world.ts';
import styles from './land.module.css';

type Shown = Exclude<Standing, 'open' | 'no rule'>;
const HATCHED: ReadonlySet<Standing> = new Set(['allowed', 'in part', 'outside']);
const isShown = (standing: Standing): standing is Shown => HATCHED.has(standing);

type LandProps = {
  world: World;
  /** Codes of countries and subdivisions in which hosts are. */
  held: ReadonlySet<string>;
  regions: PolicyPlaces | null;
  policyClass: string | null;
  movements: readonly Movement[];
  level: PlaceLevel;
  scale: number;
};

const Ground = memo(({ paths }: { paths: readonly string[] }) => (
  <g className={styles['land']}>
    {paths.map((path) => (
      <path key={path} d={path} />
    ))}
  </g>
));

/** The world with what the policy says of it: it is drawn once, and moved and enlarged as a whole. Hatching keeps its size. */
export const Land = memo(({ world, held, regions, policyClass, movements, level, scale }: LandProps) => {
  const id = useId();
  const allowed = regions === null ? null : allowedBy(regions, policyClass);
  const codes = [...new Set([...held, ...(allowed?.countries ?? []), ...(allowed?.subdivisions ?? [])])];
  const named = codes.flatMap((code) => {
    const standing = standingOf(code, allowed);
    const path = world.pathOf(code);
    return path === '' ? [] : [{ code, standing, path }];
  });
  const hatch = (name: string, path: string): React.ReactNode => (
    <pattern id={`${id}-${name}`} width="8" height="8" patternUnits="userSpaceOnUse" patternTransform={`scale(${1 / scale})`}>
      <path d={path} className={styles['line']} />
    </pattern>
  );
  return (
    <>
      <defs>
        {hatch('allowed', 'M-2 6L6 -2M0 12L12 0M6 10L10 6')}
        {hatch('outside', 'M0 0L8 8M8 0L0 8')}
        {hatch('part', 'M0 4H8')}
        <marker
          id={`${id}-end`}
          viewBox="0 0 8 8"
          refX="4"
          refY="4"
          markerWidth={10 / scale}
          markerHeight={10 / scale}
          orient="auto"
          markerUnits="userSpaceOnUse"
        >
          <path d="M0 0L8 4L0 8Z" className={styles['head']} />
        </marker>
      </defs>
      <Ground paths={level === 'country' ? world.land.far : world.land.near} />
      {named.map(({ code, standing, path }) => (
        <g key={code}>
          {held.has(code) && <path d={path} className={styles['held']} />}
          {isShown(standing) && (
            <path d={path} className={styles['region']} fill={`url(#${id}-${standing === 'in part' ? 'part' : standing})`} />
          )}
        </g>
      ))}
      {arcsOf(movements, world, level, scale).map((arc) => (
        <path key={arc.key} d={arc.path} className={styles['arc']} data-rule={arc.rule} markerMid={`url(#${id}-end)`} />
      ))}
    </>
  );
});
