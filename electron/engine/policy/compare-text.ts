import { structuredPatch } from 'diff';
import type { TextDiff } from '../../../shared/contract/policy-schemas.ts';

const CONTEXT = 3;
/** Beyond this many changed lines the texts are two different files, and looking for the shortest difference takes too long. */
const MAX_EDITS = 4_000;

const KIND = { ' ': 'same', '+': 'added', '-': 'removed' } as const;
const isSign = (sign: string): sign is keyof typeof KIND => sign in KIND;

/** Two texts line by line, with three lines around each change. Texts that have little in common are shown one after the other. */
export const compareText = (from: string, to: string): TextDiff => {
  if (from === to) return [];
  const patch = structuredPatch('', '', from, to, undefined, undefined, { context: CONTEXT, maxEditLength: MAX_EDITS });
  if (patch === undefined)
    return [
      ...from.split('\n').map((text, line) => ({ kind: 'removed' as const, text, from: line + 1, to: null })),
      ...to.split('\n').map((text, line) => ({ kind: 'added' as const, text, from: null, to: line + 1 })),
    ];
  return patch.hunks.flatMap((hunk, index) => {
    let [left, right] = [hunk.oldStart, hunk.newStart];
    const lines = hunk.lines.flatMap((line): TextDiff => {
      const sign = line.slice(0, 1);
      if (!isSign(sign)) return [];
      const kind = KIND[sign];
      const at = { from: kind === 'added' ? null : left, to: kind === 'removed' ? null : right };
      if (kind !== 'added') left += 1;
      if (kind !== 'removed') right += 1;
      return [{ kind, text: line.slice(1), ...at }];
    });
    return index === 0 ? lines : [{ kind: 'gap' as const, text: '', from: hunk.oldStart, to: hunk.newStart }, ...lines];
  });
};
