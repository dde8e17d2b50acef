import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECK_CODES } from '../../shared/model/check.ts';
import { akNameOf } from '../evidence/index.ts';
import { bootLog, makeEvidence, makeKey } from '../evidence/testing/host.ts';
import { benchCommand } from './bench.ts';
import type { Command } from './command.ts';
import { inspectEventLogCommand } from './inspect-event-log.ts';
import { inspectImaCommand } from './inspect-ima.ts';
import { verifyEvidenceCommand } from './verify-evidence.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'plumbline-commands-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const full = path.join(folder, name);
  writeFileSync(full, content);
  return full;
};

const run = async (
  command: Command,
  ...args: readonly string[]
): Promise<{ readonly status: number; readonly out: string; readonly err: string }> => {
  let out = '';
  let err = '';
  const status = await command.run(args, {
    stdout: (text) => (out += text),
    stderr: (text) => (err += text),
    isTty: false,
    signal: new AbortController().signal,
  });
  return { status, out, err };
};

const evidence = makeEvidence({ key: makeKey('ecdsa256') });
const base64 = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('base64');
const bundle = (changes: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    host: evidence.host,
    nonce: Buffer.from(evidence.nonce).toString('hex'),
    akPem: evidence.akPem,
    akTpm2bPublic: base64(evidence.akTpm2bPublic),
    quote: { attest: base64(evidence.quote.attest), signature: base64(evidence.quote.signature) },
    pcrs: evidence.pcrs,
    eventLog: base64(evidence.eventLog),
    imaAscii: evidence.ima.toString(),
    policy: { pcrSelection: evidence.requiredSelection },
    ...changes,
  });

const akName = (): string => {
  const name = akNameOf(evidence.akTpm2bPublic ?? new Uint8Array());
  return name.ok ? name.value : '';
};

describe.each([inspectEventLogCommand, inspectImaCommand, verifyEvidenceCommand, benchCommand])('$name', (command) => {
  it('explains itself with an example', async () => {
    expect(await run(command, '--help')).toMatchObject({ status: 0, out: expect.stringContaining('Example: plumbline'), err: '' });
  });
  it('refuses an unknown option in one line', async () => {
    const { status, out, err } = await run(command, '--nonsense');
    expect([status, out, err.trimEnd().split('\n').length]).toEqual([2, '', 1]);
  });
});

describe.each([inspectEventLogCommand, inspectImaCommand, verifyEvidenceCommand])('$name', (command) => {
  it('names a file that it cannot read', async () => {
    expect(await run(command, path.join(folder, 'absent'))).toMatchObject({
      status: 2,
      out: '',
      err: expect.stringContaining('there is no such file'),
    });
    expect(await run(command, folder)).toMatchObject({ status: 2, err: expect.stringContaining('folder') });
  });
  it('wants exactly one file', async () =>
    expect(await run(command)).toMatchObject({ status: 2, err: expect.stringContaining('exactly one FILE') }));
  it('does not crash on text', async () => expect((await run(command, file('text', '<html>'))).status).toBe(2));
});

