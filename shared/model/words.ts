import type { Assurance, Link, LinkVerdict, ReportedVerdict, Verdict } from './verdict.ts';

/** The words that screens and reports share. Sentences live beside what says them. */
export const VERDICT_WORD: Readonly<Record<Verdict, string>> = {
  failed: 'Failed',
  inconclusive: 'Inconclusive',
  stale: 'Stale',
  trusted: 'Trusted',
};

export const VERDICT_MEANING: Readonly<Record<Verdict, string>> = {
  failed: 'The evidence contradicts what is allowed.',
  inconclusive: 'The evidence is missing or cannot be judged.',
  stale: 'Was trusted; the evidence is now too old or the endpoint is silent.',
  trusted: 'Every required link was verified against its hardware root.',
};

export const LINK_VERDICT_WORD: Readonly<Record<LinkVerdict, string>> = {
  trusted: 'Trusted',
  failed: 'Broken',
  inconclusive: 'Inconclusive',
  'not-required': 'Not required',
};

export const REPORTED_WORD: Readonly<Record<ReportedVerdict, string>> = {
  trusted: 'Trusted',
  failed: 'Failed',
  pending: 'Pending',
  unknown: 'Nothing said',
};

export const LINK_WORD: Readonly<Record<Link, string>> = {
  hardware: 'Hardware',
  firmware: 'Firmware',
  'secure-boot': 'Secure Boot',
  'boot-loader': 'Boot loader',
  kernel: 'Kernel',
  runtime: 'Runtime (IMA)',
  'container-engine': 'Container engine',
  orchestrator: 'Orchestrator',
  workloads: 'Workloads',
};

/** The same names inside a sentence. */
export const LINK_IN_SENTENCE: Readonly<Record<Link, string>> = {
  hardware: 'hardware',
  firmware: 'firmware',
  'secure-boot': 'Secure Boot state',
  'boot-loader': 'boot loader',
  kernel: 'kernel',
  runtime: 'runtime',
  'container-engine': 'container engine',
  orchestrator: 'orchestrator',
  workloads: 'workloads',
};

export const ASSURANCE_WORD: Readonly<Record<Assurance, string>> = {
  'tpm-certified': 'TPM-certified',
  'issuer-signed': 'issuer-signed',
  reported: 'reported',
  declared: 'declared',
  unknown: 'unknown',
};

export const ASSURANCE_MEANING: Readonly<Record<Assurance, string>> = {
  'tpm-certified': 'A provisioned tag, certified by the host’s own TPM. It proves the tag, not the place.',
  'issuer-signed': 'Signed by an issuer of location tags.',
  reported: 'Reported by the endpoint; not proven.',
  declared: 'Declared by a person; not proven.',
  unknown: 'Nobody says where this host is.',
};

const number = new Intl.NumberFormat('en-GB');
export const count = (value: number): string => number.format(value);
export const plural = (value: number, one: string, many: string): string => `${count(value)} ${value === 1 ? one : many}`;

const regions = new Intl.DisplayNames(['en-GB'], { type: 'region', fallback: 'code' });
/** ISO 3166 code to an English name; whatever is not a region code stays as it came. */
export const countryName = (code: string | null): string => {
  if (code === null) return 'Unknown place';
  return /^[A-Z]{2}$/.test(code) ? (regions.of(code) ?? code) : code;
};
