import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ExportFormat } from '../../../shared/contract/export-schemas.ts';
import { type MadePack, madePack, type ReportMore } from '../../pack/testing/made-pack.ts';
import { makePkcs12, PASSWORD } from '../../signing/testing/pkcs12.ts';

const missing = ['qpdf', 'openssl'].filter((name) => !existsSync(`/usr/bin/${name}`));
const without = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', ')}; Debian: apt-get install qpdf openssl)`;

const fileSchema = z.object({ qpdf: z.tuple([z.looseObject({}), z.record(z.string(), z.unknown())]) });
const objectSchema = z.union([
  z.object({ value: z.unknown() }),
  z.object({ stream: z.object({ dict: z.record(z.string(), z.unknown()), data: z.string().optional() }) }),
]);
const dictSchema = z.record(z.string(), z.unknown());

/** A document as qpdf reads it: dictionaries by number, and the contents of streams. */
const read = (file: string) => {
  const text = execFileSync('/usr/bin/qpdf', ['--json=2', '--json-stream-data=inline', '--decode-level=generalized', file], {
    encoding: 'utf8',
    maxBuffer: 1024 * 1024 * 1024,
  });
  const [, objects] = fileSchema.parse(JSON.parse(text)).qpdf;
  const dicts = new Map<string, { readonly dict: Record<string, unknown>; readonly data: Buffer | null }>();
  for (const [key, raw] of Object.entries(objects)) {
    const object = objectSchema.parse(raw);
    const dict = 'stream' in object ? object.stream.dict : dictSchema.safeParse(object.value).data;
    if (dict !== undefined) dicts.set(key, { dict, data: 'stream' in object ? Buffer.from(object.stream.data ?? '', 'base64') : null });
  }
  const at = (reference: unknown) => {
    const found = dicts.get(`obj:${String(reference)}`);
    if (found === undefined) throw new Error(`there is no object ${String(reference)}`);
    return found;
  };
  /** A dictionary, whether it stands there or is referred to. */
  const dictOf = (value: unknown): Record<string, unknown> => dictSchema.safeParse(value).data ?? at(value).dict;
  const trailer = dicts.get('trailer')?.dict ?? {};
  return { dicts, at, dictOf, trailer, catalog: dictOf(trailer['/Root']) };
};
const list = (value: unknown): readonly unknown[] => z.array(z.unknown()).parse(value);

describe.skipIf(without !== '')(`what ISO 19005-3 asks for at level A, as far as it can be seen in the structure${without}`, () => {
  let made: MadePack;
  let signature: ReportMore['signature'];
  beforeAll(async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-organisation-'));
    signature = { pkcs12: makePkcs12(folder, 'org').bytes, password: PASSWORD, reason: 'Quarterly', location: 'Frankfurt' };
    rmSync(folder, { recursive: true });
    made = await madePack(1, 0);
  }, 60_000);
  afterAll(() => made.close());

  const kinds = (['pdf-board', 'pdf', 'pdf-dossier'] as const satisfies readonly ExportFormat[]).flatMap((format) => [
    [format, 'unsigned'] as const,
    [format, 'signed'] as const,
  ]);

  it.each(kinds)('%s, %s', async (format, how) => {
    const file = await made.report(`${format}-${how}.pdf`, format, how === 'signed' && signature !== undefined ? { signature } : {});
    const { dicts, at, dictOf, trailer, catalog } = read(file);
    const all = [...dicts.values()];

    // 6.1.3: an identifier, and no encryption.
    expect(list(trailer['/ID'])).toHaveLength(2);
    expect(trailer).not.toHaveProperty('/Encrypt');
    // 6.1.7, 6.1.8: no file outside, no LZW.
    for (const { dict, data } of all) {
      if (data === null) continue;
      expect(dict).not.toHaveProperty('/F');
      expect(String(dict['/Filter'])).not.toMatch(/LZW|Crypt/u);
    }
    // 6.2.3: one intent of output, with a profile of three channels.
    const [intent, ...others] = list(catalog['/OutputIntents']);
    const { '/S': kind, '/DestOutputProfile': profile } = dictOf(intent);
    expect({ kind, others }).toEqual({ kind: '/GTS_PDFA1', others: [] });
    expect(at(profile).dict['/N']).toBe(3);
    expect(at(profile).data?.toString('latin1', 36, 40)).toBe('acsp');
    // 6.2.11: fonts are embedded, and each letter is known.
    const fonts = all.map(({ dict }) => dict).filter((dict) => dict['/Type'] === '/Font');
    expect(fonts.length).toBeGreaterThan(1);
    const composed = fonts.filter((font) => font['/Subtype'] === '/Type0');
    const simple = fonts.filter((font) => font['/Subtype'] !== '/Type0');
    expect(simple).toHaveLength(composed.length);
    for (const font of composed) {
      expect(font['/Encoding']).toBe('/Identity-H');
      expect(at(font['/ToUnicode']).data?.toString('latin1')).toContain('beginbfrange');
    }
    for (const font of simple) {
      expect(font['/Subtype']).toBe('/CIDFontType2');
      expect(font['/CIDToGIDMap']).toBe('/Identity');
      const embedded = at(dictOf(font['/FontDescriptor'])['/FontFile2']);
      expect(embedded.data?.length).toBeGreaterThan(1_000);
    }
    // 6.3: annotations are printed, seen where they have a size, and have no action; 6.4: no scripts, nothing that is made by a viewer.
    for (const { dict } of all) {
      for (const key of ['/AA', '/OpenAction', '/JS', '/XFA', '/NeedAppearances', '/Launch']) expect(dict).not.toHaveProperty(key);
      expect(dict['/Type']).not.toBe('/Action');
      expect(dict['/S']).not.toBe('/JavaScript');
    }
    for (const { dict } of all.filter((one) => one.dict['/Type'] === '/Annot')) {
      expect(Number(dict['/F']) & 0b100111).toBe(0b100);
      expect(dict['/Rect']).toEqual([0, 0, 0, 0]);
    }
    // 6.6.2, 6.6.4: it says what it is.
    const metadata = at(catalog['/Metadata']);
    expect(metadata.dict).not.toHaveProperty('/Filter');
    const xmp = metadata.data?.toString('utf8') ?? '';
    expect(xmp).toContain('<pdfaid:part>3</pdfaid:part>');
    expect(xmp).toContain('<pdfaid:conformance>A</pdfaid:conformance>');
    // 6.7: tagged, with a tree and a language.
    expect(dictOf(catalog['/MarkInfo'])['/Marked']).toBe(true);
    expect(dictOf(catalog['/StructTreeRoot'])['/Type']).toBe('/StructTreeRoot');
    expect(catalog['/Lang']).toBe('u:en-GB');
    // 6.8: whatever is attached is associated, and says how and of which type it is.
    const attached = all.filter(({ dict }) => dict['/Type'] === '/EmbeddedFile');
    const associated = list(catalog['/AF']).map(dictOf);
    expect(associated.length).toBe(attached.length);
    for (const one of associated) {
      expect(one['/AFRelationship']).toBe('/Data');
      expect(one['/UF']).toBe(one['/F']);
      expect(String(at(dictOf(one['/EF'])['/F']).dict['/Subtype'])).toMatch(/^\/[a-z]+\/[a-z-]+$/u);
    }
    // What is signed says so in its form, and nothing else has one.
    const isSigned = how === 'signed';
    const form = isSigned ? dictOf(catalog['/AcroForm']) : {};
    expect(Object.hasOwn(catalog, '/AcroForm')).toBe(isSigned);
    expect(form['/SigFlags']).toBe(isSigned ? 3 : undefined);
    const fields = isSigned ? list(form['/Fields']).map(dictOf) : [];
    expect(fields.map((field) => field['/FT'])).toEqual(isSigned ? ['/Sig'] : []);
    for (const field of fields) expect(list(at(field['/P']).dict['/Annots'])).toHaveLength(1);
  });
});
