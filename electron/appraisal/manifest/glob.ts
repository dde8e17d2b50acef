/**
 * Whether text matches a glob: `*` stands for any characters, `?` for one, everything else for itself, case included. Takes at most
 * text times pattern steps, and no memory.
 */
export const globMatches = (glob: string, text: string): boolean => {
  let [at, in_] = [0, 0];
  let star = -1;
  let retry = 0;
  while (in_ < text.length) {
    if (glob[at] === '*') {
      star = at;
      retry = in_;
      at += 1;
    } else if (at < glob.length && (glob[at] === '?' || glob[at] === text[in_])) {
      at += 1;
      in_ += 1;
    } else if (star !== -1) {
      at = star + 1;
      retry += 1;
      in_ = retry;
    } else return false;
  }
  while (glob[at] === '*') at += 1;
  return at === glob.length;
};
