import { type Report, fixedCheck } from '../report.ts';
import type { ClockFacts, EvidenceInput } from '../types.ts';
import { type Attest, TPM_GENERATED, parseAttest } from './attest.ts';
import type { AttestationKey } from './key-checks.ts';
import { sameBytes, signedBy } from './quote-checks.ts';

/** The clock to compare with, why there is none, or null where nothing earlier was given. */
const previousClock = (input: EvidenceInput, current: Attest, ak: AttestationKey): ClockFacts | string | null => {
  if (input.previous !== undefined) return input.previous;
  if (input.previousQuote === undefined) return null;
  const { attest, magic } = parseAttest(input.previousQuote.attest);
  if (attest === null || magic !== TPM_GENERATED) return 'The earlier quote cannot be read, so the clock was not compared.';
  if (!sameBytes(attest.qualifiedSigner, current.qualifiedSigner))
    return 'The earlier quote was signed by another key, and clocks compare only within one key.';
  if (ak.key === null || !signedBy(input.previousQuote.attest, input.previousQuote.signature, ak.key)) {
    return "The earlier quote's signature does not verify with this key, so the clock was not compared.";
  }
  return attest.clock;
};

const MOVED_ON = fixedCheck('clock-rollback', 'pass', "The TPM's counters and clock moved forward since the earlier quote.");
const NOT_RESET = fixedCheck('reboot-detected', 'pass', 'The host was not reset since the last quote.');

const counts = (clock: ClockFacts): string => `reset ${clock.resetCount}, restart ${clock.restartCount}, clock ${clock.clockMs} ms`;

const rollback = (previous: ClockFacts, now: ClockFacts): string | null => {
  if (now.resetCount < previous.resetCount)
    return `The TPM counts ${now.resetCount} resets, fewer than the ${previous.resetCount} it counted before; its state was rolled back or cloned.`;
  if (now.firmwareVersion < previous.firmwareVersion) {
    return `The TPM's firmware version went back from 0x${previous.firmwareVersion.toString(16)} to 0x${now.firmwareVersion.toString(16)}.`;
  }
  if (now.resetCount > previous.resetCount) return null;
  if (now.restartCount < previous.restartCount)
    return `The TPM counts ${now.restartCount} restarts since its last reset, fewer than the ${previous.restartCount} it counted before.`;
  if (now.restartCount === previous.restartCount && now.clockMs <= previous.clockMs) {
    return `The TPM's clock did not advance (${counts(now)}, earlier ${counts(previous)}); the quote is older than one already accepted, or the state was rolled back.`;
  }
  return null;
};

/**
 * `clock-rollback` and `reboot-detected` (TPM 2.0 Part 2, 10.11): resetCount, restartCount and clock may only grow within one key.
 * For keys outside the endorsement and platform hierarchies the counters are obfuscated by a constant of the key; order still holds.
 */
export const checkClock = (input: EvidenceInput, attest: Attest | null, ak: AttestationKey, authentic: boolean, report: Report): void => {
  const previous =
    attest === null || !authentic ? 'The quote is not authentic, so its clock says nothing.' : previousClock(input, attest, ak);
  if (previous === null) return;
  if (attest === null || typeof previous === 'string') {
    const reason = typeof previous === 'string' ? previous : 'The quote cannot be read.';
    report.add('clock-rollback', 'not-evaluated', reason);
    report.add('reboot-detected', 'not-evaluated', reason);
    return;
  }
  const now = attest.clock;
  const fault = rollback(previous, now);
  if (fault !== null) report.add('clock-rollback', 'fail', fault);
  else if (now.resetCount > previous.resetCount && now.clockMs < previous.clockMs)
    // Clock goes on over a reset, but for what a power loss costs; `safe` then is clear (TPM 2.0 Part 1, 36.3). No failure: TPMs differ here.
    report.add(
      'clock-rollback',
      'notice',
      `The TPM counts more resets, but its clock is ${previous.clockMs - now.clockMs} ms behind the one it reported before${now.safe ? ', although it calls it safe' : ''}; an old state that was reset often enough looks like this.`,
    );
  else if (!now.safe)
    report.add(
      'clock-rollback',
      'notice',
      `The TPM says its clock is not safe (${counts(now)}): it lost power without notice, and the clock may repeat values.`,
    );
  else if (now.firmwareVersion !== previous.firmwareVersion) {
    report.add(
      'clock-rollback',
      'notice',
      `The TPM's firmware version changed from 0x${previous.firmwareVersion.toString(16)} to 0x${now.firmwareVersion.toString(16)}.`,
    );
  } else report.put(MOVED_ON);
  if (now.resetCount > previous.resetCount) {
    report.add(
      'reboot-detected',
      'notice',
      `The host was reset since the last quote (${previous.resetCount} → ${now.resetCount} resets); event log and IMA list start anew.`,
    );
  } else report.put(NOT_RESET);
};
