import { describe, expect, it } from 'vitest';
import { hostRow, reportFacts } from '../testing/source.ts';
import { countCoverage } from './coverage.ts';
import { builtInMapping, parseMapping, withOwn } from './mapping.ts';

const ours = builtInMapping();
const of = (id: string, rows: readonly Parameters<typeof hostRow>[0][], facts = reportFacts()) => {
  const { add, result } = countCoverage(ours);
  for (const row of rows) add(hostRow(row));
  return result(facts).find((one) => one.id === id);
};

describe('the mapping of controls', () => {
  it('names each framework it uses, a limit for each piece of evidence, and no control twice for one', () => {
    for (const { limit, supports } of ours.evidence) {
      expect(limit).not.toBe('');
      expect(new Set(supports.map(({ framework, control }) => `${framework} ${control}`)).size).toBe(supports.length);
    }
    expect(new Set(ours.evidence.flatMap(({ supports }) => supports.map(({ framework }) => framework)))).toEqual(
      new Set(ours.frameworks.map(({ id }) => id)),
    );
  });

  it('says support and never compliance', () => {
    const said = ours.evidence.flatMap(({ title, limit, supports }) => [title, limit, ...supports.map(({ why }) => why)]).join('\n');
    expect(said).not.toMatch(/complian|satisf|certif(y|ied) that/iu);
  });

  it('takes a mapping of an organisation in the same form, and says where one is wrong', () => {
    const own = { ...ours, name: 'Example Corp', evidence: ours.evidence.slice(0, 1) };
    expect(parseMapping(JSON.stringify(own))).toMatchObject({ ok: true, value: { name: 'Example Corp' } });
    const [first] = ours.evidence;
    const unknown = { ...own, evidence: [{ ...first, supports: [{ ...first?.supports[0], framework: 'made-up' }] }] };
    expect(parseMapping(JSON.stringify(unknown))).toMatchObject({
      ok: false,
      problem: { code: 'controls-mapping', message: expect.stringContaining('evidence.0.supports.0.framework') },
    });
    expect(parseMapping('{')).toMatchObject({ ok: false, problem: { code: 'controls-mapping' } });
  });
});

describe('a mapping of an organisation beside ours', () => {
  const [first] = ours.evidence;
  const row = { framework: 'house-rules', control: 'H-7', title: 'Boot', strength: 'partial' as const, why: 'Our rule.', read: true };
  const own = {
    ...ours,
    name: 'Example Corp',
    frameworks: [{ id: 'house-rules', title: 'House rules', link: 'https://rules.example' }],
    evidence: [
      { ...first, id: first?.id ?? '', title: 'ours', measure: { kind: 'none' as const }, limit: 'x', supports: [row] },
      { id: 'badges', title: 'Badges', measure: { kind: 'none' as const }, limit: 'Kept elsewhere.', supports: [row] },
    ],
  };
  const both = withOwn(ours, own);

  it('adds its controls to our evidence, and its evidence behind ours, and changes nothing else', () => {
    expect(both.evidence[0]).toEqual({ ...first, supports: [...(first?.supports ?? []), row] });
    expect(both.evidence.slice(1, -1)).toEqual(ours.evidence.slice(1));
    expect(both.evidence.at(-1)).toMatchObject({ id: 'badges' });
    expect(both).toMatchObject({ name: 'Plumbline and Example Corp', frameworks: [...ours.frameworks, own.frameworks[0]] });
  });
});

describe('coverage from live data', () => {
  const failed = hostRow().chain.map((verdict, at) => (at === 3 ? 'failed' : verdict));
  const unseen = hostRow().chain.map(() => 'inconclusive' as const);
  const unasked = hostRow().chain.map(() => 'not-required' as const);

  it('keeps what holds, what speaks against it and what was not evaluated apart', () => {
    expect(of('measured-boot', [{}, {}, { chain: failed }, { chain: unseen }, { chain: unasked }])).toMatchObject({
      hosts: { holds: 2, against: 1, notEvaluated: 2 },
      evidenced: true,
    });
  });

  it('is no evidence where nothing was evaluated', () => {
    expect(of('measured-boot', [{ chain: unseen }])).toMatchObject({ evidenced: false });
    expect(of('measured-boot', [])).toMatchObject({ evidenced: false, sentence: 'There is no host, so nothing was evaluated.' });
  });

  it('takes a location for evidence only by the assurance that the row names', () => {
    const at = (assurance: 'tpm-certified' | 'reported') => ({ location: { country: 'DE', subdivision: null, site: null, assurance } });
    expect(of('location', [at('tpm-certified'), at('reported')])).toMatchObject({ hosts: { holds: 1, against: 0, notEvaluated: 1 } });
  });

  it('says of records whether they are there', () => {
    expect(of('ledger', [], reportFacts({ signedEntries: 0 }))).toMatchObject({ hosts: null, evidenced: false });
    expect(of('anchors', [], reportFacts({ anchors: { holding: 0, newestSize: 0 } }))).toMatchObject({ evidenced: false });
    expect(of('keys', [{}])).toMatchObject({ evidenced: false, sentence: 'This version has no evidence of it.' });
  });
});
