/** A translation taken apart: words, and what stands for a part of the message by its number. */
export type Token =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'value'; readonly number: number }
  | { readonly kind: 'element'; readonly number: number; readonly inside: readonly Token[] };

const MARK = /\{(\d+)\}|<(\d+)\/>|<(\d+)>|<\/(\d+)>/gu;

type Open = { readonly number: number; readonly tokens: Token[] };

/** Reads `{0}`, `<1>…</1>` and `<1/>`. Throws where an element is not closed, or closed where it was not opened. */
export const readTranslation = (text: string): readonly Token[] => {
  const stack: Open[] = [{ number: -1, tokens: [] }];
  const put = (token: Token): void => void stack.at(-1)?.tokens.push(token);
  let at = 0;
  for (const match of text.matchAll(MARK)) {
    if (match.index > at) put({ kind: 'words', text: text.slice(at, match.index) });
    at = match.index + match[0].length;
    const [, value, empty, open, close] = match;
    if (value !== undefined) put({ kind: 'value', number: Number(value) });
    else if (empty !== undefined) put({ kind: 'element', number: Number(empty), inside: [] });
    else if (open !== undefined) stack.push({ number: Number(open), tokens: [] });
    else {
      const ended = stack.length > 1 ? stack.pop() : undefined;
      if (ended === undefined || ended.number !== Number(close)) throw new Error(`“${text}” closes <${close}> where it is not open.`);
      put({ kind: 'element', number: ended.number, inside: ended.tokens });
    }
  }
  if (stack.length > 1) throw new Error(`“${text}” does not close <${stack.at(-1)?.number}>.`);
  if (at < text.length) put({ kind: 'words', text: text.slice(at) });
  return stack[0]?.tokens ?? [];
};

/** What of a translation stands for parts of its message, sorted: `{0}`, `<1>`. */
export const marksOf = (tokens: readonly Token[]): readonly string[] => {
  const marks = (token: Token): readonly string[] => {
    if (token.kind === 'words') return [];
    return token.kind === 'value' ? [`{${token.number}}`] : [`<${token.number}>`, ...token.inside.flatMap(marks)];
  };
  return tokens.flatMap(marks).sort();
};
