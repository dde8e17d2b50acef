import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jpeg, png } from '../../reports/logo/testing/pictures.ts';
import { openStore } from '../../store/store.ts';
import { hostRecord } from '../../store/testing/host-record.ts';
import { runExport } from './run.ts';

const TOOLS = ['pdfimages', 'pdftotext', 'qpdf'] as const;
const missing = TOOLS.filter((name) => !existsSync(`/usr/bin/${name}`));
const without = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', ')}; Debian: apt-get install poppler-utils qpdf)`;
const tool = (name: (typeof TOOLS)[number], ...args: readonly string[]): string =>
  execFileSync(`/usr/bin/${name}`, [...args], { encoding: 'utf8' });

let folder: string;
let made = 0;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-logo-'));
  const store = openStore(folder);
  if (!store.ok) throw new Error(store.problem.message);
  store.value.write.recordHosts([hostRecord({ demo: true })]);
  store.value.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const make = async (organisation: { readonly name: string | null; readonly logo: Uint8Array | null }) => {
  made += 1;
  const file = path.join(folder, `made-${made}.pdf`);
  const ask = { rows: 'hosts', format: 'pdf-board', query: {}, sort: { by: 'name', descending: false } } as const;
  const written = await runExport(
    { dataFolder: folder, file, ask, version: '1', who: { kind: 'os-user', name: 'ann' }, notRecorded: [], organisation },
    { nowMs: () => 1_800_000_000_000, onProgress: () => {}, isStopped: () => false },
  );
  return { file, written };
};

describe.skipIf(without !== '')(`whose report it is${without}`, () => {
  it('stands on each page by its name and its logo, and the report is whole', async () => {
    const { file, written } = await make({
      name: 'Example Bank \u202e',
      logo: png({ width: 40, height: 1, colour: 0, rows: Buffer.alloc(41) }),
    });
    expect(written.ok).toBe(true);
    expect(tool('qpdf', '--check', file)).toContain('No syntax or stream encoding errors');
    expect(tool('pdftotext', '-layout', file, '-').match(/Board summary · Example Bank \\u\{202e\}/gu)).toHaveLength(2);
    const images = tool('pdfimages', '-list', file)
      .split('\n')
      .slice(2)
      .filter((line) => line !== '');
    expect(images.map((line) => line.trim().split(/\s+/u).slice(0, 7))).toEqual([
      ['1', '0', 'image', '40', '1', 'rgb', '3'],
      ['2', '1', 'image', '40', '1', 'rgb', '3'],
    ]);
  });
  it('a JPEG is in it as it came', async () => {
    const { file } = await make({ name: null, logo: jpeg({ width: 16, height: 16 }) });
    expect(tool('pdfimages', '-list', file)).toMatch(/image +16 +16 +rgb +3 +8 +jpeg/u);
  });
  it('a logo that is none ends the export in words, and leaves nothing', async () => {
    const { file, written } = await make({ name: 'Example', logo: png({ width: 20_000, height: 20_000 }) });
    expect(written).toMatchObject({ ok: false, problem: { code: 'logo-pixels' } });
    expect(existsSync(file)).toBe(false);
  });
});
