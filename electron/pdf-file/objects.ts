import { dictOf, numberOf, type PdfDict, PdfFault, readValue, refOf } from './syntax.ts';

/** The objects of one section: a document as pdfkit writes it, from its first byte to its `%%EOF`. */
export type PdfObjects = {
  /** How many bytes the section has. */
  readonly bytes: number;
  /** Where its table of objects begins. */
  readonly xref: number;
  /** One more than the largest number of an object. */
  readonly size: number;
  readonly trailer: PdfDict;
  /** The trailer's own text between `<<` and `>>`, as it stands there. */
  readonly trailerText: string;
  /** The text of an object that is no stream, from after `N 0 obj\n` to before `\nendobj\n`. Throws PdfFault. */
  readonly textOf: (number: number) => string;
  readonly dictOf: (number: number) => PdfDict;
  /** Dictionary and packed bytes of a stream. Throws PdfFault. */
  readonly streamOf: (number: number) => { readonly dict: PdfDict; readonly packed: Buffer };
};

/** Dictionaries of ours are short; only the name tree and the list of pages grow. */
const MOST_TEXT = 4 * 1024 * 1024;
const HEAD = Buffer.from('%PDF-1.7\n%\xff\xff\xff\xff\n', 'latin1');
const ENTRY_BYTES = 20;
const MOST_OBJECTS = 20_000_000;
const MOST_TRAILER = 4096;
const END_OF_OBJECT = Buffer.from('\nendobj\n', 'latin1');

const latin = (bytes: Buffer, from: number, to: number): string => bytes.toString('latin1', from, to);
const allMatch = (text: string, from: number, expected: string): boolean => text.startsWith(expected, from);

/** Offsets by number of object; that of object 0, which there never is, is 0. */
const readTable = (bytes: Buffer, at: number): { readonly offsets: Float64Array; readonly end: number } => {
  const [head, count] = /^xref\n0 (\d{1,8})\n/u.exec(latin(bytes, at, at + 24)) ?? [];
  if (head === undefined) throw new PdfFault('its table of objects is not where it says');
  const size = Number(count);
  const begin = at + head.length;
  const end = begin + size * ENTRY_BYTES;
  if (size < 2 || size > MOST_OBJECTS || end > bytes.length) throw new PdfFault('its table of objects is cut');
  if (latin(bytes, begin, begin + ENTRY_BYTES) !== '0000000000 65535 f \n')
    throw new PdfFault('its table of objects begins in another way');
  const offsets = new Float64Array(size);
  for (let number = 1; number < size; number += 1) {
    const line = latin(bytes, begin + number * ENTRY_BYTES, begin + (number + 1) * ENTRY_BYTES);
    if (!/^\d{10} 00000 n \n$/u.test(line)) throw new PdfFault(`object ${number} is not in its table as others are`);
    offsets[number] = Number(line.slice(0, 10));
  }
  return { offsets, end };
};

/** Every byte between the head and the table belongs to exactly one object: nothing stands between them, and none covers another. */
const checkCover = (bytes: Buffer, offsets: Float64Array, xref: number): Float64Array => {
  const at = (number: number | undefined): number => (number === undefined ? xref : (offsets[number] ?? 0));
  // A long report has a quarter of a million objects: numbers, and nothing made for each.
  const order = new Uint32Array(offsets.length - 1).map((_, place) => place + 1).sort((a, b) => at(a) - at(b));
  const ends = new Float64Array(offsets.length);
  let expected = HEAD.length;
  order.forEach((number, place) => {
    const [offset, end] = [at(number), at(order[place + 1])];
    const head = `${number} 0 obj\n`;
    if (offset !== expected || end <= offset || end > xref || latin(bytes, offset, offset + head.length) !== head)
      throw new PdfFault(`object ${number} is not where its table says`);
    if (!bytes.subarray(end - END_OF_OBJECT.length, end).equals(END_OF_OBJECT)) throw new PdfFault(`object ${number} does not end`);
    ends[number] = end;
    expected = end;
  });
  return ends;
};

/**
 * Reads the first section of a document of ours, whose table of objects begins at `xref`. Every byte of it is accounted for. Throws PdfFault.
 */
export const readObjects = (bytes: Buffer, xref: number): PdfObjects => {
  if (!bytes.subarray(0, HEAD.length).equals(HEAD)) throw new PdfFault('it does not begin as a document of Plumbline');
  const { offsets, end: afterTable } = readTable(bytes, xref);
  const ends = checkCover(bytes, offsets, xref);
  const tail = latin(bytes, afterTable, afterTable + MOST_TRAILER);
  if (!allMatch(tail, 0, 'trailer\n<<\n')) throw new PdfFault('its trailer is not there');
  const { value, end } = readValue(tail, 'trailer\n'.length);
  const closing = `\nstartxref\n${xref}\n%%EOF\n`;
  if (!allMatch(tail, end, closing)) throw new PdfFault('it does not end where it says');
  const trailer = dictOf(value, 'the trailer');
  if (
    trailer.has('Prev') ||
    trailer.has('Encrypt') ||
    trailer.has('XRefStm') ||
    numberOf(trailer.get('Size'), 'its size') !== offsets.length
  )
    throw new PdfFault('its trailer says what no document of Plumbline says');
  const rangeOf = (number: number): readonly [number, number] => {
    const stop = ends[number] ?? 0;
    if (stop === 0) throw new PdfFault(`there is no object ${number}`);
    return [(offsets[number] ?? 0) + `${number} 0 obj\n`.length, stop - END_OF_OBJECT.length];
  };
  const textOf = (number: number): string => {
    const [from, to] = rangeOf(number);
    if (to - from > MOST_TEXT) throw new PdfFault(`object ${number} is too long`);
    return latin(bytes, from, to);
  };
  return {
    bytes: afterTable + end + closing.length,
    xref,
    size: offsets.length,
    trailer,
    trailerText: tail.slice('trailer\n<<\n'.length, end - '>>'.length),
    textOf,
    dictOf: (number) => {
      const text = textOf(number);
      const read = readValue(text, 0);
      if (read.end !== text.length) throw new PdfFault(`object ${number} is more than a dictionary`);
      return dictOf(read.value, `object ${number}`);
    },
    streamOf: (number) => {
      const [from, to] = rangeOf(number);
      const text = latin(bytes, from, Math.min(to, from + MOST_TRAILER));
      const read = readValue(text, 0);
      const dict = dictOf(read.value, `object ${number}`);
      const length = numberOf(dict.get('Length'), 'the length of a stream');
      const begin = from + read.end + '\nstream\n'.length;
      if (!allMatch(text, read.end, '\nstream\n') || begin + length + '\nendstream'.length !== to)
        throw new PdfFault(`stream ${number} does not have the length that it says`);
      if (latin(bytes, begin + length, to) !== '\nendstream') throw new PdfFault(`stream ${number} does not end`);
      return { dict, packed: bytes.subarray(begin, begin + length) };
    },
  };
};

/** The catalog (7.7.2), and its number. */
export const catalogOf = (objects: PdfObjects): { readonly number: number; readonly dict: PdfDict } => {
  const number = refOf(objects.trailer.get('Root'), 'the root');
  return { number, dict: objects.dictOf(number) };
};
