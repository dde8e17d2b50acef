import type { Command } from '../../ui/commands.ts';

/** How well a command fits what was typed; 0 = not. Every word must occur; beginnings of words count more than what is inside of them. */
const fit = (command: Command, words: readonly string[]): number => {
  const text = `${command.word} ${command.also ?? ''}`.toLowerCase();
  let sum = 0;
  for (const word of words) {
    const at = text.indexOf(word);
    if (at < 0) return 0;
    sum += at === 0 ? 3 : /\w/u.test(text.charAt(at - 1)) ? 1 : 2;
  }
  return sum;
};

/** Commands that fit, best first; all in their order where nothing is typed. */
export const findCommands = (commands: readonly Command[], typed: string): readonly Command[] => {
  const words = typed
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
  if (words.length === 0) return commands;
  return commands
    .map((command) => ({ command, fits: fit(command, words) }))
    .filter(({ fits }) => fits > 0)
    .toSorted((a, b) => b.fits - a.fits)
    .map(({ command }) => command);
};
