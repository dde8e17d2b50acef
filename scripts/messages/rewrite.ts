import { MagicString, type SourceMap } from 'magic-string';
import { findMessages, type Message, numbered, type Part } from './find.ts';
import type { Language } from './language.ts';
import { walk } from './rules.ts';
import { nodeAt, parseSource, type SyntaxNode, textAt } from './syntax.ts';
import { marksOf, readTranslation, type Token } from './translation.ts';

/** The tag that the sources give to everything that formats. It is not looked for elsewhere. */
const SOURCE_TAG = 'en-GB';
const IN_FORM = '__inForm';

type Change = { readonly from: number; readonly to: number; readonly write: () => string };

const inTemplate = (text: string): string => text.replace(/[\\`]|\$\{/gu, '\\$&');

/** Where the tags of an element end and begin: what is between them is its inside. */
const tagsOf = (element: SyntaxNode): readonly [open: SyntaxNode | undefined, close: SyntaxNode | undefined] => [
  nodeAt(element, 'openingElement') ?? nodeAt(element, 'openingFragment'),
  nodeAt(element, 'closingElement') ?? nodeAt(element, 'closingFragment'),
];

const space = (text: string): readonly Token[] => (text === '' ? [] : [{ kind: 'words', text }]);

class Writer {
  readonly #source: string;
  readonly #language: Language;
  readonly changes: readonly Change[];
  /** Whether the source needs `inForm`. */
  hasForms = false;

  constructor(file: string, source: string, language: Language, values: ReadonlySet<string>) {
    this.#source = source;
    this.#language = language;
    const messages = findMessages(file, source, values).flatMap((message): readonly Change[] => {
      const said = language.say(message.id, message.plural);
      return said === null ? [] : [{ from: message.from, to: message.to, write: () => this.#message(message, said) }];
    });
    this.changes = [...messages, ...tagChanges(file, source, language)].sort((a, b) => a.from - b.from || b.to - a.to);
  }

  /** The changes that are in no other change within a range. */
  outermost(from: number, to: number): readonly Change[] {
    const found: Change[] = [];
    let end = from;
    for (const change of this.changes)
      if (change.from >= end && change.to <= to) {
        found.push(change);
        end = change.to;
      }
    return found;
  }

  #text(from: number, to: number): string {
    let at = from;
    let written = '';
    for (const change of this.outermost(from, to)) {
      written += this.#source.slice(at, change.from) + change.write();
      at = change.to;
    }
    return written + this.#source.slice(at, to);
  }

  #node = (node: SyntaxNode): string => this.#text(node.start, node.end);

  #message(message: Message, said: readonly string[]): string {
    const parts = numbered(message.parts);
    // What a sentence says of a host must not get lost in another language.
    const wanted = marksOf(readTranslation(message.id)).join(' ');
    if (marksOf(readTranslation(message.id)).length !== parts.length) throw new Error(`“${message.id}” has words that look like values.`);
    const read = said.map((text) => {
      const tokens = readTranslation(text);
      // A form may say the number in words, or not at all: “one host”.
      const marks = marksOf(tokens).join(' ');
      if (marks !== wanted && !(message.form === 'plural' && marks === ''))
        throw new Error(`“${text}” does not have what “${message.id}” has, once each.`);
      return tokens;
    });
    const [first = []] = read;
    if (message.form === 'plural') return this.#plural(parts, said);
    const [before, after] = message.around;
    const all = [...space(before), ...first, ...space(after)];
    if (message.form === 'children') return this.#children(all, parts);
    const written = parts.length === 0 ? JSON.stringify(`${before}${said[0] ?? ''}${after}`) : `\`${this.#template(all, parts)}\``;
    return message.form === 'attribute' ? `{${written}}` : written;
  }

  #plural(parts: readonly Part[], said: readonly string[]): string {
    this.hasForms = true;
    const [value] = parts;
    const number = value?.kind === 'value' ? this.#node(value.node) : '0';
    return `${IN_FORM}(${number}, ${JSON.stringify(this.#language.tag)}, ${JSON.stringify(said)})`;
  }

  #template(tokens: readonly Token[], parts: readonly Part[]): string {
    return tokens
      .map((token) => {
        if (token.kind === 'words') return inTemplate(token.text);
        const part = parts[token.number];
        return part?.kind === 'value' ? `\${${this.#node(part.node)}}` : '';
      })
      .join('');
  }

  #children(tokens: readonly Token[], parts: readonly Part[]): string {
    return tokens
      .map((token) => {
        if (token.kind === 'words') return `{${JSON.stringify(token.text)}}`;
        const part = parts[token.number];
        if (part === undefined || part.kind === 'words') return '';
        if (part.kind === 'value' || part.inside.length === 0) return this.#node(part.node);
        const [open, close] = tagsOf(part.node);
        const inside = token.kind === 'element' ? this.#children(token.inside, parts) : '';
        return open === undefined || close === undefined ? '' : this.#node(open) + inside + this.#node(close);
      })
      .join('');
  }
}

const tagChanges = (file: string, source: string, language: Language): readonly Change[] => {
  const found: Change[] = [];
  walk(parseSource(file, source), [], (node) => {
    if (node.type === 'Literal' && textAt(node, 'value') === SOURCE_TAG)
      found.push({ from: node.start, to: node.end, write: () => JSON.stringify(language.tag) });
    return true;
  });
  return found;
};

/**
 * A source in another language; null where it says nothing. `values`: see `valuesIn`; `formsFrom`: the module with `inForm`.
 * Throws where a translation lacks a part of its message, or has one twice.
 */
export const rewrite = (
  file: string,
  source: string,
  language: Language,
  about: { readonly values: ReadonlySet<string>; readonly formsFrom: string },
): { readonly code: string; readonly map: SourceMap } | null => {
  const writer = new Writer(file, source, language, about.values);
  const changes = writer.outermost(0, source.length);
  if (changes.length === 0) return null;
  const text = new MagicString(source);
  for (const change of changes) if (change.to > change.from) text.overwrite(change.from, change.to, change.write());
  if (writer.hasForms) text.prepend(`import { inForm as ${IN_FORM} } from ${JSON.stringify(about.formsFrom)};\n`);
  return { code: text.toString(), map: text.generateMap({ source: file, hires: 'boundary' }) };
};
