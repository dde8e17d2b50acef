import { visibleText } from '../../shared/model/hostile-text.ts';
import { fail, ok, type Result } from '../../shared/model/result.ts';
import { attachmentsOf } from './attachments.ts';
import { type PdfObjects, readObjects } from './objects.ts';
import { type FoundSignature, readSignaturePart } from './signature-part.ts';
import { dictOf, numberOf, PdfFault, readValue } from './syntax.ts';

/** A report has at most so many bytes; longer ones are not read. */
export const MOST_PDF_BYTES = 512 * 1024 * 1024;

export type OpenPdf = {
  readonly objects: PdfObjects;
  readonly attachments: ReadonlyMap<string, Buffer>;
  /** Null where nothing stands behind the document. Verifies nothing of it but its form. */
  readonly signature: FoundSignature | null;
};

const TAIL = 2048;
const LAST = /(?:^|\n)startxref\n(\d{1,10})\n%%EOF\n$/u;

/** Where the table of the first section is: the last one's, or, of an update, the one that it names as the one before. */
const firstTable = (bytes: Buffer): number => {
  const tail = bytes.toString('latin1', Math.max(0, bytes.length - TAIL));
  const [, last] = LAST.exec(tail) ?? [];
  if (last === undefined) throw new PdfFault('it does not end as a document ends');
  const begin = tail.lastIndexOf('trailer\n');
  if (begin < 0) throw new PdfFault('it has no trailer at its end');
  const previous = dictOf(readValue(tail, begin + 'trailer\n'.length).value, 'the trailer').get('Prev');
  return previous === undefined ? Number(last) : numberOf(previous, 'the place of its first table');
};

/** Reads only the first section, before anything is appended. Throws PdfFault. */
export const readBase = (bytes: Buffer): PdfObjects => readObjects(bytes, firstTable(bytes));

/** Runs what reads a document, and makes a problem of what is not as it was written. Problems: pdf-form. */
export const readPdf = <T>(read: () => T): Result<T> => {
  try {
    return ok(read());
  } catch (error) {
    if (!(error instanceof PdfFault)) throw error;
    return fail(
      'pdf-form',
      `This is no PDF of Plumbline as it was written: ${visibleText(error.message, 300)}.`,
      'Get the file again from where it was made; one that another program saved cannot be checked.',
    );
  }
};

/**
 * Opens a PDF that Plumbline wrote, with what is attached and what was appended. Every byte is accounted for: objects without a gap, one table,
 * and behind it nothing, or one signature in the form that Plumbline writes. Problems: pdf-form.
 */
export const openPdf = (bytes: Buffer): Result<OpenPdf> =>
  readPdf(() => {
    const objects = readBase(bytes);
    const signature = bytes.length === objects.bytes ? null : readSignaturePart(bytes, objects);
    return { objects, attachments: attachmentsOf(objects), signature };
  });
