import type { PlaceLevel } from '../../../shared/query/place-query.ts';

export type Size = { readonly width: number; readonly height: number };
/** What is looked at: the middle, in units of the world, and how much larger than the whole of it. */
export type View = { readonly x: number; readonly y: number; readonly zoom: number };

export const MOST_ZOOM = 64;
export const ZOOM_STEP = 1.6;
/** From so large on, marks tell subdivisions, and then sites. */
const FROM: Readonly<Record<Exclude<PlaceLevel, 'country'>, number>> = { subdivision: 3, site: 8 };
export const ZOOM_OF: Readonly<Record<PlaceLevel, number>> = { country: 1, subdivision: FROM.subdivision, site: FROM.site };

export const levelOf = (zoom: number): PlaceLevel => (zoom >= FROM.site ? 'site' : zoom >= FROM.subdivision ? 'subdivision' : 'country');

/** Pixels to a unit of the world. At a zoom of 1 all of it is to be seen. */
export const scaleOf = (world: Size, window: Size, zoom: number): number =>
  Math.max(0.01, Math.min(window.width / world.width, window.height / world.height)) * zoom;

export const wholeWorld = (world: Size): View => ({ x: world.width / 2, y: world.height / 2, zoom: 1 });

const between = (least: number, value: number, most: number): number =>
  least > most ? (least + most) / 2 : Math.max(least, Math.min(value, most));

/** No view shows only sea beyond the edge: where the world is larger than the window it fills it, and else it lies in its middle. */
export const kept = (view: View, world: Size, window: Size): View => {
  const zoom = between(1, view.zoom, MOST_ZOOM);
  const scale = scaleOf(world, window, zoom);
  const [halfWidth, halfHeight] = [window.width / scale / 2, window.height / scale / 2];
  return {
    x: between(halfWidth, view.x, world.width - halfWidth),
    y: between(halfHeight, view.y, world.height - halfHeight),
    zoom,
  };
};

/** By pixels of the window. */
export const panned = (view: View, dx: number, dy: number, world: Size, window: Size): View => {
  const scale = scaleOf(world, window, view.zoom);
  return kept({ ...view, x: view.x + dx / scale, y: view.y + dy / scale }, world, window);
};

/** Larger or smaller around a place of the window (pixels from its corner), which stays where it is as far as the edge allows. */
export const zoomed = (view: View, by: number, at: { readonly x: number; readonly y: number }, world: Size, window: Size): View => {
  const zoom = between(1, view.zoom * by, MOST_ZOOM);
  const [before, after] = [scaleOf(world, window, view.zoom), scaleOf(world, window, zoom)];
  const [dx, dy] = [at.x - window.width / 2, at.y - window.height / 2];
  return kept({ x: view.x + dx / before - dx / after, y: view.y + dy / before - dy / after, zoom }, world, window);
};

/** The same, around a place of the world that comes to the middle. */
export const lookAt = (x: number, y: number, zoom: number, world: Size, window: Size): View => kept({ x, y, zoom }, world, window);
