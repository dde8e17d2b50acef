import { nearest } from '../../../shared/model/nearest.ts';
import { isIssuerKey } from '../location-token.ts';
import { problemInQuery } from './host-query.ts';
import { msOf } from './normalise.ts';
import { createPatternCheck } from './patterns.ts';
import { checkCountries, checkPosition, checkRing, checkSubdivision } from './positions.ts';
import { type ManifestProblem, MAX_PROBLEMS, offsetAt, type Path, problemAt, type Say, type Source } from './problems.ts';
import type { ManifestDocument } from './schema.ts';

const MAX_CORNERS = 100_000;
/** No honest host looks like a race for so long. */
const LONG_HOLD_MS = 3_600_000;

type Notes = { readonly problems: ManifestProblem[]; readonly warnings: ManifestProblem[] };
type Check = {
  readonly document: ManifestDocument;
  readonly problem: Say;
  readonly warning: Say;
  readonly source: Source;
  readonly places: ReadonlySet<string>;
  readonly patterns: ReturnType<typeof createPatternCheck>;
};

const checkNames = ({ problem }: Check, names: readonly string[], what: string, section: string): void => {
  const first = new Map<string, number>();
  names.forEach((name, index) => {
    const before = first.get(name);
    if (before === undefined) first.set(name, index);
    else problem([section, index, 'name'], `There are two ${what} of the name ${name}; the first is number ${before + 1}.`);
  });
};

const checkPlaceNames = ({ places, problem }: Check, names: readonly string[] | undefined, path: Path, used: Set<string>): void => {
  (names ?? []).forEach((name, index) => {
    used.add(name);
    if (!places.has(name))
      problem([...path, index], `There is no place of the name ${name} under places.`, () => nearest(name, [...places]));
  });
};

/** Queries are written in one YAML scalar; where that is a plain one on a single line, the place in the query is the place in the file. */
const checkQuery = ({ problem, source }: Check, notes: Notes, text: string | undefined, path: Path): void => {
  const wrong = text === undefined ? null : problemInQuery(text);
  if (wrong === null || text === undefined) return;
  const start = offsetAt(source, path);
  const written = source.document.getIn(
    path.map((part) => (typeof part === 'symbol' ? String(part) : part)),
    true,
  );
  const plain = isPlainScalar(written) ? wrong.at : null;
  if (plain === null) problem(path, `${wrong.message} (at character ${wrong.at + 1} of the query)`, () => wrong.suggestion);
  else notes.problems.push(problemAt(source.lines, start + plain, wrong.message, wrong.suggestion));
};
const isPlainScalar = (node: unknown): boolean =>
  typeof node === 'object' &&
  node !== null &&
  'type' in node &&
  'source' in node &&
  'value' in node &&
  node.type === 'PLAIN' &&
  node.source === node.value;

const checkPlaces = (check: Check, used: ReadonlySet<string>): void => {
  const { document, problem, warning } = check;
  let corners = 0;
  (document.places ?? []).forEach((place, index) => {
    const at = ['places', index] as const;
    const { countries, subdivisions, sites, polygons } = place;
    checkCountries(problem, countries, [...at, 'countries']);
    (subdivisions ?? []).forEach((code, item) => checkSubdivision(problem, code, [...at, 'subdivisions', item]));
    (polygons ?? []).forEach((ring, item) => checkRing(problem, ring, [...at, 'polygons', item]));
    if ([countries, subdivisions, sites, polygons].every((list) => list === undefined || list.length === 0))
      problem([...at, 'name'], `The place ${place.name} says nothing about where it is.`);
    corners += (polygons ?? []).reduce((sum, ring) => sum + ring.length, 0);
    if (!used.has(place.name)) warning([...at, 'name'], `No rule names the place ${place.name}.`);
  });
  if (corners > MAX_CORNERS) problem(['places'], `All polygons together have ${corners} corners; at most ${MAX_CORNERS} are read.`);
};

