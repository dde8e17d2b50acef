import { parse, type ParseError } from 'jsonc-parser';
import { referenceItemSchema, type ReferenceItem } from '../../../shared/model/reference-set.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';
import { count } from '../../ui/words.ts';

/** As many as one proposal takes by this way; a file takes more. */
export const MOST_TYPED = 10_000;
/** A body that a browser may send has an end; the desktop's own window has no such bound. */
export const MOST_BROWSER_BYTES = 200 * 1024;
export const MOST_FILE_BYTES = 32 * 1024 * 1024;

type Said = { readonly message: string; readonly nextStep: string };

const NEXT = 'Write lines as sha256sum prints them, “DIGEST  /path”, or “exclude PATTERN”.';
const wrong = (line: number, text: string): { readonly problem: Said } => ({
  problem: { message: `Line ${line} cannot be read: ${visibleText(text, 80)}`, nextStep: NEXT },
});

/** Lines of `sha256sum` and of exclusions. Empty lines and those that begin with # say nothing. The first line that cannot be read ends it. */
export const typedItems = (text: string): { readonly items: ReferenceItem[] } | { readonly problem: Said } => {
  const items: ReferenceItem[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/\r$/u, '').trimEnd();
    if (line.trim() === '' || line.startsWith('#')) continue;
    const file = /^([0-9a-f]{40,128})[ \t]+\*?(\/.*)$/iu.exec(line);
    const exclude = /^exclude[ \t]+(.+)$/u.exec(line);
    const item = referenceItemSchema.safeParse(
      file !== null
        ? { kind: 'file', path: file[2], digest: file[1]?.toLowerCase() }
        : exclude !== null
          ? { kind: 'exclude', pattern: exclude[1] }
          : null,
    );
    if (!item.success) return wrong(index + 1, line);
    items.push(item.data);
    if (items.length > MOST_TYPED)
      return {
        problem: { message: `More than ${count(MOST_TYPED)} lines.`, nextStep: 'Import them as a Keylime runtime policy.' },
      };
  }
  return items.length === 0 ? { problem: { message: 'Nothing is typed yet.', nextStep: NEXT } } : { items };
};

/** Where a JSON text stops being one, by line; null where it is one. Whether it is a policy is for the engine to say. */
export const brokenLine = (text: string): Said | null => {
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true });
  const [first] = errors;
  if (first === undefined) return null;
  const line = text.slice(0, first.offset).split('\n').length;
  return {
    message: `The file is no JSON: line ${line} cannot be read.`,
    nextStep: 'Export the policy from Keylime again, and choose that file.',
  };
};
