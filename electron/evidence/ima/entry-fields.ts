import { visibleBytes } from '../../../shared/model/hostile-text.ts';
import { type Fields, fieldList } from '../fields.ts';
import { asBuffer } from '../hashing.ts';

const LINE_FEED = 10;
const SPACE = 32;
const WORDS = ['PCR', 'template hash', 'template', 'digest of the file'] as const;

const notText = (problem: string): Fields => ({ fields: [], problem });

/** Start of a line, counted from zero; -1 where there are not so many. */
const lineStart = (bytes: Buffer, index: number): number => {
  let at = 0;
  for (let line = 0; line < index; line += 1) {
    const end = bytes.indexOf(LINE_FEED, at);
    if (end < 0) return -1;
    at = end + 1;
  }
  return at < bytes.length ? at : -1;
};

/**
 * The fields of one line of an ASCII list of measured programs (Linux IMA, ascii_runtime_measurements), each with its bytes. The hash of the
 * template covers digest and path. A binary list has no lines, and says so.
 */
export const imaEntryFields = (list: Uint8Array, index: number): Fields => {
  const bytes = asBuffer(list);
  if (bytes.length > 0 && (bytes[0] ?? 0) < SPACE)
    return notText('This list is in the binary form, whose fields are not shown one by one.');
  const start = lineStart(bytes, index);
  if (start < 0) return notText('The list has no such line.');
  const feed = bytes.indexOf(LINE_FEED, start);
  const end = feed < 0 ? bytes.length : feed;
  const { fields, note } = fieldList();
  let at = start;
  for (const label of WORDS) {
    while (at < end && bytes[at] === SPACE) at += 1;
    const space = bytes.indexOf(SPACE, at);
    const stop = space < 0 || space > end ? end : space;
    if (stop > at) note(0, label, at, stop, visibleBytes(bytes.subarray(at, stop)));
    at = Math.min(stop + 1, end);
  }
  if (at < end) note(0, 'path, and what follows it', at, end, visibleBytes(bytes.subarray(at, end)));
  return { fields, problem: null };
};
