import { calleeOf, hasLetters, isSaid, type Place, VALUE, walk } from './rules.ts';
import { nodeAt, nodesAt, parseSource, type SyntaxNode, textAt } from './syntax.ts';

/** A part of a message as the source has it: words, a value, or an element around further parts (none: the element is a value). */
export type Part =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'value'; readonly node: SyntaxNode }
  | { readonly kind: 'element'; readonly node: SyntaxNode; readonly inside: readonly Part[] };

/**
 * One message where it stands. `from` and `to` are the offsets of what a translation takes the place of: the children of an element, the value of an
 * attribute, a text, or a call of `plural`.
 */
export type Message = {
  readonly form: 'children' | 'attribute' | 'text' | 'plural';
  readonly from: number;
  readonly to: number;
  readonly id: string;
  /** The spaces around it, which are no matter of a translation. */
  readonly around: readonly [before: string, after: string];
  /** The form for many, where it has forms. */
  readonly plural: string | null;
  readonly parts: readonly Part[];
};

const words = (text: string): Part => ({ kind: 'words', text });

/** What JSX makes of a text: lines are trimmed and joined by one space. */
const jsxText = (raw: string): string => {
  const lines = raw.split('\n');
  return lines
    .map((line, index) => {
      const start = index === 0 ? line : line.replace(/^[ \t]+/u, '');
      return index === lines.length - 1 ? start : start.replace(/[ \t]+$/u, '');
    })
    .filter((line) => line !== '')
    .join(' ');
};

/** What is in these is the same in every language: texts of files, commands, legends of keys. */
const VERBATIM = new Set(['code', 'kbd', 'pre', 'samp']);
const isVerbatim = (element: SyntaxNode): boolean => {
  const open = nodeAt(element, 'openingElement');
  const name = open === undefined ? undefined : nodeAt(open, 'name');
  return name !== undefined && VERBATIM.has(textAt(name, 'name') ?? '');
};

const isElement = (node: SyntaxNode): boolean => node.type === 'JSXElement' || node.type === 'JSXFragment';

const literalIn = (container: SyntaxNode): string | undefined => {
  const expression = nodeAt(container, 'expression');
  return expression?.type === 'Literal' ? textAt(expression, 'value') : undefined;
};

const wordsOf = (child: SyntaxNode): string | undefined => {
  if (child.type === 'JSXText') return jsxText(textAt(child, 'value') ?? '');
  return child.type === 'JSXExpressionContainer' ? literalIn(child) : undefined;
};

const saysSomething = (element: SyntaxNode): boolean =>
  !isVerbatim(element) &&
  nodesAt(element, 'children').some((child) => hasLetters(wordsOf(child) ?? '') || (isElement(child) && saysSomething(child)));

/** Whether words stand directly in an element: only then its children are one message. */
const hasOwnWords = (element: SyntaxNode): boolean =>
  !isVerbatim(element) &&
  nodesAt(element, 'children').some((child) => child.type === 'JSXText' && hasLetters(jsxText(textAt(child, 'value') ?? '')));

const partsOf = (element: SyntaxNode): readonly Part[] => {
  const parts: Part[] = [];
  for (const child of nodesAt(element, 'children')) {
    const text = wordsOf(child);
    const last = parts.at(-1);
    if (text !== undefined) {
      if (last?.kind === 'words') parts[parts.length - 1] = words(last.text + text);
      else if (text !== '') parts.push(words(text));
    } else if (isElement(child)) parts.push({ kind: 'element', node: child, inside: saysSomething(child) ? partsOf(child) : [] });
    else if (nodeAt(child, 'expression')?.type !== 'JSXEmptyExpression') parts.push({ kind: 'value', node: child });
  }
  return parts;
};

/** The text of a message: values are `{0}`, elements `<1>…</1>` or `<1/>`, all in one count. */
const idOf = (parts: readonly Part[], counter = { next: 0 }): string =>
  parts
    .map((part) => {
      if (part.kind === 'words') return part.text;
      const number = counter.next++;
      if (part.kind === 'value') return `{${number}}`;
      return part.inside.length === 0 ? `<${number}/>` : `<${number}>${idOf(part.inside, counter)}</${number}>`;
    })
    .join('');

