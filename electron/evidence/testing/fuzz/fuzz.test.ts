import { describe, expect, it } from 'vitest';
import { type Probe, fuzz, minimised } from './engine.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { brokenText, textsOf } from './oracle.ts';
import { randomOf } from './random.ts';
import type { Target } from './target.ts';
import { TARGETS } from './targets.ts';

/** Without code coverage and without a clock: the same changes on every machine, to a host with fresh keys. `npm run fuzz` has both. */
const probe: Probe = {
  reachedNewCode: () => false,
  reachedItAgain: () => false,
  nowMs: () => 0,
  memoryBytes: () => 0,
  aboutToRun: () => undefined,
};
const RUNS: Readonly<Record<string, number>> = { evidence: 300, 'event-log': 1500, ima: 1500, endorsement: 2000 };

describe('a few thousand changed inputs', () => {
  it.each(TARGETS)('$name keeps every promise', (target) => {
    const runs = RUNS[target.name] ?? 3000;
    const { findings, shapes } = fuzz({ target, seeds: target.seeds(), seed: 1 }, probe, (progress) => progress.runs >= runs);
    expect(findings.map((finding) => `${finding.what}: ${finding.input.toString('base64').slice(0, 2000)}`)).toEqual([]);
    // A fuzzer whose inputs all end at the first check tests nothing.
    expect(shapes.size).toBeGreaterThan(target.name === 'endorsement' ? 0 : 8);
  });
});

describe('the fuzzer itself', () => {
  const target = (run: Target['run']): Target => ({
    name: 'test',
    mutate: mutateBytes,
    seeds: () => [Buffer.from('seed seed')],
    corpus: [],
    run,
  });
  const campaign = (run: Target['run'], seed = 1) =>
    fuzz({ target: target(run), seeds: [Buffer.from('seed seed')], seed }, probe, (progress) => progress.runs >= 2000);

  it('finds what throws, what differs the second time, unsafe text and broken promises', () => {
    let count = 0;
    const found = campaign((input) => {
      if (input[0] === 0xff) throw new RangeError('boom');
      count += 1;
      return {
        shape: '',
        output: [input[1] === 0 ? count : 0, input[2] === 0 ? 'a\u202eb' : ''],
        broken: input[3] === 0 ? 'a promise' : undefined,
      };
    });
    expect(found.findings.map((finding) => finding.what).sort()).toEqual([
      'a promise',
      'a text with an unsafe character U+202e',
      'another result the second time',
      'threw RangeError: boom',
    ]);
  });

  it('shortens a finding', () => {
    const bad = target((input) => {
      if (input.includes(0x21)) throw new Error('!');
      return { shape: '', output: null };
    });
    expect(minimised(bad, { what: 'threw Error: !', input: Buffer.from('a long text! and more') }, probe).input.toString()).toBe('!');
  });

  it('makes the same inputs from the same seed, and others from another', () => {
    const inputsOf = (seed: number): string => {
      const inputs: string[] = [];
      campaign((input) => {
        inputs.push(input.toString('hex'));
        return { shape: input.toString('hex').slice(0, 2), output: null };
      }, seed);
      return inputs.join();
    };
    expect(inputsOf(3)).toBe(inputsOf(3));
    expect(inputsOf(3)).not.toBe(inputsOf(4));
  });

  it('draws from the whole range', () => {
    const random = randomOf(5);
    const drawn = Array.from({ length: 20_000 }, () => random.below(256));
    expect(new Set(drawn).size).toBe(256);
  });
});

describe('what counts as unsafe text', () => {
  it.each(['\u001b[2J', '\u0085', '\u202e', '\u200b', '\ufeff', '\ud800', '\u2028'])('%j', (text) => {
    expect(brokenText(textsOf({ deep: [{ message: `a${text}b` }] }))).not.toBeNull();
  });
  it.each(['größe', '日本', '😀', '…', '\\x1b'])('not %j', (text) => {
    expect(brokenText(textsOf({ deep: new Map([['key', text]]) }))).toBeNull();
  });
});
