import { iso31661 } from 'iso-3166';
import { complete } from '../../../../shared/query/complete.ts';
import { MANIFEST_HOST_FIELDS } from '../../../../shared/query/manifest-fields.ts';
import { type Place, placeAt } from './place.ts';
import { describe, MANIFEST_SCHEMA, nodesAt, propertiesOf, type SchemaNode, shapeOf, type Step, wordsOf } from './schema-node.ts';

export type Offer = {
  readonly label: string;
  /** Takes the place of what is typed from `from` on. */
  readonly insert: string;
  /** What it is for; empty where nothing is said. */
  readonly doc: string;
  readonly kind: 'key' | 'word';
};
export type Offers = { readonly from: number; readonly offers: readonly Offer[] };

const QUERY_KEYS = new Set(['when', 'hosts']);
const COUNTRY_KEYS = new Set(['country', 'countries']);
const PLACE_NAME = /^[ ]*(?:-[ ]+)?(?:\{[ ]*)?name:[ ]*["']?([\w.-]+)/u;

const keyOf = (path: readonly Step[]): string | null => {
  const last = path.findLast((step) => step !== 'item');
  return last?.key ?? null;
};

/** Keys that stand in the same mapping already, above and below; of a flow those before the cursor. */
const takenBeside = (text: string, { column, from, isFlow }: Place): ReadonlySet<string> => {
  if (isFlow) {
    const opened = text.lastIndexOf('{', from);
    return new Set([...text.slice(opened, from).matchAll(/([A-Za-z_][\w.-]*)[ ]*:/gu)].map(([, key]) => key ?? ''));
  }
  const taken = new Set<string>();
  const lines = text.split('\n');
  const here = text.slice(0, from).split('\n').length - 1;
  const look = (index: number): 'on' | 'stop' => {
    const line = lines[index] ?? '';
    if (line.trim() === '' || line.trimStart().startsWith('#')) return 'on';
    const [lead = ''] = /^ *(?:- +)*/u.exec(line) ?? [];
    if (lead.length < column) return 'stop';
    const key = /^([A-Za-z_][\w.-]*)[ ]*:/u.exec(line.slice(column))?.[1];
    if (lead.length === column && key !== undefined) taken.add(key);
    return lead.includes('-') && lead.indexOf('-') < column ? 'stop' : 'on';
  };
  const startsItem = /^ *-/u.test(lines[here] ?? '') && (lines[here] ?? '').indexOf('-') < column;
  for (let index = startsItem ? -1 : here - 1; index >= 0; index -= 1) if (look(index) === 'stop') break;
  for (let index = here + 1; index < lines.length; index += 1) {
    const [lead = ''] = /^ *(?:- +)*/u.exec(lines[index] ?? '') ?? [];
    if (lead.includes('-') && lead.indexOf('-') < column) break;
    if (look(index) === 'stop') break;
  }
  return taken;
};

const afterKey = (node: SchemaNode, { column, isFlow }: Place): string => {
  const shape = shapeOf(node);
  if (shape === 'word') return ': ';
  if (isFlow) return shape === 'mapping' ? ': { ' : ': [';
  const deeper = ' '.repeat(column + 2);
  return shape === 'mapping' ? `:\n${deeper}` : `:\n${deeper}- `;
};

const keysAt = (text: string, place: Place, path: readonly Step[]): readonly Offer[] => {
  const taken = takenBeside(text, place);
  return propertiesOf(nodesAt(MANIFEST_SCHEMA, path))
    .filter(([name]) => !taken.has(name))
    .map(([name, node]) => ({ label: name, insert: `${name}${afterKey(node, place)}`, doc: describe(node), kind: 'key' }));
};

/** Names of the places that this very text defines. */
const placesOf = (text: string): readonly string[] => {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith('places:'));
  if (start === -1) return [];
  const end = lines.findIndex((line, index) => index > start && /^[A-Za-z]/u.test(line));
  const body = [(lines[start] ?? '').replace(/^places:[ ]*\[?/u, ''), ...lines.slice(start + 1, end === -1 ? undefined : end)];
  return [...new Set(body.flatMap((line) => PLACE_NAME.exec(line)?.[1] ?? []))];
};

const plain = (words: readonly string[], doc = ''): readonly Offer[] =>
  words.map((word) => ({ label: word, insert: word, doc, kind: 'word' }));
const countries = (): readonly Offer[] =>
  iso31661
    .filter(({ state }) => state === 'assigned')
    .map(({ alpha2, name }) => ({ label: alpha2, insert: alpha2, doc: name, kind: 'word' }));

const wordsAt = (text: string, cursor: number, place: Place): Offers | null => {
  const key = keyOf(place.path);
  const { from } = place;
  if (key !== null && QUERY_KEYS.has(key)) {
    const typed = text.slice(place.valueFrom, cursor);
    const { span, suggestions } = complete(typed, typed.length, MANIFEST_HOST_FIELDS);
    return {
      from: place.valueFrom + span.at,
      offers: suggestions.map(({ text: label, insert, doc }) => ({ label, insert, doc, kind: 'word' })),
    };
  }
  const inList = place.path.at(-1) === 'item';
  if (key === 'places' && inList && place.path.length > 2) return { from, offers: plain(placesOf(text), 'A place of this manifest.') };
  if (key !== null && COUNTRY_KEYS.has(key)) return { from, offers: countries() };
  const nodes = nodesAt(MANIFEST_SCHEMA, place.path);
  return { from, offers: plain(wordsOf(nodes), nodes[0] === undefined ? '' : describe(nodes[0])) };
};

/**
 * What may stand at the cursor of a manifest: keys that its mapping does not have yet, words of an enumeration, names of places that the text
 * defines, country codes, and the query language after `when` and `hosts`. Null where nothing is offered. Costs one pass over the text before the cursor.
 */
export const completeManifest = (text: string, cursor: number): Offers | null => {
  const place = placeAt(text, cursor);
  if (place === null) return null;
  if (place.typing === 'word') return wordsAt(text, cursor, place);
  const keys = keysAt(text, place, place.path);
  // The item of a sequence of words, such as a country, is typed where a key would be.
  if (keys.length === 0 && place.path.at(-1) === 'item') return wordsAt(text, cursor, place);
  return { from: place.from, offers: keys };
};
