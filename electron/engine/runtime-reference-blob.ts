import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { RuntimeReference } from '../../shared/model/reference-values.ts';
import type { Blob } from '../store/records.ts';

const blobSchema = z.object({
  source: z.object({ provenance: z.string(), sha256: z.string(), obtainedAtMs: z.number() }),
  digests: z.array(z.tuple([z.string(), z.array(z.string())])),
  excludes: z.array(z.string()),
  notJudged: z.array(z.string()),
});

const made = new WeakMap<RuntimeReference, Blob>();

/** Reference values as they are kept: content-addressed by the policy they came from, so that hosts of one class share them. */
export const toRuntimeReferenceBlob = (reference: RuntimeReference): Blob => {
  const known = made.get(reference);
  if (known) return known;
  const digests = [...reference.digests];
  const content = JSON.stringify({
    source: { ...reference.source, obtainedAtMs: 0 },
    digests,
    excludes: reference.excludes,
    notJudged: reference.notJudged,
  });
  const bytes = Buffer.from(content);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const blob: Blob = { sha256, kind: 'runtime-reference', encoding: 'plain', bytes, size: bytes.length };
  made.set(reference, blob);
  return blob;
};

export const fromRuntimeReferenceBlob = (bytes: Uint8Array): RuntimeReference => {
  const parsed = blobSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  return { source: parsed.source, digests: new Map(parsed.digests), excludes: parsed.excludes, notJudged: parsed.notJudged };
};
