import { visibleText } from '../../../shared/model/hostile-text.ts';
import type { ReportedVerdict } from '../../../shared/model/verdict.ts';
import type { Reported } from '../port.ts';
import type { AgentStatus } from './schemas.ts';

const STATES: readonly string[] = [
  'Registered',
  'Start',
  'Saved',
  'Get Quote',
  'Get Quote (retry)',
  'Provide V',
  'Provide V (retry)',
  'Failed',
  'Terminated',
  'Invalid Quote',
  'Tenant Quote Failed',
];
const GOOD_STATES: readonly number[] = [3, 4, 5, 6];
const BAD_STATES: readonly number[] = [7, 9, 10];

const verdictOf = (status: AgentStatus): ReportedVerdict => {
  const word = status.attestation_status ?? null;
  if (word === 'FAIL') return 'failed';
  if (word === 'PASS') return 'trusted';
  if (word === 'PENDING') return 'pending';
  // A push agent that fell silent: the verifier has no opinion about its present state.
  if (word === 'TIMEOUT') return 'unknown';
  const state = status.operational_state ?? -1;
  if (BAD_STATES.includes(state)) return 'failed';
  if (GOOD_STATES.includes(state)) return 'trusted';
  return state >= 0 && state <= 2 ? 'pending' : 'unknown';
};

/** A policy of PCR values pins something only where it names a PCR; a mask alone selects, it does not judge. */
const pinsPcrs = (policy: string | null | undefined): boolean => {
  try {
    const parsed: unknown = JSON.parse(policy ?? '{}');
    return typeof parsed === 'object' && parsed !== null && Object.keys(parsed).some((key) => /^\d{1,2}$/.test(key));
  } catch {
    return false;
  }
};

const periodMs = (text: string | null | undefined): number | null => {
  const match = /^(\d{1,9})(?:\.\d+)?\s*(ms|s|m|h)?$/.exec(text ?? '');
  if (match?.[1] === undefined) return null;
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2] ?? 's'] ?? 1000;
  return Number(match[1]) * unit;
};

const WORDS = { trusted: 'PASS', failed: 'FAIL', pending: 'PENDING', unknown: 'nothing usable' } as const;

export const reportedOf = (status: AgentStatus): Reported => {
  const verdict = verdictOf(status);
  const state = STATES[status.operational_state ?? -1] ?? null;
  // A recovered agent keeps the event of its last failure; shown beside a PASS it would be a lie.
  const event = verdict === 'failed' && typeof status.last_event_id === 'string' ? visibleText(status.last_event_id, 160) : null;
  const word = status.attestation_status === 'TIMEOUT' ? 'TIMEOUT' : WORDS[verdict];
  const severity = event !== null && typeof status.severity_level === 'number' ? `, severity ${status.severity_level}` : '';
  const detail = event === null ? (state === null ? '' : ` (state "${state}")`) : `: ${event}${severity}`;
  const success = status.last_successful_attestation ?? 0;
  return {
    verdict,
    sentence: `Verifier says ${word}${detail}.`,
    lastSuccessAtMs: success > 0 && Number.isFinite(success) ? Math.floor(success * 1000) : null,
    attestationPeriodMs: periodMs(status.attestation_period),
    evaluates: {
      runtimePolicy: Boolean(status.has_runtime_policy),
      measuredBoot: Boolean(status.has_mb_refstate),
      pcrPolicy: pinsPcrs(status.tpm_policy),
    },
  };
};

export const unknownToVerifier = (): Reported => ({
  verdict: 'unknown',
  sentence: 'Registered, but the verifier does not know this host: nobody attests it.',
  lastSuccessAtMs: null,
  attestationPeriodMs: null,
  evaluates: { runtimePolicy: false, measuredBoot: false, pcrPolicy: false },
});