/** Everything in a message that stands for something, by its number. */
export const numbered = (parts: readonly Part[]): readonly Part[] =>
  parts.flatMap((part) => (part.kind === 'words' ? [] : part.kind === 'value' ? [part] : [part, ...numbered(part.inside)]));

const templateParts = (template: SyntaxNode): readonly Part[] =>
  [...nodesAt(template, 'quasis'), ...nodesAt(template, 'expressions')]
    .sort((a, b) => a.start - b.start)
    .flatMap((node): readonly Part[] => {
      if (node.type !== 'TemplateElement') return [{ kind: 'value', node }];
      const value = node['value'];
      const text = typeof value === 'object' && value !== null && 'cooked' in value ? value.cooked : undefined;
      return typeof text === 'string' && text !== '' ? [words(text)] : [];
    });

const message = (form: Message['form'], from: number, to: number, parts: readonly Part[]): Message => {
  const said = idOf(parts);
  const around = [/^\s*/u.exec(said)?.[0] ?? '', /\s*$/u.exec(said)?.[0] ?? ''] as const;
  return { form, from, to, id: said.trim(), around, plural: null, parts };
};

const fromChildren = (element: SyntaxNode): Message | null => {
  const children = nodesAt(element, 'children');
  const [first, last] = [children[0], children.at(-1)];
  return first === undefined || last === undefined ? null : message('children', first.start, last.end, partsOf(element));
};

/** `plural(n, 'host', 'hosts')`: the number is part of the message, so that a language can put it elsewhere. */
const fromPlural = (call: SyntaxNode): Message | null => {
  const [value, one, many] = nodesAt(call, 'arguments');
  const [singular, plural] = [one, many].map((form) => (form?.type === 'Literal' ? textAt(form, 'value') : undefined));
  if (calleeOf(call) !== 'plural' || value === undefined || singular === undefined || plural === undefined) return null;
  const base = message('plural', call.start, call.end, [{ kind: 'value', node: value }]);
  return { ...base, id: `{0} ${singular}`, plural: `{0} ${plural}` };
};

const fromText = (node: SyntaxNode, place: Place, values: ReadonlySet<string>): Message | null => {
  const parts = node.type === 'TemplateLiteral' ? templateParts(node) : [words(textAt(node, 'value') ?? '')];
  const looks = parts.map((part) => (part.kind === 'words' ? part.text : VALUE)).join('');
  if (!isSaid(looks, place, values)) return null;
  const attribute = place[0]?.[0].type === 'JSXAttribute';
  return message(attribute ? 'attribute' : 'text', node.start, node.end, parts);
};

const messageAt = (node: SyntaxNode, place: Place, values: ReadonlySet<string>): Message | null => {
  if (isElement(node)) return hasOwnWords(node) ? fromChildren(node) : null;
  if (node.type === 'CallExpression') return fromPlural(node);
  return node.type === 'Literal' || node.type === 'TemplateLiteral' ? fromText(node, place, values) : null;
};

/** The elements that are parts of a message found further out: their words are in it already. */
const takenBy = (parts: readonly Part[]): readonly SyntaxNode[] =>
  parts.flatMap((part) => (part.kind === 'element' && part.inside.length > 0 ? [part.node, ...takenBy(part.inside)] : []));

/** All messages of a source, `values` being those of the whole program (`valuesIn`); outer before inner, in its order. Messages in the values of a message are messages of their own. */
export const findMessages = (file: string, source: string, values: ReadonlySet<string>): readonly Message[] => {
  const found: Message[] = [];
  const taken = new Set<SyntaxNode>();
  const texts = new Set<number>();
  walk(parseSource(file, source), [], (node, place) => {
    if (taken.has(node) || texts.has(node.start)) return true;
    const one = messageAt(node, place, values);
    if (one === null) return true;
    found.push(one);
    for (const element of takenBy(one.parts)) taken.add(element);
    if (one.form === 'children')
      for (const element of [node, ...takenBy(one.parts)])
        for (const child of nodesAt(element, 'children')) {
          const literal =
            child.type === 'JSXExpressionContainer' && literalIn(child) !== undefined ? nodeAt(child, 'expression') : undefined;
          if (literal !== undefined) texts.add(literal.start);
        }
    if (one.form === 'plural') for (const form of nodesAt(node, 'arguments').slice(1)) texts.add(form.start);
    return true;
  });
  return found;
};
