/** Degrees: longitude east, latitude north. */
export type LonLat = readonly [longitude: number, latitude: number];

const [A1, A2, A3, A4] = [1.340264, -0.081106, 0.000893, 0.003796];
const M = Math.sqrt(3) / 2;

/**
 * Equal Earth (Šavrič, Patterson and Jenny 2018): areas keep their proportion, so that no country looks larger than it is. Gives x and y for a
 * sphere of radius 1, y to the north; x lies within ±2.7067 and y within ±1.3174. Longitude is from -180 to 180.
 */
export const equalEarth = ([longitude, latitude]: LonLat): readonly [x: number, y: number] => {
  const t = Math.asin(M * Math.sin((latitude * Math.PI) / 180));
  const t2 = t * t;
  const t6 = t2 * t2 * t2;
  const x = (((longitude * Math.PI) / 180) * Math.cos(t)) / (M * (A1 + 3 * A2 * t2 + t6 * (7 * A3 + 9 * A4 * t2)));
  return [x, t * (A1 + A2 * t2 + t6 * (A3 + A4 * t2))];
};

export type Frame = {
  /** Of the whole drawing, in its own units. */
  readonly width: number;
  readonly height: number;
  /** Where a place is drawn; y goes down. */
  readonly place: (at: LonLat) => readonly [x: number, y: number];
};

/** Nothing is kept south of it but Antarctica. */
export const SOUTH = -56;
export const NORTH = 84;

/** The world from `south` to `north` at a width; its middle is the meridian of Greenwich. */
export const frameOf = (width: number, south: number = SOUTH, north: number = NORTH): Frame => {
  const [half] = equalEarth([180, 0]);
  const [, top] = equalEarth([0, north]);
  const [, foot] = equalEarth([0, south]);
  const scale = width / (2 * half);
  return {
    width,
    height: (top - foot) * scale,
    place: (at) => {
      const [x, y] = equalEarth(at);
      return [(x + half) * scale, (top - y) * scale];
    },
  };
};
