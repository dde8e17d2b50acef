import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkEventTypes } from './event-log/type-checks.ts';
import { canHash } from './hashing.ts';
import { isWhole, parseEventLog, parseIma, verifyEvidence } from './index.ts';
import { createReport } from './report.ts';
import { parseAttest } from './tpm/attest.ts';
import type { EventLogFacts } from './types.ts';

const CORPUS = path.resolve(import.meta.dirname, '../../../shared/corpus');
const present = existsSync(path.join(CORPUS, 'MANIFEST.tsv'));
const reason = present ? '' : ' (skipped: ../shared/corpus is absent)';

const bytes = (file: string): Buffer => readFileSync(path.join(CORPUS, file));
const json = <T>(file: string): T => JSON.parse(readFileSync(path.join(CORPUS, file), 'utf8')) as T;
const files = (folder: string): readonly string[] =>
  present
    ? readdirSync(path.join(CORPUS, folder), { withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.expected.json'))
        .map((entry) => `${folder}/${entry.name}`)
    : [];

type LogExpected = {
  readonly parse_error: string | null;
  readonly event_count: number;
  readonly startup_locality: number | null;
  readonly format: string | null;
  readonly pcr_replay: Readonly<Record<string, Readonly<Record<string, string>>>>;
};
const NOT_LOGS = ['eventlog/keylime-mb-bogus.bin', 'eventlog/keylime-mb-empty.bin'];
const logs = [...files('eventlog'), ...files('ccel')].filter((file) => !NOT_LOGS.includes(file));

const read = (file: string): EventLogFacts => {
  const parsed = parseEventLog(bytes(file));
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
};

describe.skipIf(!present)(`real event logs${reason}`, () => {
  it.each(logs)('%s is read to its end and replays to the expected PCRs', (file) => {
    const expected = json<LogExpected>(`${file}.expected.json`);
    const facts = read(file);
    expect(isWhole(facts)).toBe(true);
    expect({ format: facts.format, count: facts.events.length, locality: facts.startupLocality }).toEqual({
      format: expected.format,
      count: expected.event_count,
      locality: expected.startup_locality,
    });
    // SM3 is replayed only where the runtime has it.
    const wanted = Object.fromEntries(Object.entries(expected.pcr_replay).filter(([bank]) => bank !== 'sm3' || canHash('sm3')));
    expect(facts.pcrs).toEqual(wanted);
  });

  it.each(logs)('%s: no honest event counts as changed', (file) => {
    expect(read(file).events.filter((event) => event.data === 'mismatch')).toEqual([]);
  });

  it.each(logs)('%s: no honest authority counts as configuration under another label', (file) => {
    const report = createReport();
    checkEventTypes(read(file).events, report);
    expect(report.checks().find((check) => check.code === 'event-type')?.message).not.toContain('labelled an authority');
  });

  it.each(NOT_LOGS)('%s is refused', (file) => {
    expect(parseEventLog(bytes(file)).ok).toBe(false);
  });

  it('decodes Secure Boot keys with owner, digest and subject', () => {
    const db = read('eventlog/go-attest-sb_cert.bin').events.find((event) => event.variable?.name === 'db');
    expect(db?.data).toBe('verified');
    expect(db?.variable?.signatures).toContainEqual(
      expect.objectContaining({
        owner: 'd281fad2-8d88-47a4-9792-5baa47bb1b89',
        kind: 'x509',
        subject: expect.stringContaining('Microsoft'),
      }),
    );
  });

  it('decodes the authority that let an image start, with or without an owner', () => {
    const authorities = read('eventlog/go-attest-sb_cert.bin').events.filter((event) => event.claimedType === 'EV_EFI_VARIABLE_AUTHORITY');
    expect(
      authorities.map((event) => [event.variable?.name, event.data, event.variable?.signatures?.map((entry) => entry.subject)]),
    ).toEqual([
      ['db', 'verified', ['Microsoft Corporation UEFI CA 2011']],
      ['Shim', 'verified', ['Canonical Ltd. Master Certificate Authority']],
      ['Shim', 'verified', ['Canonical Ltd. Master Certificate Authority']],
    ]);
  });

  it('decodes digests of dbx as themselves', () => {
    const dbx = read('eventlog/keylime-mb.bin').events.find((event) => event.variable?.name === 'dbx');
    expect(dbx?.variable?.signatures?.some((entry) => entry.kind === 'sha256')).toBe(true);
  });
});

type ImaExpected = {
  readonly entries: number;
  readonly violations: number;
  readonly template_hash_mismatch: number;
  readonly templates: Readonly<Record<string, number>>;
  readonly pcrs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly legacy_padded_sha1: Readonly<Record<string, Readonly<Record<string, string>>>>;
};
const ten = (values: ImaExpected['pcrs']): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(values).map(([bank, pcrs]) => [bank, pcrs['10']]));
const lists = files('ima').filter((file) => !file.endsWith('invalid.txt'));

describe.skipIf(!present)(`real IMA lists${reason}`, () => {
  it.each(lists)('%s replays to the expected PCR 10 in every bank', (file) => {
    const expected = json<ImaExpected>(`${file}.expected.json`);
    const parsed = parseIma(bytes(file), { banks: ['sha1', 'sha256', 'sha384', 'sha512'] });
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        entryCount: expected.entries,
        violations: expected.violations,
        templateHashMismatches: expected.template_hash_mismatch,
        templates: expected.templates,
        pcr10: ten(expected.pcrs),
        legacyPaddedSha1: ten(expected.legacy_padded_sha1),
        problems: [],
      },
    });
  });

  it('refuses text that is no list', () => {
    expect(parseIma(bytes('ima/rust-keylime-invalid.txt')).ok).toBe(false);
  });
});

