import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from './manifest.ts';
import { parseManifest } from './parse.ts';
import { manifestJsonSchema } from './schema.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../../resources/manifests');
const example = (name: string): string => readFileSync(path.join(FOLDER, name), 'utf8');

const good = `apiVersion: plumbline/v1
kind: TrustManifest
metadata: { name: europe }
freshness: { maxAge: 10m }
chain:
  firmware: not-required
  runtime: { exclude: [/var/tmp/] }
location: { places: [home] }
classes:
  - name: edge
    when: endpoint = edge
    chain: { runtime: { violations: 3 } }
places:
  - { name: home, countries: [DE] }
workloads:
  - name: payments-ledger
    countries: [DE, FR]
`;

const problemsOf = (text: string): readonly unknown[] => {
  const parsed = parseManifest(text);
  return parsed.ok ? [] : parsed.problems;
};

describe('a trust manifest', () => {
  it('is read, with every default filled in; a class takes what it does not say from the top', () => {
    const parsed = parseManifest(good);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const { defaults, classes, workloads } = parsed.manifest;
    expect(defaults).toEqual({
      ...DEFAULT_POLICY,
      maxEvidenceAgeMs: 600_000,
      firmware: { require: 'not-required' },
      runtime: { require: 'required', exclude: ['/var/tmp/'], violations: 0 },
      location: { places: ['home'], minimumAssurance: 'unknown' },
    });
    expect(classes[0]?.policy).toEqual({ ...defaults, runtime: { ...defaults.runtime, violations: 3 } });
    expect(workloads[0]).toMatchObject({ name: 'payments-ledger', countries: ['DE', 'FR'], places: null, encrypted: 'any' });
  });

  it.each([
    ['a country that is none', good.replace('[DE, FR]', '[DE, XY]'), 17, 21, /XY is no country/u, null],
    ['a country that has another code', good.replace('[DE, FR]', '[DE, UK]'), 17, 21, /UK is no country/u, 'GB'],
    [
      'a country by its name',
      good.replace('[DE, FR]', '[DE, France]'),
      17,
      21,
      /workloads\[1\]\.countries\[2\] must be two capital letters/u,
      null,
    ],
    ['a wrong duration', good.replace('10m', '10 minutes'), 4, 22, /freshness\.maxAge must be a duration/u, null],
    ['a wrong kind', good.replace('TrustManifest', 'Deployment'), 2, 7, /kind must be TrustManifest/u, null],
    ['a misspelt section', good.replace('workloads:', 'workload:'), 15, 1, /unknown key "workload"/u, 'workloads'],
    ['a misspelt rule of a link', good.replace('exclude:', 'excludes:'), 7, 14, /chain\.runtime has an unknown key/u, 'exclude'],
    ['a misspelt word', good.replace('not-required', 'not-require'), 6, 13, /chain\.firmware must be one of/u, 'not-required'],
    ['a place that is not there', good.replace('places: [home]', 'places: [hone]'), 8, 22, /no place of the name hone/u, 'home'],
    ['a pattern that RE2 does not know', good.replace('/var/tmp/', "'(a)\\1'"), 7, 24, /linear time/u, null],
    [
      'two places of one name',
      good.replace('workloads:', '  - { name: home, countries: [FR] }\nworkloads:'),
      15,
      13,
      /two places of the name home/u,
      null,
    ],
    ['a place that is nowhere', good.replace('countries: [DE] }', 'countries: [] }'), 14, 13, /says nothing about where/u, null],
    ['a subdivision that is none', good.replace('countries: [DE] }', 'subdivisions: [DE-XX] }'), 14, 34, /DE-XX is no subdivision/u, null],
    ['a missing name', good.replace('metadata: { name: europe }', 'metadata: {}'), 3, 11, /metadata\.name is missing/u, null],
    ['an empty list of places', good.replace('places: [home]', 'places: []'), 8, 21, /needs at least 1 entry/u, null],
    ['broken YAML', good.replace('[DE, FR]', '[DE, FR'), 18, 1, /./u, null],
  ])('%s is named with line, column and what was probably meant', (_what, text, line, column, message, suggestion) => {
    expect(problemsOf(text)).toContainEqual({ line, column, message: expect.stringMatching(message), suggestion });
  });

  it('says everything that is wrong at once, in the order of the file', () => {
    const text = good.replace('10m', 'soon').replace('TrustManifest', 'Manifest').replace('[DE, FR]', '[Germany]');
    expect(problemsOf(text)).toMatchObject([{ line: 2 }, { line: 4 }, { line: 17 }]);
  });

  it('warns of what has no effect, and is valid all the same', () => {
    const text = `${good.replace('places: [home]', 'minimumAssurance: reported')}  - name: nothing\nunmatched: failed\n`.replace(
      /classes:[^]*?places:/u,
      'places:',
    );
    const parsed = parseManifest(text);
    expect(parsed).toMatchObject({ ok: true });
    expect(parsed.ok ? parsed.warnings.map(({ message }) => message) : []).toEqual([
      'The rule for nothing asks for nothing.',
      'Without classes every host has the defaults, so this says nothing.',
      'No rule names the place home.',
    ]);
  });

  it('a key that is there twice is named, and two hundred thousand keys take no longer than reading them', () => {
    expect(problemsOf(good.replace('workloads:', 'places: []\nworkloads:'))).toMatchObject([
      { line: 15, column: 1, message: expect.stringContaining('"places"') },
    ]);
    expect(problemsOf('['.repeat(50_000))[0]).toMatchObject({ message: 'The manifest is nested too deeply.' });
    const many = Array.from({ length: 200_000 }, (_, index) => `k${index}: 1`).join('\n');
    expect(problemsOf(many)).toHaveLength(100);
  });

  it('refuses aliases, which can grow without bound', () => {
    expect(parseManifest(`a: &a [x]\nb: [*a, *a]\n`)).toMatchObject({ ok: false });
  });

  it('makes hidden characters of a hostile manifest visible in what it says', () => {
    const [problem] = problemsOf(good.replace('firmware:', '"firm\\u202eware":'));
    expect(JSON.stringify(problem)).toContain('u{202e}');
  });

  it('never throws, whatever it is given', () => {
    const pieces = good.split('\n');
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.nat(pieces.length - 1), (text, line) => {
        expect(parseManifest(text)).toHaveProperty('ok');
        expect(parseManifest(pieces.toSpliced(line, 1, text).join('\n'))).toHaveProperty('ok');
      }),
    );
  });
});

describe('the examples', () => {
  it.each(readdirSync(FOLDER).filter((file) => file.endsWith('.yaml')))('%s is valid and without warnings', (file) => {
    expect(parseManifest(example(file))).toMatchObject({ ok: true, warnings: [] });
  });

  it('the published schema is the one that manifests are read by', () => {
    expect(JSON.parse(example('manifest.schema.json'))).toEqual(JSON.parse(JSON.stringify(manifestJsonSchema())));
  });
});
