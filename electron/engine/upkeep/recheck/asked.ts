import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { RecheckReport } from '../../../../shared/contract/job-schemas.ts';
import { fail, ok, type Result } from '../../../../shared/model/result.ts';
import type { AnchorConfig } from '../../../connectors/endpoints-file.ts';
import { readOutside } from '../../../ledger/recheck/checkpoints.ts';
import { timeStampsBy } from '../../../ledger/timestamp/by-roots.ts';
import { parseVerifierKey, type VerifierKey } from '../../../ledger/verifier-key.ts';
import type { Examination } from '../../../store/audit/examine.ts';

/** What a re-check is given, as plain text: it may be run in another thread. */
export const recheckAskedSchema = z.object({
  dataFolder: z.string(),
  /** Verifier keys that somebody kept elsewhere, one a line; empty where none were given. */
  key: z.string(),
  /** A checkpoint that somebody kept elsewhere; empty where none was given. */
  checkpoint: z.string(),
  /** By what cosignatures and time stamps of anchors are verified: as the endpoints file names it. */
  witnessKeys: z.array(z.string()),
  roots: z.array(z.string()),
});
export type RecheckAsked = z.output<typeof recheckAskedSchema>;

/** Runs one to its end. `onProgress`: entries read, of how many. Problems: those of the examination and of what was given. */
export type Recheck = (
  asked: RecheckAsked,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
) => Promise<Result<RecheckReport>>;

/** What the anchors of the endpoints file are verified by. */
export const trustedByAnchors = (anchors: readonly AnchorConfig[]): Pick<RecheckAsked, 'witnessKeys' | 'roots'> => ({
  witnessKeys: anchors.flatMap((anchor) => (anchor.kind === 'witness' ? [anchor.key] : [])),
  roots: anchors.flatMap((anchor) => (anchor.kind === 'time-stamp' ? anchor.roots : [])),
});

const KEY_NEXT = 'Give the line that plumbline audit key printed, whole: name+hex+base64.';

const readKeys = (text: string): Result<readonly VerifierKey[]> => {
  const keys: VerifierKey[] = [];
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const parsed = parseVerifierKey(line);
    if (!parsed.ok) return fail('recheck-key', `The key that was given cannot be read: ${parsed.problem.message}`, KEY_NEXT);
    if (parsed.value.type !== 'ed25519')
      return fail('recheck-key', 'The key that was given is one of a witness, not of a ledger.', KEY_NEXT);
    keys.push(parsed.value);
  }
  return ok(keys);
};

const FROM = 'that was given';
/** A field of a form may have lost the line break at the end, which is signed, too. */
const withLastBreak = (note: string): string => {
  const text = note.replaceAll('\r\n', '\n').trim();
  return text === '' ? '' : `${text}\n`;
};

const readHeld = (text: string): Result<NonNullable<Examination['held']>> => {
  const note = withLastBreak(text);
  if (note === '') return ok([]);
  const read = readOutside(note, FROM);
  return typeof read === 'string'
    ? fail(
        'recheck-checkpoint',
        `The checkpoint that was given cannot be read: ${read}`,
        'Give its whole text: name, number, root, an empty line, and the lines that begin with a dash.',
      )
    : ok([{ note, from: FROM }]);
};

type Given = Pick<Examination, 'keys' | 'held' | 'witnessKeys' | 'verifyTimeStamp'>;

/** Reads what was given. Problems: recheck-key, recheck-checkpoint. */
export const readAsked = (asked: Pick<RecheckAsked, 'key' | 'checkpoint' | 'witnessKeys' | 'roots'>): Result<Given> => {
  const keys = readKeys(asked.key);
  if (!keys.ok) return keys;
  const held = readHeld(asked.checkpoint);
  if (!held.ok) return held;
  const witnessKeys = asked.witnessKeys.flatMap((text) => {
    const key = parseVerifierKey(text);
    return key.ok ? [key.value] : [];
  });
  const roots = asked.roots.map((pem) => new X509Certificate(pem));
  return ok({ keys: keys.value, held: held.value, witnessKeys, ...(roots.length > 0 && { verifyTimeStamp: timeStampsBy(roots) }) });
};
