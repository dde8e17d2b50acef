/** Parts of addresses: what is read of them is one of a list, a number, or dropped. */
export const memberOf = <T extends string>(list: readonly T[], value: string | null): T | null =>
  list.find((item) => item === value) ?? null;
export const membersOf = <T extends string>(list: readonly T[], value: string | null): readonly T[] => {
  const wanted = new Set((value ?? '').split(','));
  return list.filter((item) => wanted.has(item));
};
export const wholeNumber = (value: string | null): number | null => (value !== null && /^\d{1,15}$/.test(value) ? Number(value) : null);
export const shortText = (value: string | null, most: number): string | null => {
  const text = value?.slice(0, most) ?? '';
  return text === '' ? null : text;
};

export const withParams = (path: string, pairs: readonly (readonly [string, string | null])[]): string => {
  const params = pairs.flatMap(([name, value]) => (value === null ? [] : [`${name}=${encodeURIComponent(value).replaceAll('%2C', ',')}`]));
  return params.length === 0 ? path : `${path}?${params.join('&')}`;
};