describe('inspect event-log', () => {
  it('prints the documented shape', async () => {
    const { status, out } = await run(inspectEventLogCommand, '--json', file('log', bootLog()));
    const document = JSON.parse(out);
    expect(status).toBe(0);
    expect(Object.keys(document)).toEqual(['format', 'algorithms', 'eventCount', 'startupLocality', 'pcrs', 'events', 'problems']);
    expect(Object.keys(document.events[1])).toEqual(['index', 'pcr', 'claimedType', 'digests', 'data', 'summary', 'meaning']);
    expect(document.eventCount).toBe(document.events.length);
  });
  it('says at which byte a log breaks off, in JSON and on stderr', async () => {
    const log = bootLog();
    const { status, out, err } = await run(inspectEventLogCommand, '--json', file('cut', log.subarray(0, -3)));
    const [problem] = JSON.parse(out).problems;
    expect([status, problem.code]).toEqual([2, 'log-parse']);
    expect(err).toContain(`byte ${problem.offset}`);
  });
  it('never sends control characters to the terminal', async () => {
    const { out } = await run(
      inspectEventLogCommand,
      file('esc', Buffer.from(bootLog().toString('latin1').replace('linux', '\u001b[2Jx').replace('vmlinuz', '\u0007mlinuz'), 'latin1')),
    );
    expect(out.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(out).toContain('\\x1b[2J');
  });
});

describe('inspect ima', () => {
  it('prints the documented shape', async () => {
    const { status, out } = await run(inspectImaCommand, file('ima', evidence.ima), '--json');
    const document = JSON.parse(out);
    expect(status).toBe(0);
    expect(Object.keys(document)).toEqual([
      'entryCount',
      'templates',
      'violations',
      'templateHashMismatches',
      'bootAggregates',
      'pcr10',
      'problems',
    ]);
    expect(document).toMatchObject({
      entryCount: 4,
      templates: { 'ima-ng': 4 },
      bootAggregates: 1,
      pcr10: { sha256: evidence.pcrs.sha256?.[10], legacyPaddedSha1: {} },
    });
  });
  it('exits 1 where a template hash is wrong', async () => {
    const list = evidence.ima.toString().replace('/usr/bin/bash', '/usr/bin/bosh');
    expect(await run(inspectImaCommand, file('changed', list))).toMatchObject({
      status: 1,
      out: expect.stringContaining('wrong template hashes     1'),
    });
  });
});

const enrolment = (name: string, host = evidence.host): string =>
  file('enrolment.json', JSON.stringify({ [host]: { ecdsa: { akName: name } } }));
const outcome = (out: string, code: string): string =>
  JSON.parse(out).checks.find((check: { readonly code: string }) => check.code === code)?.outcome;

describe('verify evidence', () => {
  it('prints the documented shape, every check once', async () => {
    const { status, out } = await run(verifyEvidenceCommand, file('bundle.json', bundle()), '--json', '--enrolment', enrolment(akName()));
    const document = JSON.parse(out);
    expect([status, document.verdict, Object.keys(document)]).toEqual([0, 'pass', ['verdict', 'checks']]);
    expect(document.checks.map((check: { readonly code: string }) => check.code)).toEqual([...CHECK_CODES]);
    expect(Object.keys(document.checks[0])).toEqual(['code', 'outcome', 'message']);
    expect(outcome(out, 'ak-binding')).toBe('pass');
  });
  it('says in text and JSON that an unbound bundle proves no host', async () => {
    const name = file('bundle.json', bundle());
    expect((await run(verifyEvidenceCommand, name)).out).toContain('bound to no enrolled key');
    expect(outcome((await run(verifyEvidenceCommand, name, '--json')).out, 'ak-binding')).toBe('not-evaluated');
  });
  it.each([
    ['another key is enrolled', () => enrolment(`000b${'00'.repeat(32)}`)],
    ['no key of this host is enrolled', () => enrolment(akName(), 'another-host')],
  ])('fails when %s', async (_, enrolmentFile) => {
    const { status, out } = await run(verifyEvidenceCommand, file('bundle.json', bundle()), '--json', '--enrolment', enrolmentFile());
    expect([status, outcome(out, 'ak-binding')]).toEqual([1, 'fail']);
  });
  it('exits 1 for bad evidence', async () => {
    expect((await run(verifyEvidenceCommand, file('bundle.json', bundle({ nonce: '00' })))).status).toBe(1);
  });
  it('names the field of an unreadable bundle, and a broken enrolment file', async () => {
    expect((await run(verifyEvidenceCommand, file('bundle.json', bundle({ nonce: 5 })))).err).toContain('nonce is not text');
    const { status, err } = await run(
      verifyEvidenceCommand,
      file('bundle.json', bundle()),
      '--enrolment',
      file('broken.json', '{"h":{"k":{}}}'),
    );
    expect([status, err]).toEqual([2, expect.stringContaining('h.k.akName')]);
  });
});

describe('bench', () => {
  it('refuses an unknown suite', async () => {
    expect(await run(benchCommand, '--suite', 'nothing')).toMatchObject({ status: 2, err: expect.stringContaining('evidence') });
  });
});
