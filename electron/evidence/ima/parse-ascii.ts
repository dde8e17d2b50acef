import { asBuffer, hexDigest, scratchViews } from '../hashing.ts';
import {
  type EntrySink,
  type Field,
  HASH_BY_HEX_LENGTH,
  LEGACY_NAME_BYTES,
  LEGACY_TEMPLATE,
  MAX_TEMPLATE_DATA_BYTES,
  type RawEntry,
  type Stop,
  TEMPLATE_FIELDS,
} from './template.ts';

const MAX_LINE_BYTES = 3 * MAX_TEMPLATE_DATA_BYTES;
const HEX_DIGITS = /^[0-9a-f]*$/u;
const HASH_NAME = /^[a-z][a-z0-9-]{1,31}$/u;

const isHex = (text: string): boolean => text.length % 2 === 0 && HEX_DIGITS.test(text);

type Writer = { readonly scratch: Buffer; readonly view: (length: number) => Buffer };

/** Appends `u32 length || field data`; returns the new end, or -1 where the text is not such a field. */
const writeField = (scratch: Buffer, at: number, field: Field, text: string): number => {
  const body = at + 4;
  let length = 0;
  if (field === 'name') {
    length = scratch.write(text, body, 'latin1') + 1;
    scratch[body + length - 1] = 0;
  } else if (field === 'hex') {
    if (!isHex(text)) return -1;
    length = scratch.write(text, body, 'hex');
  } else if (text !== '' || field !== 'optional-digest') {
    const colon = text.lastIndexOf(':');
    if (colon < 0) return -1;
    const digest = text.slice(colon + 1);
    if (!isHex(digest)) return -1;
    const prefix = scratch.write(text.slice(0, colon + 1), body, 'latin1');
    scratch[body + prefix] = 0;
    length = prefix + 1 + scratch.write(digest, body + prefix + 1, 'hex');
  }
  scratch.writeUInt32LE(length, at);
  return body + length;
};

/** Splits the text after the template name into its fields. Only the path may hold spaces, so the fields after it are cut from the end. */
const splitFields = (text: string, count: number): readonly string[] | null => {
  const first = text.indexOf(' ');
  if (first < 0) return null;
  const tail: string[] = [];
  let end = text.length;
  for (let i = count - 1; i >= 2; i -= 1) {
    const space = text.lastIndexOf(' ', end - 1);
    if (space <= first) return null;
    tail.unshift(text.slice(space + 1, end));
    end = space;
  }
  return [text.slice(0, first), text.slice(first + 1, end), ...tail];
};

const readLegacy = (writer: Writer, pcr: number, templateHash: string, text: string): RawEntry | string => {
  const space = text.indexOf(' ');
  const digest = space < 0 ? text : text.slice(0, space);
  const path = space < 0 ? '' : text.slice(space + 1);
  if (digest.length !== 40 || !isHex(digest)) return 'the file digest is not 40 hexadecimal digits';
  if (path.length > LEGACY_NAME_BYTES) return `the name has ${path.length} bytes; the ima template holds ${LEGACY_NAME_BYTES}`;
  writer.scratch.fill(0, 20, 20 + LEGACY_NAME_BYTES);
  writer.scratch.write(digest, 0, 'hex');
  writer.scratch.write(path, 20, 'latin1');
  return {
    pcr,
    templateHash,
    template: LEGACY_TEMPLATE,
    fileAlg: 'sha1',
    fileDigest: digest,
    path,
    data: writer.view(20 + LEGACY_NAME_BYTES),
  };
};

const readFields = (writer: Writer, pcr: number, templateHash: string, template: string, text: string): RawEntry | string => {
  const fields = TEMPLATE_FIELDS.get(template);
  if (fields === undefined) return { pcr, templateHash, template, fileAlg: '', fileDigest: '', path: text, data: null };
  const parts = splitFields(text, fields.length);
  if (parts === null) return `the line has fewer fields than template ${template}`;
  let at = 0;
  for (let i = 0; i < fields.length; i += 1) {
    const field = fields[i];
    const part = parts[i];
    if (field === undefined || part === undefined) return 'a field is missing';
    at = writeField(writer.scratch, at, field, part);
    if (at < 0) return `field ${i + 1} of template ${template} is not ${field === 'hex' ? 'hexadecimal' : 'a digest'}`;
  }
  const digest = parts[0] ?? '';
  const colon = digest.lastIndexOf(':');
  const fileAlg = digest.slice(digest.lastIndexOf(':', colon - 1) + 1, colon);
  if (!HASH_NAME.test(fileAlg)) return 'the file digest names no hash algorithm';
  return { pcr, templateHash, template, fileAlg, fileDigest: digest.slice(colon + 1), path: parts[1] ?? '', data: writer.view(at) };
};

const readLine = (writer: Writer, line: string): RawEntry | string => {
  const first = line.indexOf(' ');
  const second = line.indexOf(' ', first + 1);
  const third = line.indexOf(' ', second + 1);
  if (first < 1 || second < 0 || third < 0) return 'the line is not an IMA measurement';
  const pcrText = line.slice(0, first);
  const pcr = Number(pcrText);
  if (!/^\d{1,2}$/u.test(pcrText) || pcr > 23) return 'the line does not start with a PCR index';
  const templateHash = line.slice(first + 1, second);
  if (!HASH_BY_HEX_LENGTH.has(templateHash.length) || !isHex(templateHash)) return 'the template hash is not a hexadecimal digest';
  const template = line.slice(second + 1, third);
  const text = line.slice(third + 1);
  return template === LEGACY_TEMPLATE ? readLegacy(writer, pcr, templateHash, text) : readFields(writer, pcr, templateHash, template, text);
};

/** Senders may trim the final line feed; only a matching template hash tells a whole last line from a torn one. */
const isComplete = (entry: RawEntry | string): boolean => {
  if (typeof entry === 'string' || entry.data === null) return false;
  return hexDigest(HASH_BY_HEX_LENGTH.get(entry.templateHash.length) ?? 'sha1', entry.data) === entry.templateHash;
};

/**
 * Reads `ascii_runtime_measurements` (Linux IMA): rebuilds the template data of every line from its fields, byte for byte.
 * Multiple spaces in paths are kept. Returns where and why reading stopped, or null.
 */
export const readAsciiList = (bytes: Uint8Array, sink: EntrySink): Stop => {
  const source = asBuffer(bytes);
  const scratch = Buffer.alloc(MAX_LINE_BYTES + 1024);
  const writer: Writer = { scratch, view: scratchViews(scratch) };
  let at = 0;
  while (at < source.length) {
    const newline = source.indexOf(10, at);
    const end = newline < 0 ? source.length : newline;
    if (end - at > MAX_LINE_BYTES) return { offset: at, message: `a line has more than ${MAX_LINE_BYTES} bytes` };
    const entry = readLine(writer, source.toString('latin1', at, end));
    if (newline < 0 && !isComplete(entry)) return { offset: at, message: 'the last line is torn: it does not end with a line feed' };
    if (typeof entry === 'string') return { offset: at, message: entry };
    if (!sink(entry, at)) return null;
    at = end + 1;
  }
  return null;
};
