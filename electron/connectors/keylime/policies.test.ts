import { describe, expect, it } from 'vitest';
import type { Result } from '../../../shared/model/result.ts';
import type { RuntimeReference } from '../../../shared/model/reference-values.ts';
import { problem } from './failures.ts';
import type { Reply, Service } from './http.ts';
import { parseMeasuredBootPolicy } from './measured-boot-policy.ts';
import { createPolicyLibrary, type PolicyRead } from './policy-library.ts';
import { parseRuntimePolicy } from './runtime-policy.ts';

const HASH = 'ab'.repeat(32);
const runtimeWith = (more: object): string => JSON.stringify({ digests: { '/bin/a': [HASH] }, excludes: [], ...more });
const notJudged = (text: string): readonly string[] => {
  const parsed = parseRuntimePolicy(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value?.notJudged ?? ['no policy'];
};

describe('a runtime policy', () => {
  it('names the parts that are not judged here, where they hold anything', () => {
    expect(notJudged(runtimeWith({}))).toStrictEqual([]);
    const empty = {
      'verification-keys': '',
      keyrings: {},
      'ima-buf': {},
      ima: { ignored_keyrings: [], log_hash_alg: 'sha1', dm_policy: null },
    };
    expect(notJudged(runtimeWith(empty))).toStrictEqual([]);
    const full = {
      'verification-keys': '{"keyids":[1]}',
      keyrings: { '.ima': [HASH] },
      'ima-buf': { dm_table: [HASH] },
      ima: { dm_policy: {} },
    };
    expect(notJudged(runtimeWith(full))).toStrictEqual(['verification-keys', 'keyrings', 'ima-buf', 'dm_policy']);
  });

  it.each<readonly [unknown, readonly string[]]>([
    [[], []],
    [['key'], ['verification-keys']],
    [null, []],
    [7, ['verification-keys']],
    [{ deep: [[[]]] }, ['verification-keys']],
    ['x'.repeat(100_000), ['verification-keys']],
  ])('is read whatever is in such a part', (keys, expected) => {
    expect(notJudged(runtimeWith({ 'verification-keys': keys, ima: 'odd', keyrings: null }))).toStrictEqual(expected);
  });

  it('that rests on keys alone is not an empty one', () => {
    expect(parseRuntimePolicy('{"digests":{},"verification-keys":"key"}')).toMatchObject({
      ok: true,
      value: { notJudged: ['verification-keys'] },
    });
  });
});

const read = (more: object) => {
  const parsed = parseMeasuredBootPolicy(JSON.stringify({ has_secureboot: true, ...more }));
  if (!parsed.ok || parsed.value === null) throw new Error('unreadable');
  return parsed.value;
};

describe('a measured-boot policy', () => {
  it('tells keys of the machine owner that it names from those it is silent about', () => {
    expect(read({}).machineOwnerKeys).toStrictEqual({ mokList: null, mokListX: null });
    expect(read({ mokdig: [], mokxdig: [{ sha256: `0x${HASH.toUpperCase()}` }] }).machineOwnerKeys).toStrictEqual({
      mokList: [],
      mokListX: [HASH],
    });
  });

  it('names vendor_db as not judged where it holds anything', () => {
    expect(read({}).notJudged).toStrictEqual([]);
    expect(read({ vendor_db: [] }).notJudged).toStrictEqual([]);
    expect(read({ vendor_db: [{ SignatureOwner: 'odd' }] }).notJudged).toStrictEqual(['vendor_db']);
  });

  it('says where its keys of the machine owner cannot be read', () => {
    expect(parseMeasuredBootPolicy('{"has_secureboot":true,"mokdig":[{"sha256":"abc"}]}')).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining('mokdig.0.sha256') },
    });
  });
});

const MINUTE = 60_000;

/** A verifier whose answer and clock can be set. */
const stage = () => {
  const state = { nowMs: 1_000_000_000, asked: 0, answer: runtimeWith({}), down: false };
  const verifier: Service = {
    who: 'the verifier at test',
    get: (): Promise<Result<Reply>> => {
      state.asked += 1;
      if (state.down) return Promise.resolve({ ok: false, problem: problem('timeout', 'no answer', 'wait') });
      const body = Buffer.from(JSON.stringify({ results: { runtime_policy: state.answer } }));
      return Promise.resolve({ ok: true, value: { status: 200, body } });
    },
    close: () => Promise.resolve(),
  };
  const library = createPolicyLibrary('lab');
  const deadline = { signal: new AbortController().signal, timeoutMs: 1000 };
  const ask = (name = 'host'): Promise<PolicyRead<RuntimeReference>> =>
    library.runtime({ verifier, version: '2.3', name, deadline, nowMs: () => state.nowMs });
  return { state, ask };
};

describe('the policy library', () => {
  it('asks again by the clock, however many sweeps there are', async () => {
    const { state, ask } = stage();
    for (let sweep = 0; sweep < 100; sweep += 1) await ask();
    expect(state.asked).toBe(1);
    state.nowMs += 5 * MINUTE;
    await ask();
    expect(state.asked).toBe(1);
    state.nowMs += 5 * MINUTE;
    state.answer = runtimeWith({ excludes: ['/tmp'] });
    expect((await ask()).value?.excludes).toStrictEqual(['/tmp']);
    expect(state.asked).toBe(2);
  });

  it('spreads hosts over the last minutes before that', async () => {
    const { state, ask } = stage();
    const names = Array.from({ length: 50 }, (_, index) => `host-${index}`);
    for (const name of names) await ask(name);
    const dueAt: number[] = [];
    for (const minute of [6, 7, 8, 9, 10]) {
      state.nowMs = 1_000_000_000 + minute * MINUTE;
      const before = state.asked;
      for (const name of names) await ask(name);
      dueAt.push(state.asked - before);
    }
    expect(dueAt[0]).toBe(0);
    for (const due of dueAt.slice(1)) expect(due).toBeGreaterThan(0);
    expect(state.asked).toBe(100);
  });

  it('uses a policy that cannot be read again for half an hour, and no longer', async () => {
    const { state, ask } = stage();
    await ask();
    state.down = true;
    state.nowMs += 30 * MINUTE - 1;
    const kept = await ask();
    expect([kept.value?.digests.size, kept.problem?.code]).toStrictEqual([1, 'timeout']);
    state.nowMs += 1;
    expect(await ask()).toMatchObject({ value: null, problem: { code: 'timeout' } });
    state.down = false;
    expect(await ask()).toMatchObject({ value: { excludes: [] }, problem: null });
  });

  it('trusts no age where the clock was set back', async () => {
    const { state, ask } = stage();
    await ask();
    state.nowMs -= 60 * MINUTE;
    state.down = true;
    expect(await ask()).toMatchObject({ value: null, problem: { code: 'timeout' } });
  });

  it('forgets a policy that became unreadable, and says so until it is read again', async () => {
    const { state, ask } = stage();
    await ask();
    state.answer = 'nonsense';
    state.nowMs += 10 * MINUTE;
    for (let sweep = 0; sweep < 2; sweep += 1) expect(await ask()).toMatchObject({ value: null, problem: { code: 'policy-unreadable' } });
    expect(state.asked).toBe(2);
    state.down = true;
    state.nowMs += 10 * MINUTE;
    expect((await ask()).value).toBeNull();
  });
});
