import { structuredPatch } from 'diff';
import type { TextDiff } from '../../../shared/contract/policy-schemas.ts';
import { visibleText } from '../../../shared/model/hostile-text.ts';

const CONTEXT = 3;
/** Beyond these the texts are two different files, and looking for the shortest difference keeps everybody else waiting. */
const MAX_EDITS = 4_000;
const MAX_COMPARED_LINES = 100_000;
const MAX_COMPARE_MS = 300;
/** What a person looks through, and a screen can show. */
const MAX_LINES = 10_000;
const MAX_LINE = 2_000;

const KIND = { ' ': 'same', '+': 'added', '-': 'removed' } as const;
const isSign = (sign: string): sign is keyof typeof KIND => sign in KIND;
const gap = (from: number, to: number, text = ''): TextDiff[number] => ({ kind: 'gap', text, from, to });

const countLines = (text: string): number => {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
};

/** One after the other; of very long ones the beginnings. */
const bothWhole = (from: string, to: string): TextDiff => {
  const half = MAX_LINES / 2;
  const whole = (text: string, line: (text: string, number: number) => TextDiff[number]): TextDiff => {
    if (text === '') return [];
    const lines = text.split('\n', half + 1);
    const shown = lines.slice(0, half).map((one, index) => line(one, index + 1));
    return lines.length > half ? [...shown, gap(half, half, `${countLines(text) - half} more lines`)] : shown;
  };
  return [
    ...whole(from, (text, number) => ({ kind: 'removed', text, from: number, to: null })),
    ...whole(to, (text, number) => ({ kind: 'added', text, from: null, to: number })),
  ];
};

const differenceOf = (from: string, to: string): TextDiff => {
  if (from === '' || to === '' || countLines(from) + countLines(to) > MAX_COMPARED_LINES) return bothWhole(from, to);
  const patch = structuredPatch('', '', from, to, undefined, undefined, {
    context: CONTEXT,
    maxEditLength: MAX_EDITS,
    timeout: MAX_COMPARE_MS,
  });
  if (patch === undefined) return bothWhole(from, to);
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
    return index === 0 ? lines : [gap(hunk.oldStart, hunk.newStart), ...lines];
  });
};

/**
 * Two texts line by line, with three lines around each change. Texts that have little in common are shown one after the other. Whoever
 * approves goes by this, so that nothing in a line can hide or turn around another part of it.
 */
export const compareText = (from: string, to: string): TextDiff => {
  if (from === to) return [];
  const lines = differenceOf(from, to);
  const shown = lines.length > MAX_LINES + 2 ? [...lines.slice(0, MAX_LINES), gap(0, 0, `${lines.length - MAX_LINES} more lines`)] : lines;
  return shown.map((line) => ({ ...line, text: visibleText(line.text, MAX_LINE) }));
};
