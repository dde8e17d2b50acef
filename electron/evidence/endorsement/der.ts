import { attempt, type Attempt, ReadFailure } from '../reader.ts';

/** One DER element (X.690 8.1): `whole` with its header, `content` without. Both are views. */
export type Element = { readonly tag: number; readonly whole: Uint8Array; readonly content: Uint8Array };

const MAX_ELEMENTS = 512;

/** Definite lengths of at most three bytes; nothing here is larger. Values are not judged: real certificates pad integers. */
export const elementAt = (bytes: Uint8Array, at: number): { readonly element: Element; readonly end: number } => {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) throw new ReadFailure('a DER element ends early', at);
  if ((tag & 0x1f) === 0x1f) throw new ReadFailure('a DER element has a tag of several bytes', at);
  let length = first;
  let start = at + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 3) throw new ReadFailure('a DER length is indefinite or too long', at);
    length = 0;
    for (let i = 0; i < count; i += 1) length = length * 256 + (bytes[start + i] ?? 0);
    start += count;
  }
  const end = start + length;
  if (end > bytes.length) throw new ReadFailure(`a DER element needs ${length} bytes at byte ${start}`, at);
  return { element: { tag, whole: bytes.subarray(at, end), content: bytes.subarray(start, end) }, end };
};

/** The elements inside a constructed one, at most 512. */
export const elementsOf = (content: Uint8Array): readonly Element[] => {
  const elements: Element[] = [];
  for (let at = 0; at < content.length; ) {
    if (elements.length >= MAX_ELEMENTS) throw new ReadFailure(`more than ${MAX_ELEMENTS} DER elements in one`, at);
    const { element, end } = elementAt(content, at);
    elements.push(element);
    at = end;
  }
  return elements;
};

export const need = (element: Element | undefined, tag: number, what: string): Element => {
  if (element?.tag !== tag) throw new ReadFailure(`${what} is missing or of another type`, 0);
  return element;
};

export const reading = <T>(read: () => T): Attempt<T> => attempt(read);
