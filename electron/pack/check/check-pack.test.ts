import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hostRecord } from '../../store/testing/host-record.ts';
import { type PackIndex, packIndexSchema } from '../index-schema.ts';
import { isPackName } from '../layout.ts';
import { filesOf, hideChange, zipOf } from '../testing/change-pack.ts';
import { type MadePack, madePack, packOfRecords } from '../testing/made-pack.ts';
import { verify } from '../testing/verify.ts';

let made: MadePack;
let file: string;
beforeAll(async () => {
  made = await madePack(12, 4);
  file = await made.make('good.zip');
}, 60_000);
afterAll(() => made.close());

const indexOf = (pack: string): PackIndex => {
  const index = filesOf(readFileSync(pack)).find(({ name }) => name === 'index.json');
  return packIndexSchema.parse(JSON.parse(index?.bytes.toString('utf8') ?? ''));
};

/** Keeps the order of what it does not know. */
const looseSchema = z.looseObject({ issuers: z.unknown(), files: z.array(z.looseObject({ path: z.string() })) });

describe('a pack of a fleet', () => {
  it('holds with the key that was got elsewhere: every quote is verified again and says what was recorded', async () => {
    const { status, said } = await verify(file, '--key', made.key);
    expect(said?.problems).toEqual([]);
    expect(status).toBe(0);
    expect(said).toMatchObject({ ok: true, hosts: 12, keyPinned: true, entries: 13 });
    expect(said?.quotes).toBeGreaterThanOrEqual(11);
  });

  it('is the same bytes when it is made again of the same moment', async () => {
    expect(readFileSync(await made.make('again.zip')).equals(readFileSync(file))).toBe(true);
  });
});

