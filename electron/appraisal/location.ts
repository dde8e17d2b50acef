import { z } from 'zod';
import { visibleText } from '../../shared/model/hostile-text.ts';
import type { Assurance } from '../../shared/model/verdict.ts';

export type AppraisedLocation = {
  readonly country: string | null;
  readonly subdivision: string | null;
  readonly site: string | null;
  readonly assurance: Assurance;
  /** Set when two sources do not agree, in one sentence. */
  readonly contradiction: string | null;
};

const tagSchema = z.object({
  country: z.string().regex(/^[A-Z]{2}$/),
  subdivision: z.string().max(20).optional(),
  site: z.string().max(100).optional(),
});

const readTag = (bytes: Uint8Array): z.output<typeof tagSchema> | null => {
  if (bytes.length > 2048) return null;
  // An NV index has a fixed size; what the text does not fill is zero or ones.
  const end = bytes.findIndex((byte) => byte === 0 || byte === 0xff);
  try {
    const parsed = tagSchema.safeParse(
      JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(end === -1 ? bytes : bytes.subarray(0, end))),
    );
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
};

/**
 * Where a host is, and on whose word. A TPM-certified tag proves that this TPM holds this tag; somebody provisioned it.
 * It does not measure where the machine stands.
 */
export const appraiseLocation = (
  tag: Uint8Array | null,
  claims: { readonly country: string | null; readonly subdivision: string | null; readonly site: string | null },
  tagProblem: string | null,
): AppraisedLocation => {
  const certified = tag === null ? null : readTag(tag);
  if (certified) {
    const contradiction =
      claims.country !== null && claims.country !== certified.country
        ? `The tag in the TPM says ${certified.country}, the endpoint says ${claims.country}.`
        : null;
    return {
      country: certified.country,
      subdivision: certified.subdivision === undefined ? null : visibleText(certified.subdivision, 20),
      site: certified.site === undefined ? claims.site : visibleText(certified.site, 100),
      assurance: 'tpm-certified',
      contradiction,
    };
  }
  // A tag that was announced and did not come, or is not the host's own, must not be outweighed by somebody's word.
  if (tagProblem !== null) return { country: null, subdivision: null, site: claims.site, assurance: 'unknown', contradiction: tagProblem };
  if (claims.country !== null)
    return { country: claims.country, subdivision: claims.subdivision, site: claims.site, assurance: 'reported', contradiction: null };
  return { country: null, subdivision: null, site: claims.site, assurance: 'unknown', contradiction: null };
};
