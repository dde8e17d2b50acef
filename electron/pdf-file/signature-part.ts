import { catalogOf, type PdfObjects } from './objects.ts';
import { arrayOf, PdfFault, readValue, refOf, stringOf, dictOf } from './syntax.ts';

/** What a signature says of itself beside its proof (ISO 32000-1, 12.8.1). All of it is covered by the signature. */
export type SignatureWords = {
  /** Of the certificate. */
  readonly name: string;
  readonly reason: string | null;
  readonly location: string | null;
  readonly atMs: number;
};

/** Bytes kept free for the signature: a chain of three certificates with RSA keys of 4096 bits takes half of it. */
export const SIGNATURE_BYTES = 16 * 1024;
const CONTENTS = '/Contents ';
const RANGE_DIGITS = 10;

/** An invisible field has no size and is printed (12.5.3: Print, Locked), so that PDF/A allows it without an appearance. */
const FIELD_FLAGS = 132;

/** Text string (7.9.2.2), in hexadecimal: nothing in it needs an escape. */
const textString = (text: string): string => `<FEFF${Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase()}>`;
const dateString = (ms: number): string => `(D:${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:T]/gu, '')}Z)`;

const readText = (text: string): string => {
  if (!text.startsWith('\u00fe\u00ff') || text.length % 2 !== 0) throw new PdfFault('a text of the signature is written in another way');
  return Buffer.from(text.slice(2), 'latin1').swap16().toString('utf16le');
};
const readDate = (text: string): number => {
  const found = /^D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/u.exec(text);
  const [, year, month, day, hour, minute, second] = found ?? [];
  const ms = Date.parse(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`);
  if (!Number.isFinite(ms)) throw new PdfFault('the time of the signature is none');
  return ms;
};

/** Number of the first page, for every field has one. */
const firstPageOf = (objects: PdfObjects): number => {
  const { dict } = catalogOf(objects);
  const pages = objects.dictOf(refOf(dict.get('Pages'), 'the list of pages'));
  return refOf(arrayOf(pages.get('Kids'), 'the list of pages')[0], 'the first page');
};

/** A dictionary with one more key at its end, as it was otherwise. */
const withKey = (text: string, line: string): string => {
  if (!text.endsWith('\n>>')) throw new PdfFault('a dictionary ends in another way');
  return `${text.slice(0, -2)}${line}\n>>`;
};

const table = (offsets: readonly (readonly [number: number, offset: number])[]): string =>
  offsets
    .toSorted(([a], [b]) => a - b)
    .map(([number, offset]) => `${number} 1\n${String(offset).padStart(RANGE_DIGITS, '0')} 00000 n \n`)
    .join('');

export type SignaturePart = {
  /** All of the update, with zeros where the signature belongs. */
  readonly bytes: Buffer;
  /** Where the signature's `<` and the byte after its `>` are, counted in the whole file: everything else is signed. */
  readonly gap: readonly [from: number, to: number];
};

/**
 * The incremental update (ISO 32000-1, 7.5.6) that adds a place for a signature to a document of ours. Bytes that are there stay as they are:
 * cut off, they are the document before it was signed. There is one form of it, so that whoever checks a document makes it again and compares.
 */
export const signaturePart = (objects: PdfObjects, { name, reason, location, atMs }: SignatureWords): SignaturePart => {
  const { number: catalog, dict } = catalogOf(objects);
  if (dict.has('AcroForm')) throw new PdfFault('it has a form already');
  const page = firstPageOf(objects);
  const [signature, field] = [objects.size, objects.size + 1];
  const parts: string[] = [];
  const offsets: [number, number][] = [];
  let at = objects.bytes;
  const put = (text: string): void => {
    parts.push(text);
    at += text.length;
  };
  const object = (number: number, text: string): void => {
    offsets.push([number, at]);
    put(`${number} 0 obj\n${text}\nendobj\n`);
  };
  const said = [
    `/M ${dateString(atMs)}`,
    `/Name ${textString(name)}`,
    ...(reason === null ? [] : [`/Reason ${textString(reason)}`]),
    ...(location === null ? [] : [`/Location ${textString(location)}`]),
  ];
  const blank = `[0 ${' '.repeat(RANGE_DIGITS * 3 + 2)}]`;
  object(
    signature,
    `<<\n/Type /Sig\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.CAdES.detached\n/ByteRange ${blank}\n${CONTENTS}<${'0'.repeat(SIGNATURE_BYTES * 2)}>\n${said.join('\n')}\n>>`,
  );
  object(
    field,
    `<<\n/Type /Annot\n/Subtype /Widget\n/FT /Sig\n/T (Signature)\n/TU (Signature over the whole document)\n/Rect [0 0 0 0]\n/F ${FIELD_FLAGS}\n/P ${page} 0 R\n/V ${signature} 0 R\n>>`,
  );
  object(page, withKey(objects.textOf(page), `/Annots [${field} 0 R]`));
  object(catalog, withKey(objects.textOf(catalog), `/AcroForm <<\n/SigFlags 3\n/Fields [${field} 0 R]\n>>`));
  const trailer = objects.trailerText.replace(/^\/Size \d+$/mu, `/Size ${objects.size + 2}`);
  const xref = at;
  put(`xref\n${table(offsets)}trailer\n<<\n${trailer}/Prev ${objects.xref}\n>>\nstartxref\n${xref}\n%%EOF\n`);
  const text = parts.join('');
  const from = text.indexOf(`${CONTENTS}<`) + CONTENTS.length;
  const to = from + SIGNATURE_BYTES * 2 + 2;
  const range = [objects.bytes + from, objects.bytes + to, text.length - to]
    .map((one) => String(one).padStart(RANGE_DIGITS, ' '))
    .join(' ');
  const whole = text.replace(blank, `[0 ${range}]`);
  return { bytes: Buffer.from(whole, 'latin1'), gap: [objects.bytes + from, objects.bytes + to] };
};

export type FoundSignature = SignatureWords & {
  readonly gap: SignaturePart['gap'];
  /** CMS SignedData, DER, with the zeros behind it. */
  readonly contents: Buffer;
};

/**
 * Reads the update behind a document as one signature of ours: byte by byte the one that is made of the words that it says. Throws PdfFault where
 * it is anything else.
 */
export const readSignaturePart = (bytes: Buffer, objects: PdfObjects): FoundSignature => {
  const update = bytes.subarray(objects.bytes).toString('latin1');
  const head = `${objects.size} 0 obj\n`;
  if (!update.startsWith(head)) throw new PdfFault('what was appended to it is no signature of Plumbline');
  const said = dictOf(readValue(update, head.length).value, 'the signature');
  const optional = (key: string): string | null => (said.has(key) ? readText(stringOf(said.get(key), key)) : null);
  const words: SignatureWords = {
    name: readText(stringOf(said.get('Name'), 'its name')),
    reason: optional('Reason'),
    location: optional('Location'),
    atMs: readDate(stringOf(said.get('M'), 'its time')),
  };
  const made = signaturePart(objects, words);
  const [from, to] = made.gap.map((one) => one - objects.bytes);
  const found = bytes.subarray(objects.bytes);
  if (from === undefined || to === undefined || found.length !== made.bytes.length)
    throw new PdfFault('what was appended to it is more or less than a signature of Plumbline');
  if (!found.subarray(0, from + 1).equals(made.bytes.subarray(0, from + 1)) || !found.subarray(to - 1).equals(made.bytes.subarray(to - 1)))
    throw new PdfFault('what was appended to it is not as a signature of Plumbline is written');
  const contents = update.slice(from + 1, to - 1);
  if (!/^[0-9a-f]+$/u.test(contents)) throw new PdfFault('its signature is no hexadecimal text');
  return { ...words, gap: made.gap, contents: Buffer.from(contents, 'hex') };
};
