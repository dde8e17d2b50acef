import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { assert, asyncProperty, nat } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type File, filesOf, hideChange, zipOf } from '../testing/change-pack.ts';
import { type MadePack, madePack } from '../testing/made-pack.ts';
import { verify } from '../testing/verify.ts';
import { centralHeader, type Packed } from '../zip-form.ts';

let made: MadePack;
let good: Buffer;
beforeAll(async () => {
  made = await madePack(3, 1);
  good = readFileSync(await made.make('good.zip'));
}, 60_000);
afterAll(() => made.close());

const bad = async (zip: Buffer, ...args: readonly string[]) => {
  const file = path.join(made.folder, 'bad.zip');
  writeFileSync(file, zip);
  return verify(file, ...(args.length === 0 ? ['--key', made.key] : args));
};
/** Never ok, and never without a word: a problem that is named, or one line on stderr. */
const isRefused = async (zip: Buffer): Promise<boolean> => {
  const { status, said, err } = await bad(zip);
  return status !== 0 && said?.ok !== true && ((said?.problems.length ?? 0) > 0 || err.length > 0);
};
const flipped = (at: number, bit: number): Buffer => {
  const zip = Buffer.from(good);
  zip.writeUInt8(zip.readUInt8(at) ^ (1 << bit), at);
  return zip;
};
const codes = (said: Awaited<ReturnType<typeof bad>>['said']): readonly string[] => (said?.problems ?? []).map(({ code }) => code);

