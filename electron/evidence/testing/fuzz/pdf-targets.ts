import { openPdf, readBase } from '../../../pdf-file/open.ts';
import { signaturePart } from '../../../pdf-file/signature-part.ts';
import { createPaper } from '../../../reports/pdf/paper.ts';
import { verifyDigest } from '../../../signing/cms.ts';
import { mutateBytes } from './mutate-bytes.ts';
import type { Outcome, Target } from './target.ts';

const paper = (): Buffer => {
  const parts: Uint8Array[] = [];
  const words = {
    title: 'Paper',
    subject: 'A page',
    version: '1',
    identity: 'x',
    atMs: 0,
    foot: ['a', 'b'],
    demo: null,
    organisation: null,
  } as const;
  const made = createPaper(words, { write: (part) => void parts.push(Buffer.from(part)) });
  made.attach('evidence.json', Buffer.from('{"v":1}\n'), 'application/json', 'Something attached');
  made.page();
  made.end();
  return Buffer.concat(parts);
};
const withSignature = (pdf: Buffer): Buffer =>
  Buffer.concat([pdf, signaturePart(readBase(pdf), { name: 'A', reason: 'B', location: null, atMs: 0 }).bytes]);

const pdf = (input: Buffer): Outcome => {
  const opened = openPdf(input);
  if (!opened.ok) return { shape: opened.problem.message.replaceAll(/\d+/gu, '#').slice(0, 90), output: opened.problem };
  const { attachments, signature, objects } = opened.value;
  const more = [...attachments.values()].some((bytes) => bytes.toString('utf8') !== '{"v":1}\n');
  const verified = signature === null ? null : verifyDigest(signature.contents, Buffer.alloc(32));
  // A checksum and a size hold what is attached; nothing here has a signature.
  const broken = more ? 'an attachment is another' : verified?.ok === true ? 'a signature of nobody holds' : undefined;
  return { shape: `ok|${attachments.size}|${signature === null}`, output: { bytes: objects.bytes, size: objects.size }, broken };
};

/** Reports as PDF, with the place of a signature and without. */
export const PDF_TARGETS: readonly Target[] = [
  { name: 'pdf', mutate: mutateBytes, seeds: () => [paper(), withSignature(paper())], corpus: [], run: pdf },
];
