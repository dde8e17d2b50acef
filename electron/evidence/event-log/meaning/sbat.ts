import { visible } from './draft.ts';

export type SbatLevel = { readonly date: string | null; readonly generations: Readonly<Record<string, string>> };

/** SbatLevel (shim's SBAT.md): "component,generation" lines; the first also carries the date of the level. Null where it is none. */
export const parseSbatLevel = (text: string): SbatLevel | null => {
  const lines = text
    .slice(0, 8192)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines[0]?.startsWith('sbat,') !== true) return null;
  const generations: Record<string, string> = {};
  let date: string | null = null;
  for (const line of lines.slice(0, 128)) {
    const [component = '', generation = '', stamp] = line.split(',');
    if (component === 'sbat' && stamp !== undefined && /^\d{8,12}$/u.test(stamp))
      date = `${stamp.slice(0, 4)}-${stamp.slice(4, 6)}-${stamp.slice(6, 8)}`;
    // A plain object with a hostile key: only own, visible names.
    if (component !== '__proto__') generations[visible(component, 60)] = visible(generation, 20);
  }
  return { date, generations };
};
