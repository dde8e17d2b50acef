import type { MeasuredBootReference, SignatureReference } from '../../../shared/model/reference-values.ts';
import type { BootEvent, SignatureEntry } from '../../evidence/types.ts';
import { brokenEvent, isSeparator } from './boot-log.ts';
import { judgement, type LinkJudgement, short } from './link.ts';

const keyOf = (entry: SignatureReference): string => `${entry.owner.toLowerCase()} ${entry.sha256}`;

/** Secure boot from PCR 7 (PFP §3.3.4.8): state and key databases, only from events whose data is covered by their digest. */
export const judgeSecureBoot = (events: readonly BootEvent[], reference: MeasuredBootReference, basis: string[]): LinkJudgement => {
  const inPcr7 = events.filter((event) => event.pcr === 7 && event.claimedType !== 'EV_NO_ACTION');
  const separator = inPcr7.findIndex(isSeparator);
  // What comes after the separator can be extended by the operating system, so it says nothing about the firmware's state.
  const byFirmware = separator === -1 ? inPcr7 : inPcr7.slice(0, separator);
  const named = (name: string): BootEvent[] =>
    byFirmware.filter(
      (event) => event.claimedType === 'EV_EFI_VARIABLE_DRIVER_CONFIG' && event.data === 'verified' && event.variable?.name === name,
    );
  const variable = (name: string): BootEvent | undefined => named(name)[0];
  const state = variable('SecureBoot');
  const broken = (event: BootEvent, reason: string, expected: readonly string[] = []): LinkJudgement =>
    judgement('secure-boot', 'failed', reason, { basis, brokenEvents: [brokenEvent(event, 'secure-boot', reason, expected)] });
  if (!state)
    return judgement('secure-boot', 'inconclusive', 'The event log does not say whether secure boot is on.', {
      basis,
      notEvaluated: ['SecureBoot: not measured.'],
    });
  const twice = ['SecureBoot', 'PK', 'KEK', 'db', 'dbx'].map(named).find((found) => found.length > 1)?.[1];
  if (twice) return broken(twice, `The variable ${twice.variable?.name ?? ''} was measured twice, so its state is not certain.`);
  const on = state.variable?.valueHex === '01';
  if (reference.secureBoot && !on)
    return broken(state, 'Secure boot is switched off; the reference values require it.', ['SecureBoot = 1']);
  const notEvaluated: string[] = [];
  const judged: string[] = [];
  for (const [name, label] of [
    ['PK', 'pk'],
    ['KEK', 'kek'],
    ['db', 'db'],
    ['dbx', 'dbx'],
  ] as const) {
    const known = reference.secureBootKeys[label];
    const event = variable(name);
    if (known === null || !event?.variable?.signatures) {
      notEvaluated.push(known === null ? `${name}: no reference values.` : `${name}: not measured or not readable.`);
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
  if (!on) notEvaluated.push('Secure boot is off and the reference values do not require it.');
  const reason = on
    ? 'Secure boot is on, with the keys of the reference values.'
    : 'Secure boot is off, and the reference values allow that.';
  return judgement('secure-boot', 'trusted', reason, {
    basis: judged.length > 0 ? [...basis, `${judged.join(', ')} held against the reference`] : basis,
    notEvaluated,
  });
};
