import { type Appraisal, type Before, decide } from './decide/decide.ts';
import { type FactsInput, factsOf } from './facts.ts';
import type { Manifest } from './manifest/manifest.ts';

export type AppraisalInput = FactsInput & { readonly manifest: Manifest; readonly before?: Before };

/** Evidence, reference values and manifest in, verdict out: what is known of a host, and what the manifest makes of it. Pure. */
export const appraise = (input: AppraisalInput): Appraisal => decide(factsOf(input), input.manifest, input.before);
