import type { Step } from './schema-node.ts';

/** Where the cursor stands in a YAML text that may be half written. */
export type Place = {
  readonly path: readonly Step[];
  /** What is being typed: a key of the mapping at `path`, or the word at `path`. */
  readonly typing: 'key' | 'word';
  /** Where the typed word begins, in the text. */
  readonly from: number;
  /** Where the value begins, in the text; as `from`, but for a word of several words. */
  readonly valueFrom: number;
  /** Spaces before a key of this mapping. */
  readonly column: number;
  readonly isFlow: boolean;
};

type Level = { readonly column: number; readonly step: Step };
type Flow = { readonly kind: 'mapping' | 'sequence'; key: string | null };
type Line = { readonly text: string; readonly start: number };

const KEY = /^(["']?)([A-Za-z_][\w.-]*)\1[ ]*:(?=[ ]|$)[ ]*/u;
const DASH = /^-(?:[ ]+|$)/u;
const SCALAR = /^[|>][+-]?\d?[ ]*$/u;

/** Takes what is deeper than a column, or as deep, off the levels. */
const closeTo = (levels: Level[], column: number, isItem: boolean): void => {
  for (let last = levels.at(-1); last !== undefined; last = levels.at(-1)) {
    const isDeeper = last.column > column;
    const isSame = last.column === column && (!isItem || last.step === 'item');
    if (!isDeeper && !isSame) return;
    levels.pop();
  }
};

type Read = { readonly column: number; readonly rest: string; readonly at: number; readonly hasKey: boolean };

/** Reads dashes and the key of a line onto the levels; gives what is left of it. */
const readLine = (levels: Level[], { text, start }: Line): Read => {
  let column = /^ */u.exec(text)?.[0].length ?? 0;
  let rest = text.slice(column);
  for (let dash = DASH.exec(rest)?.[0]; dash !== undefined; dash = DASH.exec(rest)?.[0]) {
    closeTo(levels, column, true);
    levels.push({ column, step: 'item' });
    column += dash.length;
    rest = rest.slice(dash.length);
  }
  closeTo(levels, column, false);
  const key = KEY.exec(rest);
  if (key === null) return { column, rest, at: start + column, hasKey: false };
  levels.push({ column, step: { key: key[2] ?? '' } });
  return { column, rest: rest.slice(key[0].length), at: start + column + key[0].length, hasKey: true };
};

type FlowRead = { readonly flow: readonly Flow[]; readonly from: number; readonly isComment: boolean };

/** Reads brackets, commas and keys of a flow; `from` is where the last word began. */
const readFlow = (before: readonly Flow[], text: string, at: number): FlowRead => {
  const flow = before.map((one) => ({ ...one }));
  let from = at;
  let quote = '';
  for (let index = 0; index < text.length; index += 1) {
    const here = text[index] ?? '';
    const top = flow.at(-1);
    if (quote !== '') {
      if (here === quote) quote = '';
    } else if (here === '"' || here === "'") quote = here;
    else if (here === '#' && (index === 0 || text[index - 1] === ' ')) return { flow, from, isComment: true };
    else if (here === '{' || here === '[') {
      flow.push({ kind: here === '{' ? 'mapping' : 'sequence', key: null });
      from = at + index + 1;
    } else if (here === '}' || here === ']') {
      flow.pop();
      from = at + index + 1;
    } else if (here === ',' && top !== undefined) {
      top.key = null;
      from = at + index + 1;
    } else if (here === ':' && top?.kind === 'mapping' && top.key === null && /^(?: |$)/u.test(text.slice(index + 1))) {
      top.key = text
        .slice(from - at, index)
        .trim()
        .replaceAll(/["']/gu, '');
      from = at + index + 1;
    }
  }
  return { flow, from, isComment: false };
};

const flowSteps = (flow: readonly Flow[]): Step[] =>
  flow.flatMap((one): Step[] => (one.kind === 'sequence' ? ['item'] : one.key === null ? [] : [{ key: one.key }]));

/** Skips the spaces and the quote before a word. */
const wordFrom = (text: string, from: number): number => from + (/^[ ]*["']?/u.exec(text.slice(from))?.[0].length ?? 0);

const linesUntil = (text: string, cursor: number): Line[] => {
  const lines: Line[] = [];
  for (let start = 0; ; ) {
    const end = text.indexOf('\n', start);
    if (end === -1 || end >= cursor) return [...lines, { text: text.slice(start, cursor), start }];
    lines.push({ text: text.slice(start, end), start });
    start = end + 1;
  }
};

/**
 * Finds the place of the cursor by the columns and brackets before it: a text that is being typed is seldom YAML that a parser takes.
 * Null in a comment and in a text of several lines. It is a guess for suggestions; what is wrong is said by the engine.
 */
export const placeAt = (text: string, cursor: number): Place | null => {
  const lines = linesUntil(text, cursor);
  const levels: Level[] = [];
  let flow: readonly Flow[] = [];
  let scalarColumn: number | null = null;
  for (const [index, line] of lines.entries()) {
    const isLast = index === lines.length - 1;
    const indent = /^ */u.exec(line.text)?.[0].length ?? 0;
    if (scalarColumn !== null && (line.text.trim() === '' || indent > scalarColumn)) {
      if (isLast) return null;
      continue;
    }
    scalarColumn = null;
    if (!isLast && (line.text.trim() === '' || line.text.trimStart().startsWith('#'))) continue;
    const inFlow = flow.length > 0;
    const read = inFlow ? { column: indent, rest: line.text, at: line.start, hasKey: true } : readLine(levels, line);
    if (!inFlow && !/^[[{]/u.test(read.rest)) {
      if (SCALAR.test(read.rest) && read.hasKey) scalarColumn = levels.at(-1)?.column ?? 0;
      if (!isLast) continue;
      if (/(?:^|\s)#/u.test(read.rest)) return null;
      const from = wordFrom(text.slice(0, cursor), read.at);
      return {
        path: levels.map(({ step }) => step),
        typing: read.hasKey ? 'word' : 'key',
        from,
        valueFrom: from,
        column: read.column,
        isFlow: false,
      };
    }
    const { flow: after, from, isComment } = readFlow(flow, read.rest, read.at);
    flow = after;
    if (!isLast) continue;
    if (isComment) return null;
    const top = flow.at(-1);
    const begins = wordFrom(text.slice(0, cursor), from);
    const path = [...levels.map(({ step }) => step), ...flowSteps(flow)];
    if (top === undefined) return null;
    return {
      path,
      typing: top.kind === 'mapping' && top.key === null ? 'key' : 'word',
      from: begins,
      valueFrom: begins,
      column: read.column,
      isFlow: true,
    };
  }
  return null;
};
