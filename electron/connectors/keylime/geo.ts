import type { GeoEvidence } from '../../evidence/types.ts';
import { fromBase64 } from './bytes.ts';
import type { AnnouncedGeoTag } from './claims.ts';
import { problem } from './failures.ts';
import { LIMITS, parseResults, type Deadline, type Service } from './http.ts';
import { geoTagSchema } from './schemas.ts';

/** A tag, or one sentence why there is none although one was announced; both null where none was. */
export type GeoAnswer = { readonly geo: GeoEvidence | null; readonly geoProblem: string | null };

export type GeoAsk = {
  readonly announced: AnnouncedGeoTag | null;
  readonly version: string;
  readonly nonce: string;
  readonly deadline: Deadline;
};

const without = (geoProblem: string): GeoAnswer => ({ geo: null, geoProblem });

/**
 * Extension: `GET /v2.x/quotes/geotag?nonce=` is not part of stock Keylime. The index must be the one announced: the host
 * holds other indexes too, and one that it chose itself says nothing about where it is. No tag is never a failure of the quote.
 */
export const fetchGeoTag = async (agent: Service, ask: GeoAsk): Promise<GeoAnswer> => {
  const { announced, version, nonce, deadline } = ask;
  if (announced === null) return { geo: null, geoProblem: null };
  if (announced.nvIndex === null)
    return without('A location tag is announced for this host, but its metadata names no NV index that can be read.');
  const reply = await agent.get(`/v${version}/quotes/geotag?nonce=${nonce}`, LIMITS.geoTag, deadline);
  if (!reply.ok) return without(reply.problem.message);
  const results = parseResults(reply.value, agent.who, 'its location tag', geoTagSchema);
  if (!results.ok) return without(results.problem.message);
  const { nv_index: nvIndex, signer_pem: signerPem } = results.value;
  const attest = fromBase64(results.value.attest);
  const signature = fromBase64(results.value.signature);
  if (attest === null || signature === null)
    return without(problem('wrong-shape', `${agent.who} sent a location tag that is not base64.`, '').message);
  if (nvIndex !== announced.nvIndex) return without('The host answered with another NV index than the one announced.');
  return { geo: { attest, signature, nvIndex, ...(typeof signerPem === 'string' ? { signerPem } : {}) }, geoProblem: null };
};
