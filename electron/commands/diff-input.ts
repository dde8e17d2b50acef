import { MAX_IMA_BYTES, MAX_LOG_BYTES, parseBundle, parseEventLog, parseIma, verifyEvidence } from '../evidence/index.ts';
import { type Result, fail, ok } from '../../shared/model/result.ts';
import { visibleText } from '../../shared/model/hostile-text.ts';
import type { EventLogFacts, EvidenceInput, EvidenceResult, ImaFacts } from '../evidence/types.ts';
import { readBounded } from './read-file.ts';

export const MAX_BUNDLE_BYTES = 400 * 1024 * 1024;

export type DiffKind = 'bundle' | 'event-log' | 'ima';
export const KIND_WORDS: Readonly<Record<DiffKind, string>> = {
  bundle: 'an evidence bundle',
  'event-log': 'an event log',
  ima: 'an IMA list',
};

export type DiffInput =
  | { readonly kind: 'bundle'; readonly bytes: Buffer; readonly input: EvidenceInput; readonly result: EvidenceResult }
  | { readonly kind: 'event-log'; readonly bytes: Buffer; readonly log: EventLogFacts }
  | { readonly kind: 'ima'; readonly bytes: Buffer; readonly ima: ImaFacts };

const LONGEST_TEMPLATE_NAME = 64;

/** By content alone: JSON begins with a brace, an ascii IMA line with a PCR and a hash, a binary one with PCR, hash and the template's name. */
export const kindOf = (bytes: Buffer): DiffKind => {
  const head = bytes.toString('latin1', 0, 64);
  if (/^(?:\xef\xbb\xbf)?\s*\{/u.test(head)) return 'bundle';
  if (/^\s*\d{1,2} [0-9a-fA-F]{40}/u.test(head)) return 'ima';
  // A binary list has its template's name behind the PCR, a hash of one of these sizes, and the length of the name.
  for (const at of [20, 32, 48, 64].map((size) => 4 + size)) {
    if (bytes.length < at + 8 || bytes.readUInt32LE(at) > LONGEST_TEMPLATE_NAME) continue;
    if (/^(?:ima|evm-sig)/u.test(bytes.toString('latin1', at + 4, at + 11))) return 'ima';
  }
  return 'event-log';
};

const LIMITS: Readonly<Record<DiffKind, number>> = { bundle: MAX_BUNDLE_BYTES, 'event-log': MAX_LOG_BYTES, ima: MAX_IMA_BYTES };

type Stopped = { readonly problems: readonly { readonly code: string; readonly offset: number; readonly message: string }[] };

const unread = (name: string, facts: Stopped, code: string): Result<DiffInput> | null => {
  const stop = facts.problems.find((problem) => problem.code === code);
  return stop === undefined ? null : fail('diff', `${name}: not readable beyond byte ${stop.offset}: ${stop.message}. Fetch it again.`, '');
};

/** Reads one of the two files. What cannot be read to its end cannot be compared. */
export const readDiffInput = async (file: string): Promise<Result<DiffInput>> => {
  const name = visibleText(file, 200);
  const read = await readBounded(file, MAX_BUNDLE_BYTES);
  if (!read.ok) return read;
  const bytes = read.value;
  const kind = kindOf(bytes);
  if (bytes.length > LIMITS[kind])
    return fail('diff', `${name}: ${bytes.length} bytes; of ${KIND_WORDS[kind]} at most ${LIMITS[kind]} are read.`, '');
  if (kind === 'bundle') {
    const parsed = parseBundle(bytes.toString('utf8'));
    return parsed.ok
      ? ok({ kind, bytes, input: parsed.value, result: verifyEvidence(parsed.value) })
      : fail('diff', `${name}: ${parsed.problem.message}`, '');
  }
  if (kind === 'ima') {
    const parsed = parseIma(bytes);
    if (!parsed.ok) return fail('diff', `${name}: ${parsed.problem.message}`, '');
    return unread(name, parsed.value, 'ima-parse') ?? ok({ kind, bytes, ima: parsed.value });
  }
  const parsed = parseEventLog(bytes);
  if (!parsed.ok)
    return fail('diff', `${name}: ${parsed.problem.message} It is neither an evidence bundle, an event log nor an IMA list.`, '');
  return unread(name, parsed.value, 'log-parse') ?? ok({ kind, bytes, log: parsed.value });
};
