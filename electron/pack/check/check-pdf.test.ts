import { closeSync, existsSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { assert, asyncProperty, nat } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePkcs12, PASSWORD } from '../../signing/testing/pkcs12.ts';
import { opened, withAttachments, withHidden } from '../testing/change-pdf.ts';
import { type MadePack, madePack, type ReportMore } from '../testing/made-pack.ts';
import { verify } from '../testing/verify.ts';

const noOpenssl = existsSync('/usr/bin/openssl') ? '' : ' (skipped: no openssl)';
const HOSTS = 24;

let made: MadePack;
let board: Buffer;
let detailed: Buffer;
let few: Buffer;
let dossier: Buffer;
let signature: ReportMore['signature'];
beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-organisation-'));
  // Before the moment of the reports, or its certificate would not be valid yet.
  if (noOpenssl === '')
    signature = { pkcs12: makePkcs12(folder, 'org').bytes, password: PASSWORD, reason: 'Quarterly report', location: null };
  rmSync(folder, { recursive: true });
  made = await madePack(HOSTS, 1);
  board = readFileSync(await made.report('board.pdf', 'pdf-board'));
  detailed = readFileSync(await made.report('detailed.pdf', 'pdf'));
  few = readFileSync(await made.report('few.pdf', 'pdf', { filter: hostsOf(0, 3) }));
  dossier = readFileSync(await made.report('dossier.pdf', 'pdf-dossier', { filter: hostsOf(0, 1) }));
}, 120_000);
afterAll(() => made.close());

const attached = (pdf: Buffer, name: string): Buffer => {
  const bytes = opened(pdf).attachments.get(name);
  if (bytes === undefined) throw new Error(`${name} is not attached`);
  return bytes;
};
/** Some hosts of the detailed report, as a filter. */
const hostsOf = (from: number, to: number): string => {
  const ids = [
    ...attached(detailed, 'hosts.jsonl')
      .toString('utf8')
      .matchAll(/^\{"id":"([^"]+)"/gmu),
  ].map(([, id]) => `"${id ?? ''}"`);
  return `id in (${ids.slice(from, to).join(', ')})`;
};
const check = async (pdf: Buffer, ...args: readonly string[]) => {
  const file = path.join(made.folder, 'checked.pdf');
  writeFileSync(file, pdf);
  return verify(file, ...(args.length === 0 ? ['--key', made.key] : args));
};
type Checked = Awaited<ReturnType<typeof check>>;
const codes = ({ said }: Checked): readonly string[] => [...new Set(said?.problems.map(({ code }) => code))];
const notes = ({ said }: Checked): readonly string[] => (said?.notices ?? []).map(({ code }) => code);
const replaced = (bytes: Buffer, from: string | RegExp, to: string): Buffer => {
  const text = bytes.toString('utf8').replace(from, to);
  if (text === bytes.toString('utf8')) throw new Error('nothing was replaced');
  return Buffer.from(text);
};
/** Named as a problem, or refused in one line: never ok. */
const isRefused = ({ status, said, err }: Checked): boolean =>
  status !== 0 && said?.ok !== true && ((said?.problems.length ?? 0) > 0 || err.length > 0);

