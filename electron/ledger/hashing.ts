import { hash } from 'node:crypto';

/** SHA-256 is the one hash of this ledger, as in RFC 6962 and the C2SP formats. */
export const HASH_SIZE = 32;

/**
 * A digest as a text of 32 characters, one per byte: half the price of a Buffer per small message, because nothing is allocated outside
 * of the heap. Only inside this room; its doors speak bytes.
 */
export type HashText = string;

export const hashText = (bytes: Uint8Array): HashText =>
  (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).toString('latin1');

export const hashBytes = (text: HashText): Buffer => Buffer.from(text, 'latin1');

const LEAF_SCRATCH = 4096;
// Domain separation of RFC 6962 §2.1: 0x00 before a leaf, 0x01 before a node, so that neither can pass for the other.
const leafScratch = Buffer.alloc(LEAF_SCRATCH, 0);
const nodeScratch = Buffer.alloc(1 + 2 * HASH_SIZE, 1);

/** UTF-8 has at most so many bytes per UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3;

/** Of a text, the UTF-8 is hashed, without a Buffer for each. */
const textLeafHashText = (entry: string): HashText => {
  if (entry.length * MAX_BYTES_PER_UNIT >= LEAF_SCRATCH) return leafHashText(Buffer.from(entry, 'utf8'));
  const written = leafScratch.write(entry, 1, 'utf8');
  return hash('sha256', leafScratch.subarray(0, written + 1), 'binary');
};

/** RFC 6962 §2.1: SHA-256(0x00 || entry). A text stands for its UTF-8. */
export const leafHashText = (entry: Uint8Array | string): HashText => {
  if (typeof entry === 'string') return textLeafHashText(entry);
  if (entry.length >= LEAF_SCRATCH) return hash('sha256', Buffer.concat([Buffer.alloc(1), entry]), 'binary');
  leafScratch.set(entry, 1);
  return hash('sha256', leafScratch.subarray(0, entry.length + 1), 'binary');
};

/** RFC 6962 §2.1: SHA-256(0x01 || left || right). */
export const nodeHashText = (left: HashText, right: HashText): HashText => {
  nodeScratch.write(left, 1, 'latin1');
  nodeScratch.write(right, 1 + HASH_SIZE, 'latin1');
  return hash('sha256', nodeScratch, 'binary');
};

/** RFC 6962 §2.1: the root of a tree without entries is SHA-256 of nothing. */
export const EMPTY_ROOT: HashText = hash('sha256', new Uint8Array(), 'binary');

/** RFC 6962 §2.1: SHA-256(0x00 || entry), as 32 bytes. A text stands for its UTF-8. */
export const leafHash = (entry: Uint8Array | string): Buffer => hashBytes(leafHashText(entry));

/** RFC 6962 §2.1: SHA-256(0x01 || left || right), as 32 bytes. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => hashBytes(nodeHashText(hashText(left), hashText(right)));
