import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExportFormat } from '../../../shared/contract/export-schemas.ts';
import type { Assurance } from '../../../shared/model/verdict.ts';
import { openStore } from '../../store/store.ts';
import { hostRecord } from '../../store/testing/host-record.ts';
import { allowedPlaces } from './allowed-places.ts';
import { runExport } from './run.ts';

const TOOLS = ['pdfinfo', 'pdftotext', 'qpdf'] as const;
const missing = TOOLS.filter((name) => !existsSync(`/usr/bin/${name}`));
const without = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', ')}; Debian: apt-get install poppler-utils qpdf)`;
const tool = (name: (typeof TOOLS)[number], ...args: readonly string[]): string =>
  execFileSync(`/usr/bin/${name}`, [...args], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
const flat = (text: string): string => text.replaceAll(/\s+/gu, ' ');

const NOW = 1_800_000_000_000;
const MANIFEST = (location: string): string => `apiVersion: plumbline/v1
kind: TrustManifest
metadata: { name: europe }
${location}
places:
  - { name: home, countries: [DE, LU], subdivisions: [US-VA] }
  - { name: rooms, sites: [hq, lab] }
`;
const PLACES: readonly (readonly [string | null, string | null, Assurance, number])[] = [
  ['DE', 'DE-HE', 'reported', 12],
  ['FR', null, 'declared', 3],
  ['US', 'US-VA', 'issuer-signed', 4],
  ['US', 'US-CA', 'reported', 2],
  ['SG', null, 'tpm-certified', 1],
  [null, null, 'unknown', 5],
];

const folders: string[] = [];
const fleetUnder = (manifest: string | null): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-map-'));
  folders.push(folder);
  const store = openStore(folder);
  if (!store.ok) throw new Error(store.problem.message);
  const { write, policy, close } = store.value;
  write.recordHosts(
    PLACES.flatMap(([country, subdivision, assurance, hosts], place) =>
      Array.from({ length: hosts }, (_, n) =>
        hostRecord({
          id: `dc/${place}-${n}`,
          name: `host-${place}-${n}`,
          ...(country === 'FR' ? { verdict: 'failed' as const, verified: 'failed' as const } : {}),
          location: { country, subdivision, site: null, assurance, source: null },
          evidenceAtMs: NOW - 60_000,
          seenAtMs: NOW - 60_000,
        }),
      ),
    ),
  );
  if (manifest !== null) {
    const sha256 = createHash('sha256').update(manifest).digest('hex');
    const number = policy.propose({ sha256, name: 'europe', author: 'ann', reason: 'test', text: manifest }, NOW - 60_000);
    policy.activate(number, 'bob', 'bob', NOW - 60_000, 'test');
  }
  close();
  return folder;
};

const make = async (dataFolder: string, format: ExportFormat, filter = ''): Promise<string> => {
  const file = path.join(dataFolder, `made-${format}-${filter.length}.pdf`);
  const ask = { rows: 'hosts', format, query: {}, filter, sort: { by: 'verdict', descending: false } } as const;
  const written = await runExport(
    { dataFolder, file, ask, version: '1.2.3', who: { kind: 'os-user', name: 'ann' }, notRecorded: [] },
    { nowMs: () => NOW, onProgress: () => {}, isStopped: () => false },
  );
  if (!written.ok) throw new Error(written.problem.message);
  expect(tool('qpdf', '--check', file)).toContain('No syntax or stream encoding errors');
  return file;
};
const textOf = (file: string): string => flat(tool('pdftotext', '-layout', file, '-'));
/** What a screen reader is given for the figures. */
const figures = (file: string): string => flat(tool('qpdf', '--qdf', '--object-streams=disable', file, '-').replaceAll('\\', ''));

let plain: string;
beforeAll(() => {
  plain = fleetUnder(null);
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(without !== '')(`the map in reports${without}`, () => {
  it('is on the board summary, which stays two pages, with a text that says the same', async () => {
    const file = await make(plain, 'pdf-board');
    expect(tool('pdfinfo', file)).toMatch(/Pages: +2/u);
    const text = textOf(file);
    expect(text).toContain('5 hosts are in an unknown place');
    expect(flat(text)).toMatch(/How the places are known: .*reported 14/u);
    expect(figures(file)).toContain('World map of hosts by country. France: failed 3.');
    expect(figures(file)).toContain('5 hosts are in an unknown place and not on it.');
  });
  it('stands in the detailed report above a table with every place, its verdicts and what the manifest says', async () => {
    const text = textOf(await make(fleetUnder(MANIFEST('location: { places: [home] }')), 'pdf'));
    expect(text).toContain('Where hosts are, and on whose word');
    expect(text).toMatch(/France 3 3 0 0 0 not allowed declared 3/u);
    expect(text).toMatch(/Germany 12 0 0 0 12 allowed reported 12 DE-HE 12/u);
    expect(text).toMatch(/United States 6 0 0 0 6 allowed in part issuer-signed 4,/u);
    expect(text).toMatch(/Unknown place 5 0 0 0 5 cannot be said unknown 5/u);
    expect(text).toContain('may not be here');
  });
  it('calls no place forbidden where a manifest lets some hosts be anywhere, or names places that have no code', async () => {
    const anywhere = MANIFEST(
      'classes: [{ name: a, when: "name like a-*", location: { places: [home] } }, { name: b, when: "name like b-*" }]',
    );
    const sites = MANIFEST('location: { places: [home, rooms] }');
    for (const manifest of [anywhere, sites]) {
      const text = textOf(await make(fleetUnder(manifest), 'pdf'));
      expect(text).toMatch(/France 3 3 0 0 0 not named declared 3/u);
      expect(text).not.toContain('may not be here');
    }
  });
  it('is drawn of no host as well', async () => {
    const file = await make(plain, 'pdf-board', 'name = nobody');
    expect(tool('pdfinfo', file)).toMatch(/Pages: +2/u);
    expect(figures(file)).toContain('No host has a place on it');
  });
});

describe('places that a manifest allows', () => {
  it('are those of all classes together, and of the defaults only where a host can come under them', () => {
    const home = { countries: ['DE', 'LU'], subdivisions: ['US-VA'], others: 0, anywhere: false };
    expect(allowedPlaces(MANIFEST('location: { places: [home] }'))).toEqual(home);
    const classes = 'classes: [{ name: a, when: "name like a-*", location: { places: [home] } }]';
    expect(allowedPlaces(MANIFEST(classes))).toEqual(home);
    expect(allowedPlaces(MANIFEST(`${classes}\nunmatched: defaults`))).toEqual({ ...home, anywhere: true });
    expect(allowedPlaces(MANIFEST('location: { places: [rooms] }'))).toEqual({
      countries: [],
      subdivisions: [],
      others: 2,
      anywhere: false,
    });
  });
  it('are not known of a text that is no manifest', () => {
    expect(allowedPlaces('{')).toBeNull();
  });
});
