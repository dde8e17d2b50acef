import { createHash } from 'node:crypto';
import type { MeasuredBootReference, RuntimeReference } from '../../../shared/model/reference-values.ts';
import type { Problem, Result } from '../../../shared/model/result.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { LIMITS, parseResults, type Deadline, type Service } from './http.ts';
import { parseMeasuredBootPolicy, type MeasuredBootBody } from './measured-boot-policy.ts';
import { parseRuntimePolicy, type RuntimeBody } from './runtime-policy.ts';
import { measuredBootPolicySchema, runtimePolicySchema } from './schemas.ts';

/**
 * Policy documents of one endpoint, as reference values. They are large and change rarely, so each is read again at the
 * latest after ten minutes, not at every sweep; equal documents share one parsed body however many hosts carry them.
 * A document that cannot be read again stands in for itself for half an hour since it was last read, and no longer.
 */
const READ_AGAIN_MS = 10 * 60_000;
/** Names fall due up to this much earlier, so that not every document is read in the same sweep. */
const SPREAD_MS = 4 * 60_000;
const TOO_OLD_MS = 30 * 60_000;
const SHARED_BODIES = 256;

type Held<T> = {
  readonly value: T | null;
  /** Why the document as last read is no reference; null where it is one, or there is none. */
  readonly problem: Problem | null;
  readonly sha256: string;
  readonly readAtMs: number;
};
type Kind = 'runtime' | 'measured-boot';

export type PolicyRead<T> = { readonly value: T | null; readonly problem: Problem | null };

export type PolicyLibrary = {
  readonly runtime: (ask: PolicyAsk) => Promise<PolicyRead<RuntimeReference>>;
  readonly measuredBoot: (ask: PolicyAsk) => Promise<PolicyRead<MeasuredBootReference>>;
};

export type PolicyAsk = {
  readonly verifier: Service;
  readonly version: string;
  readonly name: string;
  readonly deadline: Deadline;
  readonly nowMs: () => number;
};

const spreadOf = (name: string): number => Math.floor((createHash('sha256').update(name).digest().readUInt16BE(0) / 0x1_0000) * SPREAD_MS);

/** A clock that was set back makes everything due: how old a document is can then not be told. */
const isYounger = (readAtMs: number, nowMs: number, thanMs: number): boolean => nowMs >= readAtMs && nowMs - readAtMs < thanMs;

const createShelf = <Body extends object>(
  kind: Kind,
  endpoint: string,
  path: string,
  read: (reply: ReplyOf) => Result<string | null>,
  parse: (text: string) => Result<Body | null>,
) => {
  type Reference = Body & { readonly source: MeasuredBootReference['source'] };
  const held = new Map<string, Held<Reference>>();
  const underWay = new Map<string, Promise<PolicyRead<Reference>>>();
  const bodies = new Map<string, Result<Body | null>>();
  const words = kind === 'runtime' ? 'runtime policy' : 'measured-boot policy';

  const bodyOf = (sha256: string, text: string): Result<Body | null> => {
    const known = bodies.get(sha256);
    if (known !== undefined) return known;
    const parsed = parse(text);
    if (bodies.size >= SHARED_BODIES) bodies.delete(bodies.keys().next().value ?? '');
    bodies.set(sha256, parsed);
    return parsed;
  };

  const fetchOne = async (ask: PolicyAsk): Promise<PolicyRead<Reference>> => {
    const old = held.get(ask.name);
    const keep = (problem: Problem): PolicyRead<Reference> => ({
      value: old !== undefined && isYounger(old.readAtMs, ask.nowMs(), TOO_OLD_MS) ? old.value : null,
      problem,
    });
    const reply = await ask.verifier.get(`/v${ask.version}/${path}/${encodeURIComponent(ask.name)}`, LIMITS.policy, ask.deadline);
    if (!reply.ok) return keep(reply.problem);
    const hold = (value: Reference | null, sha256: string, problem: Problem | null = null): PolicyRead<Reference> => {
      held.set(ask.name, { value, problem, sha256, readAtMs: ask.nowMs() });
      return { value, problem };
    };
    if (reply.value.status === 404) return hold(null, '');
    const text = read({
      status: reply.value.status,
      body: reply.value.body,
      who: ask.verifier.who,
      what: `the ${words} "${visibleText(ask.name, 80)}"`,
    });
    if (!text.ok) return keep(text.problem);
    if (text.value === null) return hold(null, '');
    const sha256 = createHash('sha256').update(text.value).digest('hex');
    if (old !== undefined && old.value !== null && old.sha256 === sha256) return hold(old.value, sha256);
    const body = bodyOf(sha256, text.value);
    if (!body.ok) return hold(null, sha256, body.problem);
    const provenance = `Keylime ${words} "${visibleText(ask.name, 80)}" at ${visibleText(endpoint, 80)}`;
    return hold(body.value === null ? null : { ...body.value, source: { provenance, sha256, obtainedAtMs: ask.nowMs() } }, sha256);
  };

  return (ask: PolicyAsk): Promise<PolicyRead<Reference>> => {
    const old = held.get(ask.name);
    if (old !== undefined && isYounger(old.readAtMs, ask.nowMs(), READ_AGAIN_MS - spreadOf(ask.name)))
      return Promise.resolve({ value: old.value, problem: old.problem });
    const running = underWay.get(ask.name);
    if (running !== undefined) return running;
    const started = fetchOne(ask).finally(() => underWay.delete(ask.name));
    underWay.set(ask.name, started);
    return started;
  };
};

type ReplyOf = { readonly status: number; readonly body: Buffer; readonly who: string; readonly what: string };

const readRuntime = (reply: ReplyOf): Result<string | null> => {
  const results = parseResults(reply, reply.who, reply.what, runtimePolicySchema);
  return results.ok ? { ok: true, value: results.value.runtime_policy ?? null } : results;
};

const readMeasuredBoot = (reply: ReplyOf): Result<string | null> => {
  const results = parseResults(reply, reply.who, reply.what, measuredBootPolicySchema);
  if (!results.ok) return results;
  const policy = results.value.mb_policy ?? null;
  return { ok: true, value: policy === null || typeof policy === 'string' ? policy : JSON.stringify(policy) };
};

export const createPolicyLibrary = (endpoint: string): PolicyLibrary => {
  return {
    runtime: createShelf<RuntimeBody>('runtime', endpoint, 'allowlists', readRuntime, parseRuntimePolicy),
    measuredBoot: createShelf<MeasuredBootBody>('measured-boot', endpoint, 'mbpolicies', readMeasuredBoot, parseMeasuredBootPolicy),
  };
};
