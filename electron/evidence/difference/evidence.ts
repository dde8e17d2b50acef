import { BANKS, shortHex } from '../hashing.ts';
import type { EvidenceResult, PcrValues } from '../types.ts';
import { diffEventLogs } from './event-logs.ts';
import { diffIma } from './ima.ts';
import type { Change, DifferenceOptions, EvidenceDifference, PcrChange } from './types.ts';

const IMA_PCR = 10;

type Compared = { readonly changes: readonly PcrChange[]; readonly notes: readonly string[] };

/** Signed PCR values side by side; a value that only one quote covers is a note, not a change. */
export const diffPcrs = (a: PcrValues, b: PcrValues): Compared => {
  const changes: PcrChange[] = [];
  const notes: string[] = [];
  for (const bank of BANKS) {
    const [before, after] = [a[bank] ?? {}, b[bank] ?? {}];
    const lone: number[] = [];
    for (const pcr of [...new Set([...Object.keys(before), ...Object.keys(after)])].map(Number).sort((x, y) => x - y)) {
      const [was, is] = [before[pcr]?.toLowerCase() ?? null, after[pcr]?.toLowerCase() ?? null];
      if (was === is) continue;
      if (was === null || is === null) lone.push(pcr);
      else
        changes.push({
          what: 'pcr',
          change: 'changed',
          pcr,
          bank,
          a: was,
          b: is,
          reason: `PCR ${pcr} (${bank}) went from ${shortHex(was)} to ${shortHex(is)}.`,
        });
    }
    if (lone.length > 0) notes.push(`PCRs ${lone.join(', ')} (${bank}) are quoted in only one of the two and were not compared.`);
  }
  return { changes, notes };
};

const both = <T, R>(what: string, a: T | null, b: T | null, notes: string[], compare: (a: T, b: T) => R): R | null => {
  if (a !== null && b !== null) return compare(a, b);
  if (a !== null || b !== null) notes.push(`Only ${a === null ? 'B' : 'A'} has ${what}; it was not compared.`);
  return null;
};

/**
 * Difference of two verified bundles: signed PCR values, event logs, IMA lists. A changed PCR that a changed log or list explains is not
 * reported a second time. Nonce, clock and keys always differ or are checks of their own, and are left out.
 */
export const diffEvidence = (a: EvidenceResult, b: EvidenceResult, options: DifferenceOptions = {}): EvidenceDifference => {
  const notes: string[] = [];
  const log = both('an event log', a.eventLog, b.eventLog, notes, (x, y) => diffEventLogs(x, y, options));
  const ima = both('a list of measured programs', a.ima, b.ima, notes, (x, y) => diffIma(x, y, options));
  const signed = diffPcrs(a.quotedPcrs, b.quotedPcrs);
  for (const [name, result] of [
    ['A', a],
    ['B', b],
  ] as const)
    if (Object.keys(result.quotedPcrs).length === 0)
      notes.push(`No signed PCR value of ${name} could be verified, so its registers were not compared.`);
  const explained = new Set((log?.changes ?? []).map((change) => change.pcr));
  if ((ima?.changes.length ?? 0) > 0) explained.add(IMA_PCR);
  const registers = signed.changes.filter((change) => !explained.has(change.pcr));
  const changes: readonly Change[] = [...(log?.changes ?? []), ...(ima?.changes ?? []), ...registers];
  const notCompared = [...notes, ...signed.notes, ...(log?.notCompared ?? []), ...(ima?.notCompared ?? [])];
  return {
    identical: changes.length === 0 && notCompared.length === 0,
    firstDivergence: changes[0] ?? null,
    changes,
    log,
    ima,
    causes: [...(log?.causes ?? []), ...(ima?.causes ?? [])],
    notCompared,
  };
};
