import type { Movement, MovementRule } from '../../../shared/contract/map-schemas.ts';
import type { PlaceLevel } from '../../../shared/query/place-query.ts';
import { anchorOf } from './layout.ts';
import type { World } from './world.ts';

export type Arc = { readonly key: string; readonly path: string; readonly rule: MovementRule };

/** What was not allowed is said first of movements that go the same way. */
const RULES: readonly MovementRule[] = ['not-allowed', 'cannot-tell', 'allowed', 'no-rule'];
const BEND = 0.18;

type Point = { readonly x: number; readonly y: number };
const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** A quadratic curve in two halves: where they meet stands the arrow, which the marks at the ends would hide. */
const halves = (a: Point, bend: Point, b: Point): string => {
  const [before, after] = [middle(a, bend), middle(bend, b)];
  const half = middle(before, after);
  return `M${a.x} ${a.y}Q${before.x} ${before.y} ${half.x} ${half.y}Q${after.x} ${after.y} ${b.x} ${b.y}`;
};

/** One line for all movements of one way, bent to the left of where they go, so that there and back are two. Within one point there is none. */
export const arcsOf = (movements: readonly Movement[], world: World, level: PlaceLevel, scale: number): readonly Arc[] => {
  const arcs = new Map<string, Arc>();
  for (const { from, to, rule } of movements) {
    const [a, b] = [anchorOf(from, level, world, []), anchorOf(to, level, world, [])];
    if (a === null || b === null) continue;
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const length = Math.hypot(dx, dy);
    // Shorter than its own head: it would be a blot.
    if (length * scale < 12) continue;
    const key = `${a.x} ${a.y} ${b.x} ${b.y}`;
    const known = arcs.get(key);
    if (known !== undefined && RULES.indexOf(known.rule) <= RULES.indexOf(rule)) continue;
    const bend = { x: (a.x + b.x) / 2 + dy * BEND, y: (a.y + b.y) / 2 - dx * BEND };
    arcs.set(key, { key, path: halves(a, bend, b), rule });
  }
  return [...arcs.values()];
};
