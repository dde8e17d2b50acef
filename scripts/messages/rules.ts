import { childrenOf, nodeAt, nodesAt, type SyntaxNode, textAt } from './syntax.ts';

/**
 * Which texts of a source are said to a person. The sources carry no marks; a text is told by where it stands, and, where that says nothing, by
 * whether it reads like words. What these rules miss is found by everyone-pseudo-locale.spec.ts; what they take by mistake, by all who read the catalogue.
 */

const setOf = (...names: readonly string[]): ReadonlySet<string> => new Set(names.flatMap((line) => line.split(' ')));

/** Attributes and properties that only ever hold words. Every text in them is a message. */
const SAID_NAMES = setOf(
  'alt aria-label aria-description aria-roledescription aria-valuetext placeholder title doc empty hint label many meaning',
  'message nextStep noun one said short unit word words',
);

/** Tables of words are named so: all of their values are messages. */
const SAID_TABLE = /(?:^|_)(?:WORDS?|MEANING|IN_SENTENCE|TITLE|SAID|LABEL|DOC|MONTHS|WEEKDAYS)$|(?:[Ww]ords?|[Ss]aid)$/u;

/** Attributes and properties that never hold words, whatever they look like. */
const MUTE_NAMES = setOf(
  'accept className d dataKey fill form htmlFor href id name points role src stroke style target to file transform type',
  'viewBox strokeDasharray autoComplete rel code page kind keys',
);

/** Functions whose texts are for the machine: of the platform, of the transport, of the language of queries. */
const MUTE_CALLS = setOf(
  'addEventListener removeEventListener querySelector querySelectorAll closest matches matchMedia getItem setItem',
  'getAttribute setAttribute hasAttribute createElement getPropertyValue setProperty split join startsWith endsWith',
  'includes indexOf replaceAll replace has get call RegExp Error TypeError URL DisplayNames NumberFormat',
);

/** Functions that take words, lower case or not. `plural` is a message of its own (find.ts). */
const SAID_CALLS = new Set(['announce', 'say']);

/** Names of keys and of types of events look like words. */
const KEY_NAMES = setOf(
  'Alt ArrowDown ArrowLeft ArrowRight ArrowUp Backspace Control Ctrl Delete End Enter Escape Home Meta Mod PageDown PageUp',
  'Shift Space Tab',
);