const checkRules = (check: Check, rules: Pick<ManifestDocument, 'chain' | 'doubt' | 'location'>, path: Path, used: Set<string>): void => {
  const { chain, doubt, location } = rules;
  const hold = doubt?.holdRacesFor;
  if (hold !== undefined && hold !== 'off' && msOf(hold) > LONG_HOLD_MS)
    check.warning(
      [...path, 'doubt', 'holdRacesFor'],
      `A list that was edited would not fail for ${hold}; a host that reboots needs minutes.`,
    );
  const runtime = typeof chain?.runtime === 'object' ? chain.runtime : undefined;
  const kernel = typeof chain?.kernel === 'object' ? chain.kernel : undefined;
  check.patterns(runtime?.exclude, [...path, 'chain', 'runtime', 'exclude'], 'exclude');
  check.patterns(kernel?.commandLine?.require, [...path, 'chain', 'kernel', 'commandLine', 'require']);
  check.patterns(kernel?.commandLine?.forbid, [...path, 'chain', 'kernel', 'commandLine', 'forbid']);
  checkPlaceNames(check, location?.places, [...path, 'location', 'places'], used);
};

/** What a schema cannot say: names that point to something, codes that exist, patterns and queries that can be read, rules without effect. */
export const checkMeaning = (document: ManifestDocument, source: Source): Notes => {
  const notes: Notes = { problems: [], warnings: [] };
  const say =
    (list: ManifestProblem[]): Say =>
    (path, message, meant = () => null) => {
      if (list.length < MAX_PROBLEMS) list.push(problemAt(source.lines, offsetAt(source, path), message, meant()));
    };
  const problem = say(notes.problems);
  const places = new Set((document.places ?? []).map(({ name }) => name));
  const check: Check = { document, source, problem, warning: say(notes.warnings), places, patterns: createPatternCheck(problem) };
  const used = new Set<string>();
  const classes = document.classes ?? [];
  const workloads = document.workloads ?? [];
  checkNames(
    check,
    classes.map(({ name }) => name),
    'classes',
    'classes',
  );
  checkNames(
    check,
    (document.places ?? []).map(({ name }) => name),
    'places',
    'places',
  );
  checkRules(check, document, [], used);
  classes.forEach((hostClass, index) => {
    checkQuery(check, notes, hostClass.when, ['classes', index, 'when']);
    checkRules(check, hostClass, ['classes', index], used);
    if (classes.slice(0, index).some((earlier) => earlier.when.trim() === hostClass.when.trim()))
      check.warning(['classes', index, 'when'], `The class ${hostClass.name} never applies: an earlier one chooses the same hosts.`);
  });
  workloads.forEach((rule, index) => {
    const at = ['workloads', index] as const;
    checkPlaceNames(check, rule.places, [...at, 'places'], used);
    checkCountries(problem, rule.countries, [...at, 'countries']);
    checkQuery(check, notes, rule.hosts, [...at, 'hosts']);
    const says = [rule.places, rule.countries, rule.hosts, rule.images, rule.minimumAssurance].some((one) => one !== undefined);
    if (!says && rule.encrypted !== 'required') check.warning([...at, 'name'], `The rule for ${rule.name} asks for nothing.`);
  });
  (document.locations ?? []).forEach((declared, index) => {
    checkQuery(check, notes, declared.hosts, ['locations', index, 'hosts']);
    checkPosition(problem, declared, ['locations', index]);
  });
  (document.geo?.topology ?? []).forEach((meaning, index) => checkPosition(problem, meaning, ['geo', 'topology', index]));
  (document.geo?.issuers ?? []).forEach(({ publicKey }, index) => {
    if (!isIssuerKey(publicKey)) problem(['geo', 'issuers', index, 'publicKey'], 'This is no public key (PEM) on P-256 or Ed25519.');
  });
  if (classes.length === 0 && document.unmatched !== undefined)
    check.warning(['unmatched'], 'Without classes every host has the defaults, so this says nothing.');
  checkPlaces(check, used);
  return notes;
};
