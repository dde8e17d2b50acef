import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyEvidenceCommand } from './verify-evidence.ts';

const CORPUS = path.resolve(import.meta.dirname, '../../../shared/corpus');
const present = existsSync(path.join(CORPUS, 'scenario-ek-issuer.pem'));
const BUNDLE = path.join(CORPUS, 'scenario/honest-ecdsa.json');

const run = async (...args: readonly string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }> => {
  let out = '';
  let err = '';
  const io = {
    stdout: (text: string) => (out += text),
    stderr: (text: string) => (err += text),
    isTty: false,
    signal: new AbortController().signal,
  };
  return { status: await verifyEvidenceCommand.run(args, io), out, err };
};
const lineOf = (out: string, code: string): string => out.split('\n').find((line) => line.includes(` ${code} `)) ?? '';

describe.skipIf(!present)(`folders of trust${present ? '' : ' (skipped: ../shared/corpus is absent)'}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-folders-'));
  const at = (name: string): string => path.join(folder, name);
  beforeAll(() => {
    for (const name of ['roots', 'others', 'empty', 'keys']) mkdirSync(at(name));
    cpSync(path.join(CORPUS, 'scenario-ek-issuer.pem'), at('roots/issuer.pem'));
    writeFileSync(at('roots/notes.pem'), 'not a certificate');
    writeFileSync(at('roots/ignored.txt'), 'not even named like one');
    cpSync(path.join(CORPUS, 'ekcert/hirs-stMicroCaCerts-gstpmroot.crt'), at('others/st.crt'));
    cpSync(path.join(CORPUS, 'ima/keys/rsa2048pub.pem'), at('keys/key.pem'));
    writeFileSync(at('keys/junk\u001b.pem'), 'junk');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('an endorsement certificate leads to the root given, and a file that is none is named and left out', async () => {
    const { status, out, err } = await run(BUNDLE, '--ek-roots', at('roots'));
    expect([status, lineOf(out, 'ek-chain').slice(0, 4)]).toEqual([0, 'pass']);
    expect(err).toContain('left out: notes.pem: no certificate can be read');
    expect(err).not.toContain('ignored.txt');
  });

  it('a file that is no revocation list is named and left out, and clears nothing', async () => {
    const { out, err } = await run(BUNDLE, '--ek-roots', at('roots'), '--ek-crls', at('roots'));
    expect(lineOf(out, 'ek-revocation').slice(0, 6)).toBe('notice');
    expect(err).toContain('left out: issuer.pem: no revocation list can be read');
  });

  it('one of another maker does not lead to the root given, whoever may lie between', async () => {
    for (const more of [[], ['--ek-intermediates', at('roots')]]) {
      const { status, out } = await run(BUNDLE, '--ek-roots', at('others'), ...more);
      expect([status, lineOf(out, 'ek-chain').slice(0, 4)]).toEqual([1, 'FAIL']);
    }
  });

  it.each([
    ['a folder without certificates', ['--ek-roots', 'empty'], 'holds 0 fitting files'],
    ['a folder that is not there', ['--ek-roots', 'gone'], 'cannot be read'],
    ['intermediates without roots', ['--ek-intermediates', 'roots'], 'need --ek-roots'],
    ['revocation lists without roots', ['--ek-crls', 'roots'], 'need --ek-roots'],
    ['a folder without revocation lists', ['--ek-roots', 'roots', '--ek-crls', 'empty'], 'holds 0 fitting files'],
    ['an unknown word', ['--ek-roots', 'roots', '--expired', 'maybe'], 'refuse, notice or accept'],
  ])('%s is bad usage', async (_what, args, why) => {
    const { status, err } = await run(BUNDLE, ...args.map((arg) => (arg.startsWith('--') || arg === 'maybe' ? arg : at(arg))));
    expect(status).toBe(2);
    expect(err).toContain(why);
  });

  it('keys for signatures on files are used, and what is no key is named without its escapes', async () => {
    const { out, err } = await run(BUNDLE, '--ima-keys', at('keys'));
    expect(lineOf(out, 'ima-signature')).not.toContain('No keys');
    expect(err).toContain('left out: junk\\x1b.pem: no key can be read');
  });
});
