/** ISO 3166 codes of the places that the manifest in force lets hosts of one class or another be in. */
export type AllowedPlaces = {
  readonly countries: readonly string[];
  readonly subdivisions: readonly string[];
  /** Sites and areas that are named as well: they have no code, and no map of ours shows them. */
  readonly others: number;
  /** Hosts of some class may be anywhere, so that nothing is forbidden to all. */
  readonly anywhere: boolean;
};

/** What the manifest in force says of a place. `open`: it forbids nothing that could be told from a country or subdivision alone. */
export type Standing = 'allowed' | 'in part' | 'outside' | 'open' | 'no rule';

/** `code`: of a country or a subdivision. A subdivision of a country that is allowed is allowed. */
export const standingOf = (code: string, allowed: AllowedPlaces | null): Standing => {
  if (allowed === null || (allowed.anywhere && allowed.countries.length + allowed.subdivisions.length === 0)) return 'no rule';
  const country = code.slice(0, 2);
  if (allowed.countries.includes(country) || allowed.subdivisions.includes(code)) return 'allowed';
  if (code === country && allowed.subdivisions.some((one) => one.startsWith(`${country}-`))) return 'in part';
  return allowed.anywhere || allowed.others > 0 ? 'open' : 'outside';
};
export const STANDING_WORD: Readonly<Record<Standing, string>> = {
  allowed: 'allowed',
  'in part': 'allowed in part',
  outside: 'not allowed',
  open: 'not named',
  'no rule': 'no rule',
};
