import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { openPdf } from '../../pdf-file/open.ts';
import type { PdfObjects } from '../../pdf-file/objects.ts';

/** The document without what was appended, its objects, and what is attached to it. Throws where it is no good one. */
export const opened = (pdf: Buffer) => {
  const read = openPdf(pdf);
  if (!read.ok) throw new Error(read.problem.message);
  return read.value;
};

const streamNumber = (pdf: Buffer, { size, dictOf }: PdfObjects, name: string): number => {
  for (let number = 1; number < size; number += 1) {
    const at = pdf.indexOf(`\n${number} 0 obj\n<<\n/Type /Filespec\n`, 0, 'latin1');
    if (at < 0) continue;
    const dict = dictOf(number);
    const file = dict.get('EF');
    const stream = file?.kind === 'dict' ? file.entries.get('F') : undefined;
    const is = dict.get('F');
    if (is?.kind === 'string' && is.text === name && stream?.kind === 'ref') return stream.number;
  }
  throw new Error(`${name} is not attached`);
};

/** An attachment as pdfkit writes it. */
const streamOf = (number: number, bytes: Buffer, said: number): Buffer => {
  const packed = deflateSync(bytes);
  const sum = createHash('md5').update(bytes).digest('hex');
  const head = `${number} 0 obj\n<<\n/Type /EmbeddedFile\n/Params <<\n/CheckSum (${sum})\n/Size ${said}\n>>\n/Length ${packed.length}\n/Filter /FlateDecode\n>>\nstream\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), packed, Buffer.from('\nendstream\nendobj\n')]);
};

/**
 * What somebody would do who changes what is attached and hides it: other contents with sizes and checksums that fit, and a table of objects that
 * fits as well. `said`: the size that an attachment is said to have, where it is another. Whatever was appended is left out.
 */
export const withAttachments = (pdf: Buffer, contents: ReadonlyMap<string, Buffer>, said?: number): Buffer => {
  const { objects } = opened(pdf);
  const changed = new Map([...contents].map(([name, bytes]) => [streamNumber(pdf, objects, name), bytes]));
  const table = pdf.toString('latin1', objects.xref, objects.bytes);
  const offsets = [...table.matchAll(/^(\d{10}) 00000 n $/gmu)].map(([, offset], at) => ({ number: at + 1, offset: Number(offset) }));
  const order = offsets.toSorted((a, b) => a.offset - b.offset);
  const parts = [pdf.subarray(0, order[0]?.offset)];
  let at = parts[0]?.length ?? 0;
  const places = new Map<number, number>();
  order.forEach(({ number, offset }, place) => {
    const bytes = changed.get(number);
    const part =
      bytes === undefined ? pdf.subarray(offset, order[place + 1]?.offset ?? objects.xref) : streamOf(number, bytes, said ?? bytes.length);
    places.set(number, at);
    parts.push(part);
    at += part.length;
  });
  const lines = offsets.map(({ number }) => `${String(places.get(number)).padStart(10, '0')} 00000 n \n`);
  const trailer = table.slice(table.indexOf('trailer\n')).replace(/startxref\n\d+/u, `startxref\n${at}`);
  return Buffer.concat([...parts, Buffer.from(`xref\n0 ${objects.size}\n0000000000 65535 f \n${lines.join('')}${trailer}`, 'latin1')]);
};

/** The same, with a proof whose digests fit again. */
export const withHidden = (pdf: Buffer, contents: ReadonlyMap<string, Buffer>): Buffer => {
  let proof = opened(pdf).attachments.get('proof.json')?.toString('utf8') ?? '';
  for (const [name, bytes] of contents)
    proof = proof.replace(
      new RegExp(`("name":"${name}","bytes":)\\d+(,"sha256":")[0-9a-f]{64}`, 'u'),
      `$1${bytes.length}$2${createHash('sha256').update(bytes).digest('hex')}`,
    );
  return withAttachments(pdf, new Map([['proof.json', Buffer.from(proof)], ...contents]));
};
