import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { inclusionProof } from './merkle.ts';
import { checkProofFile, formatProofFile, parseProofFile } from './proof-file.ts';
import { createTestLedger, filledLedger, keyFrom, valueOf } from './testing/ledger.ts';
import { readHashFromTiles } from './tiles.ts';

const SIZE = 300;
const ledger = filledLedger(SIZE, SIZE);
const [signed] = ledger.notes;
const readHash = readHashFromTiles(
  ({ level, index }) =>
    ledger.tiles.get(`${level}/${index}`) ??
    ledger.writer.partials().find((tile) => tile.level === level && tile.index === index)?.hashes ??
    null,
  SIZE,
);
const proofOf = (index: number, checkpoint = signed!.note): string =>
  valueOf(formatProofFile({ index, proof: valueOf(inclusionProof(readHash, index, SIZE)), checkpoint, entry: ledger.rows[index]!.bytes }));
const judged = (text: string): string => {
  const file = parseProofFile(text);
  const checked = file.ok ? checkProofFile(file.value) : file;
  return checked.ok ? 'ok' : checked.problem.code;
};

describe('a proof file, as in C2SP tlog-proof', () => {
  it('has the lines of the specification, and is read back', () => {
    const text = proofOf(299);
    expect(text.split('\n').slice(0, 3)).toEqual([
      'c2sp.org/tlog-proof@v1',
      `extra ${Buffer.from(ledger.rows[299]!.bytes).toString('base64')}`,
      'index 299',
    ]);
    expect(text.endsWith(`\n\n${signed!.note}`)).toBe(true);
    expect(valueOf(formatProofFile(valueOf(parseProofFile(text))))).toBe(text);
  });

  it('proves every entry, and no changed one', () => {
    for (let index = 0; index < SIZE; index += 1) expect(judged(proofOf(index))).toBe('ok');
    expect(judged(proofOf(7).replace('index 7', 'index 8'))).toBe('ledger-proof');
    expect(judged(proofOf(7).replace('index 7', 'index 300'))).toBe('ledger-proof');
  });

  it.each([
    ['another version', (text: string) => text.replace('@v1', '@v2')],
    ['no entry', (text: string) => text.replace(/extra .*\n/, '')],
    ['a leading zero', (text: string) => text.replace('index 7', 'index 07')],
    ['a hash that is none', (text: string) => text.replace('index 7\n', 'index 7\nAAAA\n')],
    ['no checkpoint', (text: string) => text.slice(0, text.indexOf('\n\n') + 2)],
    ['nothing', () => ''],
  ])('refuses %s', (_, change) => {
    expect(judged(change(proofOf(7)))).toMatch(/^ledger-(proof-file|note)$/);
  });

  it('never proves another entry, whatever is changed in the file', () => {
    const text = proofOf(123);
    const header = text.indexOf('\n\n');
    fc.assert(
      fc.property(fc.nat(header), fc.nat(3), fc.string({ maxLength: 3 }), (at, cut, insert) => {
        const changed = text.slice(0, at) + insert + text.slice(at + cut);
        expect(changed === text || judged(changed) !== 'ok').toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

const TOOLS = ['openssl', 'xxd', 'sha256sum', 'base64'];
const absent = TOOLS.filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);

describe.skipIf(absent.length > 0)(`docs/check-a-proof.sh${absent.length > 0 ? `: not here: ${absent.join(', ')}` : ''}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-proof-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const script = path.join(import.meta.dirname, '../../docs/check-a-proof.sh');
  const run = (text: string, key = ledger.key().text): { readonly status: number | null; readonly out: string; readonly said: string } => {
    const file = path.join(folder, 'one.tlog-proof');
    writeFileSync(file, text);
    const { status, stdout, stderr } = spawnSync('sh', [script, file, key], { encoding: 'utf8' });
    return { status, out: stdout, said: stderr };
  };

  it('proves entries with tools that are not ours, and prints them', () => {
    for (const index of [0, 1, 255, 256, 298, 299]) {
      const { status, out, said } = run(proofOf(index));
      expect(said).toContain(`PROVEN: entry ${index} of 300 in ${ledger.origin}`);
      expect(status).toBe(0);
      expect(out).toBe(`${Buffer.from(ledger.rows[index]!.bytes).toString()}\n`);
    }
  });

  it('proves the only entry of a ledger, and one under a checkpoint with more signatures', () => {
    const single = createTestLedger();
    const note = single.checkpoint([keyFrom('other'), keyFrom('log')]);
    const text = valueOf(formatProofFile({ index: 0, proof: [], checkpoint: note, entry: single.rows[0]!.bytes }));
    expect(run(text, single.key().text).said).toContain('PROVEN: entry 0 of 1');
  });

  it('does not prove a tampered entry, place, proof, checkpoint or key', () => {
    const text = proofOf(100);
    const bytes = Buffer.from(ledger.rows[100]!.bytes);
    const tampered = Buffer.from(bytes.toString().replace('"failed"', '"trusted"'));
    expect(tampered).not.toEqual(bytes);
    const changed = [
      text.replace(bytes.toString('base64'), tampered.toString('base64')),
      text.replace('index 100', 'index 101'),
      text.replace('index 100', 'index 300'),
      text.replace(/(index 100\n.*\n).*\n/, '$1'),
      text.replace('\n300\n', '\n301\n'),
      text.replace('c2sp.org', 'c3sp.org'),
      text.replace(/extra .*\n/, ''),
      '',
    ];
    for (const one of changed) expect(run(one)).toMatchObject({ status: 1, out: '', said: expect.stringMatching(/^NOT PROVEN: /) });
    expect(run(text, createTestLedger('other').key().text)).toMatchObject({ status: 1, out: '' });
    expect(run(text, ledger.key().text.replace('+A', '+B'))).toMatchObject({ status: 1, out: '' });
    const forged = proofOf(100, createTestLedger('thief').checkpoint());
    expect(run(forged)).toMatchObject({ status: 1, out: '' });
  });
});