type GuardQuote = {
  readonly quote_b64: string;
  readonly signature_b64_tpmt: string;
  readonly pcrs: Readonly<Record<string, Readonly<Record<string, string>>>>;
};
type QuoteExpected = Readonly<
  Record<string, { readonly attest?: { readonly pcrDigest: string; readonly extraData: string }; readonly pcr_digest_match?: boolean }>
>;
const outcomeOf = (result: ReturnType<typeof verifyEvidence>, code: string): string | undefined =>
  result.checks.find((check) => check.code === code)?.outcome;
const guardQuotes = files('quote').filter(
  (file) => file.startsWith('quote/guard-') && typeof json<Partial<GuardQuote>>(file).quote_b64 === 'string',
);

describe.skipIf(!present)(`real quotes${reason}`, () => {
  it.each(guardQuotes)('%s: the quote of a hardware TPM is well-formed and covers its PCR values', (file) => {
    const guard = json<GuardQuote>(file);
    const expected = json<QuoteExpected>('quote/QUOTES.expected.json')[`public/${file}`];
    const result = verifyEvidence({
      host: 'real',
      nonce: Buffer.from(expected?.attest?.extraData ?? '', 'hex'),
      quote: { attest: Buffer.from(guard.quote_b64, 'base64'), signature: Buffer.from(guard.signature_b64_tpmt, 'base64') },
      pcrs: guard.pcrs,
      requiredSelection: {},
    });
    for (const code of ['signature-format', 'magic', 'attest-type', 'attest-trailing'])
      expect([code, outcomeOf(result, code)]).toEqual([code, 'pass']);
    expect(outcomeOf(result, 'pcr-digest')).toBe('pass');
    // The attestation key is not part of the sample, and a quote without a key is never accepted.
    expect(outcomeOf(result, 'signature')).toBe('fail');
    expect(result.quotedPcrs).toEqual({});
  });

  it('verifies a quote with the key that made it: Keylime', () => {
    const folder = 'quote/keylime-files';
    const attest = bytes(`${folder}/quote.out`);
    const result = verifyEvidence({
      host: 'real',
      nonce: Buffer.from(parseAttest(attest).attest?.extraData ?? []),
      quote: { attest, signature: bytes(`${folder}/quotesig.out`) },
      akTpm2bPublic: bytes(`${folder}/ak.pub`),
      akPem: bytes(`${folder}/akpub.pem`).toString(),
      enrolment: { akName: bytes(`${folder}/ak.name`).toString('hex'), source: 'a test' },
      pcrs: {},
      requiredSelection: { sha256: [15, 16, 22] },
    });
    for (const code of ['signature', 'signature-hash', 'ak-attributes', 'ak-mismatch', 'ak-binding', 'pcr-selection', 'nonce']) {
      expect([code, outcomeOf(result, code)]).toEqual([code, 'pass']);
    }
  });

  it('verifies a quote with the key that made it: Windows on GCE, SHA-1 bank, empty nonce', () => {
    type Dump = {
      readonly AK: { readonly Public: string };
      readonly Quote: { readonly Quote: string; readonly Signature: string };
      readonly Log: { readonly PCRs: readonly { readonly Index: number; readonly Digest: string }[]; readonly Raw: string };
    };
    const dump = json<Dump>('quote/go-attest-windows_gcp.json');
    const area = Buffer.from(dump.AK.Public, 'base64');
    const result = verifyEvidence({
      host: 'real',
      nonce: Buffer.alloc(0),
      quote: { attest: Buffer.from(dump.Quote.Quote, 'base64'), signature: Buffer.from(dump.Quote.Signature, 'base64') },
      akTpm2bPublic: Buffer.concat([Buffer.from([area.length >> 8, area.length & 0xff]), area]),
      pcrs: { sha1: Object.fromEntries(dump.Log.PCRs.map((pcr) => [pcr.Index, Buffer.from(pcr.Digest, 'base64').toString('hex')])) },
      eventLog: Buffer.from(dump.Log.Raw, 'base64'),
      requiredSelection: { sha1: [0, 1, 2, 3, 4, 5, 6, 7] },
    });
    for (const code of ['signature', 'pcr-selection', 'pcr-digest', 'log-parse', 'log-replay', 'event-data-digest']) {
      expect([code, outcomeOf(result, code)]).toEqual([code, 'pass']);
    }
    expect(outcomeOf(result, 'nonce')).toBe('notice');
    expect(outcomeOf(result, 'signature-hash')).toBe('notice');
  });

  it('verifies a quote with the key that made it: confidential containers', () => {
    type Sample = {
      readonly ak_public: string;
      readonly tpm_quote: { readonly message: string; readonly signature: string; readonly pcrs: readonly string[] };
    };
    const sample = json<Sample>('quote/coco-tpm_evidence.json');
    const attest = Buffer.from(sample.tpm_quote.message, 'base64');
    const akPem = createPublicKey({ key: Buffer.from(sample.ak_public, 'base64'), format: 'der', type: 'spki' })
      .export({ type: 'spki', format: 'pem' })
      .toString();
    const result = verifyEvidence({
      host: 'real',
      nonce: Buffer.from(parseAttest(attest).attest?.extraData ?? []),
      quote: { attest, signature: Buffer.from(sample.tpm_quote.signature, 'base64') },
      akPem,
      pcrs: {},
      requiredSelection: {},
    });
    expect(outcomeOf(result, 'signature')).toBe('pass');
    expect(outcomeOf(result, 'ak-attributes')).toBe('not-evaluated');
  });
});

