import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { z } from 'zod';
import { catalogOf, type PdfObjects } from './objects.ts';
import { arrayOf, dictOf, isName, numberOf, PdfFault, refOf, stringOf } from './syntax.ts';

/** Names that our reports attach; never one of a host. */
const NAME = /^[a-z]{1,20}\.[a-z]{1,5}$/u;
const MOST = 8;
/** No deflate stream becomes more than 1,032 times as long; and nobody needs more of one than this. */
export const MOST_ATTACHED = 256 * 1024 * 1024;

/** `info` is not among the types of the library: how many of the packed bytes were taken. */
const inflatedSchema = z.object({ buffer: z.instanceof(Buffer), engine: z.object({ bytesWritten: z.number() }) });

const inflated = (name: string, packed: Buffer, bytes: number): Buffer => {
  if (bytes > MOST_ATTACHED) throw new PdfFault(`${name} is said to have ${bytes} bytes; at most ${MOST_ATTACHED} are read`);
  try {
    const { buffer, engine } = inflatedSchema.parse(inflateSync(packed, { maxOutputLength: Math.max(bytes, 1), info: true }));
    if (engine.bytesWritten === packed.length && buffer.length === bytes) return buffer;
  } catch {
    // It is no deflate stream, or becomes more than it says.
  }
  throw new PdfFault(`${name} cannot be unpacked to the ${bytes} bytes that it says`);
};

/**
 * What is attached to a document of ours (7.11.4), by name, unpacked and held against its own size and checksum. Each has to be among the
 * associated files of the document (ISO 19005-3, 6.8), and nothing else may be. Throws PdfFault.
 */
export const attachmentsOf = (objects: PdfObjects): ReadonlyMap<string, Buffer> => {
  const { dict: catalog } = catalogOf(objects);
  const names = objects.dictOf(refOf(catalog.get('Names'), 'the list of names'));
  const files = names.get('EmbeddedFiles');
  const associated = arrayOf(catalog.get('AF') ?? { kind: 'array', items: [] }, 'the list of associated files');
  const items = files === undefined ? [] : arrayOf(dictOf(files, 'the list of attachments').get('Names'), 'the list of attachments');
  if (items.length % 2 !== 0 || items.length / 2 > MOST || associated.length !== items.length / 2)
    throw new PdfFault('its lists of attachments do not fit together');
  const found = new Map<string, Buffer>();
  const listed = new Set(associated.map((value) => refOf(value, 'an associated file')));
  for (let at = 0; at < items.length; at += 2) {
    const name = stringOf(items[at], 'the name of an attachment');
    const specification = refOf(items[at + 1], 'an attachment');
    if (!NAME.test(name) || found.has(name) || !listed.has(specification))
      throw new PdfFault('an attachment has a name that no report gives, or one twice');
    const file = objects.dictOf(specification);
    if (stringOf(file.get('F'), 'the name of an attachment') !== name || stringOf(file.get('UF'), 'the name of an attachment') !== name)
      throw new PdfFault(`${name} has another name where it is described`);
    const { dict, packed } = objects.streamOf(refOf(dictOf(file.get('EF'), 'an attachment').get('F'), 'an attachment'));
    if (!isName(dict.get('Type'), 'EmbeddedFile') || !isName(dict.get('Filter'), 'FlateDecode') || dict.has('DecodeParms'))
      throw new PdfFault(`${name} is packed in another way`);
    const said = dictOf(dict.get('Params'), 'what is said of an attachment');
    const bytes = inflated(name, packed, numberOf(said.get('Size'), 'the size of an attachment'));
    if (createHash('md5').update(bytes).digest('hex') !== stringOf(said.get('CheckSum'), 'a checksum'))
      throw new PdfFault(`${name} is not what its checksum says`);
    found.set(name, bytes);
  }
  return found;
};
