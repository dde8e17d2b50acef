import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diffEventLogs, diffEvidence, diffIma } from './difference/index.ts';
import { checkSecureBootState, secureBootState } from './event-log/secure-boot-state.ts';
import { checkEventTypes } from './event-log/type-checks.ts';
import { isWhole, parseBundle, parseEventLog, parseIma, verifyEvidence } from './index.ts';
import { createReport } from './report.ts';
import type { EventLogFacts, EvidenceResult, ImaFacts } from './types.ts';

const CORPUS = path.resolve(import.meta.dirname, '../../../shared/corpus');
const present = existsSync(path.join(CORPUS, 'MANIFEST.tsv'));
const reason = present ? '' : ' (skipped: ../shared/corpus is absent)';
const bytes = (file: string): Buffer => readFileSync(path.join(CORPUS, file));
const files = (folder: string): readonly string[] =>
  present
    ? readdirSync(path.join(CORPUS, folder), { withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.expected.json'))
        .map((entry) => `${folder}/${entry.name}`)
    : [];
const logs = [...files('eventlog'), ...files('ccel')].filter((file) => !/keylime-mb-(?:bogus|empty)/u.test(file));

const log = (file: string): EventLogFacts => {
  const parsed = parseEventLog(bytes(file));
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
};
const ima = (file: string): ImaFacts => {
  const parsed = parseIma(bytes(file));
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
};
const bundle = (name: string): EvidenceResult => {
  const parsed = parseBundle(bytes(`scenario/${name}.json`).toString('utf8'));
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return verifyEvidence(parsed.value);
};

const ALL_PCRS = Array.from({ length: 24 }, (_, pcr) => pcr);

/** What the sources of the logs say, or the SecureBoot variable itself where they say nothing. */
const MODES: Readonly<Record<string, readonly string[]>> = {
  enabled: [
    'go-attest-sb_cert',
    'go-eventlog-debian10',
    'go-eventlog-rhel8',
    'guard-windows',
    'guard-ev-t480s',
    'tpm2tools-moklisttrusted',
  ],
  disabled: ['go-attest-coreos36-nosb', 'keylime-mb', 'guard-linux', 'uefi-eventlog-rs', 'gtt-ubuntu2404-sevsnp'],
  'setup-mode': ['cmc-mrtool', 'hirs-TpmLog', 'tpm2tools-bootorder'],
  unknown: ['tpmtool-tpm12-bios', 'go-attest-short_no_action'],
};

// oxlint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b-\u200f]/u;
const strings = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];

describe.skipIf(!present)(`meaning of real logs${reason}`, () => {
  it.each(logs)('%s: every event means something that can be read', (file) => {
    for (const event of log(file).events) {
      expect(event.meaning.facts.filter((fact) => fact.label === 'unreadable')).toEqual([]);
      for (const text of strings(event.meaning)) expect(text).not.toMatch(UNSAFE);
    }
  });

  it('nine of ten events are more than “other”', () => {
    const kinds = logs.flatMap((file) => log(file).events.map((event) => event.meaning.kind));
    expect(kinds.length).toBeGreaterThan(3000);
    expect(kinds.filter((kind) => kind === 'other').length / kinds.length).toBeLessThan(0.1);
  });

  it('tells whose log it is', () => {
    const kinds = (folder: string): ReadonlySet<string> =>
      new Set(logs.filter((file) => file.startsWith(folder)).map((file) => log(file).kind.kind));
    expect(kinds('ccel/')).toEqual(new Set(['ccel']));
    expect(kinds('eventlog/')).toEqual(new Set(['tpm', 'wbcl']));
    expect(log('eventlog/guard-windows.bin').kind.kind).toBe('wbcl');
    expect(log('eventlog/guard-linux.bin').kind.kind).toBe('tpm');
  });

  it.each(files('hostile-eventlog'))('%s decodes safely', (file) => {
    const parsed = parseEventLog(bytes(file));
    const shown = parsed.ok ? strings(parsed.value.events) : [parsed.problem.message];
    expect(shown.filter((text) => UNSAFE.test(text))).toEqual([]);
  });
});

describe.skipIf(!present)(`Secure Boot in real logs${reason}`, () => {
  it.each(logs)('%s: no honest log fails for its types or its state', (file) => {
    const facts = log(file);
    const report = createReport();
    if (isWhole(facts)) checkEventTypes(facts.events, report);
    checkSecureBootState(facts.events, ALL_PCRS, report);
    expect(report.checks().filter((check) => check.outcome === 'fail')).toEqual([]);
  });

  it.each(Object.entries(MODES).flatMap(([mode, names]) => names.map((name) => [name, mode] as const)))('%s: %s', (name, mode) => {
    expect(secureBootState(log(`eventlog/${name}.bin`).events, ALL_PCRS).mode).toBe(mode);
  });

  it('permits what the source says it permits', () => {
    const { keys } = secureBootState(log('eventlog/go-attest-sb_cert.bin').events, ALL_PCRS);
    expect(keys.db?.map((entry) => entry.certificate?.subject ?? '').join(' ')).toContain('Microsoft');
  });
});

describe.skipIf(!present)(`differences of real evidence${reason}`, () => {
  it.each(logs)('%s is identical to itself', (file) => {
    expect(diffEventLogs(log(file), log(file), { raw: { a: bytes(file), b: bytes(file) } })).toMatchObject({
      identical: true,
      changes: [],
    });
  });

  it('of five resumes of one Windows host: only what Windows counts changes, and never the firmware', () => {
    const series = [0, 1, 2, 3, 4].map((index) => log(`eventlog/guard-ev-dell-notebook-5eventlogs-WBCL-${index}.bin`));
    for (const [index, later] of series.slice(1).entries()) {
      const earlier = series[index];
      if (earlier === undefined) continue;
      const { changes } = diffEventLogs(earlier, later);
      expect(changes.length).toBeGreaterThan(0);
      expect(changes.every((change) => change.pcr >= 11)).toBe(true);
    }
  });

  it('of one boot entry deleted: boot order and entries, in PCR 1 alone', () => {
    const [a, b] = ['baseline', 'del-mokx'].map((name) => log(`eventlog/guard-ev-test-HP-EliteBook-830-G6-${name}.bin`));
    if (a === undefined || b === undefined) throw new Error('no logs');
    const { firstDivergence, changes, causes } = diffEventLogs(a, b);
    expect(firstDivergence).toMatchObject({ pcr: 1, subject: 'variable BootOrder' });
    expect(new Set(changes.map((change) => change.pcr))).toEqual(new Set([1]));
    expect(causes.map((cause) => cause.cause)).toEqual(['boot order or entries were changed']);
  });

  it('of an IMA list before and after: nothing is missing, two files changed', () => {
    const { counts, changes } = diffIma(ima('ima/guard-h12ssl.before.binary'), ima('ima/guard-h12ssl.changed.binary'));
    expect(counts).toMatchObject({ changed: 2, removed: 0 });
    expect(
      changes
        .filter((change) => change.change === 'changed')
        .map((change) => change.path)
        .sort(),
    ).toEqual(['/var/log/lastlog', '/var/log/wtmp']);
  });

  it.each(files('ima').filter((file) => !file.includes('invalid')))('%s is identical to itself', (file) => {
    const facts = ima(file);
    expect(diffIma(facts, facts).changes).toEqual([]);
  });

  it('of bundles: two quotes of one host are identical, two hosts are not', () => {
    expect(diffEvidence(bundle('honest-rsassa'), bundle('honest-ecdsa'))).toMatchObject({ identical: true });
    expect(diffEvidence(bundle('honest-rsassa'), bundle('honest-host2')).identical).toBe(false);
  });

  it.each([
    ['log-event-removed-pcr4', 4, 'removed'],
    ['log-data-changed-digest-kept', 7, 'changed'],
  ])('%s differs from the real log it was made of exactly where it was spoiled', (name, pcr, change) => {
    const spoiled = bundle(name).eventLog;
    if (spoiled === null) throw new Error('no log');
    const fewest = logs.map((file) => diffEventLogs(log(file), spoiled).changes).toSorted((x, y) => x.length - y.length)[0];
    expect(fewest).toMatchObject([{ pcr, change }]);
  });
});
