import type { KeyObject } from 'node:crypto';
import { type Result, fail, ok } from '../../shared/model/result.ts';
import { isHash, isSize } from './merkle.ts';
import { type VerifiedNote, formatNote, isNoteText, parseNote, signText, verifyNote } from './note.ts';
import { type VerifierKey, strictBase64 } from './verifier-key.ts';

/** C2SP tlog-checkpoint: which log, how many entries, and the root of the tree over them. */
export type Checkpoint = {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  /** Opaque further lines. The specification advises against them, since nobody can audit them; none are written here. */
  readonly extensions: readonly string[];
};

const BAD = 'ledger-checkpoint';
const NEXT = 'A checkpoint is the origin, the size and the root, each on its line (C2SP tlog-checkpoint).';
const SIZE = /^(?:0|[1-9]\d{0,15})$/;

const isLine = (line: string): boolean => line.length > 0 && !line.includes('\n');

/** C2SP tlog-checkpoint, "Note text". */
export const formatCheckpoint = ({ origin, size, root, extensions }: Checkpoint): Result<string> => {
  const lines = [origin, String(size), root.toString('base64'), ...extensions];
  const text = `${lines.join('\n')}\n`;
  return isSize(size) && isHash(root) && lines.every(isLine) && isNoteText(text)
    ? ok(text)
    : fail(BAD, 'This cannot be written as a checkpoint: a line is empty or broken, or size or root are none.', NEXT);
};

/** C2SP tlog-checkpoint, "Note text". Sizes above 2^53 - 1 cannot be counted here and are refused. */
export const parseCheckpoint = (text: string): Result<Checkpoint> => {
  const lines = text.split('\n');
  const [origin, size, root, ...extensions] = lines.slice(0, -1);
  const hash = strictBase64(root ?? '');
  if (lines.at(-1) !== '' || origin === undefined || origin === '' || size === undefined || !SIZE.test(size) || !isSize(Number(size)))
    return fail(BAD, 'The text is no checkpoint: it lacks an origin or a size.', NEXT);
  if (hash === null || !isHash(hash)) return fail(BAD, 'The text is no checkpoint: its root is not 32 bytes of base64.', NEXT);
  if (extensions.some((line) => line === '')) return fail(BAD, 'The text is no checkpoint: one of its further lines is empty.', NEXT);
  return ok({ origin, size: Number(size), root: hash, extensions });
};

/** Who signs a checkpoint: by default under the name of the log, as the specification recommends. */
export type CheckpointSigner = { readonly privateKey: KeyObject; readonly name?: string };

/**
 * The signed note of a checkpoint. More than one signer only where a key is rotated: that checkpoint is signed by the old and the new one.
 * The caller must never sign a tree that does not continue what was signed before; this function cannot know.
 */
export const signCheckpoint = (
  tree: { readonly origin: string; readonly size: number; readonly root: Uint8Array },
  signers: readonly CheckpointSigner[],
): Result<string> => {
  const text = formatCheckpoint({ ...tree, root: Buffer.from(tree.root), extensions: [] });
  if (!text.ok) return text;
  const signatures = [];
  for (const { privateKey, name = tree.origin } of signers) {
    const signature = signText(text.value, name, privateKey);
    if (!signature.ok) return signature;
    signatures.push(signature.value);
  }
  return signatures.length === 0
    ? fail(BAD, 'A checkpoint without a signature proves nothing.', 'Sign it.')
    : ok(formatNote({ text: text.value, signatures }));
};

export type OpenCheckpoint = { readonly checkpoint: Checkpoint; readonly note: VerifiedNote };

/** Reads a signed checkpoint that at least one of the keys signed. Cosignatures of witnesses are verified where their keys are among them. */
export const openCheckpoint = (signed: string | Uint8Array, keys: readonly VerifierKey[]): Result<OpenCheckpoint> => {
  const note = parseNote(signed);
  if (!note.ok) return note;
  const verified = verifyNote(note.value, keys);
  if (!verified.ok) return verified;
  const checkpoint = parseCheckpoint(verified.value.text);
  return checkpoint.ok ? ok({ checkpoint: checkpoint.value, note: verified.value }) : checkpoint;
};
