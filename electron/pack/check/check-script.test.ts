import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hasOpenssl } from '../../ledger/testing/time-stamp-authority.ts';
import { unpackTo } from '../testing/change-pack.ts';
import { type MadePack, madePack } from '../testing/made-pack.ts';

/** Nothing else is in the shell's path: what the script needs is what its first lines say. */
const NEEDED = 'sh openssl sha256sum xxd base64 find sort sed cut tr grep cat head tail wc cmp mktemp rm dirname basename'.split(' ');
const which = (tool: string): string =>
  spawnSync('sh', ['-c', `command -v ${tool}`])
    .stdout.toString('utf8')
    .trim();
const hasTools = hasOpenssl && NEEDED.every((tool) => which(tool) !== '');
const hasTpm2 = which('tpm2_checkquote') !== '';

let made: MadePack;
let folder: string;
let tools: string;
beforeAll(async () => {
  made = await madePack(8, 3);
  const file = await made.make('pack.zip');
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-pack-unpacked-'));
  unpackTo(file, path.join(folder, 'good'));
  tools = path.join(folder, 'bin');
  mkdirSync(tools);
  for (const tool of [...NEEDED, ...(hasTpm2 ? ['tpm2_checkquote'] : [])])
    if (which(tool) !== '') symlinkSync(which(tool), path.join(tools, tool));
}, 60_000);
afterAll(async () => {
  await made.close();
  rmSync(folder, { recursive: true, force: true });
});

const check = (where: string, ...args: readonly string[]) => {
  const run = spawnSync(path.join(tools, 'sh'), [path.join(folder, where, 'check.sh'), ...args], { env: { PATH: tools } });
  return { status: run.status, out: run.stdout.toString('utf8') + run.stderr.toString('utf8') };
};
/** The same pack, changed by somebody who also writes SHA256SUMS anew. */
const changed = (
  name: string,
  change: (read: (file: string) => Buffer, write: (file: string, bytes: string | Buffer) => void) => void,
): string => {
  const where = path.join(folder, name);
  unpackTo(path.join(made.folder, 'pack.zip'), where);
  change(
    (file) => readFileSync(path.join(where, file)),
    (file, bytes) => {
      if (existsSync(path.join(where, file))) chmodSync(path.join(where, file), 0o600);
      writeFileSync(path.join(where, file), bytes);
    },
  );
  return name;
};
const hostSchema = z.object({ folder: z.string(), verified: z.string() });
const trustedHosts = () =>
  z
    .object({ hosts: z.array(hostSchema) })
    .parse(JSON.parse(readFileSync(path.join(folder, 'good', 'index.json'), 'utf8')))
    .hosts.filter(({ verified }) => verified === 'trusted');
const summed = (name: string): string => {
  const where = path.join(folder, name);
  spawnSync('sh', ['-c', 'cut -c67- SHA256SUMS | xargs sha256sum > new && mv new SHA256SUMS'], { cwd: where });
  return name;
};

describe.skipIf(!hasTools)('check.sh, in a shell that has openssl, sha256sum, xxd and coreutils only', () => {
  it('finds a good pack good, with the key that was got elsewhere, and says what it did not check', () => {
    const { status, out } = check('good', made.key);
    expect(out).toContain('Entries: 9 proven');
    expect(out).toContain('Evidence: 8 quotes are those that proven entries vouch for');
    expect(out).toContain('Certificates: 8 of endorsement keys, 8 of them named by proven entries; 8 lead to a root that is in this pack.');
    expect(out).toContain('NOT CHECKED:');
    expect(out).toContain('that the roots in certificates/roots are those of makers of TPMs');
    expect(out).toContain('logs and lists against reference values');
    expect({ status, wrong: out.match(/WRONG.*/gu) }).toEqual({ status: 0, wrong: null });
  });

  it.skipIf(!hasTpm2)(
    'refuses a quote of a trusted host that the TPM did not sign, in words, whichever scheme it is of',
    () => {
      for (const { folder: where } of trustedHosts()) {
        const file = `${where}/entered/nonce.hex`;
        const { out, status } = check(
          summed(changed(`nonce-${where.replaceAll('/', '-')}`, (_, write) => write(file, `${'0'.repeat(40)}\n`))),
          made.key,
        );
        expect(out).toContain(`WRONG: ${where}/entered: the host is recorded as trusted`);
        expect(out).toContain('tpm2_checkquote refuses its quote');
        expect(status).toBe(1);
      }
      // A whole check for each host.
    },
    90_000,
  );

  it.skipIf(!hasTpm2)('has tpm2_checkquote confirm each quote whose host was recorded as trusted', () => {
    const { out } = check('good', made.key);
    const [, byTpm2 = '', byOpenssl = ''] =
      /(\d+) of all quotes were confirmed by tpm2_checkquote, (\d+) \(RSASSA-PSS\) by openssl/u.exec(out) ?? [];
    expect({ byTpm2: Number(byTpm2) > 0, all: Number(byTpm2) + Number(byOpenssl) }).toEqual({ byTpm2: true, all: 8 });
    expect(out).not.toContain('tpm2_checkquote is not there');
  });

  it('says where a certificate leads to no root of the pack, which is no fault of the pack', () => {
    const where = changed('rootless', () => {});
    rmSync(path.join(folder, where, 'certificates', 'roots'), { recursive: true });
    spawnSync('sh', ['-c', 'grep -v certificates/roots SHA256SUMS > new && mv new SHA256SUMS'], { cwd: path.join(folder, where) });
    const { out, status } = check(where, made.key);
    expect(out).toContain('8 of them named by proven entries; 0 lead to a root');
    expect(status).toBe(0);
  });

  it('says without a key that nothing shows who made the pack', () => {
    expect(check('good').out).toContain('who made this pack: no key was given');
  });

  const OTHER = 'plumbline.invalid/ledger+0fc0a3a5+AZ3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeO';
  const cases: readonly (readonly [string, () => string, () => string])[] = [
    ["somebody else's key", () => 'good', () => OTHER],
    [
      'a changed file',
      () => changed('byte', (read, write) => write('hosts.csv', `${read('hosts.csv').toString('utf8')}x`)),
      () => made.key,
    ],
    ['a file more', () => changed('more', (_, write) => write('evidence/x', 'x')), () => made.key],
    [
      'an entry that says something else, with its digest',
      () =>
        summed(
          changed('entry', (read, write) =>
            write('ledger/entries.jsonl', read('ledger/entries.jsonl').toString('utf8').replaceAll('"failed"', '"trusted"')),
          ),
        ),
      () => made.key,
    ],
    [
      'a quote that no entry vouches for, with its digest',
      () =>
        summed(
          changed('quote', (read, write) =>
            write('hosts/0001/entered/quote.json', `${read('hosts/0001/entered/quote.json').toString('utf8')} `),
          ),
        ),
      () => made.key,
    ],
    [
      'another message beside the quote, with its digest',
      () => summed(changed('message', (read, write) => write('hosts/0001/entered/quote.msg', read('hosts/0002/entered/quote.msg')))),
      () => made.key,
    ],
  ];
  it.each(cases)('refuses %s', (_, where, key) => {
    const { status, out } = check(where(), key());
    expect(out).toMatch(/WRONG: /u);
    expect(out).toContain('DOES NOT HOLD');
    expect(status).toBe(1);
  });
});
