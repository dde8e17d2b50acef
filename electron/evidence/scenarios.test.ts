import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHECK_CODES } from '../../shared/model/check.ts';
import { akNameOf, parseBundle, verifyEvidence } from './index.ts';
import type { Enrolment, EvidenceInput, EvidenceResult } from './types.ts';

const CORPUS = path.resolve(import.meta.dirname, '../../../shared/corpus');
const FOLDER = path.join(CORPUS, 'scenario');
const present = existsSync(FOLDER);
const names = present ? readdirSync(FOLDER).filter((file) => file.endsWith('.json') && !file.endsWith('.expected.json')) : [];

type Expected = { readonly verdict: 'pass' | 'fail'; readonly failing_checks: readonly string[] };
type Keys = Readonly<Record<string, Readonly<Record<string, { readonly akName: string; readonly akPem: string }>>>>;

const json = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;
const keys: Keys = present ? json<Keys>(path.join(CORPUS, 'scenario-enrolment.json')) : {};

const load = (file: string): EvidenceInput => {
  const bundle = parseBundle(readFileSync(path.join(FOLDER, file), 'utf8'));
  if (!bundle.ok) throw new Error(bundle.problem.message);
  return bundle.value;
};

const enrolled = (input: EvidenceInput): EvidenceInput => {
  const own = Object.values(keys[input.host] ?? {}).map((key): Enrolment => ({ ...key, source: 'the enrolment file' }));
  const name = input.akTpm2bPublic === undefined ? null : akNameOf(input.akTpm2bPublic);
  const enrolment = own.find((key) => name?.ok === true && key.akName === name.value) ?? own[0];
  return enrolment === undefined ? input : { ...input, enrolment, enrolledKeys: own };
};

const withOutcome = (result: EvidenceResult, ...outcomes: readonly string[]): readonly string[] =>
  result.checks.filter((check) => outcomes.includes(check.outcome)).map((check) => check.code);

describe.skipIf(!present)(`scenario bundles${present ? '' : ' (skipped: ../shared/corpus is absent)'}`, () => {
  it.each(names)('%s gives the expected verdict and every expected check', (file) => {
    const expected = json<Expected>(path.join(FOLDER, file.replace('.json', '.expected.json')));
    const result = verifyEvidence(enrolled(load(file)));
    expect(result.verdict).toBe(expected.verdict);
    expect(result.checks.map((check) => check.code)).toEqual([...CHECK_CODES]);
    const found = expected.verdict === 'fail' ? withOutcome(result, 'fail') : withOutcome(result, 'notice');
    expect(found).toEqual(expect.arrayContaining([...expected.failing_checks]));
  });

  it.each(names.filter((file) => file.startsWith('honest-')))(
    '%s fails nothing, bound or unbound, and its geo tag names the host',
    (file) => {
      const input = load(file);
      const result = verifyEvidence(enrolled(input));
      expect(withOutcome(result, 'fail')).toEqual([]);
      expect(withOutcome(verifyEvidence(input), 'fail')).toEqual([]);
      expect(Buffer.from(result.geoTag ?? []).toString()).toContain(`"host":"${input.host}"`);
      expect(result.ima?.provenCount).toBe(result.ima?.entryCount);
    },
  );

  it.each(names)('%s without enrolment says that the key is bound to nothing', (file) => {
    expect(withOutcome(verifyEvidence(load(file)), 'not-evaluated')).toContain('ak-binding');
  });
});
