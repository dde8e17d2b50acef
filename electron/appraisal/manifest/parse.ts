import { LineCounter, parseDocument, type YAMLParseError } from 'yaml';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { wrongKeys } from './keys.ts';
import { checkMeaning } from './meaning.ts';
import type { Manifest } from './manifest.ts';
import { normalise } from './normalise.ts';
import { type ManifestProblem, MAX_PROBLEMS, problemAt, problemsOfIssues, type Source } from './problems.ts';
import { MANIFEST_LIMITS, manifestSchema } from './schema.ts';

export type ParsedManifest =
  | { readonly ok: true; readonly manifest: Manifest; readonly warnings: readonly ManifestProblem[] }
  | { readonly ok: false; readonly problems: readonly ManifestProblem[] };

const failed = (problems: readonly ManifestProblem[]): ParsedManifest => ({
  ok: false,
  problems: problems.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, MAX_PROBLEMS),
});

/** The parser goes as deep as the stack allows. */
const wordsOf = ({ code, message }: YAMLParseError): string => {
  if (code === 'MULTIPLE_DOCS') return 'A manifest is one document; what begins here is another.';
  return message.includes('call stack') ? 'The manifest is nested too deeply.' : message;
};

/**
 * Reads a manifest (YAML 1.2). All of it is right or none of it counts; every problem has its line and column, both from 1, and what was
 * probably meant. Warnings are about rules that have no effect. Aliases are refused: they can grow without bound.
 */
export const parseManifest = (text: string): ParsedManifest => {
  const lines = new LineCounter();
  if (text.length > MANIFEST_LIMITS.characters)
    return failed([problemAt(lines, 0, `The manifest is larger than ${MANIFEST_LIMITS.characters} characters.`)]);
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true, uniqueKeys: false });
  const source: Source = { document, lines };
  if (document.errors.length > 0) return failed(document.errors.map((error) => problemAt(lines, error.pos[0], wordsOf(error))));
  // A tag or a version of YAML that is not understood would be passed over, and something else be meant than is read.
  if (document.warnings.length > 0) return failed(document.warnings.map((warning) => problemAt(lines, warning.pos[0], warning.message)));
  if (document.directives.yaml.version !== '1.2')
    return failed([problemAt(lines, 0, 'A manifest is YAML 1.2; take the line that begins with %YAML out.')]);
  const keys = wrongKeys(document);
  if (keys.length > 0) return failed(keys.map(({ offset, message }) => problemAt(lines, offset, message)));
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    return failed([problemAt(lines, 0, 'Aliases (*name) are not allowed in a manifest.')]);
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) return failed(problemsOfIssues(parsed.error.issues, source));
  const { problems, warnings } = checkMeaning(parsed.data, source);
  if (problems.length > 0) return failed(problems);
  return { ok: true, manifest: normalise(parsed.data, (name) => visibleText(name, 200)), warnings };
};
