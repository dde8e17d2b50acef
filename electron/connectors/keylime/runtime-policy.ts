import { z } from 'zod';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { RuntimeReference } from '../../../shared/model/reference-values.ts';
import { fail, ok, type Result } from '../../../shared/model/result.ts';
import { fromBase64 } from './bytes.ts';
import { holdsSomething } from './policy-parts.ts';

const MAX_PATHS = 500_000;

const policySchema = z.object({
  meta: z.object({ version: z.number().nullish(), generator: z.number().nullish() }).nullish(),
  digests: z.record(z.string(), z.array(z.string().max(200)).max(10_000)),
  excludes: z.array(z.string().max(16_384)).max(10_000).nullish(),
  // Not judged here, so any shape will do: only whether there is something in them is told.
  'verification-keys': z.unknown().optional(),
  keyrings: z.unknown().optional(),
  'ima-buf': z.unknown().optional(),
  ima: z.unknown().optional(),
});
type Policy = z.infer<typeof policySchema>;
/** DSSE: a signed policy. Its signature is the endpoint's business and not checked here. */
const envelopeSchema = z.object({ payload: z.string(), payloadType: z.string(), signatures: z.array(z.unknown()) });

const HEX = /^(?:0x)?([0-9a-f]{40,128})$/i;

export type RuntimeBody = Omit<RuntimeReference, 'source'>;

const unusable = (detail: string): Result<never> =>
  fail(
    'policy-unreadable',
    `The runtime policy cannot be used as reference values: ${detail}.`,
    'Plumbline reads Keylime runtime policies of version 1; convert older allowlists with keylime_convert_runtime_policy.',
  );

const dmPolicyOf = (ima: unknown): unknown => (typeof ima === 'object' && ima !== null && 'dm_policy' in ima ? ima.dm_policy : null);

/** By these the verifier accepts, or refuses, more than the listed digests say. */
const notJudgedIn = (policy: Policy): readonly string[] => [
  ...(holdsSomething(policy['verification-keys']) ? ['verification-keys'] : []),
  ...(holdsSomething(policy.keyrings) ? ['keyrings'] : []),
  ...(holdsSomething(policy['ima-buf']) ? ['ima-buf'] : []),
  ...((dmPolicyOf(policy.ima) ?? null) === null ? [] : ['dm_policy']),
];

/** null: an empty policy, which the verifier itself treats as none. */
export const parseRuntimePolicy = (text: string): Result<RuntimeBody | null> => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
    const envelope = envelopeSchema.safeParse(parsed);
    if (envelope.success) {
      const payload = fromBase64(envelope.data.payload);
      if (payload === null) return unusable('the payload of its envelope is not base64');
      parsed = JSON.parse(Buffer.from(payload).toString('utf8'));
    }
  } catch {
    return unusable('it is not JSON');
  }
  const checked = policySchema.safeParse(parsed);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    return unusable(visibleText(`${(issue?.path ?? []).map(String).join('.')}: ${issue?.message ?? 'invalid'}`, 200));
  }
  const entries = Object.entries(checked.data.digests);
  if (entries.length > MAX_PATHS) return unusable(`it names more than ${MAX_PATHS} paths`);
  const excludes = checked.data.excludes ?? [];
  const notJudged = notJudgedIn(checked.data);
  if (entries.length === 0 && excludes.length === 0 && notJudged.length === 0) return ok(null);
  const digests = new Map<string, readonly string[]>();
  for (const [path, allowed] of entries) {
    const known = allowed.map((digest) => HEX.exec(digest)?.[1]?.toLowerCase());
    const usable = known.filter((digest) => digest !== undefined);
    if (usable.length !== known.length) return unusable(`a digest of ${visibleText(path, 120)} is not hexadecimal`);
    digests.set(path, usable);
  }
  return ok({ digests, excludes, notJudged });
};
