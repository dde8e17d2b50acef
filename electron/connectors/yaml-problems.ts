import { isMap, isNode, isScalar, visit, type Document, type LineCounter } from 'yaml';
import type { z } from 'zod';
import { visibleText } from '../../shared/model/hostile-text.ts';
import { nearest } from '../../shared/model/nearest.ts';
import type { EndpointsProblem } from './endpoint-types.ts';
import { KNOWN_KEYS } from './endpoints-schema.ts';

export type Position = { readonly line: number; readonly column: number };
export type Path = readonly (string | number)[];
export type Source = { readonly document: Document; readonly lines: LineCounter };
export type Locator = (path: Path) => Position;

/** Where a value of the document stands; where it does not exist, the nearest thing around it that does. */
export const createLocator =
  (document: Document, lines: LineCounter): Locator =>
  (path) => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) {
        const { line, col } = lines.linePos(node.range[0]);
        return { line, column: col };
      }
    }
    return { line: 1, column: 1 };
  };

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Replaces ${NAME} in string values. A value that comes from the environment is not looked at again. */
export const substituteEnvironment = (
  document: Document,
  lines: LineCounter,
  env: Readonly<Record<string, string | undefined>>,
): readonly EndpointsProblem[] => {
  const problems: EndpointsProblem[] = [];
  visit(document, {
    Scalar: (place, node) => {
      if (place === 'key' || typeof node.value !== 'string') return;
      node.value = node.value.replace(VARIABLE, (_whole, name: string) => {
        const value = env[name];
        if (value !== undefined) return value;
        const { line, col } = lines.linePos(node.range?.[0] ?? 0);
        problems.push({
          line,
          column: col,
          message: `The environment variable ${name} is not set.`,
          nextStep: `Set ${name} before starting Plumbline, or write the value into the file.`,
        });
        return 'unset';
      });
    },
  });
  return problems;
};

const suggestion = (key: string): string => {
  const meant = nearest(key, KNOWN_KEYS);
  return meant === null ? '' : ` Did you mean "${meant}"?`;
};

const keyPosition = ({ document, lines }: Source, path: Path, key: string, locate: Locator): Position => {
  const map: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isMap(map)) {
    for (const pair of map.items) {
      if (isScalar(pair.key) && pair.key.value === key && pair.key.range) {
        const { line, col } = lines.linePos(pair.key.range[0]);
        return { line, column: col };
      }
    }
  }
  return locate(path);
};

const wordsOf = (path: Path): string => {
  if (path.length === 0) return 'The file';
  const words = path.map((part) => (typeof part === 'number' ? `[${part + 1}]` : `.${part}`)).join('');
  return visibleText(words.replace(/^\./, ''), 120);
};

/** zod's findings in words. Its messages name types and rules, never the value that was found. */
export const problemsOfIssues = (issues: readonly z.core.$ZodIssue[], locate: Locator, source: Source): readonly EndpointsProblem[] =>
  issues.flatMap((issue): readonly EndpointsProblem[] => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        ...keyPosition(source, path, key, locate),
        message: `${path.length === 0 ? 'The file' : wordsOf(path)} has an unknown key "${visibleText(key, 60)}".${suggestion(key)}`,
        nextStep: 'Correct or remove the key.',
      }));
    }
    const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
    const message = missing ? `${wordsOf(path)} is missing.` : `${wordsOf(path)} ${sentence(issue.message)}.`;
    return [{ ...locate(path), message, nextStep: missing ? 'Add the key.' : 'Correct the value.' }];
  });

const sentence = (message: string): string => (message.startsWith('must') ? message : `is not valid: ${visibleText(message, 160)}`);
