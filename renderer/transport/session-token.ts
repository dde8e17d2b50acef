/** Takes a one-time token out of the address: `#t=TOKEN`, `#/…?t=TOKEN` or `#/…?a=b&t=TOKEN`. What remains is safe to keep. */
export const takeToken = (hash: string): { readonly token: string | null; readonly hash: string } => {
  if (hash.startsWith('#t=')) return { token: decodeURIComponent(hash.slice(3)), hash: '' };
  const question = hash.indexOf('?');
  if (question === -1) return { token: null, hash };
  const params = new URLSearchParams(hash.slice(question + 1));
  const token = params.get('t');
  if (token === null) return { token: null, hash };
  params.delete('t');
  const rest = params.toString();
  return { token, hash: `${hash.slice(0, question)}${rest === '' ? '' : `?${rest}`}` };
};
