import { CHECK_CODES, type Check, type CheckCode, type CheckOutcome } from '../../shared/model/check.ts';
import { visibleText } from '../../shared/model/hostile-text.ts';

const MAX_MESSAGE_CHARACTERS = 1500;

/** Our own sentences, which need no escaping. */
const PLAIN = /^[\x20-\x7e…–→]*$/u;

const visible = (message: string): string =>
  message.length <= MAX_MESSAGE_CHARACTERS && PLAIN.test(message) ? message : visibleText(message, MAX_MESSAGE_CHARACTERS);

const RANK: ReadonlyMap<CheckCode, number> = new Map(CHECK_CODES.map((code, index) => [code, index]));

/** A check whose sentence never changes: made once, so that an honest quote costs no text. */
export const fixedCheck = (code: CheckCode, outcome: CheckOutcome, message: string): Check =>
  Object.freeze({ code, outcome, message: visible(message) });

/** What is said of a check that nobody made, because there was nothing to make it on. */
const UNJUDGED: Readonly<Record<CheckCode, string>> = {
  signature: 'The quote was not judged.',
  'signature-format': 'The quote was not judged.',
  'signature-hash': 'The quote was not judged.',
  magic: 'The quote was not judged.',
  'attest-type': 'The quote was not judged.',
  'attest-trailing': 'The quote was not judged.',
  nonce: 'The quote was not judged.',
  'pcr-selection': 'The quote was not judged.',
  'pcr-digest': 'The quote was not judged.',
  'ak-attributes': 'The attestation key was not judged.',
  'ak-mismatch': 'The attestation key was not judged.',
  'ak-binding': 'The attestation key was not judged.',
  'qualified-signer': 'The parent of the attestation key is not known.',
  'ek-mismatch': 'The evidence does not carry both an endorsement certificate and an endorsement key.',
  'ek-certificate': 'The evidence carries no endorsement certificate.',
  'ek-chain': 'The endorsement certificate was not followed to a manufacturer root.',
  'clock-rollback': 'There is no earlier quote of this key to compare the clock with.',
  'reboot-detected': 'There is no earlier quote of this key to compare the clock with.',
  'ek-revocation': 'No revocation lists were given, or the endorsement certificate leads to no root.',
  'log-missing': 'The host sent no event log, and no boot PCR was required.',
  'log-parse': 'There is no event log.',
  'log-replay': 'There is no event log.',
  'log-banks': 'There is no event log.',
  'event-type': 'There is no event log.',
  'event-data-digest': 'There is no event log.',
  'secure-boot-state': 'There is no event log.',
  'ima-template-hash': 'There is no IMA list.',
  'ima-replay': 'There is no IMA list.',
  'ima-partial': 'There is no IMA list.',
  'ima-missing': 'The host sent no IMA list, and no required PCR 10 was extended.',
  'ima-parse': 'There is no IMA list.',
  'ima-violation': 'There is no IMA list.',
  'ima-signature': 'There is no IMA list.',
  'boot-aggregate': 'There is no IMA list.',
  'geo-type': 'The evidence carries no geo tag.',
  'geo-signer': 'The evidence carries no geo tag.',
  'geo-nonce': 'The evidence carries no geo tag.',
  'geo-index': 'The evidence carries no geo tag.',
};
const UNJUDGED_CHECKS: readonly Check[] = CHECK_CODES.map((code) => fixedCheck(code, 'not-evaluated', UNJUDGED[code]));

/**
 * The checks of one bundle, in the order of the list of codes. Every code is there once: `not-evaluated` until somebody judges it.
 * A failure is never replaced.
 */
export class Report {
  readonly #checks = UNJUDGED_CHECKS.slice();
  #failed = false;

  add(code: CheckCode, outcome: CheckOutcome, message: string): void {
    this.put({ code, outcome, message: visible(message) });
  }

  /** Adds a sentence made of our own words, numbers and hex digits only, or a check made by `fixedCheck`. */
  put(check: Check): void {
    const at = RANK.get(check.code) ?? 0;
    if (this.#checks[at]?.outcome === 'fail') return;
    this.#checks[at] = check;
    if (check.outcome === 'fail') this.#failed = true;
  }

  outcome(code: CheckCode): CheckOutcome {
    return this.#checks[RANK.get(code) ?? 0]?.outcome ?? 'not-evaluated';
  }

  failed(): boolean {
    return this.#failed;
  }

  checks(): readonly Check[] {
    return this.#checks;
  }
}

export const createReport = (): Report => new Report();

/** "0, 1, 2–7 and 14" for sentences. */
export const listOf = (numbers: readonly number[]): string => {
  const ranges: string[] = [];
  const sorted = [...numbers].sort((a, b) => a - b);
  for (let i = 0; i < sorted.length; ) {
    let end = i;
    while (end + 1 < sorted.length && sorted[end + 1] === (sorted[end] ?? 0) + 1) end += 1;
    ranges.push(end - i >= 2 ? `${sorted[i]}–${sorted[end]}` : sorted.slice(i, end + 1).join(', '));
    i = end + 1;
  }
  return ranges.join(', ');
};