const LETTER = /\p{L}/u;
/** What a value in a template is held to be. */
export const VALUE = '\uFFFC';
/** Two words beside each other, or one that begins as a sentence does. */
const READS_LIKE_WORDS =
  /(?:^|[\s(“"])\p{L}{2,}[,;:.…?!]?\s+\S|\s\p{L}{2,}[.…?!)]?$|^\p{Lu}\p{Ll}+(?:-\p{Ll}+)*(?:’s)?[.…?!]?$|^\p{L}{2,}…$/u;
/** Samples of files (YAML), conditions of the language of queries, command lines and style. */
const FOR_MACHINES = /\n\s*(?:- )?\w+:|^\w+ (?:=|!=|in \() |^\w+ = | --\w|var\(--/u;

export const hasLetters = (text: string): boolean => LETTER.test(text);
const readsLikeWords = (text: string): boolean => READS_LIKE_WORDS.test(text) && !KEY_NAMES.has(text.trim()) && !FOR_MACHINES.test(text);

/** What stands around a node, from the nearest outwards: the node above, and the key under which the inner one is in it. */
export type Place = readonly (readonly [parent: SyntaxNode, key: string])[];

const COMPARING = new Set(['===', '!==', '==', '!=', 'in', 'instanceof', '<', '>']);
const TRANSPARENT = new Set([
  'ConditionalExpression',
  'LogicalExpression',
  'ParenthesizedExpression',
  'TSAsExpression',
  'TSSatisfiesExpression',
]);

/** The last part of what is called: `announce`, and `matchMedia` of `window.matchMedia`. */
export const calleeOf = (call: SyntaxNode): string | undefined => {
  const callee = nodeAt(call, 'callee');
  if (callee === undefined) return undefined;
  return callee.type === 'Identifier' ? textAt(callee, 'name') : textAt(nodeAt(callee, 'property') ?? callee, 'name');
};

const attributeName = (attribute: SyntaxNode): string => {
  const name = nodeAt(attribute, 'name');
  return (name === undefined ? undefined : textAt(name, 'name')) ?? '';
};

const propertyName = (property: SyntaxNode): string => {
  const key = nodeAt(property, 'key');
  if (key === undefined || property['computed'] === true) return '';
  return textAt(key, 'name') ?? textAt(key, 'value') ?? '';
};

const byName = (name: string): 'said' | 'mute' | undefined => (SAID_NAMES.has(name) ? 'said' : MUTE_NAMES.has(name) ? 'mute' : undefined);

/** The value of a table such as `FORM_WORD`, right under its name: its keys are what is named, and not names of parts. */
const isTableValue = (place: Place, at: number): boolean => {
  const [, object, ...above] = place.slice(at).map(([node]) => node);
  const declared = above.find((node) => !TRANSPARENT.has(node.type));
  return object?.type === 'ObjectExpression' && declared !== undefined && isSaidTable(declared);
};
const isSaidTable = (declarator: SyntaxNode): boolean =>
  declarator.type === 'VariableDeclarator' && SAID_TABLE.test(textAt(nodeAt(declarator, 'id') ?? declarator, 'name') ?? '');

/**
 * 'said': whatever stands here is words; 'mute': none of it is; undefined: its looks decide.
 * Goes outwards as far as the value of an expression is the value of what holds it.
 */
const verdictOf = (place: Place): 'said' | 'mute' | undefined => {
  let table = false;
  for (const [at, [parent, key]] of place.entries()) {
    if (TRANSPARENT.has(parent.type)) {
      if (key === 'test' || (key === 'left' && parent['operator'] === '&&')) return 'mute';
      continue;
    }
    if (parent.type === 'BinaryExpression') {
      if (COMPARING.has(String(parent['operator']))) return 'mute';
      continue;
    }
    if (
      parent.type.startsWith('TS') ||
      parent.type.startsWith('Import') ||
      parent.type.startsWith('Export') ||
      parent.type === 'SwitchCase'
    ) {
      return parent.type === 'SwitchCase' && key === 'consequent' ? undefined : 'mute';
    }
    if (parent.type === 'Property') {
      if (key === 'key') return 'mute';
      const named = byName(propertyName(parent));
      if (named !== undefined) return named === 'mute' && isTableValue(place, at) ? 'said' : named;
      table = true;
      continue;
    }
    if (parent.type === 'ArrayExpression' || parent.type === 'ObjectExpression' || parent.type === 'ArrowFunctionExpression') {
      if (parent.type === 'ArrowFunctionExpression' && key !== 'body') return 'mute';
      continue;
    }
    if (parent.type === 'JSXAttribute') return attributeName(parent) === 'key' ? 'mute' : byName(attributeName(parent));
    if (parent.type === 'JSXExpressionContainer') continue;
    if (parent.type === 'JSXElement' || parent.type === 'JSXFragment') return table ? undefined : 'said';
    if (parent.type === 'TemplateLiteral') continue;
    if (parent.type === 'TaggedTemplateExpression' || parent.type === 'MemberExpression' || parent.type === 'ExpressionStatement')
      return 'mute';
    if (parent.type === 'VariableDeclarator') {
      return isSaidTable(parent) ? 'said' : undefined;
    }
    if (parent.type === 'CallExpression' || parent.type === 'NewExpression') {
      const callee = calleeOf(parent) ?? '';
      if (SAID_CALLS.has(callee) || SAID_TABLE.test(callee)) return 'said';
      return MUTE_CALLS.has(callee) ? 'mute' : undefined;
    }
    return undefined;
  }
  return undefined;
};

/**
 * Texts that the program tells apart: literal types, lists as const, what is compared. One of them, such as `in part`, may read like words and is none.
 */
export const valuesIn = (tree: SyntaxNode): readonly string[] => {
  const found: string[] = [];
  const put = (node: SyntaxNode | undefined): void => {
    const text = node?.type === 'Literal' ? textAt(node, 'value') : undefined;
    if (text !== undefined) found.push(text);
  };
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'TSLiteralType') put(nodeAt(node, 'literal'));
    if (node.type === 'SwitchCase') put(nodeAt(node, 'test'));
    if (node.type === 'BinaryExpression' && COMPARING.has(String(node['operator'])))
      for (const side of ['left', 'right']) put(nodeAt(node, side));
    // A list of its own, and not one of a value and its word.
    const list = node.type === 'VariableDeclarator' ? nodeAt(node, 'init') : undefined;
    if (list?.type === 'TSAsExpression') for (const element of nodesAt(nodeAt(list, 'expression') ?? list, 'elements')) put(element);
    if (node.type === 'CallExpression' && calleeOf(node) === 'enum')
      for (const allowed of nodesAt(node, 'arguments')) for (const element of nodesAt(allowed, 'elements')) put(element);
    for (const [, child] of childrenOf(node)) visit(child);
  };
  visit(tree);
  return found;
};

/** Whether a text that stands there is said to a person; `values`: see `valuesIn`. `text` has `VALUE` for each value of a template. */
export const isSaid = (text: string, place: Place, values: ReadonlySet<string>): boolean => {
  if (!hasLetters(text)) return false;
  const verdict = verdictOf(place);
  return verdict === undefined ? readsLikeWords(text) && !values.has(text) : verdict === 'said';
};

/** Types hold no words, and are gone when the program runs. */
export const isOnlyType = (node: SyntaxNode): boolean =>
  (node.type.startsWith('TS') && !TRANSPARENT.has(node.type) && node.type !== 'TSNonNullExpression') || node.type === 'ImportDeclaration';

export const walk = (node: SyntaxNode, place: Place, seen: (node: SyntaxNode, place: Place) => boolean): void => {
  if (isOnlyType(node) || !seen(node, place)) return;
  for (const [key, child] of childrenOf(node)) walk(child, [[node, key], ...place], seen);
};