describe('a report that nobody changed', () => {
  it('holds in each kind, against the key that was got elsewhere', async () => {
    for (const pdf of [board, detailed, few, dossier]) {
      const checked = await check(pdf);
      expect(checked.said?.problems).toEqual([]);
      expect(checked).toMatchObject({ status: 0, said: { ok: true, keyPinned: true, signature: null } });
      expect(notes(checked)).toContain('pages-not-proven');
    }
  });

  it('has its rows proven by signed entries, and of few hosts the evidence verified again', async () => {
    expect(await check(board)).toMatchObject({ said: { report: 'board', entries: 0, quotes: 0, evidence: 'no-rows' } });
    expect(await check(detailed)).toMatchObject({ said: { report: 'detailed', entries: HOSTS, quotes: 0, evidence: 'many-hosts' } });
    const checked = await check(few);
    expect(checked).toMatchObject({ said: { hosts: 3, entries: 3, quotes: 3, evidence: 'attached' } });
    expect(await check(dossier)).toMatchObject({ said: { report: 'dossier', entries: 1, hosts: 1, quotes: 1, evidence: 'attached' } });
  });

  it('says that nothing shows who made it where no key was given', async () => {
    const checked = await check(dossier, '--json');
    expect(checked).toMatchObject({ status: 0, said: { ok: true, keyPinned: false } });
    expect(notes(checked)).toContain('key-first-use');
  });

  it('does not hold against the key of another ledger', async () => {
    const other = await madePack(1, 0);
    try {
      for (const pdf of [board, dossier]) {
        const checked = await check(pdf, '--key', other.key);
        expect(checked).toMatchObject({ status: 1, said: { ok: false, checkpoint: null } });
        expect(codes(checked)).toContain('key-swapped');
      }
    } finally {
      await other.close();
    }
  });
});

describe('a report that somebody changed and hid it as well as can be', () => {
  it('is named where an attachment is another and the proof still says the first', async () => {
    for (const [pdf, name] of [
      [board, 'evidence.json'],
      [detailed, 'hosts.jsonl'],
      [detailed, 'entries.jsonl'],
      [detailed, 'proofs.jsonl'],
      [dossier, 'pack.zip'],
    ] as const) {
      const bytes = Buffer.from(attached(pdf, name));
      const at = bytes.length >> 1;
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      const checked = await check(withAttachments(pdf, new Map([[name, bytes]])));
      expect({ name, codes: codes(checked) }).toEqual({ name, codes: expect.arrayContaining(['pdf-attachment']) });
    }
  });

  it('is named where a row says another verdict, name, reason or link than the entry, with digests that fit again', async () => {
    const lines = attached(detailed, 'hosts.jsonl');
    for (const [from, to] of [
      [/"verdict":"failed"/u, '"verdict":"trusted"'],
      [/"reported":"[a-z]+"/u, '"reported":"not-offered"'],
      [/("id":"[^"]+","name":")[^"]+/u, '$1another'],
      [/"brokenLink":"[a-z-]+"/u, '"brokenLink":null'],
      [/("verdict":"failed".*?"reason":")[^"]+/u, '$1Nothing happened.'],
    ] as const)
      expect(codes(await check(withHidden(detailed, new Map([['hosts.jsonl', replaced(lines, from, to)]]))))).toEqual(['record-differs']);
  });

  it('is named where a host is left out, or is there twice', async () => {
    const lines = attached(detailed, 'hosts.jsonl').toString('utf8').trimEnd().split('\n');
    const without = Buffer.from(`${lines.slice(0, -1).join('\n')}\n`);
    expect(codes(await check(withHidden(detailed, new Map([['hosts.jsonl', without]]))))).toContain('record-differs');
    const twice = Buffer.from(`${[...lines.slice(0, -1), lines[1]].join('\n')}\n`);
    expect(codes(await check(withHidden(detailed, new Map([['hosts.jsonl', twice]]))))).toContain('record-differs');
  });

  it('is named where an entry is another, or has the proof of another', async () => {
    const entries = replaced(attached(detailed, 'entries.jsonl'), '"verdict":"failed"', '"verdict":"trusted"');
    expect(codes(await check(withHidden(detailed, new Map([['entries.jsonl', entries]]))))).toContain('entry-not-proven');
    const [first = '', second = '', ...rest] = attached(detailed, 'proofs.jsonl').toString('utf8').split('\n');
    const proofs = Buffer.from([second, first, ...rest].join('\n'));
    expect(codes(await check(withHidden(detailed, new Map([['proofs.jsonl', proofs]]))))).toContain('entry-not-proven');
  });

  it('is named where what another report carries is put into it', async () => {
    for (const names of [
      ['hosts.jsonl'],
      ['hosts.jsonl', 'entries.jsonl', 'proofs.jsonl'],
      ['hosts.jsonl', 'entries.jsonl', 'proofs.jsonl', 'pack.zip'],
    ]) {
      const other = readFileSync(await made.report(`other-${names.length}.pdf`, 'pdf', { filter: hostsOf(3, 6) }));
      const contents = new Map(names.map((name) => [name, attached(other, name)]));
      expect(codes(await check(withHidden(few, contents)))).toContain('head-differs');
      // All of it with its own proof: then the document is another than the proof says.
      const all = new Map([...contents, ['proof.json', attached(other, 'proof.json')] as const]);
      expect(isRefused(await check(withAttachments(few, all)))).toBe(true);
    }
    const swapped = withHidden(few, new Map([['pack.zip', attached(dossier, 'pack.zip')]]));
    expect(codes(await check(swapped))).toContain('head-differs');
  });

  it('is named where the evidence in it was changed, also deep in its pack', async () => {
    const zip = Buffer.from(attached(dossier, 'pack.zip'));
    const at = zip.indexOf('hosts/0001/entered/quote.json') + 200;
    zip.writeUInt8(zip.readUInt8(at) ^ 4, at);
    expect(isRefused(await check(withHidden(dossier, new Map([['pack.zip', zip]]))))).toBe(true);
  });

  it('is named where it says that it carries no entries or no evidence though it should', async () => {
    const proof = attached(detailed, 'proof.json');
    expect(
      codes(await check(withAttachments(detailed, new Map([['proof.json', replaced(proof, /"entries":\[[^\]]*\]/u, '"entries":null')]])))),
    ).toContain('head-differs');
    const large = replaced(attached(dossier, 'proof.json'), '"evidence":"attached"', '"evidence":"many-hosts"');
    expect(codes(await check(withAttachments(dossier, new Map([['proof.json', large]]))))).toContain('head-differs');
    expect(codes(await check(withAttachments(dossier, new Map([['proof.json', Buffer.from('{}')]]))))).toEqual(['proof-unreadable']);
  });
});

