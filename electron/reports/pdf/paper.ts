import { createHash } from 'node:crypto';
import Pdf from 'pdfkit';
import { z } from 'zod';
import type { Organisation, Sink } from '../port.ts';
import { logoOf } from './logo.ts';
import { BOB_PATH } from '../../../shared/drawing/shapes.ts';
import { INK } from './ink.ts';
import { createTypesetter, inked, rgb, type Style, TYPE, type Typesetter } from './type.ts';

/** A4 in points, and what is left of it between the head and the foot of a page. */
export const PAGE = { width: 595.28, height: 841.89, left: 42, right: 553.28, top: 58, bottom: 786 } as const;
export const WIDTH = PAGE.right - PAGE.left;

export type Tag = PDFKit.PDFStructureElement;
export type TagName =
  | 'Document'
  | 'Sect'
  | 'H1'
  | 'H2'
  | 'H3'
  | 'P'
  | 'L'
  | 'LI'
  | 'LBody'
  | 'Table'
  | 'TR'
  | 'TH'
  | 'TD'
  | 'Figure'
  | 'Span';

export type PaperWords = {
  /** Of our own making: it goes into XML. */
  readonly title: string;
  readonly subject: string;
  readonly version: string;
  /** What the document is of; the same for the same data, so that its identity is. */
  readonly identity: string;
  readonly atMs: number;
  /** At the foot of each page. Hostile text may be in it. */
  readonly foot: readonly [string, string];
  /** On every page; null where no host is simulated. */
  readonly demo: string | null;
  /** Whose report it is; its name may hold anything. */
  readonly organisation: Organisation | null;
};

export type Paper = {
  readonly pdf: PDFKit.PDFDocument;
  readonly type: Typesetter;
  /** The whole document, in the order in which it is read. */
  readonly root: Tag;
  readonly page: () => void;
  readonly pages: () => number;
  /** Draws something that is read as `name`; what is drawn may not go over a page. */
  readonly tag: (parent: Tag, name: TagName, draw: () => void, alt?: string) => void;
  /** An element without a drawing of its own; to be ended when all of it is there. */
  readonly open: (parent: Tag, name: TagName) => Tag;
  /** What nobody needs to have read out: lines, and what is said elsewhere. */
  readonly artifact: (draw: () => void) => void;
  /** Draws the same again at another place, without finding it anew: `draw` draws it around (0, 0). */
  readonly stamp: (key: string, x: number, y: number, draw: () => void) => void;
  readonly bookmark: (title: string, under?: PDFKit.PDFOutline) => PDFKit.PDFOutline;
  readonly attach: (name: string, bytes: Buffer, type: string, about: string) => void;
  readonly end: () => void;
};

const TOTAL = 'Total';
const FOOT_Y = 797;
const TOGETHER = 64 * 1024;

/**
 * Lets pdfkit write straight into the sink, many small objects at once. By itself it is a stream that makes three pieces of bytes of each
 * object: for the quarter of a million objects of a long table that is more memory than the whole table. Gives what writes the rest.
 */
const writeInto = (pdf: PDFKit.PDFDocument, sink: Sink): (() => void) => {
  let waiting = '';
  const offset = (): number => z.number().parse(Reflect.get(pdf, '_offset'));
  const flush = (): void => {
    if (waiting !== '') sink.write(Buffer.from(waiting, 'latin1'));
    waiting = '';
  };
  const write = (data: unknown): void => {
    const text = data instanceof Uint8Array ? '' : `${String(data)}\n`;
    Reflect.set(pdf, '_offset', offset() + (data instanceof Uint8Array ? data.length : text.length));
    waiting += text;
    if (data instanceof Uint8Array || waiting.length > TOGETHER) flush();
    if (data instanceof Uint8Array) sink.write(data);
  };
  // The constructor has written the first two lines already, as a stream does.
  for (let part: unknown = pdf.read(); part !== null; part = pdf.read()) if (part instanceof Uint8Array) sink.write(part);
  Reflect.set(pdf, '_write', write);
  return flush;
};

/**
 * A document that goes into the sink page by page: nothing is held of a page that is done. How many pages there are is known at the end only;
 * each page shows one drawing that is written then. The same words give the same bytes: no clock and no chance is in it.
 * PDF/A-3a (ISO 19005-3) is what it says of itself; there is no proof of it but that of a validator.
 */
