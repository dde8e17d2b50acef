// Geometry that the map is built with: rings of [longitude, latitude] in degrees, closed (the last corner is the first).

/** Continuous longitudes: what jumps from 180 to -180 goes on beyond 180 instead. */
const unwrap = (ring) => {
  let turn = 0;
  return ring.map(([x, y], at) => {
    const before = at === 0 ? x : ring[at - 1][0];
    if (x - before > 180) turn -= 360;
    else if (before - x > 180) turn += 360;
    return [x + turn, y];
  });
};

/** Sutherland and Hodgman, against one meridian. */
const clip = (ring, meridian, keepsEast) => {
  const inside = ([x]) => (keepsEast ? x >= meridian : x <= meridian);
  const made = [];
  for (let at = 1; at < ring.length; at += 1) {
    const [a, b] = [ring[at - 1], ring[at]];
    const cross = [meridian, a[1] + ((meridian - a[0]) / (b[0] - a[0])) * (b[1] - a[1])];
    if (inside(a)) {
      made.push(a);
      if (!inside(b)) made.push(cross);
    } else if (inside(b)) made.push(cross);
  }
  if (made.length > 0) made.push(made[0]);
  return made;
};

const WIDEST = 540;
/** Cuts a ring at the antimeridian, so that every part lies between -180 and 180. A ring around a pole gets corners at that pole. */
export const cutRing = (ring) => {
  const line = unwrap(ring);
  const [first, last] = [line[0], line.at(-1)];
  if (Math.abs(last[0] - first[0]) > 180) {
    const pole = first[1] < 0 ? -90 : 90;
    line.push([last[0], pole], [first[0], pole], first);
  }
  const parts = [];
  for (let from = -WIDEST; from < WIDEST; from += 360) {
    const part = clip(clip(line, from, true), from + 360, false);
    if (part.length >= 4) parts.push(part.map(([x, y]) => [x - from - 180, y]));
  }
  return parts;
};

/** Signed area in square degrees. */
export const areaOf = (ring) => {
  let sum = 0;
  for (let at = 1; at < ring.length; at += 1) sum += ring[at - 1][0] * ring[at][1] - ring[at][0] * ring[at - 1][1];
  return sum / 2;
};

export const isInside = (x, y, rings) => {
  let inside = false;
  for (const ring of rings)
    for (let at = 1; at < ring.length; at += 1) {
      const [[x1, y1], [x2, y2]] = [ring[at - 1], ring[at]];
      if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
    }
  return inside;
};

export const boxOf = (ring) => {
  const [xs, ys] = [ring.map(([x]) => x), ring.map(([, y]) => y)];
  return { west: Math.min(...xs), east: Math.max(...xs), south: Math.min(...ys), north: Math.max(...ys) };
};

const STEPS = 32;
/** A point well inside the largest part: of a grid the one that is farthest from every edge. A centroid may lie in another country. */
export const placeOf = (polygons) => {
  const largest = polygons.reduce((a, b) => (Math.abs(areaOf(b[0])) > Math.abs(areaOf(a[0])) ? b : a));
  const { west, east, south, north } = boxOf(largest[0]);
  let best = { far: -1, at: [(west + east) / 2, (south + north) / 2] };
  for (let row = 0; row < STEPS; row += 1)
    for (let column = 0; column < STEPS; column += 1) {
      const x = west + ((column + 0.5) / STEPS) * (east - west);
      const y = south + ((row + 0.5) / STEPS) * (north - south);
      if (!isInside(x, y, largest)) continue;
      const narrow = Math.cos((y * Math.PI) / 180);
      let far = Number.POSITIVE_INFINITY;
      for (const ring of largest)
        for (let at = 1; at < ring.length; at += 1) {
          const [ax, ay] = [(ring[at - 1][0] - x) * narrow, ring[at - 1][1] - y];
          const [dx, dy] = [(ring[at][0] - x) * narrow - ax, ring[at][1] - y - ay];
          const along = Math.max(0, Math.min(1, -(ax * dx + ay * dy) / (dx * dx + dy * dy || 1)));
          far = Math.min(far, Math.hypot(ax + along * dx, ay + along * dy));
        }
      if (far > best.far) best = { far, at: [x, y] };
    }
  return best.at.map((value) => Math.round(value * 100) / 100);
};