describe('a pack of hosts with names that nobody should have', () => {
  const NAMES = [
    'two\nlines',
    '=HYPERLINK("http://evil.example","x")',
    '\u202eevil\u202c',
    'n'.repeat(10_000),
    '../../../etc/passwd',
    '"</script><script>alert(1)</script>',
    '\u0000\u001b[31mred',
    '  0'.repeat(30),
  ];
  let hostile: MadePack;
  beforeAll(() => {
    const atMs = Date.now();
    hostile = packOfRecords((store) =>
      store.write.recordHosts(
        NAMES.map((name, n) =>
          hostRecord({ id: `dc/${n}/${name.slice(0, 40)}`, name, reason: name, seenAtMs: atMs, evidenceAtMs: atMs, demo: true }),
        ),
      ),
    );
  });
  afterAll(() => hostile.close());

  it('holds, says of each that it gave no evidence, and that it is demo data', async () => {
    const pack = await hostile.make('names.zip');
    const { status, said } = await verify(pack, '--key', hostile.key);
    expect(said?.problems).toEqual([]);
    expect(status).toBe(0);
    expect(said?.notices.map(({ code }) => code)).toContain('demo-data');
    const index = indexOf(pack);
    expect(index.hosts.map(({ name }) => name).toSorted()).toEqual(NAMES.toSorted());
    expect(new Set(index.hosts.map(({ entered }) => entered.quote.state))).toEqual(new Set(['none']));
    expect(index.demo).toBe(true);
  });

  it('has names of files of its own making only, and no text that a terminal or a spreadsheet would follow', async () => {
    const files = filesOf(readFileSync(await hostile.make('again.zip')));
    for (const { name, bytes } of files) {
      expect(isPackName(name)).toBe(true);
      // What is no text is not read as one; a report is drawn, and its texts have a test of their own.
      if (['check.html', 'check.sh', 'hosts.csv', 'report.pdf'].includes(name)) continue;
      expect({
        name,
        has: /[^\P{C}\n]/u.test(bytes.toString('utf8').replaceAll(/\r\n/gu, '\n').replace('\uFEFF', '')) && name !== 'ledger/entries.jsonl',
      }).toEqual({ name, has: false });
    }
    expect(files.find(({ name }) => name === 'hosts.csv')?.bytes.toString('utf8')).not.toMatch(/(?:^|,)"?=HYPERLINK/mu);
    expect(files.find(({ name }) => name === 'README.txt')?.bytes.toString('utf8')).toContain('DEMO DATA');
  });
});

describe('what a pack says of evidence', () => {
  it('has every file in its index with digest and size, and every host with its entry and its digests', () => {
    const { files, hosts, ledger, issuers } = indexOf(file);
    expect(hosts).toHaveLength(12);
    for (const host of hosts) {
      expect(host).toMatchObject({ entrySigned: true });
      expect(ledger.entries).toContain(host.entry);
      expect(host.entered.endorsementCertificate).toMatchObject({
        state: 'kept',
        path: expect.stringMatching(/^certificates\/\w{64}\.der$/u),
      });
    }
    expect(issuers).toMatchObject([{ kind: 'root', path: expect.stringMatching(/^certificates\/roots\/\w{64}\.der$/u) }]);
    expect(files.map(({ path }) => path)).toEqual(
      filesOf(readFileSync(file))
        .map(({ name }) => name)
        .slice(0, -2),
    );
  });

  it('has the endorsement certificates that the entries name, and says how many lead to a root that is in the pack', async () => {
    const entries =
      filesOf(readFileSync(file))
        .find(({ name }) => name === 'ledger/entries.jsonl')
        ?.bytes.toString('utf8') ?? '';
    const named = [...entries.matchAll(/"ekCertificate":"([0-9a-f]{64})"/gu)].map(([, digest]) => `certificates/${digest ?? ''}.der`);
    expect(named).toHaveLength(12);
    const there = filesOf(readFileSync(file)).map(({ name }) => name);
    expect(named.filter((name) => !there.includes(name))).toEqual([]);
    const { said } = await verify(file, '--key', made.key);
    expect(said?.notices.find(({ code }) => code === 'certificates')?.sentence).toContain(
      '12 of 12 hosts have an endorsement certificate in it, and 12 of these lead to a root that is in the pack.',
    );
  });

  it('of the layout before there were certificates is checked as it was, and that is said', async () => {
    const files = filesOf(readFileSync(file)).filter(({ name }) => !name.startsWith('certificates/'));
    const without = (text: string): string =>
      text.replaceAll(/"endorsementCertificate": \{[^}]*\}/gu, '"endorsementCertificate": "not-kept"');
    const older = files.map((one) => {
      if (one.name !== 'index.json')
        return one.name.endsWith('/host.json') ? { ...one, bytes: Buffer.from(without(one.bytes.toString())) } : one;
      const index = looseSchema.parse(JSON.parse(without(one.bytes.toString('utf8'))));
      const { issuers: _issuers, files: listed, ...rest } = index;
      const kept = { ...rest, v: 1, files: listed.filter((entry) => !entry.path.startsWith('certificates/')) };
      return { ...one, bytes: Buffer.from(`${JSON.stringify(kept, null, 2)}\n`) };
    });
    const pack = join(made.folder, 'layout-1.zip');
    writeFileSync(pack, zipOf(hideChange(older)));
    const { said, status } = await verify(pack, '--key', made.key);
    expect(said?.problems).toEqual([]);
    expect(status).toBe(0);
    expect(said?.notices.map(({ code }) => code)).toContain('older-layout');
  });

  it('says of evidence that is not kept any more that it is not kept', async () => {
    const gone = await madePack(2, 0);
    try {
      gone.change((db) => db.exec("DELETE FROM blob WHERE kind = 'event-log'"));
      const pack = await gone.make('gone.zip');
      expect(new Set(indexOf(pack).hosts.map(({ entered }) => entered.eventLog.state))).toEqual(new Set(['not-kept']));
      const { said, status } = await verify(pack, '--key', gone.key);
      expect(said?.problems).toEqual([]);
      expect(status).toBe(0);
      expect(said?.notices.map(({ code }) => code)).toContain('evidence-not-kept');
    } finally {
      await gone.close();
    }
  }, 60_000);

  it('has the newest quote beside the one that was entered, where the host was confirmed since', async () => {
    const confirmed = await madePack(2, 0, Date.now, 2);
    try {
      const pack = await confirmed.make('newest.zip');
      expect(indexOf(pack).hosts.map(({ newest }) => newest?.quote.state)).toEqual(['kept', 'kept']);
      const { said } = await verify(pack, '--key', confirmed.key);
      expect(said).toMatchObject({ ok: true, quotes: 4, problems: [] });
    } finally {
      await confirmed.close();
    }
  }, 60_000);
});
