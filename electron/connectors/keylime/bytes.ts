/** Strict base64: null for anything that is not. Buffer.from would skip what it does not understand. */
export const fromBase64 = (text: string): Uint8Array | null => {
  const compact = text.replace(/[\r\n]/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return null;
  return Buffer.from(compact, 'base64');
};
