/** What Plumbline concludes about a host. Order is severity for sorting: worst first. */
export const VERDICTS = ['failed', 'inconclusive', 'stale', 'trusted'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What an endpoint says of a host, in our words. `unknown` = it said nothing that can be used. */
export const REPORTED_VERDICTS = ['trusted', 'failed', 'pending', 'unknown'] as const;
export type ReportedVerdict = (typeof REPORTED_VERDICTS)[number];

/** The chain of trust from silicon up. The order is the order of measurement. */
export const LINKS = [
  'hardware',
  'firmware',
  'secure-boot',
  'boot-loader',
  'kernel',
  'runtime',
  'container-engine',
  'orchestrator',
  'workloads',
] as const;
export type Link = (typeof LINKS)[number];

export const LINK_VERDICTS = ['trusted', 'failed', 'inconclusive', 'not-required'] as const;
export type LinkVerdict = (typeof LINK_VERDICTS)[number];

/** How well a location is known. `tpm-certified`: provisioned tag, certified by the host's own TPM; it proves the tag, not the place. */
export const ASSURANCES = ['tpm-certified', 'issuer-signed', 'reported', 'declared', 'unknown'] as const;
export type Assurance = (typeof ASSURANCES)[number];

/** Two sides disagree only where both have a definite opinion. */
export const disagrees = (reported: ReportedVerdict, verified: Verdict): boolean =>
  (reported === 'trusted' && verified === 'failed') || (reported === 'failed' && verified === 'trusted');
