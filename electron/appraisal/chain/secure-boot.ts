import type { MeasuredBootReference, SignatureReference } from '../../../shared/model/reference-values.ts';
import type { BootEvent, EvidenceResult, SignatureEntry } from '../../evidence/types.ts';
import { brokenEvent, byFirmware, EDITED_LOG } from './boot-log.ts';
import { type Cause, judgement, type LinkJudgement, short } from './link.ts';

const keyOf = (entry: SignatureReference): string => `${entry.owner.toLowerCase()} ${entry.sha256}`;

/** Secure boot from PCR 7 (PFP §3.3.4.8): state and key databases, only from events whose data is covered by their digest. */
export const judgeSecureBoot = (evidence: EvidenceResult, reference: MeasuredBootReference, basis: string[]): LinkJudgement => {
  const misplaced = evidence.checks.find((check) => check.code === 'event-type' && check.outcome === 'fail');
  if (misplaced) {
    return judgement('secure-boot', 'failed', 'The event log describes the secure boot state in a way no firmware does.', {
      basis: [misplaced.message, ...basis],
      nextStep: EDITED_LOG,
    });
  }
  const firmware = byFirmware(evidence.eventLog?.events ?? [], 7) ?? [];
  const named = (name: string): BootEvent[] =>
    firmware.filter(
      (event) => event.claimedType === 'EV_EFI_VARIABLE_DRIVER_CONFIG' && event.data === 'verified' && event.variable?.name === name,
    );
  const variable = (name: string): BootEvent | undefined => named(name)[0];
  const state = variable('SecureBoot');
  const broken = (event: BootEvent, reason: string, expected: readonly string[] = [], cause: Cause = 'differs'): LinkJudgement =>
    judgement('secure-boot', 'failed', reason, { cause, basis, brokenEvents: [brokenEvent(event, 'secure-boot', reason, expected)] });
  if (!state)
    return judgement('secure-boot', 'inconclusive', 'The event log does not say whether secure boot is on.', {
      basis,
      notEvaluated: ['SecureBoot: not measured.'],
    });
  const twice = ['SecureBoot', 'PK', 'KEK', 'db', 'dbx'].map(named).find((found) => found.length > 1)?.[1];
  if (twice)
    return broken(twice, `The variable ${twice.variable?.name ?? ''} was measured twice, so its state is not certain.`, [], 'tampered');
  const on = state.variable?.valueHex === '01';
  if (reference.secureBoot && !on)
    return broken(state, 'Secure boot is switched off; the reference values require it.', ['SecureBoot = 1']);
  const notEvaluated: string[] = [];
  const judged: string[] = [];
  const open: string[] = [];
  for (const [name, label] of [
    ['PK', 'pk'],
    ['KEK', 'kek'],
    ['db', 'db'],
    ['dbx', 'dbx'],
  ] as const) {
    const known = reference.secureBootKeys[label];
    const event = variable(name);
    if (known === null) {
      notEvaluated.push(`${name}: no reference values.`);
      continue;
    }
    if (!event?.variable?.signatures) {
      open.push(name);
      continue;
    }
    const measured: readonly SignatureEntry[] = event.variable.signatures;
    const wanted = new Set(known.map(keyOf));
    const present = new Set(measured.map(keyOf));
    judged.push(name);
    if (name === 'dbx') {
      const missing = known.find((entry) => !present.has(keyOf(entry)));
      if (missing) return broken(event, `A revocation is missing: dbx no longer lists ${short(missing.sha256)}.`, [missing.sha256]);
      continue;
    }
    const extra = measured.find((entry) => !wanted.has(keyOf(entry)));
    if (extra) {
      const who = extra.subject === undefined ? short(extra.sha256) : `“${extra.subject}”`;
      return broken(
        event,
        `Secure boot trusts a key that the reference values do not know: ${who} in ${name}.`,
        known.map((entry) => entry.sha256),
      );
    }
  }
  notEvaluated.push(...reference.notJudged.map((part) => `${part}: in the reference values, and not judged by this version.`));
  if (open.length > 0) {
    return judgement('secure-boot', 'inconclusive', `The event log does not show ${open.join(', ')}, which the reference values know.`, {
      basis,
      notEvaluated: [...notEvaluated, ...open.map((name) => `${name}: not measured or not readable.`)],
    });
  }
  if (on && judged.length === 0) {
    return judgement('secure-boot', 'inconclusive', 'Secure boot is on, but which keys it trusts is not in the reference values.', {
      cause: 'no-reference',
      basis,
      notEvaluated,
    });
  }
  const reason = on
    ? 'Secure boot is on, with the keys of the reference values.'
    : 'Secure boot is off, and the reference values allow that.';
  return judgement('secure-boot', 'trusted', reason, {
    basis: judged.length > 0 ? [...basis, `${judged.join(', ')} held against the reference`] : basis,
    notEvaluated,
  });
};
