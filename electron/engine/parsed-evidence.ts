import type { RuntimeReference } from '../../shared/model/reference-values.ts';
import { parseEventLog, parseImaInSteps } from '../evidence/index.ts';
import type { EventLogFacts, ImaFacts } from '../evidence/types.ts';
import type { PackedEvidence } from '../store/packed-evidence.ts';
import { breath } from './breath.ts';
import { fromRuntimeReferenceBlob } from './runtime-reference-blob.ts';
import { unpackEvidence } from './unpack-evidence.ts';

/** Reads it out of the database before anything is waited for: what is replaced meanwhile is deleted. */
type Read<T> = (found: PackedEvidence) => Promise<T | null>;

/** Parsed evidence that was looked at last, by content. Each throws `EvidenceDamaged` where what is kept is not what its digest says. */
export type ParsedEvidence = {
  readonly bytes: Read<Uint8Array>;
  readonly log: Read<EventLogFacts>;
  readonly ima: Read<ImaFacts>;
  readonly reference: Read<RuntimeReference>;
};

/** The promise is kept, so that two questions at once parse once. */
const remember = <T>(limit: number, make: (bytes: Uint8Array) => T | null | Promise<T | null>): Read<T> => {
  const kept = new Map<string, Promise<T | null>>();
  return (found) => {
    const { sha256 } = found;
    const hit = kept.get(sha256);
    if (hit !== undefined) return hit;
    const made = unpackEvidence(found).then(make);
    kept.set(sha256, made);
    // What could not be read is tried again when it is asked for again.
    made.catch(() => kept.delete(sha256));
    const oldest = kept.keys().next().value;
    if (kept.size > limit && oldest !== undefined) kept.delete(oldest);
    return made;
  };
};

const parseList = async (bytes: Uint8Array): Promise<ImaFacts | null> => {
  const steps = parseImaInSteps(bytes);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value.ok ? step.value.value : null;
    await breath();
  }
};

export const createParsedEvidence = (): ParsedEvidence => ({
  bytes: remember<Uint8Array>(2, (bytes) => bytes),
  log: remember<EventLogFacts>(6, (bytes) => {
    const parsed = parseEventLog(bytes);
    return parsed.ok ? parsed.value : null;
  }),
  ima: remember<ImaFacts>(3, parseList),
  reference: remember<RuntimeReference>(4, fromRuntimeReferenceBlob),
});
