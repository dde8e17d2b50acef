import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { FleetPlaces, Movement, PolicyPlaces } from '../../../shared/contract/map-schemas.ts';
import type { MapView } from '../../app/navigation.ts';
import { Button } from '../../ui/button.tsx';
import { plural } from '../../ui/words.ts';
import { Land } from './land.tsx';
import { type Mark, MARK, marksOf } from './layout.ts';
import { placesHref } from './links.ts';
import { MarkTip, PlaceMark } from './mark.tsx';
import { placesAt } from './places.ts';
import { useSize } from './use-size.ts';
import { kept, levelOf, lookAt, panned, scaleOf, type Size, type View, wholeWorld, ZOOM_OF, ZOOM_STEP, zoomed } from './view.ts';
import type { World } from './world.ts';
import styles from './chart.module.css';

const STEP_PX = 80;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP_PX, 0],
  ArrowRight: [STEP_PX, 0],
  ArrowUp: [0, -STEP_PX],
  ArrowDown: [0, STEP_PX],
};
const LEVEL_WORD = { country: 'countries', subdivision: 'subdivisions', site: 'sites' } as const;

type ChartProps = {
  world: World;
  data: FleetPlaces;
  regions: PolicyPlaces | null;
  movements: readonly Movement[];
  view: MapView;
  onBack: () => void;
};

/** Where one looks when a country is opened: at its sites. */
const openedAt = (world: World, place: string | null, window: Size): View => {
  const region = place === null ? undefined : world.countries.get(place);
  if (region === undefined) return wholeWorld(world.frame);
  const [x, y] = world.frame.place(region.at);
  return lookAt(x, y, ZOOM_OF.site, world.frame, window);
};

