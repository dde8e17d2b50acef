import { z } from 'zod';
import { type Result, fail, ok } from '../../shared/model/result.ts';
import type { JsonValue } from './canonical-json.ts';
import { type VerifierKey, parseVerifierKey } from './verifier-key.ts';

/** Bodies that the re-check reads; all others are for people. */

/** Body of `key.created`: the verifier key that checkpoints are signed with from now on. */
export const keyCreatedBody = (key: VerifierKey): JsonValue => ({ key: key.text });

/** Body of `key.rotated`. The checkpoint right after this entry must be signed by both, all later ones by the new key. */
export const keyRotatedBody = (old: VerifierKey, next: VerifierKey, beside: Readonly<Record<string, string>> = {}): JsonValue => ({
  ...beside,
  old: old.text,
  new: next.text,
});

const keyCreatedSchema = z.object({ key: z.string() });
const keyRotatedSchema = z.object({ old: z.string(), new: z.string() });

const BAD = 'ledger-key-entry';
const NEXT = 'Compare the entry with a backup; without it, checkpoints after it cannot be trusted.';

export const readKeyCreated = (body: JsonValue): Result<VerifierKey> => {
  const parsed = keyCreatedSchema.safeParse(body);
  return parsed.success ? parseVerifierKey(parsed.data.key) : fail(BAD, 'An entry says that a key was created, but not which.', NEXT);
};

export const readKeyRotated = (body: JsonValue): Result<{ readonly old: VerifierKey; readonly next: VerifierKey }> => {
  const parsed = keyRotatedSchema.safeParse(body);
  if (!parsed.success) return fail(BAD, 'An entry says that the key was rotated, but not from which to which.', NEXT);
  const old = parseVerifierKey(parsed.data.old);
  if (!old.ok) return old;
  const next = parseVerifierKey(parsed.data.new);
  return next.ok ? ok({ old: old.value, next: next.value }) : next;
};

const DIGEST = /^[0-9a-f]{64}$/;

/**
 * Digests of evidence that an entry vouches for: `evidence` in its body, a list or an object of SHA-256 digests in lower-case hexadecimal.
 * Whatever else stands there is for people.
 */
export const evidenceDigestsOf = (body: JsonValue): readonly string[] => {
  if (typeof body !== 'object' || body === null || Array.isArray(body) || !('evidence' in body)) return [];
  const { evidence } = body;
  const values: readonly unknown[] = typeof evidence === 'object' && evidence !== null ? Object.values(evidence) : [];
  return values.filter((value) => typeof value === 'string').filter((value) => DIGEST.test(value));
};
