import type { BootEvent, EvidenceResult, ImaEntry } from '../../evidence/types.ts';

/** What a host measured, as far as it is proven: events of registers that replay to the quote, files that quoted PCR 10 covers. */
export type Measured = { readonly events: readonly BootEvent[]; readonly files: Iterable<ImaEntry> };

function* provenFiles(entries: Iterable<ImaEntry>): Generator<ImaEntry> {
  for (const entry of entries) if (entry.proven && !entry.violation) yield entry;
}

/** The proven part of verified evidence; null where nothing in it is proven, because the quote itself does not hold. */
export const measuredIn = ({ checks, eventLog, provenLogPcrs, quotedPcrs, ima }: EvidenceResult): Measured | null => {
  if (quotedPcrs.sha256 === undefined || checks.some((check) => check.outcome === 'fail')) return null;
  return {
    events: (eventLog?.events ?? []).filter((event) => provenLogPcrs.includes(event.pcr)),
    files: { [Symbol.iterator]: () => provenFiles(ima?.entries ?? []) },
  };
};