export const Chart = ({ world, data, regions, movements, view, onBack }: ChartProps) => {
  const tip = useId();
  const { ref, size } = useSize();
  const element = useRef<HTMLElement | null>(null);
  const window: Size = size ?? { width: 640, height: 400 };
  const [looked, setLooked] = useState<View | null>(null);
  const [place, setPlace] = useState(view.place);
  const [seen, setSeen] = useState<Mark | null>(null);
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  // The address says which country is opened: a link to it, and back, look there.
  if (place !== view.place) {
    setPlace(view.place);
    setLooked(null);
  }
  const now = kept(looked ?? openedAt(world, view.place, window), world.frame, window);
  const scale = scaleOf(world.frame, window, now.zoom);
  const level = levelOf(now.zoom);
  const change = (make: (before: View) => View): void => setLooked(make(now));
  const by = (factor: number, at?: { x: number; y: number }): void =>
    change((before) => zoomed(before, factor, at ?? { x: window.width / 2, y: window.height / 2 }, world.frame, window));

  const { marks, undrawn } = useMemo(
    () => marksOf(placesAt(data, level), level, world, regions?.sites ?? [], scale),
    [data, level, world, regions, scale],
  );
  const held = useMemo(
    () =>
      new Set(
        data.places.flatMap(({ country, subdivision }) => [
          ...(country === null ? [] : [country]),
          ...(level === 'country' || subdivision === null ? [] : [subdivision]),
        ]),
      ),
    [data, level],
  );
  const [dx, dy] = [window.width / 2 - now.x * scale, window.height / 2 - now.y * scale];
  const drawn = useMemo(
    () =>
      marks.map((mark) => ({
        mark,
        key: mark.places.map(({ country, subdivision, site }) => `${country}\n${subdivision}\n${site}`).join('\r'),
        href: placesHref(view, mark.places, level),
      })),
    [marks, view, level],
  );
  // What marks do depends on what is looked at; they are not to be drawn anew for that.
  const latest = useRef<Readonly<Record<'closer' | 'reach', (mark: Mark) => void>> | null>(null);
  useEffect(() => {
    const away = (at: number, room: number, margin: number): number =>
      at < margin ? at - margin : at > room - margin ? at - room + margin : 0;
    latest.current = {
      closer: (mark) => setLooked(lookAt(mark.x / scale, mark.y / scale, now.zoom * ZOOM_STEP * ZOOM_STEP, world.frame, window)),
      reach: ({ x, y }) => {
        const [right, down] = [away(x + dx, window.width, MARK.width / 2), away(y + dy, window.height, MARK.height)];
        if (right !== 0 || down !== 0) setLooked(panned(now, right, down, world.frame, window));
      },
    };
  });
  const closer = useCallback((mark: Mark) => latest.current?.closer(mark), []);
  const reach = useCallback((mark: Mark) => latest.current?.reach(mark), []);

  /** Within half a window of what is to be seen: the others are reached by moving, and by the table. */
  const isNear = ({ x, y }: Mark): boolean =>
    Math.abs(x + dx - window.width / 2) < window.width && Math.abs(y + dy - window.height / 2) < window.height;

  const onWheel = useRef<(event: WheelEvent) => void>(undefined);
  useEffect(() => {
    onWheel.current = (event) => {
      // At the whole world, further out is the page's to scroll.
      if (event.deltaY > 0 && now.zoom <= 1) return;
      event.preventDefault();
      const box = element.current?.getBoundingClientRect();
      if (box !== undefined) by(1.0015 ** -event.deltaY, { x: event.clientX - box.left, y: event.clientY - box.top });
    };
  });
  const attach = useCallback(
    (found: HTMLElement | null) => {
      element.current = found;
      ref(found);
      // React listens passively, and then the page would scroll as well.
      const wheel = (event: WheelEvent): void => onWheel.current?.(event);
      found?.addEventListener('wheel', wheel, { passive: false });
      return () => {
        found?.removeEventListener('wheel', wheel);
        ref(null);
      };
    },
    [ref],
  );

  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    const around = seen === null ? undefined : { x: seen.x + dx, y: seen.y + dy };
    if (arrow !== undefined) change((before) => panned(before, ...arrow, world.frame, window));
    else if (event.key === '+' || event.key === '=') by(ZOOM_STEP, around);
    else if (event.key === '-') by(1 / ZOOM_STEP, around);
    else if (event.key === '0') setLooked(wholeWorld(world.frame));
    else if (event.key === 'Escape' && seen !== null) setSeen(null);
    else if (event.key === 'Escape' && view.place !== null) onBack();
    else if (event.key === 'Escape' && now.zoom > 1) setLooked(wholeWorld(world.frame));
    else return;
    event.preventDefault();
  };
  const onPointerDown = (event: React.PointerEvent): void => {
    if (event.button !== 0 || (event.target instanceof Element && event.target.closest('a, button') !== null)) return;
    drag.current = { x: event.clientX, y: event.clientY, moved: false };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: React.PointerEvent): void => {
    const from = drag.current;
    if (from === null) return;
    drag.current = { x: event.clientX, y: event.clientY, moved: true };
    change((before) => panned(before, from.x - event.clientX, from.y - event.clientY, world.frame, window));
  };
  const onPointerUp = (): void => {
    drag.current = null;
  };
  return (
    <div className={styles['chart']}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- arrows and + and - move what is looked at; all of it is in the table as well */}
      <section
        ref={attach}
        className={styles['window']}
        aria-label={`World map, marks by ${LEVEL_WORD[level]}. Arrows move, plus and minus zoom, Enter on a mark lists its hosts, Escape goes back.`}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it is moved by keys
        tabIndex={0}
        data-level={level}
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={onPointerUp}
      >
        <svg className={styles['svg']} width={window.width} height={window.height} aria-hidden="true">
          <g transform={`translate(${dx} ${dy}) scale(${scale})`}>
            <Land
              world={world}
              held={held}
              regions={regions}
              policyClass={view.policyClass}
              movements={movements}
              level={level}
              scale={scale}
            />
          </g>
        </svg>
        <div className={styles['marks']} style={{ transform: `translate(${dx}px, ${dy}px)` }}>
          {drawn
            .filter(({ mark }) => isNear(mark))
            .map(({ mark, key, href }) => (
              <PlaceMark key={key} mark={mark} level={level} href={href} tip={tip} onLook={setSeen} onCloser={closer} onReach={reach} />
            ))}
        </div>
      </section>
      <MarkTip
        id={tip}
        side={seen !== null && seen.x + dx < window.width / 2 ? 'right' : 'left'}
        mark={seen}
        level={level}
        regions={regions}
        policyClass={view.policyClass}
      />
      <div className={styles['tools']}>
        <Button aria-label="Zoom in" onClick={() => by(ZOOM_STEP)}>
          +
        </Button>
        <Button aria-label="Zoom out" disabled={now.zoom <= 1} onClick={() => by(1 / ZOOM_STEP)}>
          −
        </Button>
        <Button
          disabled={now.zoom <= 1 && view.place === null}
          onClick={() => (view.place === null ? setLooked(wholeWorld(world.frame)) : onBack())}
        >
          World
        </Button>
      </div>
      {undrawn > 0 && (
        <p className={styles['undrawn']}>
          {plural(undrawn, 'host has', 'hosts have')} a country that is on no map. {undrawn === 1 ? 'It is' : 'They are'} in the table.
        </p>
      )}
    </div>
  );
};