describe('a pack of which one bit was changed', () => {
  it('is refused in each file of each kind: at its first and last byte, in its header, and in the unused bits of its end', async () => {
    const kinds = new Map(filesOf(good).map((file) => [file.name.replaceAll(/[0-9a-f]{4,}/gu, 'N'), file]));
    expect(kinds.size).toBeGreaterThan(20);
    for (const { name, at, packed } of kinds.values())
      for (const [place, bit] of [
        [at - 4, 0],
        [at - name.length - 18, 3],
        [at, 2],
        [at + (packed >> 1), 5],
        [at + packed - 1, 0],
        [at + packed - 1, 7],
      ] as const)
        expect({ name, place: place - at, refused: await isRefused(flipped(place, bit)) }).toEqual({
          name,
          place: place - at,
          refused: true,
        });
  }, 120_000);

  it('is refused wherever it is', async () => {
    await assert(
      asyncProperty(nat({ max: good.length - 1 }), nat({ max: 7 }), async (at, bit) => {
        expect(await isRefused(flipped(at, bit))).toBe(true);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it('is refused in each byte of what stands behind the files', async () => {
    for (let back = 1; back <= 22; back += 1)
      expect({ back, refused: await isRefused(flipped(good.length - back, 1)) }).toEqual({ back, refused: true });
  }, 60_000);
});

describe('a pack that was cut or made longer', () => {
  it('is refused at every length', async () => {
    await assert(
      asyncProperty(nat({ max: good.length - 1 }), async (length) => {
        expect(await isRefused(good.subarray(0, length))).toBe(true);
      }),
      { numRuns: 60, examples: [[0], [1], [2], [21], [22], [good.length - 1], [good.length - 22]] },
    );
    expect(await isRefused(Buffer.concat([good, Buffer.alloc(1)]))).toBe(true);
    expect(await isRefused(Buffer.concat([Buffer.from('PK'), good]))).toBe(true);
  }, 60_000);
});

describe('a pack that was packed again', () => {
  const files = (): readonly File[] => filesOf(good);
  const having = (name: RegExp, change: (bytes: Buffer) => Buffer): readonly File[] => {
    const found = files().find((file) => name.test(file.name));
    if (found === undefined) throw new Error(`no file is called ${name.source}`);
    return files().map((file) => (file.name === found.name ? { ...file, bytes: change(file.bytes) } : file));
  };
  const textly = (from: RegExp | string, to: string) => (bytes: Buffer) => Buffer.from(bytes.toString('utf8').replaceAll(from, to));

  it('by another program is refused, though its files are the same', async () => {
    const foreign = zipOf(files(), (file) => {
      const header = centralHeader(file);
      header.writeUInt16LE(0x5a21, 14);
      return header;
    });
    const { said } = await bad(foreign);
    expect(codes(said)).toEqual(['pack-zip']);
    expect(said?.problems[0]?.sentence).toContain('changed or packed again');
  });

  const cases: readonly (readonly [string, () => readonly File[], string])[] = [
    ['a file less', () => files().filter(({ name }) => name !== 'README.txt'), 'file-missing'],
    [
      'another certificate under the name of one',
      () => having(/^certificates\/[0-9a-f]{64}\.der$/u, (bytes) => Buffer.concat([bytes, Buffer.of(0)])),
      'evidence-differs',
    ],
    [
      'another root under the name of one',
      () => having(/^certificates\/roots\//u, (bytes) => Buffer.concat([bytes, Buffer.of(0)])),
      'index-differs',
    ],
    [
      'a file more',
      () => [...files().slice(0, -1), { name: 'references/0099.json', bytes: Buffer.from('x') }, ...files().slice(-1)],
      'index-differs',
    ],
    [
      'a file renamed',
      () => files().map((file) => (file.name === 'README.txt' ? { ...file, name: 'references/0099.json' } : file)),
      'file-missing',
    ],
    ['files in another order', () => [...files().slice(1, -1), ...files().slice(0, 1), ...files().slice(-1)], 'index-differs'],
    ['an entry changed', () => having(/entries/u, textly('"failed"', '"trusted"')), 'entry-not-proven'],
    ['an entry left out', () => having(/entries/u, (bytes) => bytes.subarray(bytes.indexOf(0x0a) + 1)), 'index-differs'],
    ['a verdict changed in the index', () => having(/^index/u, textly('"verdict": "failed"', '"verdict": "trusted"')), 'record-differs'],
    [
      'a verdict changed for programs',
      () => having(/^hosts\.jsonl/u, textly('"verdict":"failed"', '"verdict":"trusted"')),
      'record-differs',
    ],
    ['what is said of a host changed', () => having(/host\.json/u, textly('"verified": "', '"verified":  "x')), 'index-differs'],
    [
      'no entry given for a host',
      () => having(/^index/u, textly(/"entry": \d+,\s+"entrySigned": true/gu, '"entry": null, "entrySigned": false')),
      'entry-missing',
    ],
    ['another quote', () => having(/0001\/entered\/quote\.json/u, (bytes) => Buffer.concat([bytes, Buffer.from(' ')])), 'evidence-differs'],
    [
      'another signature for tpm2_checkquote',
      () => having(/0001\/entered\/quote\.sig/u, (bytes) => Buffer.concat([bytes.subarray(1), bytes.subarray(0, 1)])),
      'tpm2-files-differ',
    ],
    ['another event log', () => having(/event-log$/u, (bytes) => bytes.subarray(0, -4)), 'evidence-differs'],
    ['another manifest', () => having(/manifest/u, textly(/$/gu, '\n')), 'record-differs'],
    ['another checkpoint', () => having(/checkpoint/u, textly(/\n\d+\n/gu, '\n3\n')), 'checkpoint-forged'],
    [
      'another key beside it',
      () => having(/key\.pem/u, textly(/MCow.*/gu, 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=')),
      'file-changed',
    ],
  ];
  it.each(cases)('with %s and digests that fit is refused, and it is named', async (_, change, code) => {
    const { status, said } = await bad(zipOf(hideChange(change())));
    expect(codes(said)).toContain(code);
    expect({ status, ok: said?.ok }).toEqual({ status: 1, ok: false });
  });

  it('with nothing changed and by our own hand is the same pack', async () => {
    expect(codes((await bad(zipOf(hideChange(files())))).said)).toEqual([]);
  });

  it('and pretends that a tampered host was trusted, in index, rows and host.json: the entry says otherwise', async () => {
    const all = files().map((file) =>
      /^(?:index\.json|hosts\.jsonl|hosts\/\d+\/host\.json)$/u.test(file.name)
        ? { ...file, bytes: textly(/"(verdict|verified|reported)":( ?)"failed"/gu, '"$1":$2"trusted"')(file.bytes) }
        : file,
    );
    expect(codes((await bad(zipOf(hideChange(all)))).said)).toContain('record-differs');
  });
});

describe('a zip that wants out, or too much', () => {
  const one = (name: string): Buffer => zipOf([...filesOf(good), { name, bytes: Buffer.from('x') }]);
  const names = [
    '../outside.txt',
    'hosts/../../outside.txt',
    '/tmp/outside.txt',
    String.raw`..\outside.txt`,
    String.raw`C:\outside.txt`,
    'hosts/0001/../x',
    'evil.txt',
    'README.txt\0',
    'hosts/',
    'readme.TXT',
    'hosts/0001/entered/=cmd',
    `hosts/\u202e0001/host.json`,
  ];
  it.each(names)('is refused before anything is unpacked, and puts nothing anywhere: %j', async (name) => {
    const before = readdirSync(made.folder);
    const { status, said } = await bad(one(name));
    expect({ status, codes: codes(said) }).toEqual({ status: 1, codes: ['pack-zip'] });
    expect(said?.problems[0]?.sentence).toMatch(/no name of a file of a pack/u);
    expect(new Set([...readdirSync(made.folder), 'bad.zip'])).toEqual(new Set([...before, 'bad.zip']));
  });

  it('holds a name twice', async () => {
    expect((await bad(one('README.txt'))).said?.problems[0]?.sentence).toContain('in it twice');
  });

  const attributes = (value: number) => (file: Packed) => {
    const header = centralHeader(file);
    header.writeUInt32LE(value, 38);
    return header;
  };
  it.each([
    ['a link', 0o120777 * 0x10000],
    ['a folder', 0o040755 * 0x10000],
    ['a device', 0o020666 * 0x10000],
  ])('holds %s', async (_, value) => {
    expect((await bad(zipOf(filesOf(good), attributes(value)))).said?.problems[0]?.sentence).toContain('no regular file');
  });

  it('is encrypted', async () => {
    const zip = zipOf(filesOf(good), (file) => {
      const header = centralHeader(file);
      header.writeUInt16LE(1, 8);
      return header;
    });
    expect((await bad(zip)).said?.problems[0]?.sentence).toContain('encrypted');
  });

  it('unpacks to more than it says, or to more than a file can be', async () => {
    const bomb = zipOf([{ name: 'README.txt', bytes: Buffer.alloc(64 * 1024 * 1024) }]);
    expect((await bad(bomb)).said?.problems[0]?.sentence).toMatch(/at most 16777216 are read/u);
    const lying = zipOf([{ name: 'README.txt', bytes: Buffer.alloc(4 * 1024 * 1024) }]);
    lying.writeUInt32LE(10, 22);
    lying.writeUInt32LE(10, lying.indexOf(Buffer.from('PK\x01\x02', 'latin1')) + 24);
    expect(codes((await bad(lying)).said)).toContain('pack-file');
  });

  it('has a hundred thousand files, and is read to its end in bounded memory', async () => {
    const many = Array.from({ length: 100_000 }, (_, n) => ({
      name: `hosts/${String(n + 1).padStart(6, '0')}/host.json`,
      bytes: Buffer.from('{}'),
      method: 0 as const,
    }));
    const { status, said } = await bad(zipOf(many));
    expect({ status, ok: said?.ok }).toEqual({ status: 1, ok: false });
    expect(codes(said)).toContain('file-missing');
  }, 60_000);
});

describe('a key', () => {
  const OTHER = 'plumbline.example/ledger+5d47b9b5+AZ3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeO';
  it("of somebody else refuses the pack, and says that it is another's", async () => {
    const other = await madePack(1, 0);
    try {
      const { status, said } = await bad(good, '--key', other.key);
      expect({ status, ok: said?.ok, codes: codes(said).slice(0, 1) }).toEqual({ status: 1, ok: false, codes: ['key-swapped'] });
      const theirs = readFileSync(await other.make('theirs.zip'));
      expect(codes((await bad(theirs)).said)).toContain('key-swapped');
    } finally {
      await other.close();
    }
  }, 60_000);

  it('that is none is bad usage', async () => {
    expect((await bad(good, '--key', `${OTHER}x`)).status).toBe(2);
  });

  it('not given leaves open who made the pack, and that is said', async () => {
    const without = await verify(path.join(made.folder, 'good.zip'));
    expect(without.said).toMatchObject({ keyPinned: false });
    expect(without.said?.notices.map(({ code }) => code)).toContain('key-first-use');
  });
});
