/** Parts of one real host in the evidence of another: everything signed is genuine, and nothing belongs together. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CheckCode } from '../../../shared/model/check.ts';
import { akNameOf, parseBundle, verifyEvidence } from '../index.ts';
import type { EvidenceInput } from '../types.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../../../shared/corpus/scenario');
const present = existsSync(FOLDER);
const names = present ? readdirSync(FOLDER).filter((file) => /^honest-.*(?<!expected)\.json$/u.test(file)) : [];

type Keys = Readonly<Record<string, Readonly<Record<string, { readonly akName: string; readonly akPem: string }>>>>;
const keys: Keys = present ? (JSON.parse(readFileSync(path.join(FOLDER, '../scenario-enrolment.json'), 'utf8')) as Keys) : {};

const load = (file: string): EvidenceInput => {
  const bundle = parseBundle(readFileSync(path.join(FOLDER, file), 'utf8'));
  if (!bundle.ok) throw new Error(bundle.problem.message);
  const name = akNameOf(bundle.value.akTpm2bPublic ?? Buffer.alloc(0));
  // The host is enrolled with its own keys, whatever the spliced evidence carries.
  const enrolledKeys = Object.values(keys[bundle.value.host] ?? {}).map((key) => ({ ...key, source: 'a test' }));
  return { ...bundle.value, enrolment: { akName: name.ok ? name.value : '', source: 'a test' }, enrolledKeys };
};
const hosts = names.map(load);
const failed = (input: EvidenceInput): readonly CheckCode[] =>
  verifyEvidence(input)
    .checks.filter((check) => check.outcome === 'fail')
    .map((check) => check.code);

/** Pairs of different hosts: each with the next that has other evidence of this kind. */
const pairs = (
  differ: (own: EvidenceInput, other: EvidenceInput) => boolean,
): readonly (readonly [string, EvidenceInput, EvidenceInput])[] =>
  hosts.flatMap((own, index) => {
    const other = [...hosts.slice(index + 1), ...hosts.slice(0, index)].find(
      (candidate) => candidate.host !== own.host && differ(own, candidate),
    );
    return other === undefined ? [] : [[`${names[index] ?? ''} with ${other.host}`, own, other] as const];
  });
const unlike = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  Buffer.compare(a ?? Buffer.alloc(0), b ?? Buffer.alloc(0)) !== 0;

type Splice = readonly [what: string, splice: (own: EvidenceInput, other: EvidenceInput) => EvidenceInput, fails: readonly CheckCode[]];
const SPLICES: readonly Splice[] = [
  ['quote', (own, other) => ({ ...own, quote: other.quote }), ['nonce']],
  ['signature', (own, other) => ({ ...own, quote: { attest: own.quote.attest, signature: other.quote.signature } }), []],
  [
    'quote and key',
    (own, other) => ({ ...own, quote: other.quote, akPem: other.akPem ?? '', akTpm2bPublic: other.akTpm2bPublic ?? own.nonce }),
    ['nonce', 'ak-binding'],
  ],
  [
    'quote, key and nonce',
    (own, other) => ({
      ...own,
      quote: other.quote,
      nonce: other.nonce,
      akPem: other.akPem ?? '',
      akTpm2bPublic: other.akTpm2bPublic ?? own.nonce,
    }),
    ['ak-binding'],
  ],
  ['PEM', (own, other) => ({ ...own, akPem: other.akPem ?? '' }), ['ak-mismatch']],
  ['nonce', (own, other) => ({ ...own, nonce: other.nonce }), ['nonce']],
  ['PCR values', (own, other) => ({ ...own, pcrs: other.pcrs }), ['pcr-digest']],
  ['IMA list', (own, other) => ({ ...own, ima: other.ima ?? own.nonce }), ['ima-replay']],
  ['geo tag', (own, other) => (other.geo === undefined ? own : { ...own, geo: other.geo }), ['geo-signer', 'geo-nonce']],
];

describe.skipIf(!present)(`spliced evidence${present ? '' : ' (skipped: ../shared/corpus is absent)'}`, () => {
  it('there are hosts to splice', () => expect(hosts.length).toBeGreaterThan(3));

  describe.each(SPLICES)('the %s of another host', (what, splice, fails) => {
    const differ = what === 'IMA list' ? (own: EvidenceInput, other: EvidenceInput) => unlike(own.ima, other.ima) : () => true;

    it.each(pairs(differ))('%s fails', (_pair, own, other) => {
      expect(failed(own)).toEqual([]);
      const found = failed(splice(own, other));
      expect(found.length).toBeGreaterThan(0);
      expect(found).toEqual(expect.arrayContaining([...fails]));
    });
  });

  it.each(pairs((own, other) => unlike(own.eventLog, other.eventLog)))(
    'the event log of another host: %s fails log-replay',
    (_pair, own, other) => {
      expect(failed({ ...own, eventLog: other.eventLog ?? Buffer.alloc(0) })).toContain('log-replay');
    },
  );

  it.each(pairs(() => true))('everything of another host under the name of this one: %s fails ak-binding', (_pair, own, other) => {
    const { enrolment } = own;
    expect(
      failed({ ...other, host: own.host, ...(enrolment === undefined ? {} : { enrolment }), enrolledKeys: own.enrolledKeys ?? [] }),
    ).toContain('ak-binding');
  });
});
