/** Outcome of one evidence check. `notice` = worth a look, proves nothing wrong. `not-evaluated` is never a pass. */
export const CHECK_OUTCOMES = ['pass', 'fail', 'notice', 'not-evaluated'] as const;
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

/** Stable codes of evidence checks; the command's surface. */
export const CHECK_CODES = [
  'signature',
  'signature-format',
  'signature-hash',
  'magic',
  'attest-type',
  'attest-trailing',
  'nonce',
  'pcr-selection',
  'pcr-digest',
  'ak-attributes',
  'ak-mismatch',
  'ak-binding',
  'qualified-signer',
  'ek-mismatch',
  'ek-certificate',
  'ek-chain',
  'ek-revocation',
  'clock-rollback',
  'reboot-detected',
  'log-missing',
  'log-parse',
  'log-replay',
  'log-banks',
  'event-type',
  'event-data-digest',
  'secure-boot-state',
  'ima-template-hash',
  'ima-replay',
  'ima-partial',
  'ima-missing',
  'ima-parse',
  'ima-violation',
  'ima-signature',
  'boot-aggregate',
  'geo-type',
  'geo-signer',
  'geo-nonce',
  'geo-index',
] as const;
export type CheckCode = (typeof CHECK_CODES)[number];

export type Check = {
  readonly code: CheckCode;
  readonly outcome: CheckOutcome;
  /** One plain sentence; already free of control characters. */
  readonly message: string;
};