export const createPaper = (words: PaperWords, sink: Sink): Paper => {
  const date = new Date(words.atMs);
  const pdf = new Pdf({
    autoFirstPage: false,
    pdfVersion: '1.7',
    subset: 'PDF/A-3a',
    tagged: true,
    lang: 'en-GB',
    displayTitle: true,
    size: 'A4',
    margin: 0,
    // Else Helvetica would be opened, which is not embedded.
    font: '',
    info: {
      Title: words.title,
      Subject: words.subject,
      Creator: `Plumbline ${words.version}`,
      Producer: `Plumbline ${words.version}`,
      CreationDate: date,
      ModDate: date,
      Keywords: createHash('sha256').update(words.identity).digest('hex'),
    },
  });
  const pump = writeInto(pdf, sink);
  const type = createTypesetter(pdf);
  const root = pdf.struct('Document');
  pdf.addStructure(root);
  const total = pdf.ref({ Type: 'XObject', Subtype: 'Form', BBox: [0, -3, 60, 10], Resources: { Font: {} } });
  const logo = logoOf(pdf, words.organisation?.logo ?? null);
  const named = words.organisation?.name ?? null;
  let count = 0;

  const put = (text: string, x: number, y: number, style: Style, width: number): void => {
    const [line] = type.lines(text, style, width, 1);
    if (line !== undefined) type.draw(line, x, y, style);
  };
  const putRight = (text: string, right: number, y: number, style: Style): void =>
    put(text, right - type.width(text, style), y, style, WIDTH);

  const artifact = (draw: () => void): void => {
    pdf.markContent('Artifact', { type: 'Layout' });
    draw();
    pdf.endMarkedContent();
  };
  // What is drawn on a page is gathered as text: pdfkit would hold each operator of it as bytes of its own.
  let drawn: string[] = [];
  Reflect.set(pdf, 'addContent', (part: string) => {
    drawn.push(part);
    return pdf;
  });
  const finish = (): void => {
    if (count > 0) pdf.page.content.write(drawn.join('\n'));
    drawn = [];
  };
  const stamps = new Map<string, string>();
  const stamp = (key: string, x: number, y: number, draw: () => void): void => {
    let drawing = stamps.get(key);
    if (drawing === undefined) {
      const outside = drawn;
      drawn = [];
      draw();
      drawing = drawn.join(' ');
      drawn = outside;
      stamps.set(key, drawing);
    }
    pdf.addContent(`q 1 0 0 1 ${Math.round(x * 100) / 100} ${Math.round(y * 100) / 100} cm ${drawing} Q`);
  };
  const frame = (): void => {
    pdf.markContent('Artifact', { type: 'Pagination' });
    pdf
      .save()
      .translate(PAGE.left + 5, 22)
      .lineWidth(0.8)
      .strokeColor(INK.text1);
    pdf.moveTo(-5, 0).lineTo(5, 0).stroke();
    pdf.moveTo(0, 0).lineTo(0, 6).stroke();
    pdf.translate(0, 5.5).scale(0.5).path(BOB_PATH).fill(INK.text1).restore();
    put('Plumbline', PAGE.left + 16, 24, TYPE.h3, 80);
    const title = named === null ? words.title : `${words.title} · ${named}`;
    put(title, PAGE.left + 66, 24, inked({ ...TYPE.body, leading: 13 }, INK.text2), 220);
    let demoWidth = 0;
    if (words.demo !== null) {
      const style = inked(TYPE.h3, INK.stale);
      const width = type.width(words.demo, style) + 14;
      demoWidth = width + 12;
      pdf
        .lineWidth(0.9)
        .strokeColor(INK.staleMark)
        .rect(PAGE.right - width, 22, width, 17)
        .stroke();
      put(words.demo, PAGE.right - width + 7, 24, style, width);
    }
    logo?.draw(PAGE.right - demoWidth, 14);
    pdf
      .lineWidth(0.5)
      .strokeColor(INK.line2)
      .moveTo(PAGE.left, FOOT_Y - 4)
      .lineTo(PAGE.right, FOOT_Y - 4)
      .stroke();
    put(words.foot[0], PAGE.left, FOOT_Y, TYPE.foot, WIDTH - 90);
    put(words.foot[1], PAGE.left, FOOT_Y + 9, TYPE.foot, WIDTH - 90);
    const before = `Page ${count} of`;
    putRight(before, PAGE.right - 22, FOOT_Y, TYPE.foot);
    const { fonts, xobjects }: { fonts: unknown; xobjects: unknown } = pdf.page;
    if (typeof xobjects !== 'object' || xobjects === null || typeof fonts !== 'object') throw new Error('a page has no place for drawings');
    Reflect.set(xobjects, TOTAL, total);
    pdf.addContent(`q 1 0 0 -1 ${PAGE.right - 20} ${FOOT_Y + 6.46} cm /${TOTAL} Do Q`);
    pdf.endMarkedContent();
  };

  const writeTotal = (): void => {
    const { font } = type.shaper('sans', 'sans-latin');
    const [glyphs] = font.encode(String(count));
    Reflect.set(total.data, 'Resources', { Font: { [font.id]: font.ref() } });
    total.end(`${rgb(TYPE.foot.ink)} rg BT /${font.id} ${TYPE.foot.size} Tf 0 0 Td <${glyphs.join('')}> Tj ET`);
  };

  return {
    pdf,
    type,
    root,
    pages: () => count,
    page: () => {
      finish();
      pdf.addPage();
      count += 1;
      pump();
      frame();
    },
    tag: (parent, name, draw, alt) => {
      const content = pdf.markStructureContent(name);
      draw();
      pdf.endMarkedContent();
      parent.add(pdf.struct(name, alt === undefined ? {} : { alt }, [content]));
    },
    open: (parent, name) => {
      const tag = pdf.struct(name);
      parent.add(tag);
      return tag;
    },
    artifact,
    stamp,
    bookmark: (title, under = pdf.outline) => under.addItem(title, { expanded: true }),
    attach: (name, bytes, mime, about) => {
      const how = { name, type: mime, description: about, relationship: 'Data', creationDate: date, modifiedDate: date };
      pdf.file(bytes, how);
      pump();
    },
    end: () => {
      root.end();
      writeTotal();
      finish();
      pdf.end();
      pump();
    },
  };
};