describe('a file that is no report as it was written', () => {
  it('is named wherever it is cut', async () => {
    for (const part of [0.05, 0.2, 0.5, 0.8, 0.99])
      expect(isRefused(await check(dossier.subarray(0, Math.floor(dossier.length * part))))).toBe(true);
    for (const less of [1, 7, 30, 200]) expect(isRefused(await check(dossier.subarray(0, dossier.length - less)))).toBe(true);
    expect(isRefused(await check(Buffer.from('%PDF-1.7\n')))).toBe(true);
    expect(isRefused(await check(Buffer.alloc(0)))).toBe(true);
  });

  it('is named where its tables lead nowhere, to themselves, or over each other', async () => {
    const text = board.toString('latin1');
    const xref = /startxref\n(\d+)/u.exec(text)?.[1] ?? '';
    const changes: readonly (readonly [RegExp | string, string])[] = [
      [`startxref\n${xref}`, 'startxref\n0'],
      [`startxref\n${xref}`, 'startxref\n9999999999'],
      ['trailer\n<<\n', `trailer\n<<\n/Prev ${xref}\n`],
      ['trailer\n<<\n', 'trailer\n<<\n/Prev 17\n'],
      ['trailer\n<<\n', `trailer\n${'['.repeat(5000)}<<\n`],
      [/\d{10} 00000 n \n\d{10} 00000 n \n/u, '0000000015 00000 n \n0000000015 00000 n \n'],
      [/xref\n0 \d+\n/u, 'xref\n0 99999999\n'],
    ];
    for (const [from, to] of changes) {
      const changed = text.replace(from, to);
      expect(changed).not.toBe(text);
      expect(codes(await check(Buffer.from(changed, 'latin1')))).toEqual(['pdf-form']);
    }
  });

  it('is named where something is appended, also in the form of an update', async () => {
    const update = Buffer.from(
      `1 0 obj\n<<\n/Type /Pages\n>>\nendobj\nxref\n1 1\n${String(board.length).padStart(10, '0')} 00000 n \ntrailer\n<<\n/Size 9\n/Prev 9\n>>\nstartxref\n${board.length + 40}\n%%EOF\n`,
    );
    for (const more of [Buffer.from('\n'), Buffer.from('%%EOF\n'), update])
      expect(codes(await check(Buffer.concat([board, more])))).toEqual(['pdf-form']);
  });

  it('is named where an attachment becomes more than it says, or says more than is read', async () => {
    const bomb = Buffer.alloc(64 * 1024 * 1024);
    expect(codes(await check(withAttachments(board, new Map([['evidence.json', bomb]]), 100)))).toEqual(['pdf-form']);
    expect(codes(await check(withAttachments(board, new Map([['evidence.json', bomb]]), 2 ** 40)))).toEqual(['pdf-form']);
    expect(isRefused(await check(withAttachments(board, new Map([['evidence.json', bomb]]))))).toBe(true);
  });

  it('of a gigabyte is refused before it is read', async () => {
    const file = path.join(made.folder, 'large.pdf');
    const handle = openSync(file, 'w');
    writeSync(handle, '%PDF-1.7\n');
    ftruncateSync(handle, 1024 ** 3);
    closeSync(handle);
    const { status, said, err } = await verify(file, '--key', made.key);
    expect({ status, said }).toEqual({ status: 2, said: null });
    expect(err).toContain('at most');
  });

  it('of which one bit was changed is never more than it was, and nothing is thrown', async () => {
    await assert(
      asyncProperty(nat({ max: dossier.length - 1 }), nat({ max: 7 }), async (at, bit) => {
        const changed = Buffer.from(dossier);
        changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at);
        const checked = await check(changed);
        // The pages are not read, and an unsigned file says so.
        expect(isRefused(checked) || notes(checked).includes('pages-not-proven')).toBe(true);
      }),
      { numRuns: 150 },
    );
  }, 120_000);
});

