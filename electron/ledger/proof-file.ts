import { type Result, fail, ok } from '../../shared/model/result.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { MAX_ENTRY_BYTES } from './entry.ts';
import { isHash, isSize, leafHash } from './merkle.ts';
import { NOTE_LIMITS, formatNote, parseNote } from './note.ts';
import { strictBase64 } from './verifier-key.ts';
import { verifyInclusion } from './verify-proof.ts';

/** C2SP tlog-proof: everything that somebody needs to check an entry offline, but the key. */
export type ProofFile = {
  readonly index: number;
  /** From the leaf's sibling up to the root's child. */
  readonly proof: readonly Uint8Array[];
  /** The signed checkpoint, as it is. */
  readonly checkpoint: string;
  /** The entry's bytes. The specification calls this opaque extra data: it is checked by its hash, not believed. */
  readonly entry: Uint8Array;
};

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
const MAX_PROOF = 64;
const MAX_BYTES = NOTE_LIMITS.bytes + 2 * MAX_ENTRY_BYTES;
const INDEX = /^index (0|[1-9]\d{0,15})$/;
const BAD = 'ledger-proof-file';
const NEXT = 'Ask for the proof again; the file must be kept byte by byte.';

const refuse = (why: string): ReturnType<typeof fail> => fail(BAD, `This is no proof file (C2SP tlog-proof): ${why}.`, NEXT);

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** C2SP tlog-proof, "Format"; files are named `….tlog-proof`. The entry stands in the `extra` line, so that one file is enough. */
export const formatProofFile = ({ index, proof, checkpoint, entry }: ProofFile): Result<string> => {
  const note = parseNote(checkpoint);
  if (!note.ok) return note;
  if (!isSize(index) || proof.length > MAX_PROOF || !proof.every(isHash)) return refuse('index or proof are none');
  return ok([FIRST_LINE, `extra ${base64(entry)}`, `index ${index}`, ...proof.map(base64), '', formatNote(note.value)].join('\n'));
};

/** C2SP tlog-proof, "Format". A file without the entry is refused, because nothing could be checked about it. */
export const parseProofFile = (text: string): Result<ProofFile> => {
  const end = text.indexOf('\n\n');
  if (text.length > MAX_BYTES || end < 0) return refuse('it is too long, or has no empty line before the checkpoint');
  const [first, extra, indexLine, ...lines] = text.slice(0, end).split('\n');
  if (first !== FIRST_LINE) return refuse(`its first line is not ${FIRST_LINE}`);
  if (extra?.startsWith('extra ') !== true) return refuse('it does not hold the entry');
  const entry = strictBase64(extra.slice('extra '.length));
  const index = Number(INDEX.exec(indexLine ?? '')?.[1] ?? Number.NaN);
  if (entry === null || entry.length > MAX_ENTRY_BYTES || !isSize(index)) return refuse('its entry or index cannot be read');
  const proof = lines.map((line) => strictBase64(line) ?? Buffer.alloc(0));
  if (proof.length > MAX_PROOF || !proof.every(isHash)) return refuse('a line of the proof is not 32 bytes of base64');
  const checkpoint = text.slice(end + 2);
  const note = parseNote(checkpoint);
  return note.ok ? ok({ index, proof, checkpoint, entry }) : note;
};

/**
 * Whether the entry is at its place under the checkpoint. Whose checkpoint it is says only `openCheckpoint` with a key that came another way.
 */
export const checkProofFile = ({ index, proof, checkpoint, entry }: ProofFile): Result<Checkpoint> => {
  const note = parseNote(checkpoint);
  if (!note.ok) return note;
  const tree = parseCheckpoint(note.value.text);
  if (!tree.ok) return tree;
  const { size, root } = tree.value;
  return verifyInclusion({ index, size, leafHash: leafHash(entry), proof, root })
    ? tree
    : fail('ledger-proof', `The entry is not entry ${index} of the ${size} that the checkpoint signs.`, NEXT);
};
