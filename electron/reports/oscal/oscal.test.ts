import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { HostRow } from '../../../shared/contract/schemas.ts';
import type { ExportStore } from '../../store/export-store.ts';
import { headOf, hostRow, reportFacts, written } from '../testing/source.ts';
import { oscal } from './oscal.ts';

const SCHEMAS = path.resolve(import.meta.dirname, '../../../../shared/reference/oscal');
const there = existsSync(SCHEMAS);
const validators = there
  ? ['1.1.3', '1.2.2'].map((version) => {
      const ajv = new Ajv({ strict: false, allErrors: true });
      addFormats.default(ajv);
      const schema: unknown = JSON.parse(readFileSync(path.join(SCHEMAS, `oscal-complete-schema-${version}.json`), 'utf8'));
      return { version, validate: ajv.compile(z.record(z.string(), z.unknown()).parse(schema)) };
    })
  : [];

const store: ExportStore = {
  readers: new Proxy(Object.create(null), {}),
  ledgerFile: new Proxy(Object.create(null), {}),
  facts: () => reportFacts(),
  period: new Proxy(Object.create(null), {}),
  close: () => {},
};
const documentOf = async (rows: readonly HostRow[], over: Parameters<typeof headOf>[0] = {}): Promise<string> =>
  written(oscal, { of: 'hosts', each: rows }, headOf({ count: rows.length, ...over }), store);

const broken = hostRow({
  id: 'dc/2',
  name: 'ber1-db-2',
  verdict: 'failed',
  brokenLink: 'boot-loader',
  reason: 'Boot loader changed.',
  chain: ['trusted', 'trusted', 'trusted', 'failed', 'inconclusive', 'inconclusive', 'not-required', 'not-required', 'not-required'],
});
const silent = hostRow({
  id: 'dc/3',
  name: 'ber1-gpu-3',
  verdict: 'inconclusive',
  evidenceAtMs: null,
  chain: Array.from({ length: 9 }, () => 'inconclusive'),
});

const propSchema = z.object({ name: z.string(), value: z.string(), class: z.string().optional(), remarks: z.string().optional() });
const observationSchema = z.object({
  uuid: z.string(),
  title: z.string(),
  description: z.string(),
  props: z.array(propSchema),
  subjects: z.array(z.object({ 'subject-uuid': z.string() })).optional(),
});
const resultSchema = z.object({
  observations: z.array(observationSchema),
  findings: z
    .array(
      z.object({
        title: z.string(),
        target: z.object({ 'target-id': z.string(), status: z.object({ state: z.string() }) }),
        'related-observations': z.array(z.object({ 'observation-uuid': z.string() })),
      }),
    )
    .optional(),
  'reviewed-controls': z.object({
    'control-selections': z.array(z.object({ 'include-controls': z.array(z.object({ 'control-id': z.string() })) })),
  }),
  'local-definitions': z.object({ 'inventory-items': z.array(z.object({ uuid: z.string(), description: z.string() })).optional() }),
});
const readResult = (text: string) =>
  z
    .object({
      'assessment-results': z.object({
        metadata: z.object({ title: z.string(), props: z.array(propSchema) }),
        results: z.tuple([resultSchema]),
      }),
    })
    .parse(JSON.parse(text))['assessment-results'];

const HOSTILE = ['\n', ' ', '', 'a\nb', '\u202Eevil', 'x'.repeat(10_000), '\uD800', '"}],', '=1+1', 'nul\0', '  around  '];

describe.skipIf(!there)('OSCAL assessment-results (skipped where the published schemas are not at hand)', () => {
  it.each(validators)('are valid by the schema of $version: with hosts, without any, and with hostile names', async ({ validate }) => {
    const hostile = HOSTILE.map((text, at) =>
      hostRow({
        id: `${text}/${at}`,
        name: text,
        reason: text,
        endpoint: text,
        hostClass: text,
        location: { country: null, subdivision: null, site: text, assurance: 'unknown' },
      }),
    );
    for (const rows of [[hostRow(), broken, silent], [], hostile]) {
      const valid = validate(JSON.parse(await documentOf(rows, { who: { kind: 'os-user', name: ' \n' } })));
      expect({ valid, errors: validate.errors ?? [] }).toEqual({ valid: true, errors: [] });
    }
  });

  it.each(validators)('would not be valid by that of $version without the controls that were looked at', async ({ validate }) => {
    expect(validate(JSON.parse((await documentOf([hostRow()])).replace('"reviewed-controls"', '"left-out"')))).toBe(false);
  });
});

describe('what an assessor reads in it', () => {
  it('has one observation and one inventory item of each host, and every reference leads somewhere', async () => {
    const { results } = readResult(await documentOf([hostRow(), broken, silent]));
    const [{ observations, findings = [], 'local-definitions': definitions }] = results;
    const items = new Set(definitions['inventory-items']?.map(({ uuid }) => uuid));
    expect(items.size).toBe(3);
    const ofHosts = observations.filter(({ subjects }) => subjects !== undefined);
    expect(ofHosts).toHaveLength(3);
    for (const { subjects = [] } of ofHosts) for (const subject of subjects) expect(items).toContain(subject['subject-uuid']);
    const known = new Set(observations.map(({ uuid }) => uuid));
    for (const finding of findings)
      for (const related of finding['related-observations']) expect(known).toContain(related['observation-uuid']);
  });

  it('says of a host what was not evaluated, and does not call it trusted', async () => {
    const [{ observations }] = readResult(await documentOf([silent])).results;
    const links = observations[0]?.props.filter(({ name }) => name === 'chain-link') ?? [];
    expect(links).toHaveLength(9);
    expect(new Set(links.map(({ value }) => value))).toEqual(new Set(['not evaluated']));
  });

  it('finds against a control where evidence speaks against it, and never says that one is satisfied', async () => {
    const text = await documentOf([hostRow(), broken, silent]);
    const [{ findings = [], observations }] = readResult(text).results;
    expect(findings.map((one) => one.target['target-id'])).toContain('si-7.9_smt');
    expect(findings.every((one) => one.target.status.state === 'not-satisfied')).toBe(true);
    expect(text).not.toMatch(/"state":\s*"satisfied"|compliant/iu);
    const boot = observations.find(({ props }) => props.some((one) => one.class === 'measured-boot'));
    expect(boot?.description).toContain('Holds on 1 of 3 hosts; 1 speaks against it; 1 not evaluated.');
  });

  it('has no finding where nothing speaks against anything', async () => {
    expect(readResult(await documentOf([hostRow()])).results[0].findings).toBeUndefined();
  });

  it('says which controls it has no evidence of', async () => {
    const [{ observations }] = readResult(await documentOf([hostRow()])).results;
    const keys = observations.find(({ props }) => props.some((one) => one.class === 'keys'));
    expect(keys).toMatchObject({
      description: expect.stringContaining('no evidence'),
      props: expect.arrayContaining([expect.objectContaining({ value: 'no evidence' })]),
    });
  });

  it('is the same bytes for the same data, and says that it is demo data where it is', async () => {
    const rows = [hostRow(), broken];
    expect(await documentOf(rows)).toBe(await documentOf(rows));
    const { metadata } = readResult(await documentOf([hostRow({ demo: true })], { demo: { hosts: 1 } }));
    expect(metadata.title).toContain('DEMO DATA');
  });
});
