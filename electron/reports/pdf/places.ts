import { ASSURANCE_WORD, count, countryName, plural, VERDICT_WORD } from '../../../shared/model/words.ts';
import { VERDICTS } from '../../../shared/model/verdict.ts';
import { STANDING_WORD, standingOf } from '../../../shared/map/standing.ts';
import { mapView } from '../map-view.ts';
import type { ExportSource } from '../port.ts';
import { assurancesIn, type HostCounts, type SubdivisionCount } from '../posture-count.ts';
import type { Flow } from './blocks.ts';
import { PAGE, type Tag, WIDTH } from './paper.ts';
import { beginTable, type Column, number, words } from './table.ts';
import { TYPE } from './type.ts';
import { drawWorldMap, mapLegend, MARK_SIZE } from './world-map.ts';

const COLUMNS: readonly Column[] = [
  { title: 'Place', width: 120 },
  { title: 'Hosts', width: 44, right: true },
  ...VERDICTS.map((verdict) => ({ title: VERDICT_WORD[verdict], width: 54, right: true as const })),
  { title: 'Manifest', width: 64 },
  { title: 'How known', width: 75 },
];
/** Countries; there are some 250. */
const MOST_PLACES = 300;

const subdivisionWords = (country: string | null, subdivisions: readonly SubdivisionCount[]): string =>
  subdivisions
    .filter(({ code }) => country !== null && code.startsWith(`${country}-`))
    .map(({ code, hosts }) => `${code} ${count(hosts)}`)
    .join(', ');

/** The map over the whole width of a page, what its marks mean, and a table that says the same. */
export const writePlaces = (flow: Flow, parent: Tag, source: Pick<ExportSource, 'resources' | 'allowed'>, counts: HostCounts): void => {
  const { paper } = flow;
  const { allowed } = source;
  const view = mapView(source, counts, WIDTH, MARK_SIZE);
  flow.need(view.frame.height + 80);
  flow.down(drawWorldMap(paper, parent, view, { x: PAGE.left, y: flow.y() }) + 6);
  flow.down(mapLegend(paper, parent, view, { counts, allowed }, { x: PAGE.left, y: flow.y(), width: WIDTH }) + 8);
  const table = beginTable(flow, parent, COLUMNS);
  for (const place of counts.places.slice(0, MOST_PLACES)) {
    const { country, hosts, verdicts, assurances } = place;
    const inside = subdivisionWords(country, counts.subdivisions);
    table.row([
      words([[countryName(country), TYPE.smallBold], ...(inside === '' ? [] : [[inside, TYPE.smallQuiet] as const])], 3),
      number(count(hosts)),
      ...VERDICTS.map((verdict) => number(count(verdicts[verdict]))),
      words(country === null ? 'cannot be said' : STANDING_WORD[standingOf(country, allowed)]),
      words(
        assurancesIn(assurances)
          .map(([one, of]) => `${ASSURANCE_WORD[one]} ${count(of)}`)
          .join(', '),
        3,
      ),
    ]);
  }
  table.end();
  if (counts.places.length > MOST_PLACES)
    flow.paragraph(parent, `And ${plural(counts.places.length - MOST_PLACES, 'more place', 'more places')}.`);
};