type Hostile = readonly [file: string, expected: string];
const hostile: readonly Hostile[] = present
  ? readFileSync(path.join(CORPUS, 'HOSTILE.tsv'), 'utf8')
      .split('\n')
      .slice(1)
      .flatMap((line): Hostile[] => {
        const [file, , expected] = line.split('\t');
        return file === undefined || expected === undefined ? [] : [[file, expected]];
      })
  : [];
const hostileLogs = hostile.filter(([file]) => file.startsWith('hostile-eventlog/'));
const hostileLists = hostile.filter(([file]) => file.startsWith('hostile-ima/'));

/** What became of a hostile input: refused or stopped, whole with remarks, or whole. */
const fate = (parsed: {
  readonly ok: boolean;
  readonly value?: { readonly problems: readonly { readonly code: string }[] };
}): 'error' | 'warn' | 'ok' => {
  if (!parsed.ok || parsed.value === undefined || parsed.value.problems.some((problem) => problem.code.endsWith('-parse'))) return 'error';
  return parsed.value.problems.length > 0 ? 'warn' : 'ok';
};

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  error: ['error'],
  warn: ['warn'],
  'parse-warn': ['warn'],
  ok: ['ok'],
  'no-crash': ['error', 'warn', 'ok'],
  'error-or-partial': ['error'],
  'error-or-strip': ['error', 'warn'],
  'error-last': ['error'],
  flag: ['warn'],
  'error-or-BE': ['error'],
};

// oxlint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b-\u200f]/u;

describe.skipIf(!present)(`hostile input${reason}`, () => {
  it.each(hostileLogs)('%s: %s', (file, expected) => {
    const parsed = parseEventLog(bytes(file));
    expect(ALLOWED[expected]).toContain(fate(parsed));
    const shown = parsed.ok
      ? parsed.value.events.flatMap((event) => [event.summary, event.text ?? '', event.variable?.name ?? ''])
      : [parsed.problem.message];
    for (const text of shown) expect(text).not.toMatch(UNSAFE);
  });

  it.each(hostileLists)('%s: %s', (file, expected) => {
    const parsed = parseIma(bytes(file));
    expect(ALLOWED[expected]).toContain(fate(parsed));
    const shown = parsed.ok
      ? [...Array.from(parsed.value.entries, (entry) => entry.path), ...parsed.value.problems.map((problem) => problem.message)]
      : [parsed.problem.message];
    for (const text of shown) expect(text).not.toMatch(UNSAFE);
  });

  it('a torn last line leaves the entries before it', () => {
    const parsed = parseIma(bytes('hostile-ima/h-partial-last-line.ascii'));
    expect(parsed).toMatchObject({
      ok: true,
      value: { entryCount: 1, problems: expect.arrayContaining([expect.objectContaining({ code: 'ima-parse', offset: 112 })]) },
    });
  });
});
