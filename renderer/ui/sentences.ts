const bare = (text: string): string => text.trim().replace(/\.$/, '');

/** Joins what may be phrases or whole sentences into one: no full stop before a semicolon, nothing said twice. */
export const joinSentences = (items: readonly string[], alreadySaid = ''): string => {
  const said = bare(alreadySaid);
  const left = [...new Set(items.map(bare))].filter((item) => item !== '' && item !== said);
  return left.length === 0 ? '' : `${left.join('; ')}.`;
};