describe.skipIf(noOpenssl !== '')(`a report that an organisation signed${noOpenssl}`, () => {
  let signed: Buffer;
  beforeAll(async () => {
    signed = readFileSync(await made.report('signed.pdf', 'pdf', { filter: hostsOf(0, 3), ...(signature !== undefined && { signature }) }));
  });

  it('says by whom, and is the unsigned one with the signature behind it', async () => {
    const checked = await check(signed);
    expect(checked.said?.problems).toEqual([]);
    expect(checked).toMatchObject({ status: 0, said: { ok: true, signature: { subject: 'CN=Compliance, O=Example GmbH, C=DE' } } });
    expect(notes(checked)).toContain('signature-by');
    expect(signed.subarray(0, few.length).equals(few)).toBe(true);
    expect(signed.includes(PASSWORD)).toBe(false);
  });

  it('is refused, and not a fault of ours, where what it says of itself cannot be read', async () => {
    const begin = signed.lastIndexOf('<<', signed.indexOf('/Keywords'));
    const changed = Buffer.from(signed);
    changed.writeUInt8(changed.readUInt8(begin) ^ 1, begin);
    expect(isRefused(await check(changed))).toBe(true);
  });

  it('does not hold with any bit changed, wherever it is', async () => {
    await assert(
      asyncProperty(nat({ max: signed.length - 1 }), nat({ max: 7 }), async (at, bit) => {
        const changed = Buffer.from(signed);
        changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at);
        expect(isRefused(await check(changed))).toBe(true);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it('does not hold where something was appended behind the signature, or the signature is that of another report', async () => {
    expect(codes(await check(Buffer.concat([signed, Buffer.from('\n')])))).toEqual(['pdf-form']);
    const base = dossier.length;
    const moved = Buffer.concat([dossier, signed.subarray(few.length)]);
    expect(moved.length).toBeGreaterThan(base);
    expect(isRefused(await check(moved))).toBe(true);
  });
});
