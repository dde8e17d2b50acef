import { generateKeyPairSync, type KeyObject } from 'node:crypto';
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
    ['a pattern that repeats too much', good.replace('/var/tmp/', "'(?:.?){999}'"), 7, 24, /has \d+ steps; at most 1000/u, null],
    [
      'a subdivision of another country',
      `${good}locations: [{ hosts: demo = true, country: DE, subdivision: FR-IDF }]\n`,
      18,
      61,
      /FR-IDF does not lie in DE/u,
      null,
    ],
    ['half of a coordinate', `${good}locations: [{ hosts: demo = true, country: DE, latitude: 5 }]\n`, 18, 58, /only used together/u, null],
    ['a label that stands for no country', `${good}geo: { topology: [{ value: eu-*, country: UK }] }\n`, 18, 43, /UK is no country/u, 'GB'],
    [
      'an area across 180 degrees, which would be read as the rest of the world',
      good.replace('countries: [DE] }', 'polygons: [[[177, -20], [-178, -20], [-178, -15], [177, -15]]] }'),
      14,
      43,
      /write an area that crosses 180 degrees as two/u,
      null,
    ],
    ['a tag that means nothing here', good.replace('[DE, FR]', '!append [DE, FR]'), 17, 16, /Unresolved tag: !append/u, null],
    ['another version of YAML, with merge keys', `%YAML 1.1\n---\n${good}`, 1, 1, /A manifest is YAML 1\.2/u, null],
    ['a second document', `${good}---\n${good}`, 18, 1, /A manifest is one document/u, null],
    ['a key that is no word', good.replace('metadata:', '? [metadata]\n:'), 1, 1, /A key must be a word/u, null],
    ['an exclusion of everything', good.replace('/var/tmp/', '/.*'), 7, 24, /excludes every file/u, null],
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
    const text =
      `${good.replace('places: [home]', 'minimumAssurance: reported')}  - name: nothing\nunmatched: failed\ndoubt: { holdRacesFor: 2h }\n`.replace(
        /classes:[^]*?places:/u,
        'places:',
      );
    const parsed = parseManifest(text);
    expect(parsed).toMatchObject({ ok: true });
    expect(parsed.ok ? parsed.warnings.map(({ message }) => message) : []).toEqual([
      'A list that was edited would not fail for 2h; a host that reboots needs minutes.',
      'The rule for nothing asks for nothing.',
      'Without classes every host has the defaults, so this says nothing.',
      'No rule names the place home.',
    ]);
  });

  it('a key that is there twice is named, and ninety thousand keys take no longer than reading them', () => {
    expect(problemsOf(good.replace('workloads:', 'places: []\nworkloads:'))).toMatchObject([
      { line: 15, column: 1, message: expect.stringContaining('"places"') },
    ]);
    expect(problemsOf('['.repeat(50_000))[0]).toMatchObject({ message: 'The manifest is nested too deeply.' });
    const many = Array.from({ length: 90_000 }, (_, index) => `k${index}: 1`).join('\n');
    expect(problemsOf(many)).toHaveLength(100);
  });

  it('nothing that is written takes long to refuse', () => {
    const places = Array.from({ length: 2_000 }, (_, index) => `  - { name: place-number-${index}, countries: [DE] }\n`).join('');
    const strangers = Array.from({ length: 20 }, (_, index) => `plaze-nummer-${index}`).join(', ');
    const rules = Array.from({ length: 200 }, () => `  - { name: a, places: [${strangers}] }\n`).join('');
    const hostile = [
      '? '.repeat(300),
      `${good.replace(/places:\n[^]*/u, '')}places:\n${places}workloads:\n${rules}`,
      `${good}geo: {}\n`.replace('/var/tmp/', Array.from({ length: 200 }, (_, index) => `'(?:.?){400}${index}'`).join(', ')),
    ];
    expect(hostile.map((text) => parseManifest(text).ok)).toEqual([false, false, false]);
  });

  it('a private key is no public key, although one can be made of it', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const issued = (key: KeyObject, type: 'spki' | 'pkcs8'): unknown => {
      const pem = JSON.stringify(key.export({ type, format: 'pem' }).toString());
      return parseManifest(`${good}geo: { issuers: [{ name: facilities, publicKey: ${pem} }] }\n`).ok;
    };
    expect(issued(publicKey, 'spki')).toBe(true);
    expect(issued(privateKey, 'pkcs8')).toBe(false);
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
