import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BANK, agileEvent, bootLog, digest, imaNgData, imaNgLine, le32, makeEvidence, makeKey, specId } from '../evidence/testing/host.ts';
import { diffCommand } from './diff.ts';
import { kindOf } from './diff-input.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-diff-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, content: string | Uint8Array): string => {
  const full = path.join(folder, name);
  writeFileSync(full, content);
  return full;
};

type Ran = { readonly status: number; readonly out: string; readonly err: string };
const run = async (...args: readonly string[]): Promise<Ran> => {
  let out = '';
  let err = '';
  const status = await diffCommand.run(args, {
    stdout: (text) => (out += text),
    stderr: (text) => (err += text),
    isTty: false,
    signal: new AbortController().signal,
  });
  return { status, out, err };
};

const base64 = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('base64');
const key = makeKey('ecdsa256');
const bundle = (log = bootLog()): string => {
  const evidence = makeEvidence({ key });
  return JSON.stringify({
    host: evidence.host,
    nonce: Buffer.from(evidence.nonce).toString('hex'),
    akPem: evidence.akPem,
    akTpm2bPublic: base64(evidence.akTpm2bPublic),
    quote: { attest: base64(evidence.quote.attest), signature: base64(evidence.quote.signature) },
    pcrs: evidence.pcrs,
    eventLog: base64(log),
    imaAscii: evidence.ima.toString(),
    policy: { pcrSelection: evidence.requiredSelection },
  });
};
const entry = (name: string): string => imaNgLine(name, digest('sha256', Buffer.from(name)));
const binaryEntry = (name: string): Buffer => {
  const data = imaNgData(name, digest('sha256', Buffer.from(name)));
  return Buffer.concat([le32(10), digest('sha1', data), le32(6), Buffer.from('ima-ng'), le32(data.length), data]);
};

describe('plumbline diff', () => {
  it('exits 0 for a file and itself, of every kind', async () => {
    for (const content of [bundle(), bootLog(), entry('/a'), binaryEntry('/a')]) {
      const name = file('same', content);
      const { status, out } = await run(name, name, '--json');
      expect([status, JSON.parse(out)]).toEqual([0, expect.objectContaining({ identical: true, firstDivergence: null, changes: [] })]);
    }
  });

  it('exits 1 for two logs that differ, and says where first', async () => {
    const { status, out } = await run(file('on', bootLog(1)), file('off', bootLog(0)), '--json');
    const document = JSON.parse(out);
    expect(status).toBe(1);
    expect(Object.keys(document).slice(0, 3)).toEqual(['identical', 'firstDivergence', 'changes']);
    expect(document).toMatchObject({ identical: false, firstDivergence: { pcr: 7, change: 'changed', subject: 'variable SecureBoot' } });
    expect(document.changes).toHaveLength(1);
  });

  it('reads for an engineer', async () => {
    const { out } = await run(file('on', bootLog(1)), file('off', bootLog(0)));
    expect(out).toMatch(/^First divergence: PCR 7: variable SecureBoot differs: value from 1 to 0/u);
    expect(out).toContain('PCR 0: 3 equal events\n');
    expect(out).toContain('NOT BENIGN: Secure Boot was switched off');
    expect(out).toContain('an attacker can make it look like this');
  });

  it('compares an ascii with a binary list of the same files', async () => {
    const ascii = file('ascii', entry('/a') + entry('/b'));
    const binary = file('binary', Buffer.concat([binaryEntry('/b'), binaryEntry('/a')]));
    expect(await run(ascii, binary)).toMatchObject({ status: 0 });
  });

  it('compares bundles part by part', async () => {
    const { status, out } = await run(file('a.json', bundle()), file('b.json', bundle(bootLog(0))), '--json');
    expect([status, JSON.parse(out).changes]).toMatchObject([1, [{ what: 'event', pcr: 7 }]]);
  });

  it('exits 2 for files of different kinds, and for what cannot be read to its end', async () => {
    const log = file('log', bootLog());
    expect(await run(log, file('list', entry('/a')))).toMatchObject({
      status: 2,
      out: '',
      err: expect.stringContaining('give two files of one kind'),
    });
    const cut = await run(log, file('cut', bootLog().subarray(0, 300)));
    expect([cut.status, cut.out, cut.err]).toEqual([2, '', expect.stringContaining('not readable beyond byte')]);
    expect(await run(log, file('noise', 'hello world, this is no evidence at all'))).toMatchObject({
      status: 2,
      err: expect.stringContaining('neither'),
    });
    expect(await run(log, path.join(folder, 'absent'))).toMatchObject({ status: 2, err: expect.stringContaining('no such file') });
    expect(await run(log)).toMatchObject({ status: 2, err: expect.stringContaining('exactly two files') });
  });

  it('never sends control characters to the terminal', async () => {
    const hostile = Buffer.concat([specId(BANK), agileEvent(BANK, 8, 0x0d, Buffer.from('grub_cmd: \u001b[2J\u202eevil\u0007\0'))]);
    const { out } = await run(file('one', bootLog()), file('two', hostile));
    // oxlint-disable-next-line no-control-regex
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u);
    expect(out).toContain('evil');
  });

  it('tells the kinds apart by content', () => {
    const metadata = Buffer.concat([le32(10), digest('sha1', Buffer.alloc(0)), le32(7), Buffer.from('evm-sig'), le32(0)]);
    expect(kindOf(metadata)).toBe('ima');
    expect([bundle(), bootLog(), entry('/a'), binaryEntry('/a'), ''].map((content) => kindOf(Buffer.from(content)))).toEqual([
      'bundle',
      'event-log',
      'ima',
      'ima',
      'event-log',
    ]);
  });

  it('has help with bounds and an example', async () => {
    const { status, out } = await run('--help');
    expect(status).toBe(0);
    expect(out).toContain('Bounds:');
    expect(out).toContain('Example: plumbline diff');
  });
});
